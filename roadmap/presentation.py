"""The series of an indicator as pages show it: every period with its target, value and achievement.

`load_series` makes three queries for any number of indicators; everything else works on loaded rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from malangkraf.drawing.charts import ChartPoint
from malangkraf.numbers import MISSING, format_percent
from malangkraf.translated import translated
from roadmap import messages, rules
from roadmap.models import Achievement, Indicator, Measurement, Period, TargetRevision
from roadmap.periods import period_label
from roadmap.permissions import public_period
from roadmap.services.achievements import CARRIED, actual_of, is_due


def facts_of(indicator: Indicator, language: str | None = None) -> messages.IndicatorFacts:
    """Return what the sentences and figures of an indicator need, in the language (default: the active one)."""
    return messages.IndicatorFacts(
        unit=translated(indicator, "unit", language),
        value_type=indicator.value_type,
        direction=indicator.direction,
        decimals=indicator.decimals,
        is_growth=messages.is_growth(indicator.name, indicator.value_type),
    )


def label_of(period: Period, language: str | None = None) -> str:
    """Return the name of a period; of a phase the phase's own (a query unless `phase` is loaded)."""
    language = language or get_language() or "id"
    name = translated(period.phase, "name", language) if period.phase_id and period.phase else None
    return period_label(period.kind, period.start, period.end, language, name=name)


def reason_text(code: str) -> str:
    """Return why there is no percentage, in the active language."""
    label = rules.REASON_LABELS.get(code)  # type: ignore[call-overload]
    return _(label) if label else _("Not computed yet")


def band_text(code: str) -> str:
    """Return the name of a band in the active language."""
    return _(rules.BAND_LABELS[code]) if code in rules.BAND_LABELS else code


@dataclass
class SeriesRow:
    """One period of a series; `measurement` is verified, `reviewed` one that is open again.

    `carried` is the value of an earlier period on which the percentage rests, because this one has none.
    """

    facts: messages.IndicatorFacts
    slug: str
    period: Period
    measurement: Measurement | None = None
    reviewed: Measurement | None = None
    carried: Measurement | None = None
    revisions: list[TargetRevision] = field(default_factory=list)
    achievements: dict[str, Achievement] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return the period's name in the active language."""
        return label_of(self.period)

    @property
    def actual(self) -> Decimal | None:
        """Return the published value, None when it is missing or under review."""
        return actual_of(self.measurement)

    @property
    def current(self) -> TargetRevision | None:
        """Return the target in force."""
        return self.revisions[-1] if self.revisions else None

    @property
    def original(self) -> TargetRevision | None:
        """Return the first target when it was revised later, else None."""
        return self.revisions[0] if len(self.revisions) > 1 else None

    @property
    def achievement(self) -> Achievement | None:
        """Return the achievement against the current target."""
        return self.achievements.get(Achievement.Basis.CURRENT)

    @property
    def percent(self) -> Decimal | None:
        """Return the achievement in percent, None when it cannot be computed."""
        return self.achievement.percent if self.achievement else None

    @property
    def actual_text(self) -> str:
        return messages.format_value(self.actual, self.facts, get_language() or "id")

    @property
    def target_text(self) -> str:
        return self._target_text(self.current)

    @property
    def original_text(self) -> str:
        return self._target_text(self.original)

    def _target_text(self, revision: TargetRevision | None) -> str:
        value = revision.as_value if revision else None
        return messages.format_target(value, self.facts, get_language() or "id")

    @property
    def percent_text(self) -> str:
        return format_percent(self.percent, get_language() or "id") if self.percent is not None else MISSING

    @property
    def original_percent(self) -> Decimal | None:
        """Return the achievement against the first target, None when it cannot be computed."""
        found = self.achievements.get(Achievement.Basis.ORIGINAL)
        return found.percent if found else None

    @property
    def band(self) -> str:
        """Return the code of the band, "" when there is none."""
        return self.achievement.band if self.achievement and self.achievement.percent is not None else ""

    @property
    def verdict(self) -> str:
        """Return the name of the band, or why there is none."""
        if self.band:
            return band_text(self.band)
        if self.percent is not None:
            return reason_text(rules.Reason.NO_SCALE)
        if self.reviewed:
            return reason_text(rules.Reason.UNDER_REVIEW)
        if self.achievement and self.achievement.reason:
            return reason_text(self.achievement.reason)
        if self.actual is None:
            return reason_text(rules.Reason.NO_ACTUAL)
        return reason_text("" if self.current else rules.Reason.NO_TARGET)

    @property
    def explain_url(self) -> str:
        return reverse("roadmap:achievement_explain", args=[self.slug, self.period.address])


@dataclass
class Series:
    """An indicator with its rows in order of time, each period once."""

    indicator: Indicator
    rows: list[SeriesRow]
    facts: messages.IndicatorFacts

    @cached_property
    def latest(self) -> SeriesRow | None:
        """Return the newest row with a value."""
        return next((row for row in reversed(self.rows) if row.actual is not None), None)

    @cached_property
    def latest_percent(self) -> SeriesRow | None:
        """Return the newest row with a percentage."""
        return next((row for row in reversed(self.rows) if row.percent is not None), None)

    @property
    def message(self) -> str:
        """Return the one sentence of the figures in the active language."""
        points = [
            messages.MessagePoint(
                kind=row.period.kind,
                start=row.period.start,
                end=row.period.end,
                actual=row.actual,
                target=row.current.as_value if row.current else None,
                name=row.label if row.period.phase_id else "",
            )
            for row in self._comparable()
        ]
        return messages.indicator_message(points, self.facts, get_language() or "id")

    @property
    def baseline_text(self) -> str:
        """Return the baseline with its unit, "" when there is none."""
        value = self.indicator.baseline_value
        return "" if value is None else messages.format_value(value, self.facts, get_language() or "id")

    @property
    def is_disputed(self) -> bool:
        """Return whether published sources disagree on the newest value."""
        return bool(self.latest and self.latest.measurement and self.latest.measurement.is_disputed)

    @property
    def url(self) -> str:
        return reverse("roadmap:indicator_detail", args=[self.indicator.slug])

    def _comparable(self) -> list[SeriesRow]:
        """Return the rows that one line may join: 2,000 in eight months and 770 in one are no fall."""
        if self.indicator.entry_meaning == Indicator.EntryMeaning.SNAPSHOT or self.latest is None:
            return self.rows
        kind = self.latest.period.kind
        return [row for row in self.rows if row.period.kind == kind]

    def chart_points(self, on: date) -> list[ChartPoint]:
        """Return what the chart draws: every row with a value, and those where one is due and missing."""
        return [
            ChartPoint(
                label=row.label,
                on=row.period.end,
                actual=row.actual,
                target=row.current.value if row.current else None,
                band=row.band or None,
            )
            for row in self._comparable()
            if row.actual is not None
            or (row.current is not None or row.measurement)
            and is_due(row.period, on)
        ]


def load_series(indicators: Iterable[Indicator]) -> dict[int, Series]:
    """Return the public series of the indicators by their key; three queries."""
    by_key = {indicator.pk: indicator for indicator in indicators}
    measurements = Measurement.objects.shown().filter(public_period(), indicator__in=by_key)
    revisions = TargetRevision.objects.filter(public_period("target__"), target__indicator__in=by_key)
    achievements = Achievement.objects.filter(public_period(), indicator__in=by_key)
    return build_series(
        by_key,
        measurements=measurements.select_related("period__phase"),
        revisions=revisions.select_related("target__period__phase").order_by("number"),
        achievements=achievements.select_related("period__phase"),
    )


def build_series(
    indicators: Mapping[int, Indicator],
    *,
    measurements: Iterable[Measurement],
    revisions: Iterable[TargetRevision],
    achievements: Iterable[Achievement],
) -> dict[int, Series]:
    """Return the series made of loaded rows; a period stands in it when it has a target or a value."""
    language = get_language() or "id"
    rows: dict[int, dict[int, SeriesRow]] = defaultdict(dict)
    facts = {key: facts_of(indicator, language) for key, indicator in indicators.items()}

    verified: dict[int | None, Measurement] = {}

    def row_for(indicator_key: int, period: Period) -> SeriesRow:
        if period.pk not in rows[indicator_key]:
            slug = indicators[indicator_key].slug
            rows[indicator_key][period.pk] = SeriesRow(facts[indicator_key], slug, period)
        return rows[indicator_key][period.pk]

    for measurement in measurements:
        row = row_for(measurement.indicator_id, measurement.period)
        if measurement.state == Measurement.State.VERIFIED:
            row.measurement = verified[measurement.pk] = measurement
        else:
            row.reviewed = measurement
    for revision in revisions:
        row_for(revision.target.indicator_id, revision.target.period).revisions.append(revision)
    for achievement in achievements:
        known = rows[achievement.indicator_id].get(achievement.period_id)
        # Between a re-opening and the computation that follows it, the stored percentage is no longer true.
        if known and not (known.reviewed and achievement.percent is not None):
            known.achievements[achievement.basis] = achievement
            if achievement.note == CARRIED:
                known.carried = verified.get(achievement.measurement_id)
    return {
        key: Series(indicator, _in_order(rows[key].values()), facts[key])
        for key, indicator in indicators.items()
    }


def _in_order(rows: Iterable[SeriesRow]) -> list[SeriesRow]:
    return sorted(rows, key=lambda row: (row.period.end, row.period.start))


def percents_of(series: Sequence[Series]) -> list[Decimal | None]:
    """Return the newest capped achievement (0-100) of each series, None where there is no percentage."""
    found = []
    for one in series:
        row = one.latest_percent
        found.append(row.achievement.capped if row and row.achievement else None)
    return found
