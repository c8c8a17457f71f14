"""Who keeps an entry, what they proposed, and what they agreed to."""

from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from startups.models.startup import Startup


class Role(models.TextChoices):
    """What a member may do: an owner everything, an editor the light fields."""

    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")


@pghistory.track()
class Membership(models.Model):
    """A person who keeps an entry. The last owner cannot leave (services.members)."""

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="memberships")
    user = models.ForeignKey("ecosystem.User", models.CASCADE, related_name="startup_memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    invited_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-role", "since"]
        constraints = [models.UniqueConstraint(fields=["startup", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.user_id} {self.role}"


class Invitation(models.Model):
    """An invitation by mail to keep an entry; only the hash of its link is stored."""

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    is_accepted = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                "startup", Lower("email"), condition=Q(answered_at=None), name="invitation_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.role}"


class ChangeSetQuerySet(models.QuerySet["ChangeSet"]):
    """Which proposals."""

    def pending(self) -> Self:
        """Return those that wait for a coordinator."""
        return self.filter(state=ChangeSet.State.PENDING)


@pghistory.track()
class ChangeSet(models.Model):
    """Proposed identity fields of a published entry, beside the live row until a coordinator decides.

    `proposed` and `base` are {field: plain JSON value}; `base` holds what the fields were when the proposal was made.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for Stasion")
        APPLIED = "applied", _("Applied")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="change_sets")
    proposed = models.JSONField()
    base = models.JSONField()
    reason = models.TextField(_("why"), blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    proposed_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ChangeSetQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["startup"], condition=Q(state="pending"), name="change_set_one_pending"
            )
        ]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.state}"


class ConsentRecord(models.Model):
    """That a person agreed to a text, and which version of it (UU 27/2022 articles 22 and 24)."""

    class Purpose(models.TextChoices):
        DIRECTORY = "directory", _("Publishing the entry")
        CONTACT = "contact", _("Showing contact data")

    user = models.ForeignKey("ecosystem.User", models.CASCADE, related_name="consents")
    startup = models.ForeignKey(Startup, models.CASCADE, null=True, blank=True, related_name="consents")
    purpose = models.CharField(max_length=10, choices=Purpose)
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    given_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["given_at"]
        triggers = [
            pgtrigger.ReadOnly(
                name="append_only",
                fields=["user", "startup", "purpose", "text_version", "language", "given_at"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.purpose} {self.text_version}"


class DataRequest(models.Model):
    """What a person asked about their own data, with the 72-hour clock of UU 27/2022 (articles 30-42)."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("A copy of my data")
        ERASURE = "erasure", _("Erase my data")
        CORRECTION = "correction", _("Correct my data")
        STOP = "stop", _("Stop using my data")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        CANCELLED = "cancelled", _("Cancelled")

    user = models.ForeignKey(
        "ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="data_requests"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField(blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    received_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    # The ZIP of an access request; deleted again by the retention job.
    file = models.FileField(upload_to="data-requests/", blank=True)
    # Of an erasure: the entries that the person, as their only owner, wants erased too.
    erase_entries = models.JSONField(null=True, blank=True)
    # How often the worker tried; after three times it is left to the coordinators.
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], condition=Q(state="open"), name="data_request_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class ContactAccess(models.Model):
    """That somebody of the staff looked at private contacts of an entry, when and why; never changed."""

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="contact_accesses")
    by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("why"), max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]
        triggers = [pgtrigger.ReadOnly(name="append_only", fields=["startup", "reason", "at"])]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.at:%Y-%m-%d}"
