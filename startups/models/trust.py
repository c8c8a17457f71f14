"""Claims, proofs, verifications and the freshness question."""

from datetime import datetime
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from startups.models.startup import Startup


@pghistory.track()
class Claim(models.Model):
    """A person says that an entry is theirs. Only one claim of an entry is open at a time.

    A claim on an entry that has owners already is a dispute.
    """

    class Method(models.TextChoices):
        DNS = "dns", _("DNS record of the domain")
        FILE = "file", _("File on the website")
        MAILBOX = "mailbox", _("Mailbox at the domain")
        IN_PERSON = "in_person", _("In person at Stasion")

    class State(models.TextChoices):
        OPEN = "open", _("Being checked")
        ACCEPTED = "accepted", _("Accepted")
        DENIED = "denied", _("Denied")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="claims")
    user = models.ForeignKey("ecosystem.User", models.CASCADE, related_name="startup_claims")
    method = models.CharField(max_length=10, choices=Method)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    is_dispute = models.BooleanField(default=False)
    statement = models.TextField(_("why it is yours"), max_length=1000, blank=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["startup"], condition=Q(state="open"), name="claim_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.state}"


class Proof(models.Model):
    """A task that shows control of a domain or mailbox: for a claim, or for the badge of an entry one owns.

    `secret` is the text to publish (DNS, file) or the hash of the code that was mailed (mailbox). `attempts` counts
    how often the person asked for a check or typed a code.

    A worker checks DNS and files: it takes the row by setting `claimed_at`; `tries` counts what it began for the
    check that is queued, `due_at` is when the next one may begin.
    """

    class Method(models.TextChoices):
        DNS = "dns", _("DNS record of the domain")
        FILE = "file", _("File on the website")
        MAILBOX = "mailbox", _("Mailbox at the domain")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for you")
        QUEUED = "queued", _("Being checked")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Not found yet")
        EXPIRED = "expired", _("Expired")

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="proofs")
    claim = models.ForeignKey(Claim, models.CASCADE, null=True, blank=True, related_name="proofs")
    user = models.ForeignKey("ecosystem.User", models.CASCADE, related_name="startup_proofs")
    method = models.CharField(max_length=10, choices=Method)
    domain = models.CharField(max_length=253)
    mailbox = models.EmailField(blank=True)
    secret = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # A code of startups.findings: how the last check ended; `found` is what stood there instead, as plain text.
    finding = models.CharField(max_length=30, blank=True)
    found = models.CharField(max_length=200, blank=True, default="", db_default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.method} {self.state}"


class VerificationQuerySet(models.QuerySet["Verification"]):
    """Which verifications."""

    def in_force(self, *, at: datetime) -> Self:
        """Return those that have neither expired nor lapsed at an instant."""
        return self.filter(lapsed_at=None, expires_at__gt=at)


@pghistory.track()
class Verification(models.Model):
    """What was checked about an entry, when, and until when it counts (24 months).

    `fingerprint` is rules.fingerprint of the name and domain at that time; when either changes it lapses.
    """

    class Level(models.TextChoices):
        MAILBOX = "mailbox", _("Mailbox checked")
        DOMAIN = "domain", _("Domain checked")
        IN_PERSON = "in_person", _("Met in person")

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="verifications")
    level = models.CharField(max_length=10, choices=Level)
    domain = models.CharField(max_length=253, blank=True)
    fingerprint = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    given_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")
    lapsed_at = models.DateTimeField(null=True, blank=True)
    lapse_reason = models.CharField(
        max_length=10,
        blank=True,
        choices=[
            ("changed", _("name or domain changed")),
            ("revoked", _("taken back")),
            ("merged", _("merged")),
            ("owners", _("other owners")),
        ],
    )
    # Why it was taken back, in the coordinator's words to the owners.
    lapse_note = models.TextField(blank=True, default="", db_default="")

    objects = VerificationQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at"]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.level}"


class FreshnessAsk(models.Model):
    """The question "is this still right?" to one mailbox; only the hash of its single-use link is stored.

    `round` is 0 for the first mail, 1 and 2 for the reminders at 14 and 45 days, 3 for the second contact at 60.
    `cycle` is the confirmation it asks about (`Startup.last_confirmed_on`): each round goes out once for each.
    """

    class Answer(models.TextChoices):
        STILL_RIGHT = "still_right", _("Still right")
        UPDATE = "update", _("I will update it")
        CLOSED = "closed", _("We have closed")
        NOT_MINE = "not_mine", _("This is not mine")

    startup = models.ForeignKey(Startup, models.CASCADE, related_name="freshness_asks")
    cycle = models.DateField()
    round = models.PositiveSmallIntegerField()
    user = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=12, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["startup", "cycle", "round", "email"], name="freshness_ask_once")
        ]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.cycle} {self.round}"
