"""How a percentage came about, in words and numbers, for a reader who wants to do the sum again."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from malangkraf.numbers import format_number, format_percent
from roadmap import messages, rules
from roadmap.models import Achievement, Indicator, TargetRevision
from roadmap.presentation import SeriesRow, band_text, reason_text

RAW_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Explanation:
    """The parts of one percentage; `filled` is the formula with its numbers, "" when nothing was divided.

    `lower_bound` is where the band begins, None for the lowest band.
    """

    row: SeriesRow
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

    The achievement comes with its scale loaded; `lower_bound` is the rules' own scale when it has none.
    """
    basis = Achievement.Basis.ORIGINAL if original else Achievement.Basis.CURRENT
    achievement = row.achievements.get(basis)
    if achievement is None:
        return None
    language = get_language() or "id"
    revision = (row.original if original else row.current) or row.current
    target = revision.as_value if revision else None
    has_percent = achievement.percent is not None
    return Explanation(
        row=row,
        achievement=achievement,
        revision=revision,
        formula=formula_text(indicator.direction, indicator.method),
        filled=_filled(indicator, row, target, achievement) if has_percent and target else "",
        target_text=messages.format_target(target, row.facts, language),
        percent_text=format_percent(achievement.percent, language),
        band=achievement.band if has_percent else "",
        verdict=band_text(achievement.band) if has_percent and achievement.band else _reason(achievement),
        note=reason_text(achievement.note) if achievement.note in rules.REASON_LABELS else "",
        lower_bound=_lower_bound(achievement.band) if has_percent else None,
    )


def _reason(achievement: Achievement) -> str:
    return reason_text(achievement.reason) if achievement.reason else ""


def formula_text(direction: str, method: str) -> str:
    """Return the formula in words for one direction and method."""
    if method == rules.Method.BASELINE:
        return _("(actual − baseline) ÷ (target − baseline) × 100: the share of the way that was covered")
    if direction == rules.Direction.LOWER:
        return _("the lower the better: (2 × target − actual) ÷ target × 100")
    if direction == rules.Direction.RANGE:
        return _("inside the range is 100; outside it, the nearest bound counts as the target")
    return _("the higher the better: actual ÷ target × 100")


def _filled(indicator: Indicator, row: SeriesRow, target: rules.TargetValue, achievement: Achievement) -> str:
    """Return "10,01 ÷ 8,70 × 100 = 115,0575 → 115,06%", or "" when the rule divided nothing."""
    limits = target.limits
    actual, raw = row.actual, achievement.raw
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


def _lower_bound(band: str) -> Decimal | None:
    """Return where a band of the scale begins, None for the lowest and for an unknown one."""
    bounds = {step.code: step.lower for step in rules.DEFAULT_SCALE.bands[:-1]}
    return bounds.get(band)
