"""Computed achievements and the dated scales that name their bands."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.rules import Band, Scale


class RatingScaleQuerySet(models.QuerySet["RatingScale"]):
    """Which scales."""

    def in_force(self, day: date) -> Self:
        """Return the scales in force on the day, newest first."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day).order_by(
            "-valid_from"
        )


class RatingScale(models.Model):
    """A set of bands and the regulation it follows; old periods keep their scale."""

    code = models.SlugField(_("code"), unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    regulation = models.TextField(_("regulation"))
    regulation_en = models.TextField(_("regulation, in English"), blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = RatingScaleQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("rating scale")
        verbose_name_plural = _("rating scales")

    def __str__(self) -> str:
        return self.name

    def as_scale(self) -> Scale:
        """Return the scale as the rules take it; no query when `bands` is prefetched."""
        bands = sorted(self.bands.all(), key=lambda band: band.lower_bound, reverse=True)
        return Scale(
            code=self.code,
            bands=tuple(Band(code=band.code, lower=band.lower_bound) for band in bands),
            regulation=self.regulation,
        )


class RatingBand(models.Model):
    """One band of a scale; it reaches from its lower bound to the next band's."""

    scale = models.ForeignKey(RatingScale, models.CASCADE, related_name="bands")
    code = models.SlugField(_("code"), max_length=20)
    label = models.CharField(_("label"), max_length=60)
    label_en = models.CharField(_("label in English"), max_length=60)
    lower_bound = models.DecimalField(_("from"), max_digits=9, decimal_places=2)

    class Meta:
        ordering = ["-lower_bound"]
        verbose_name = _("rating band")
        verbose_name_plural = _("rating bands")
        constraints = [
            models.UniqueConstraint(fields=["scale", "code"], name="rating_band_code_unique"),
            models.UniqueConstraint(fields=["scale", "lower_bound"], name="rating_band_bound_unique"),
        ]

    def __str__(self) -> str:
        return self.label


class Achievement(models.Model):
    """The computed achievement of an indicator in a period, against the current or the original target.

    Derived data: `roadmap.services.recompute` may rebuild any row at any time, and the nightly reconcile reports
    rows that a rebuild would change. `raw` keeps full precision, `percent` is raw rounded half up to two decimals.
    """

    class Basis(models.TextChoices):
        CURRENT = "current", _("Current target")
        ORIGINAL = "original", _("Original target")

    indicator = models.ForeignKey("roadmap.Indicator", models.CASCADE, related_name="achievements")
    period = models.ForeignKey("roadmap.Period", models.CASCADE, related_name="achievements")
    basis = models.CharField(max_length=10, choices=Basis, default=Basis.CURRENT)
    measurement = models.ForeignKey(
        "roadmap.Measurement", models.CASCADE, null=True, related_name="achievements"
    )
    target_revision = models.ForeignKey(
        "roadmap.TargetRevision", models.PROTECT, null=True, related_name="achievements"
    )
    scale = models.ForeignKey(RatingScale, models.PROTECT, null=True, related_name="+")
    raw = models.DecimalField(max_digits=40, decimal_places=12, null=True)
    percent = models.DecimalField(max_digits=30, decimal_places=2, null=True)
    capped = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    band = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=40, blank=True)
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["period__start", "period__end"]
        verbose_name = _("achievement")
        verbose_name_plural = _("achievements")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "period", "basis"], name="achievement_unique"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False) | ~Q(reason=""), name="achievement_percent_or_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent if self.percent is not None else self.reason}"


class AchievementDifference(models.Model):
    """A stored achievement that last night's comparison would have computed differently; gone once it is recomputed."""

    indicator = models.ForeignKey("roadmap.Indicator", models.CASCADE, related_name="+")
    period = models.ForeignKey("roadmap.Period", models.CASCADE, related_name="+")
    basis = models.CharField(max_length=10, choices=Achievement.Basis)
    stored = models.DecimalField(max_digits=30, decimal_places=2, null=True)
    computed = models.DecimalField(max_digits=30, decimal_places=2, null=True)
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["indicator", "period", "basis"]
        verbose_name = _("difference of an achievement")
        verbose_name_plural = _("differences of achievements")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "period", "basis"], name="achievement_difference_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stored} / {self.computed}"
