"""The coordinators' queue and what they decided."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from startups.models.people import ChangeSet
from startups.models.startup import Startup


class ProblemReport(models.Model):
    """What a visitor says is wrong with an entry."""

    class Kind(models.TextChoices):
        WRONG = "wrong", _("Something is wrong")
        CLOSED = "closed", _("It no longer exists")
        DUPLICATE = "duplicate", _("It is listed twice")
        SPAM = "spam", _("It is spam")
        MY_DATA = "my_data", _("It shows my personal data")

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="problem_reports")
    kind = models.CharField(_("what is wrong"), max_length=10, choices=Kind)
    text = models.TextField(_("details"), max_length=2000)
    # To answer to; erased by the retention job once the report is settled.
    reply_to = models.EmailField(_("your e-mail address"), blank=True)
    language = models.CharField(max_length=2, default="id")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.kind}"


class ModerationItemQuerySet(models.QuerySet["ModerationItem"]):
    """Which items."""

    def open(self) -> Self:
        """Return those that a coordinator still has to settle, whoever's turn it is."""
        return self.exclude(state=ModerationItem.State.SETTLED)

    def waiting_for_us(self) -> Self:
        """Return those where it is the coordinators' turn."""
        return self.filter(state=ModerationItem.State.OPEN)


class ModerationItem(models.Model):
    """One thing in the queue, with its clock: the first answer is due in 3 working days.

    For an after-check (a light edit that is live already) `change` is {field: [before, after]}.
    """

    class Kind(models.TextChoices):
        NEW = "new", _("New entry")
        EDIT = "edit", _("Change of a published entry")
        CLAIM = "claim", _("Claim")
        REPORT = "report", _("Report of a visitor")
        AFTER_CHECK = "after_check", _("Change that is live already")

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for Stasion")
        ASKED = "asked", _("Waiting for the applicant")
        HELD = "held", _("On hold")
        SETTLED = "settled", _("Settled")

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="moderation_items")
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    change_set = models.OneToOneField(
        ChangeSet, models.CASCADE, null=True, blank=True, related_name="moderation_item"
    )
    claim = models.OneToOneField(
        "startups.Claim", models.CASCADE, null=True, blank=True, related_name="moderation_item"
    )
    report = models.OneToOneField(
        ProblemReport, models.CASCADE, null=True, blank=True, related_name="moderation_item"
    )
    change = models.JSONField(default=dict, blank=True)
    assigned_to = models.ForeignKey(
        "ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="moderation_items"
    )
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_answered_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # What an administrator proposed; a second person must confirm it (design.md section 11).
    proposed_decision = models.JSONField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        "ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = ModerationItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["startup"],
                condition=Q(kind="new") & ~Q(state="settled"),
                name="moderation_one_open_registration",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(settled_at__gte=F("created_at")),
                name="moderation_settled_after_created",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="moderation_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.startup_id}"

    @property
    def is_dispute(self) -> bool:
        """Return whether it is a claim on an entry that has owners."""
        return self.claim is not None and self.claim.is_dispute


class ModerationEvent(models.Model):
    """One step in the life of an item; append-only. The applicant sees `note`, never `internal_note`."""

    class Action(models.TextChoices):
        SENT = "sent", _("Sent to Stasion")
        SENT_AGAIN = "sent_again", _("Answered and sent again")
        PUBLISHED = "published", _("Published")
        ASKED = "asked", _("Question asked")
        REFUSED = "refused", _("Refused")
        MERGED = "merged", _("Merged")
        HELD = "held", _("Put on hold")
        RESUMED = "resumed", _("Taken up again")
        SUSPENDED = "suspended", _("Suspended")
        RESTORED = "restored", _("Published again")
        APPLIED = "applied", _("Change applied")
        CONFIRMED = "confirmed", _("Looked at, all right")
        REVERTED = "reverted", _("Change taken back")
        ANSWERED = "answered", _("Report answered")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CLOSED = "closed", _("Closed")
        ESCALATED = "escalated", _("A second coordinator was told")
        PROPOSED = "proposed", _("Decision proposed, a second person must confirm")

    item = models.ForeignKey(ModerationItem, models.CASCADE, related_name="events")
    action = models.CharField(max_length=12, choices=Action)
    # A code of startups.reasons, "" where no reason is due.
    reason = models.CharField(max_length=30, blank=True)
    note = models.TextField(blank=True)
    internal_note = models.TextField(blank=True)
    by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        triggers = [pgtrigger.ReadOnly(name="append_only", fields=["item", "action", "reason", "note", "at"])]

    def __str__(self) -> str:
        return f"{self.item_id} {self.action}"


class PauseNotice(models.Model):
    """That the coordinators cannot answer for some days; shown on the directory and the registration pages.

    Its days (Asia/Jakarta, both inclusive) do not count on the clocks.
    """

    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    text = models.CharField(_("text"), max_length=300)
    text_en = models.CharField(_("text in English"), max_length=300, blank=True)
    by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="pause_ends_after_start",
                violation_error_message=_("The last day must not come before the first day."),
            )
        ]

    def __str__(self) -> str:
        return self.text
