"""What can be booked in a facility: the tree of spaces, what stands in them, and under which rules."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ecosystem import codes
from ecosystem.models.facility import Facility


class Purpose(models.TextChoices):
    """What a space is used for."""

    MEETING = "meeting", _("Meeting")
    WORK = "work", _("Working")
    TRAINING = "training", _("Class or training")
    PRODUCTION = "production", _("Recording or production")
    EXHIBITION = "exhibition", _("Exhibition")
    PERFORMANCE = "performance", _("Performance or screening")
    COMMUNITY = "community", _("Community gathering")
    OTHER = "other", _("Something else")


@pghistory.track()
class BookingPolicy(models.Model):
    """The rules of booking that several spaces of a facility share. A space without one cannot be booked.

    Set-up and teardown block the space around the use; they may pass closing time, the use may not.
    """

    class Mode(models.TextChoices):
        INSTANT = "instant", _("Confirmed at once")
        APPROVAL = "approval", _("A manager decides; the slot is held meanwhile")
        CURATED = "curated", _("Requests compete; a manager picks one")

    class Who(models.TextChoices):
        ANYONE = "anyone", _("Everybody with an account")
        STARTUP = "startup", _("Members of a published startup")

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="policies")
    name = models.CharField(_("name"), max_length=80)
    mode = models.CharField(_("how it is decided"), max_length=10, choices=Mode, default=Mode.APPROVAL)
    who = models.CharField(_("who may book"), max_length=10, choices=Who, default=Who.ANYONE)
    min_minutes = models.PositiveSmallIntegerField(_("shortest booking, minutes"), default=60)
    max_minutes = models.PositiveSmallIntegerField(_("longest booking, minutes"), default=240)
    grid_minutes = models.PositiveSmallIntegerField(_("start times every … minutes"), default=30)
    setup_minutes = models.PositiveSmallIntegerField(_("set-up before, minutes"), default=0)
    teardown_minutes = models.PositiveSmallIntegerField(_("clearing up after, minutes"), default=0)
    notice_hours = models.PositiveSmallIntegerField(_("earliest: hours from now"), default=0)
    horizon_days = models.PositiveSmallIntegerField(_("latest: days from now"), default=60)
    change_limit_hours = models.PositiveSmallIntegerField(
        _("change or cancel until … hours before"), default=2
    )
    answer_days = models.PositiveSmallIntegerField(_("answered within … working days"), default=2)
    max_occurrences = models.PositiveSmallIntegerField(_("dates of a series at most"), default=12)
    is_commercial_allowed = models.BooleanField(_("commercial use possible"), default=False)
    needs_check_in = models.BooleanField(_("freed after 20 minutes without check-in"), default=True)
    # Empty: every purpose.
    purposes = ArrayField(
        models.CharField(max_length=12, choices=Purpose), verbose_name=_("purposes"), default=list, blank=True
    )
    # Nobody has published these rules: they show what the portal can do.
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        ordering = ["facility", "name"]
        verbose_name = _("booking rules")
        verbose_name_plural = _("booking rules")
        constraints = [
            models.UniqueConstraint(fields=["facility", "name"], name="policy_name_once"),
            models.CheckConstraint(
                condition=Q(min_minutes__gte=15)
                & Q(max_minutes__gte=F("min_minutes"))
                & Q(max_minutes__lte=1440),
                name="policy_lengths_fit",
                violation_error_message=_("The longest booking is at least the shortest, and at most a day."),
            ),
            models.CheckConstraint(
                condition=Q(grid_minutes__range=(5, 240)),
                name="policy_grid_fits",
                violation_error_message=_("Start times lie between 5 and 240 minutes apart."),
            ),
            models.CheckConstraint(
                condition=Q(setup_minutes__lte=480, teardown_minutes__lte=480, horizon_days__range=(1, 400)),
                name="policy_bounds_fit",
            ),
            models.CheckConstraint(condition=Q(max_occurrences__range=(1, 60)), name="policy_series_fits"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Space(models.Model):
    """A part of a facility that can be shown or booked: the building, a floor, a room, a desk.

    Booking a space blocks everything inside it and everything it lies in: each booking is written for the leaves
    (SpaceLeaf), the spaces without parts. A desk area is booked by seats (its leaves) or as a whole.
    """

    class Kind(models.TextChoices):
        BUILDING = "building", _("Building")
        FLOOR = "floor", _("Floor")
        ROOM = "room", _("Room")
        HALL = "hall", _("Hall")
        STUDIO = "studio", _("Studio")
        DESK_AREA = "desk_area", _("Desk area")
        DESK = "desk", _("Desk")

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="spaces")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    slug = models.SlugField(_("address"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    # "2", "B", "2-3": as the building says it.
    floor = models.CharField(_("floor"), max_length=10, blank=True)
    description = models.TextField(_("description"), max_length=1500, blank=True)
    description_en = models.TextField(_("description in English"), max_length=1500, blank=True)
    capacity = models.PositiveSmallIntegerField(_("people at most"), null=True, blank=True)
    area_m2 = models.DecimalField(_("area in m²"), max_digits=7, decimal_places=1, null=True, blank=True)
    is_accessible = models.BooleanField(_("step-free"), null=True, blank=True)
    policy = models.ForeignKey(
        BookingPolicy,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="spaces",
        verbose_name=_("booking rules"),
    )
    amenities = models.ManyToManyField("ecosystem.Amenity", through="ecosystem.SpaceAmenity")
    # A space that was taken out of use keeps its past bookings.
    is_active = models.BooleanField(_("in use"), default=True)
    # What the QR code at its door says; knowing it shows that somebody stands there.
    door_token = models.CharField(max_length=32, unique=True, default=codes.token)
    is_sample = models.BooleanField(_("sample"), default=False)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["facility", "order", "pk"]
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "slug"],
                name="space_address_once",
                violation_error_message=_("Another space of this facility has this address."),
            ),
            models.UniqueConstraint(
                fields=["facility"], condition=Q(parent=None), name="space_one_whole_per_facility"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")), name="space_is_not_its_own_part"
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gte=1), name="space_capacity_is_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SpaceLeaf(models.Model):
    """The leaves of a space (its own row if it has no parts): derived, written by services.spaces only."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="leaf_rows")
    leaf = models.ForeignKey(Space, models.CASCADE, related_name="leaf_of")

    class Meta:
        ordering = ["space", "leaf"]
        constraints = [models.UniqueConstraint(fields=["space", "leaf"], name="space_leaf_once")]

    def __str__(self) -> str:
        return f"{self.space_id} {self.leaf_id}"


class Amenity(models.Model):
    """A kind of equipment or comfort (schema.org LocationFeatureSpecification)."""

    code = models.SlugField(_("code"), unique=True, max_length=40)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "name"]
        verbose_name = _("amenity")
        verbose_name_plural = _("amenities")

    def __str__(self) -> str:
        return self.name


class SpaceAmenity(models.Model):
    """That a space has something; what stands at the whole facility counts for all its spaces."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="amenity_rows")
    amenity = models.ForeignKey(Amenity, models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField(_("how many"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        ordering = ["amenity__order", "amenity__name"]
        constraints = [models.UniqueConstraint(fields=["space", "amenity"], name="space_amenity_once")]

    def __str__(self) -> str:
        return f"{self.space_id} {self.amenity_id}"


@pghistory.track()
class Quota(models.Model):
    """How much one person or one organisation may book in a facility in a time.

    `period` counts by the use's Asia/Jakarta day, ISO week or month; "active" counts every booking still to come.
    """

    class Holder(models.TextChoices):
        PERSON = "person", _("a person")
        ORGANIZATION = "organization", _("an organisation")

    class Period(models.TextChoices):
        DAY = "day", _("a day")
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")
        ACTIVE = "active", _("still to come")

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="quotas")
    # Empty: spaces of every kind together.
    space_kind = models.CharField(_("kind of space"), max_length=10, choices=Space.Kind, blank=True)
    holder = models.CharField(_("counts for"), max_length=12, choices=Holder, default=Holder.PERSON)
    period = models.CharField(_("in"), max_length=6, choices=Period)
    max_count = models.PositiveSmallIntegerField(_("dates at most"), null=True, blank=True)
    max_minutes = models.PositiveIntegerField(_("minutes at most"), null=True, blank=True)
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        ordering = ["facility", "space_kind", "holder", "period"]
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "space_kind", "holder", "period"],
                name="quota_once",
                violation_error_message=_("There is such a quota already; change that one."),
            ),
            models.CheckConstraint(
                condition=Q(max_count__isnull=False) | Q(max_minutes__isnull=False),
                name="quota_limits_something",
                violation_error_message=_("Say how many dates or how many minutes."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.holder} {self.period}"
