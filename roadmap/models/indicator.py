"""Indicators: what is measured, how, and what it belongs to."""

from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The fields that define what a value means: frozen once a value is verified (design.md section 4).
DEFINITIONAL_FIELDS = (
    "definition",
    "numerator_label",
    "denominator_label",
    "unit",
    "value_type",
    "direction",
    "entry_meaning",
    "aggregation",
    "frequency",
    "method",
    "formula",
    "is_share",
    "automatic_source",
    # Percentages that are public already would change without a word.
    "baseline_value",
    "allow_carry",
)


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    """Which indicators."""

    def public(self) -> Self:
        """Return the indicators that the public may see."""
        return self.filter(is_public=True)

    def headline(self) -> Self:
        """Return the indicators that stand on the home page and first on the dashboard."""
        return self.filter(is_headline=True)

    def automatic(self) -> Self:
        """Return the indicators that the portal counts itself."""
        return self.exclude(automatic_source="")


@pghistory.track()
class Indicator(models.Model):
    """One thing that is measured over time.

    A changed definition is a new indicator that supersedes the old one; charts show the break.
    """

    class ValueType(models.TextChoices):
        COUNT = "count", _("Count")
        CURRENCY = "currency", _("Amount of money")
        DIRECT_PERCENT = "direct_percent", _("Percentage as published")
        RATIO = "ratio", _("Ratio of numerator and denominator")
        YES_NO = "yes_no", _("Yes or no")

    class Direction(models.TextChoices):
        HIGHER = "higher", _("Higher is better")
        LOWER = "lower", _("Lower is better")
        RANGE = "range", _("Best within a range")

    class EntryMeaning(models.TextChoices):
        INCREMENT = "increment", _("What was added in the period")
        RUNNING_TOTAL_YEAR = "running_total_year", _("Running total of the year")
        RUNNING_TOTAL_PHASE = "running_total_phase", _("Running total of the phase")
        SNAPSHOT = "snapshot", _("State at the end of the period")

    class Aggregation(models.TextChoices):
        SUM = "sum", _("Sum")
        LAST = "last", _("Last value")
        MEAN = "mean", _("Mean")
        RATIO_OF_SUMS = "ratio_of_sums", _("Ratio of the sums")

    class Frequency(models.TextChoices):
        MONTH = "month", _("Monthly")
        QUARTER = "quarter", _("Quarterly")
        SEMESTER = "semester", _("Every half-year")
        YEAR = "year", _("Yearly")
        IRREGULAR = "irregular", _("When published")

    class Method(models.TextChoices):
        RATIO = "ratio", _("Actual against target")
        BASELINE = "baseline", _("Way from the baseline to the target")

    code = models.CharField(_("code"), unique=True, max_length=20)
    slug = models.SlugField(_("address"), unique=True, max_length=100)
    name = models.CharField(_("name"), unique=True, max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    definition = models.TextField(_("definition"), blank=True)
    definition_en = models.TextField(_("definition in English"), blank=True)
    formula = models.TextField(_("formula"), blank=True)
    formula_en = models.TextField(_("formula in English"), blank=True)
    unit = models.CharField(_("unit"), max_length=40)
    unit_en = models.CharField(_("unit in English"), max_length=40, blank=True)
    value_type = models.CharField(_("kind of value"), max_length=20, choices=ValueType)
    numerator_label = models.CharField(_("numerator"), max_length=120, blank=True)
    denominator_label = models.CharField(_("denominator"), max_length=120, blank=True)
    is_share = models.BooleanField(
        _("part of a whole"), default=False, help_text=_("The percentage cannot be below 0 or above 100.")
    )
    direction = models.CharField(_("direction"), max_length=10, choices=Direction, default=Direction.HIGHER)
    entry_meaning = models.CharField(
        _("what an entered value means"), max_length=20, choices=EntryMeaning, default=EntryMeaning.SNAPSHOT
    )
    aggregation = models.CharField(
        _("how periods add up"), max_length=15, choices=Aggregation, default=Aggregation.LAST
    )
    frequency = models.CharField(_("frequency"), max_length=10, choices=Frequency, default=Frequency.YEAR)
    method = models.CharField(_("method of achievement"), max_length=10, choices=Method, default=Method.RATIO)
    allow_carry = models.BooleanField(_("last value may be carried forward"), default=False)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    baseline_value = models.DecimalField(
        _("baseline"), max_digits=24, decimal_places=6, null=True, blank=True
    )
    baseline_period = models.ForeignKey(
        "roadmap.Period",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("baseline period"),
    )
    baseline_source_url = models.URLField(_("source of the baseline"), max_length=500, blank=True)
    data_producer = models.CharField(_("data producer"), max_length=200, blank=True)
    data_producer_en = models.CharField(
        _("data producer in English"), max_length=200, blank=True, default="", db_default=""
    )
    collection_method = models.CharField(_("collection method"), max_length=300, blank=True)
    collection_method_en = models.CharField(_("collection method in English"), max_length=300, blank=True)
    limitations = models.TextField(_("limitations"), blank=True)
    limitations_en = models.TextField(_("limitations in English"), blank=True)
    owner_organization = models.ForeignKey(
        "ecosystem.Organization",
        models.PROTECT,
        related_name="indicators",
        verbose_name=_("responsible organization"),
    )
    subsectors = models.ManyToManyField(
        "ecosystem.Subsector", related_name="indicators", blank=True, verbose_name=_("subsectors")
    )
    valid_from = models.DateField(_("measured from"), null=True, blank=True)
    valid_to = models.DateField(_("measured until"), null=True, blank=True)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("supersedes"),
    )
    automatic_source = models.CharField(_("automatic source"), max_length=60, blank=True)
    is_headline = models.BooleanField(_("headline indicator"), default=False)
    is_public = models.BooleanField(_("public"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    updated_at = models.DateTimeField(_("last updated"), auto_now=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        constraints = [
            models.CheckConstraint(condition=Q(decimals__lte=6), name="indicator_decimals_0_6"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="indicator_life_in_order",
                violation_error_message=_(
                    "The end of the indicator's life must not come before its beginning."
                ),
            ),
            models.CheckConstraint(
                condition=Q(automatic_source="") | (Q(valid_from__isnull=False) & ~Q(frequency="irregular")),
                name="indicator_automatic_has_calendar",
                violation_error_message=_(
                    "What the portal counts itself needs a regular frequency and the day from which it counts."
                ),
            ),
        ]
        triggers = [
            # Raw SQL and bulk updates meet the same wall as the form.
            pgtrigger.Trigger(
                name="definition_frozen",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.AnyChange(*DEFINITIONAL_FIELDS),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM roadmap_measurement
                        WHERE indicator_id = OLD.id AND state = 'verified'
                    ) THEN
                        RAISE EXCEPTION 'definition_frozen: a verified value stands on this definition'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name


class IndicatorLink(models.Model):
    """What an indicator counts for: a phase, a programme or an action, with its weight in the roll-up."""

    class Level(models.TextChoices):
        IMPACT = "impact", _("Impact")
        OUTCOME = "outcome", _("Outcome")
        OUTPUT = "output", _("Output")

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="links", verbose_name=_("indicator")
    )
    phase = models.ForeignKey(
        "roadmap.Phase", models.CASCADE, null=True, blank=True, related_name="indicator_links"
    )
    programme = models.ForeignKey(
        "roadmap.Programme", models.CASCADE, null=True, blank=True, related_name="indicator_links"
    )
    action = models.ForeignKey(
        "roadmap.Action", models.CASCADE, null=True, blank=True, related_name="indicator_links"
    )
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.OUTCOME)
    weight = models.DecimalField(_("weight"), max_digits=8, decimal_places=3, default=1)

    class Meta:
        verbose_name = _("link of an indicator")
        verbose_name_plural = _("links of indicators")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(phase__isnull=False, programme=None, action=None)
                    | Q(phase=None, programme__isnull=False, action=None)
                    | Q(phase=None, programme=None, action__isnull=False)
                ),
                name="indicator_link_one_parent",
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0),
                name="indicator_link_weight_positive",
                violation_error_message=_("The weight must be greater than 0."),
            ),
            models.UniqueConstraint(
                fields=["indicator", "phase", "programme", "action"],
                name="indicator_link_unique",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} → {self.phase_id or self.programme_id or self.action_id}"
