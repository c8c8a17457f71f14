"""How a percentage came about, in words and numbers, for a reader who wants to do the sum again."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from malangkraf.numbers import format_number, format_percent
from roadmap import messages, rules
from roadmap.models import Achievement, Indicator, Measurement, RatingBand, TargetRevision
from roadmap.presentation import SeriesRow, band_text, label_of, reason_text
from roadmap.services.achievements import actual_of

RAW_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Explanation:
    """The parts of one percentage; `filled` is the formula with its numbers, "" when nothing was divided.

    `measurement` is the value that was divided: the period's own, or an earlier one carried forward, which
    `is_carried` and `actual_label` tell. `lower_bound` is where the band begins, None for the lowest band.
    """

    row: SeriesRow
    measurement: Measurement | None
    is_carried: bool
    actual_label: str
    actual_text: str
    achievement: Achievement
    revision: TargetRevision | None
    formula: str
    filled: str
    target_text: str
    percent_text: str
    band: str
    verdict: str
    note: str
    lower_bound: Decimal | None


def explain(indicator: Indicator, row: SeriesRow, *, original: bool = False) -> Explanation | None:
    """Return the explanation of a row's achievement against the current or the original target, or None.

    One query, for the bands of the scale that the percentage was rated by; none without a rating.
    """
    basis = Achievement.Basis.ORIGINAL if original else Achievement.Basis.CURRENT
    achievement = row.achievements.get(basis)
    if achievement is None:
        return None
    language = get_language() or "id"
    revision = (row.original if original else row.current) or row.current
    target = revision.as_value if revision else None
    value = row.measurement or row.carried
    has_percent = achievement.percent is not None
    return Explanation(
        row=row,
        measurement=value,
        is_carried=row.measurement is None and value is not None,
        actual_label=label_of(value.period) if value else row.label,
        actual_text=messages.format_value(actual_of(value), row.facts, language),
        achievement=achievement,
        revision=revision,
        formula=formula_text(indicator.direction, indicator.method),
        filled=_filled(indicator, row, actual_of(value), target, achievement) if has_percent else "",
        target_text=messages.format_target(target, row.facts, language),
        percent_text=format_percent(achievement.percent, language),
        band=achievement.band if has_percent else "",
        verdict=_verdict(achievement),
        note=reason_text(rules.Reason.ZERO_TARGET) if achievement.note == rules.Reason.ZERO_TARGET else "",
        lower_bound=_lower_bound(achievement) if has_percent and achievement.band else None,
    )


def _verdict(achievement: Achievement) -> str:
    """Return the name of the band, that no scale applies, or why there is no percentage."""
    if achievement.percent is None:
        return reason_text(achievement.reason)
    return band_text(achievement.band) if achievement.band else reason_text(rules.Reason.NO_SCALE)


def formula_text(direction: str, method: str) -> str:
    """Return the formula in words for one direction and method."""
    if method == rules.Method.BASELINE:
        return _("(actual − baseline) ÷ (target − baseline) × 100: the share of the way that was covered")
    if direction == rules.Direction.LOWER:
        return _("the lower the better: (2 × target − actual) ÷ target × 100")
    if direction == rules.Direction.RANGE:
        return _("inside the range is 100; outside it, the nearest bound counts as the target")
    return _("the higher the better: actual ÷ target × 100")


def _filled(
    indicator: Indicator,
    row: SeriesRow,
    actual: Decimal | None,
    target: rules.TargetValue | None,
    achievement: Achievement,
) -> str:
    """Return "10,01 ÷ 8,70 × 100 = 115,0575 → 115,06%", or "" when the rule divided nothing."""
    limits, raw = target.limits if target else None, achievement.raw
    if limits is None or actual is None or raw is None or achievement.note == rules.Reason.ZERO_TARGET:
        return ""
    write = _writer(row.facts.decimals)
    sum_text = _sum(indicator, actual, limits, write)
    if not sum_text:
        return ""
    language = get_language() or "id"
    shown = format_number(raw, language, decimals=RAW_DECIMALS)
    return f"{sum_text} = {shown} → {format_percent(achievement.percent, language)}"


def _writer(decimals: int) -> Callable[[Decimal], str]:
    language = get_language() or "id"

    def write(value: Decimal) -> str:
        text = format_number(value, language, decimals=messages.decimals_of(value, decimals))
        return f"({text})" if value < 0 else text

    return write


def _sum(
    indicator: Indicator,
    actual: Decimal,
    limits: tuple[Decimal, Decimal],
    write: Callable[[Decimal], str],
) -> str:
    low, high = limits
    if indicator.method == rules.Method.BASELINE:
        baseline = indicator.baseline_value
        if baseline is None or indicator.direction == rules.Direction.RANGE:
            return ""
        start = write(baseline)
        return f"({write(actual)} − {start}) ÷ ({write(low)} − {start}) × 100"
    if indicator.direction == rules.Direction.RANGE and low <= actual <= high:
        return ""
    is_lower = indicator.direction == rules.Direction.LOWER or (
        indicator.direction == rules.Direction.RANGE and actual > high
    )
    if is_lower:
        return f"(2 × {write(high)} − {write(actual)}) ÷ {write(high)} × 100"
    return f"{write(actual)} ÷ {write(low)} × 100"


def _lower_bound(achievement: Achievement) -> Decimal | None:
    """Return where the band begins in the scale that it was taken from, None for the lowest; one query."""
    bands = RatingBand.objects.filter(scale=achievement.scale_id).order_by("-lower_bound")
    bounds = list(bands.values_list("code", "lower_bound"))
    return dict(bounds[:-1]).get(achievement.band)
