"""The city's creative spaces: the facilities, who looks after them, and how their building goes on."""

from datetime import date
from typing import Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecosystem import codes
from ecosystem.models.organization import Organization
from ecosystem.models.reference import Kecamatan, Kelurahan

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class FacilityQuerySet(models.QuerySet["Facility"]):
    """Which facilities."""

    def managed_by(self, user_pk: int) -> Self:
        """Return those that an account looks after."""
        return self.filter(managers__user=user_pk)


@pghistory.track()
class Facility(models.Model):
    """A building or site of the city for creative work (schema.org Place / CivicStructure).

    What nobody has published stays empty and is shown as not known. Every facility has one space without a parent,
    the whole of it: `spaces.get(parent=None)`.
    """

    class Kind(models.TextChoices):
        CREATIVE_CENTER = "creative_center", _("Creative center")
        COWORKING = "coworking", _("Coworking space")

    class Stage(models.TextChoices):
        PLANNED = "planned", _("Planned")
        CONSTRUCTION = "construction", _("Under construction")
        TRIAL = "trial", _("In trial use")
        OPEN = "open", _("In use")
        CLOSED = "closed", _("Closed for good")

    slug = models.SlugField(_("address"), unique=True, max_length=80)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, default=Stage.PLANNED)
    # The day from which the public may use it; before it nothing can be booked.
    opens_on = models.DateField(_("in use since"), null=True, blank=True)
    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, related_name="facilities", verbose_name="kecamatan"
    )
    kelurahan = models.ForeignKey(
        Kelurahan, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="kelurahan"
    )
    operator = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="facilities",
        verbose_name=_("operator"),
    )
    address = models.CharField(_("street address"), max_length=200, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    # The published position is that of the ward or street, not of the door.
    is_position_rough = models.BooleanField(_("position is approximate"), default=False)
    directions = models.TextField(_("how to get there"), max_length=1500, blank=True)
    directions_en = models.TextField(_("how to get there, in English"), max_length=1500, blank=True)
    description = models.TextField(_("description"), max_length=3000, blank=True)
    description_en = models.TextField(_("description in English"), max_length=3000, blank=True)
    rules = models.TextField(_("house rules"), max_length=3000, blank=True)
    rules_en = models.TextField(_("house rules in English"), max_length=3000, blank=True)
    price_note = models.CharField(_("price"), max_length=300, blank=True)
    price_note_en = models.CharField(_("price, in English"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    website = models.URLField(_("website"), blank=True)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FacilityQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="facility_position_is_whole",
                violation_error_message=_("Give both latitude and longitude, or neither."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_in_use(self, *, on: date) -> bool:
        """Return whether the public may use it on a day."""
        in_use = self.stage in (self.Stage.TRIAL, self.Stage.OPEN)
        return in_use and (self.opens_on is None or self.opens_on <= on)


@pghistory.track()
class FacilityManager(models.Model):
    """An account that looks after a facility; it needs the role of a facility manager as well."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="managers")
    user = models.ForeignKey("ecosystem.User", models.CASCADE, related_name="managed_facilities")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["facility", "user"]
        constraints = [models.UniqueConstraint(fields=["facility", "user"], name="facility_manager_once")]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.user_id}"


@pghistory.track()
class Milestone(models.Model):
    """Something that happened to a facility on its way, with the source that says so.

    `precision` says how much of `happened_on` is known; a source that names only a month gives its first day.
    """

    class Kind(models.TextChoices):
        DECISION = "decision", _("Decision")
        BUDGET = "budget", _("Budget")
        CONTRACT = "contract", _("Contract")
        CONSTRUCTION = "construction", _("Building work")
        OPENING = "opening", _("Opening")
        USE = "use", _("Use")

    class Precision(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="milestones")
    happened_on = models.DateField(_("date"))
    precision = models.CharField(_("known to the"), max_length=5, choices=Precision, default=Precision.DAY)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    title = models.CharField(_("what happened"), max_length=200)
    title_en = models.CharField(_("what happened, in English"), max_length=200, blank=True)
    detail = models.TextField(_("detail"), max_length=1500, blank=True)
    detail_en = models.TextField(_("detail in English"), max_length=1500, blank=True)
    source_url = models.URLField(_("source"), max_length=500)

    class Meta:
        ordering = ["happened_on", "pk"]
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "happened_on", "title"],
                name="milestone_once",
                violation_error_message=_("This milestone stands there already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.happened_on} {self.title}"


@pghistory.track()
class ProgressReport(models.Model):
    """How much of a building stood on a day, in percent of the work, against the plan if one was published."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="progress_reports")
    as_of = models.DateField(_("as of"))
    planned_percent = models.DecimalField(
        _("planned, %"), max_digits=5, decimal_places=2, null=True, blank=True, validators=PERCENT
    )
    actual_percent = models.DecimalField(_("actual, %"), max_digits=5, decimal_places=2, validators=PERCENT)
    note = models.TextField(_("note"), max_length=1500, blank=True)
    note_en = models.TextField(_("note in English"), max_length=1500, blank=True)
    source_url = models.URLField(_("source"), max_length=500)
    is_published = models.BooleanField(_("published"), default=True)
    entered_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["as_of"]
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "as_of"],
                name="progress_once_a_day",
                violation_error_message=_(
                    "There is a progress report for this day already; change that one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(actual_percent__range=(0, 100)), name="progress_actual_is_percent"
            ),
            models.CheckConstraint(
                condition=Q(planned_percent=None) | Q(planned_percent__range=(0, 100)),
                name="progress_planned_is_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.as_of} {self.actual_percent} %"


class FacilityPhoto(models.Model):
    """A picture of a facility or one of its spaces: re-encoded, without metadata, with its credit."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="photos")
    space = models.ForeignKey("ecosystem.Space", models.CASCADE, null=True, blank=True, related_name="photos")
    image = models.ImageField(
        _("picture"), width_field="width", height_field="height", upload_to="facilities/"
    )
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    caption = models.CharField(_("what it shows"), max_length=200)
    caption_en = models.CharField(_("what it shows, in English"), max_length=200, blank=True)
    credit = models.CharField(_("photographer or owner"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    uploaded_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.caption


class CalendarFeed(models.Model):
    """The secret address under which a person's calendar reads their own bookings; a new token ends the old one."""

    user = models.OneToOneField("ecosystem.User", models.CASCADE, related_name="calendar_feed")
    token = models.CharField(max_length=32, unique=True, default=codes.token)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user_id}"
