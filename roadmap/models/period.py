"""Reporting periods."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PeriodQuerySet(models.QuerySet["Period"]):
    """Which periods."""

    def inside(self, start: date, end: date) -> Self:
        """Return the periods that lie wholly between the two days."""
        return self.filter(start__gte=start, end__lte=end)


class Period(models.Model):
    """A stretch of time that targets, values and reports speak of; days are those of Asia/Jakarta.

    Besides the reporting kinds (month to phase) there are a single day and a span of months, for figures that the
    press published as of a day or for "January to August". A period that ended before go-live is historical: no
    reminder, no overdue flag, provenance required.
    """

    class Kind(models.TextChoices):
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        SEMESTER = "semester", _("Semester")
        YEAR = "year", _("Year")
        PHASE = "phase", _("Phase")
        DATE = "date", _("Day")
        SPAN = "span", _("Span of months")

    class State(models.TextChoices):
        UPCOMING = "upcoming", _("Not open yet")
        OPEN = "open", _("Open")
        DUE = "due", _("Past its due date")
        CLOSED = "closed", _("Closed")

    code = models.CharField(_("code"), unique=True, max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    phase = models.OneToOneField(
        "roadmap.Phase", models.CASCADE, null=True, blank=True, related_name="period", verbose_name=_("phase")
    )
    opens_at = models.DateField(_("opens"), null=True, blank=True)
    due_at = models.DateField(_("due"), null=True, blank=True)
    closes_at = models.DateField(_("closes"), null=True, blank=True)
    is_historical = models.BooleanField(_("historical"), default=False)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["start", "end"]
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="period_ends_after_start"),
            models.CheckConstraint(
                condition=(Q(kind="phase") & ~Q(phase=None)) | (~Q(kind="phase") & Q(phase=None)),
                name="period_phase_has_phase",
            ),
            models.UniqueConstraint(fields=["kind", "start", "end"], name="period_unique"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def address(self) -> str:
        """Return the code as it stands in an address ("2023-01--2023-08" for a span)."""
        return self.code.replace("/", "--")

    def state_on(self, day: date) -> str:
        """Return the Period.State on a day of Asia/Jakarta; historical periods are open for entry with a source."""
        if self.is_historical:
            return self.State.OPEN
        if self.opens_at and day < self.opens_at:
            return self.State.UPCOMING
        if self.closes_at and day > self.closes_at:
            return self.State.CLOSED
        if self.due_at and day > self.due_at:
            return self.State.DUE
        return self.State.OPEN
