"""Targets and their revisions, which are only ever added."""

from decimal import Decimal

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from roadmap.rules import TargetValue


@pghistory.track()
class Target(models.Model):
    """That an indicator has a target for a period; the numbers stand in its revisions."""

    indicator = models.ForeignKey("roadmap.Indicator", models.PROTECT, related_name="targets")
    period = models.ForeignKey("roadmap.Period", models.PROTECT, related_name="targets")

    class Meta:
        ordering = ["period__start", "period__end"]
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [models.UniqueConstraint(fields=["indicator", "period"], name="target_unique")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_id}"

    @property
    def original(self) -> "TargetRevision | None":
        """Return the first revision; no query when `revisions` is prefetched."""
        return min(self.revisions.all(), key=lambda revision: revision.number, default=None)

    @property
    def current(self) -> "TargetRevision | None":
        """Return the latest revision; no query when `revisions` is prefetched."""
        return max(self.revisions.all(), key=lambda revision: revision.number, default=None)


@pghistory.track()
class TargetRevision(models.Model):
    """One version of a target: a value, or the two bounds of a range. Never changed, never deleted."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    value = models.DecimalField(_("target"), max_digits=24, decimal_places=6, null=True, blank=True)
    low = models.DecimalField(_("lower bound"), max_digits=24, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(_("upper bound"), max_digits=24, decimal_places=6, null=True, blank=True)
    reason = models.TextField(_("reason for the change"), blank=True)
    decree_number = models.CharField(_("number of the decree"), max_length=80, blank=True)
    decree_date = models.DateField(_("date of the decree"), null=True, blank=True)
    document = models.FileField(_("document"), upload_to="targets/", blank=True)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)
    note_en = models.TextField(_("note in English"), blank=True)
    created_by = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("target revision")
        verbose_name_plural = _("target revisions")
        constraints = [
            models.UniqueConstraint(fields=["target", "number"], name="target_revision_unique"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, low=None, high=None)
                | Q(value=None, low__isnull=False, high__gte=F("low")),
                name="target_value_or_range",
                violation_error_message=_("Give one target, or a lower and an upper bound in that order."),
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""),
                name="target_change_has_reason",
                violation_error_message=_("Say why the target changes."),
            ),
        ]
        triggers = [
            # created_by is left out: deleting an account sets it to NULL.
            pgtrigger.ReadOnly(
                name="append_only",
                fields=[
                    "target",
                    "number",
                    "value",
                    "low",
                    "high",
                    "reason",
                    "decree_number",
                    "decree_date",
                    "created_at",
                ],
            ),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def as_value(self) -> TargetValue:
        """Return the target as the rules take it."""
        return TargetValue(value=self.value, low=self.low, high=self.high)

    @property
    def bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """Return (low, high), both None for a single target."""
        return self.low, self.high
