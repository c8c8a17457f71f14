"""What the portal counted itself, with the rows behind the number."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AutomaticSnapshot(models.Model):
    """One count of an indicator for a period: when, by which source, and from which rows; never changed.

    A count that is made again (a planner opened the value, with a reason) is the next number; the earlier ones stay.
    `rows` lists [model label, key]; `sha256` is over that list as `services.automatic.canonical_rows` writes it.
    """

    indicator = models.ForeignKey("roadmap.Indicator", models.PROTECT, related_name="automatic_snapshots")
    period = models.ForeignKey("roadmap.Period", models.PROTECT, related_name="automatic_snapshots")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    source = models.CharField(_("automatic source"), max_length=60)
    taken_at = models.DateTimeField(_("counted at"))
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)
    rows = models.JSONField(_("rows behind the value"), default=list)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["indicator", "period", "number"]
        verbose_name = _("automatic count")
        verbose_name_plural = _("automatic counts")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "period", "number"], name="automatic_snapshot_unique"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="automatic_snapshot_number_from_1"),
        ]
        triggers = [
            # The table is its own history: rows are added and neither changed nor removed.
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_id} {self.number}"
