"""Phases of the roadmap."""

from datetime import date
from typing import Self, TypeVar

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _


class DateRange(Func):
    """PostgreSQL's daterange(start, end, bounds)."""

    function = "DATERANGE"
    output_field = DateRangeField()


Row = TypeVar("Row", bound=models.Model)


class PublishedQuerySet(models.QuerySet[Row]):
    """Rows with an `is_published` flag."""

    def published(self) -> Self:
        """Return the rows that the public may see."""
        return self.filter(is_published=True)


class PhaseQuerySet(PublishedQuerySet["Phase"]):
    """Which phases."""

    def containing(self, day: date) -> Self:
        """Return the phase that runs on the day (at most one)."""
        return self.filter(start__lte=day, end__gte=day)


@pghistory.track()
class Phase(models.Model):
    """A stretch of the roadmap with a name of its own, for example Malang Bersinergi 2018-2019."""

    class Colour(models.TextChoices):
        TEAL = "teal", _("teal")
        BRICK = "brick", _("brick")
        SAFFRON = "saffron", _("saffron")
        LEAF = "leaf", _("leaf")
        PLUM = "plum", _("plum")

    slug = models.SlugField(_("address"), unique=True, max_length=80)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    promise = models.TextField(_("what was promised"), blank=True)
    promise_en = models.TextField(_("what was promised, in English"), blank=True)
    outcome = models.TextField(_("what happened"), blank=True)
    outcome_en = models.TextField(_("what happened, in English"), blank=True)
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    colour = models.CharField(_("colour"), max_length=10, choices=Colour, default=Colour.LEAF)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    lead_organization = models.ForeignKey(
        "ecosystem.Organization", models.PROTECT, null=True, blank=True, related_name="led_phases"
    )
    is_published = models.BooleanField(_("published"), default=True)
    updated_at = models.DateTimeField(_("last updated"), auto_now=True)

    objects = PhaseQuerySet.as_manager()

    class Meta:
        ordering = ["start"]
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="phase_ends_after_start",
                violation_error_message=_("The last day must come after the first day."),
            ),
            ExclusionConstraint(
                name="phase_no_overlap",
                expressions=[(DateRange("start", "end", Value("[]")), RangeOperators.OVERLAPS)],
                violation_error_message=_(
                    "Another phase covers part of these dates. Choose dates that do not overlap."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name
