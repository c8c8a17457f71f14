"""When facilities and spaces are open: sets of weekly hours, each with the days on which it counts."""

import pghistory
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ecosystem.models.facility import Facility
from ecosystem.models.space import Space


@pghistory.track()
class OpeningHours(models.Model):
    """A set of hours of a facility (`space` empty) or of one space, for the days from `valid_from` to `valid_to`.

    Which set counts for a space on a day (rules.hours): a special day of the facility that is closed; a special day
    of the space or of what it lies in; a special day of the facility; weekly hours of the facility that count for all
    spaces (Ramadan); weekly hours of the space or of what it lies in; weekly hours of the facility. Among equals the
    one for fewer days, then the newer one. A set without a span for a weekday says closed.
    """

    class Kind(models.TextChoices):
        WEEKLY = "weekly", _("Weekly hours")
        SPECIAL = "special", _("Special days")

    class Cause(models.TextChoices):
        REGULAR = "regular", _("Regular")
        RAMADAN = "ramadan", _("Ramadan")
        HOLIDAY = "holiday", _("Public holiday")
        COLLECTIVE_LEAVE = "collective_leave", _("Collective leave")
        EVENT = "event", _("Event")
        MAINTENANCE = "maintenance", _("Maintenance")
        OTHER = "other", _("Other")

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="opening_hours")
    space = models.ForeignKey(
        Space, models.CASCADE, null=True, blank=True, related_name="opening_hours", verbose_name=_("space")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.WEEKLY)
    cause = models.CharField(_("cause"), max_length=20, choices=Cause, default=Cause.REGULAR)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    counts_for_all_spaces = models.BooleanField(_("counts before the hours of single spaces"), default=False)
    is_sample = models.BooleanField(_("sample"), default=False)
    created_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["facility", "valid_from", "pk"]
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="hours_end_after_they_begin",
                violation_error_message=_("The last day is before the first one."),
            ),
            models.CheckConstraint(
                condition=Q(kind="weekly") | Q(valid_to__isnull=False),
                name="hours_special_days_end",
                violation_error_message=_("Special days need a last day."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OpeningSpan(models.Model):
    """From when to when a set is open on a weekday (0 Monday … 6 Sunday), Asia/Jakarta wall clock.

    The span belongs to the day on which it opens; `closes_next_day` lets it pass midnight (closing at 00:00 too).
    """

    hours = models.ForeignKey(OpeningHours, models.CASCADE, related_name="spans")
    weekday = models.PositiveSmallIntegerField(_("weekday"), validators=[MaxValueValidator(6)])
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    closes_next_day = models.BooleanField(_("on the next day"), default=False)

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="span_is_on_a_weekday"),
            models.CheckConstraint(
                condition=Q(closes_next_day=True, closes__lte=F("opens"))
                | Q(closes_next_day=False, closes__gt=F("opens")),
                name="span_closes_after_it_opens",
                violation_error_message=_("Closing time is not after opening time."),
            ),
            models.UniqueConstraint(fields=["hours", "weekday", "opens"], name="span_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"
