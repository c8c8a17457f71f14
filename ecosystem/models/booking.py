"""Bookings: the request, its dates, and the allocations in which the database lets no two overlap.

Booking (what somebody asks for) → Occurrence (each date) → Allocation (leaf space × padded time). Rooms within rooms,
desks, buffers, closures and held offers all get the same guarantee from the one exclusion constraint of Allocation.
"""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ecosystem import codes
from ecosystem.models.facility import Facility
from ecosystem.models.reference import Kecamatan, Subsector
from ecosystem.models.space import Purpose, Space


class BookingQuerySet(models.QuerySet["Booking"]):
    """Which bookings."""

    def of(self, user_pk: int) -> Self:
        """Return those that an account made or that were made for it."""
        return self.filter(booker=user_pk)


class Booking(models.Model):
    """A request to use a space, on one date or weekly (design.md section 7).

    `key` is made by the form: the same form sent twice gives one booking. Name, contact, title and note are erased
    12 months after the last date (`anonymized_at`); what statistics need stays. The trail of what happened, without
    personal data, is BookingStep.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for a decision")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired without an answer")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CANCELLED = "cancelled", _("Cancelled")

    code = models.CharField(_("booking code"), max_length=12, unique=True, default=codes.booking_code)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="bookings")
    # The space asked for; each date says where it takes place (a date can be moved alone).
    space = models.ForeignKey(Space, models.PROTECT, related_name="bookings", verbose_name=_("space"))
    # Of a desk area: so many desks. Empty: the whole space.
    seats = models.PositiveSmallIntegerField(_("desks"), null=True, blank=True)
    booker = models.ForeignKey(
        "ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="bookings"
    )
    # A manager who booked for somebody, or the booker.
    entered_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")
    contact_name = models.CharField(_("name"), max_length=150, blank=True)
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    contact_phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(max_length=2, default="id")
    # A key of ecosystem.affiliations ("startup:12") and the organisation's name at the time; empty: for oneself.
    on_behalf_of = models.CharField(_("on behalf of"), max_length=60, blank=True)
    organization_name = models.CharField(_("organisation"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=150, blank=True)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    subsector = models.ForeignKey(
        Subsector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subsector")
    )
    # Where the people come from, for the report of whom the spaces reach.
    origin = models.ForeignKey(
        Kecamatan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kecamatan of origin"),
    )
    attendees = models.PositiveSmallIntegerField(_("people"), validators=[MinValueValidator(1)])
    note = models.TextField(_("note to the manager"), max_length=1500, blank=True)
    # What the booker says, and what a manager decided (None: nobody had to).
    declares_commercial = models.BooleanField(_("commercial use"), default=False)
    is_commercial = models.BooleanField(_("decided as commercial"), null=True, blank=True)
    commercial_reason = models.CharField(_("reason"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    # The policy's mode when it was made.
    mode = models.CharField(max_length=10, default="approval")
    # Weekly until this day; empty: one date.
    repeats_until = models.DateField(_("weekly until"), null=True, blank=True)
    # A request that nobody answered by then expires.
    answer_by = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    # Of the confirmation letter: who holds the letter can check it.
    letter_code = models.CharField(max_length=24, unique=True, default=codes.letter_code)
    is_sample = models.BooleanField(_("sample"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    anonymized_at = models.DateTimeField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        constraints = [
            models.UniqueConstraint(fields=["entered_by", "key"], name="booking_sent_once"),
            models.CheckConstraint(condition=Q(attendees__gte=1), name="booking_has_people"),
            models.CheckConstraint(condition=Q(seats=None) | Q(seats__gte=1), name="booking_seats_are_some"),
        ]
        indexes = [
            models.Index(fields=["facility", "state", "created_at"], name="booking_queue"),
            models.Index(fields=["answer_by"], condition=Q(state="pending"), name="booking_unanswered"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def fingerprint(self) -> str:
        """Return the sha256 of what it says, for forms that tell who else saved meanwhile.

        Without phone and mail address, which no form shows: each look at them is written down.
        """
        names = ("title", "note", "attendees", "purpose", "subsector_id", "origin_id", "contact_name")
        said = [str(getattr(self, name)) for name in names]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def counts_as_commercial(self) -> bool:
        """Return what a manager decided, and while nobody did, what the booker says."""
        return self.declares_commercial if self.is_commercial is None else self.is_commercial


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    """Which dates of bookings."""

    def live(self) -> Self:
        """Return those that are asked for or confirmed."""
        return self.filter(state__in=Occurrence.LIVE)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Return those whose use (without buffers) overlaps a time, touching ends not counted."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class Occurrence(models.Model):
    """One date of a booking: from when to when people use which space, without set-up and teardown."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for a decision")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired without an answer")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CANCELLED = "cancelled", _("Cancelled")
        NO_SHOW = "no_show", _("Nobody came")

    LIVE = ("pending", "confirmed")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="occurrences")
    space = models.ForeignKey(Space, models.PROTECT, related_name="occurrences", verbose_name=_("space"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    # Buffers in minutes as they were when it was written; the allocations carry them.
    setup_minutes = models.PositiveSmallIntegerField(default=0)
    teardown_minutes = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    # Counts changes: a form that was read before one is refused.
    version = models.PositiveIntegerField(default=1)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    # No opening hours cover it any more (hours were changed after it was booked): a manager looks at it.
    is_outside_hours = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("date of a booking")
        verbose_name_plural = _("dates of bookings")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="occurrence_ends_after_start"
            )
        ]
        indexes = [
            models.Index(fields=["space", "starts_at"], name="occurrence_of_space"),
            models.Index(fields=["state", "starts_at"], name="occurrence_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Closure(models.Model):
    """A time in which a facility (`space` empty) or a space cannot be used, for a reason that everybody sees.

    Its allocations are cut around the bookings that were kept.
    """

    class Kind(models.TextChoices):
        MAINTENANCE = "maintenance", _("Maintenance")
        EVENT = "event", _("Event of the city")
        EMERGENCY = "emergency", _("Emergency")
        OTHER = "other", _("Other")

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="closures")
    space = models.ForeignKey(
        Space, models.CASCADE, null=True, blank=True, related_name="closures", verbose_name=_("space")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.MAINTENANCE)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=300)
    reason_en = models.CharField(_("reason in English"), max_length=300, blank=True)
    created_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # Lifted before its time; it blocks nothing from then on.
    lifted_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="closure_ends_after_start",
                violation_error_message=_("The end is not after the beginning."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.starts_at:%Y-%m-%d} {self.reason}"


class WaitingPlace(models.Model):
    """Somebody's place in the line for a slot that is taken. A freed slot is held for the first for two hours."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("Offered")
        TAKEN = "taken", _("Taken")
        EXPIRED = "expired", _("Offer expired")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        OVER = "over", _("The time has passed")

    space = models.ForeignKey(Space, models.CASCADE, related_name="waiting_places")
    user = models.ForeignKey("ecosystem.User", models.CASCADE, related_name="waiting_places")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    token = models.CharField(max_length=32, unique=True, default=codes.token)
    created_at = models.DateTimeField(auto_now_add=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_ends_at = models.DateTimeField(null=True, blank=True)
    # What was typed into the booking form before the time was found taken, as a query string; gone with the wait.
    typed = models.TextField(blank=True, default="", db_default="")

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "user", "starts_at", "ends_at"],
                condition=Q(state__in=("waiting", "offered")),
                name="waiting_place_once",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="waiting_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["space", "starts_at"], condition=Q(state="waiting"), name="waiting_in_line")
        ]

    def __str__(self) -> str:
        return f"{self.space_id} {self.starts_at:%Y-%m-%d %H:%M} {self.state}"


class Allocation(models.Model):
    """That a leaf space is taken during a time (use plus set-up and teardown, half-open `[)`).

    The database refuses two that hold and overlap. Written by services only, sorted by start and leaf with
    ON CONFLICT DO NOTHING: plain inserts of many clients deadlock on each other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    leaf = models.ForeignKey(Space, models.PROTECT, related_name="allocations")
    during = DateTimeRangeField()
    holds = models.BooleanField(default=True)
    occurrence = models.ForeignKey(
        Occurrence, models.CASCADE, null=True, blank=True, related_name="allocations"
    )
    closure = models.ForeignKey(Closure, models.CASCADE, null=True, blank=True, related_name="allocations")
    waiting_place = models.ForeignKey(
        WaitingPlace, models.CASCADE, null=True, blank=True, related_name="allocations"
    )

    class Meta:
        ordering = ["leaf", "during"]
        constraints = [
            ExclusionConstraint(
                name="allocation_never_twice",
                expressions=[("leaf", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(holds=True),
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="allocation_is_some_time"),
            models.CheckConstraint(
                condition=Q(during__lower_inf=False, during__upper_inf=False), name="allocation_is_finite"
            ),
            models.CheckConstraint(
                condition=Q(occurrence__isnull=False, closure=None, waiting_place=None)
                | Q(occurrence=None, closure__isnull=False, waiting_place=None)
                | Q(occurrence=None, closure=None, waiting_place__isnull=False),
                name="allocation_has_one_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leaf_id} {self.during}"


class BookingStep(models.Model):
    """What happened to a booking, when and by whom: kept for good, so it names no person but the acting account."""

    class What(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired without an answer")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CANCELLED = "cancelled", _("Cancelled")
        MOVED = "moved", _("Moved")
        CHANGED = "changed", _("Details changed")
        CHECKED_IN = "checked_in", _("Checked in")
        NO_SHOW = "no_show", _("Nobody came")
        CONTACT_SEEN = "contact_seen", _("Contact looked at")
        COMMERCIAL = "commercial", _("Kind of use decided")
        ANONYMIZED = "anonymized", _("Personal data erased")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="steps")
    occurrence = models.ForeignKey(Occurrence, models.CASCADE, null=True, blank=True, related_name="steps")
    what = models.CharField(max_length=12, choices=What)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")
    # The reason that the other side was given; erased together with the personal data.
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.what}"
