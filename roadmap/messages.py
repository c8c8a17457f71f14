"""The one sentence that says what an indicator's figures mean, made from the figures by rules.

Pure: no queries and no clock. Pages and the report snapshot say the same sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from malangkraf.numbers import MAXIMUM_DECIMALS, MISSING, format_number, format_percent
from roadmap.periods import PeriodKind, period_label
from roadmap.rules import Direction, TargetValue, ValueType

PERCENT_UNITS = frozenset({"persen", "percent", "per cent", "%"})


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """What the sentence must know of an indicator; `unit` stands in the language of the sentence.

    `is_growth`: the percentage is a rate of growth, so that a negative one is a fall.
    """

    unit: str
    value_type: str
    direction: str
    decimals: int = 0
    is_growth: bool = False

    @property
    def is_percent(self) -> bool:
        """Return whether a value is written with the percent sign."""
        return self.unit.strip().casefold() in PERCENT_UNITS


@dataclass(frozen=True, slots=True)
class MessagePoint:
    """One period of a series, in order of time; `name` is needed for a phase only."""

    kind: str
    start: date
    end: date
    actual: Decimal | None
    target: TargetValue | None = None
    name: str = ""

    def label(self, language: str) -> str:
        """Return the period as people write it."""
        return period_label(self.kind, self.start, self.end, language, name=self.name or None)


def is_growth(name: str, value_type: str) -> bool:
    """Return whether an indicator with this Indonesian name is a rate of growth ("Pertumbuhan …")."""
    return value_type == ValueType.DIRECT_PERCENT and name.casefold().startswith(("pertumbuhan", "laju"))


def decimals_of(value: Decimal, minimum: int) -> int:
    """Return how many decimals to show: the indicator's, or more when the published figure has more.

    Nothing that was entered has more than six: a longer one is a quotient, and shown as the indicator says.
    """
    exponent = value.normalize().as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0
    return minimum if own > MAXIMUM_DECIMALS else max(minimum, own)


def format_value(value: Decimal | None, facts: IndicatorFacts, language: str) -> str:
    """Return a value with its unit ("10,01%", "186 unit", "ya"), "–" for None; never rounded."""
    if value is None:
        return MISSING
    if facts.value_type == ValueType.YES_NO:
        with translation.override(language):
            return _("yes") if value else _("no")
    decimals = decimals_of(value, facts.decimals)
    if facts.is_percent:
        return format_percent(value, language, decimals=decimals)
    return f"{format_number(value, language, decimals=decimals)} {facts.unit}"


def format_target(target: TargetValue | None, facts: IndicatorFacts, language: str) -> str:
    """Return a target with its unit, a range as "3–5", "–" for None."""
    if target is None:
        return MISSING
    if target.value is not None:
        return format_value(target.value, facts, language)
    return f"{format_value(target.low, facts, language)} – {format_value(target.high, facts, language)}"


def indicator_message(points: Sequence[MessagePoint], facts: IndicatorFacts, language: str) -> str:
    """Return the sentence about the latest value, its target and where it came from, in "id" or "en".

    `points` are in order of time and hold only what the public may see.
    """
    with translation.override(language):
        known = [point for point in points if point.actual is not None]
        if not known:
            return _without_values(points, facts, language)
        latest, earlier = known[-1], known[:-1]
        following = next(
            (point for point in points if point.start > latest.end and point.target and point.actual is None),
            None,
        )
        words = {
            "when": _when(latest, language),
            "value": _size(latest.actual, facts, language),
            "target": format_target(latest.target, facts, language),
            "history": _history(latest, earlier, facts, language),
            "next_target": format_target(following.target if following else None, facts, language),
            "next_label": following.label(language) if following else "",
        }
        return _template(latest, facts, has_following=following is not None) % words


def _without_values(points: Sequence[MessagePoint], facts: IndicatorFacts, language: str) -> str:
    """Return the sentence for a series without any value."""
    target = next((point for point in reversed(points) if point.target is not None), None)
    if target is None:
        return _("No figure has been published for this indicator yet.")
    return _("No figure has been published yet; the target for %(label)s is %(target)s.") % {
        "label": target.label(language),
        "target": format_target(target.target, facts, language),
    }


def _size(value: Decimal | None, facts: IndicatorFacts, language: str) -> str:
    """Return the value; of a growth rate without its sign, because the verb says up or down."""
    if facts.is_growth and value is not None:
        value = value.copy_abs()
    return format_value(value, facts, language)


def _when(point: MessagePoint, language: str) -> str:
    """Return "In 2022", "On 17 Jun 2022", "From Jan–Aug 2023"."""
    words = {"period": point.label(language)}
    if point.kind == PeriodKind.YEAR:
        return _("In %(period)s,") % words
    if point.kind == PeriodKind.DATE:
        return _("On %(period)s,") % words
    if point.kind == PeriodKind.SPAN:
        return _("During %(period)s,") % words
    if point.kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.SEMESTER):
        return pgettext("a month or quarter", "In %(period)s,") % words
    return _("In the period %(period)s,") % words


def _at(point: MessagePoint, language: str) -> str:
    """Return "in 2021" or "on 17 Jun 2022"."""
    words = {"period": point.label(language)}
    return (_("on %(period)s") if point.kind == PeriodKind.DATE else _("in %(period)s")) % words


def _verdict(point: MessagePoint, facts: IndicatorFacts) -> str:
    """Return "none", "met", "above", "below", "better", "worse", "inside" or "outside"."""
    limits = point.target.limits if point.target else None
    if limits is None or point.actual is None:
        return "none"
    low, high = limits
    if facts.direction == Direction.RANGE:
        return "inside" if low <= point.actual <= high else "outside"
    if point.actual == low:
        return "met"
    if facts.direction == Direction.LOWER:
        return "better" if point.actual < low else "worse"
    return "above" if point.actual > low else "below"


def _template(point: MessagePoint, facts: IndicatorFacts, *, has_following: bool) -> str:
    """Return the sentence with its gaps for this kind of figure and verdict."""
    verdict = _verdict(point, facts)
    if facts.is_growth and point.actual is not None:
        templates = _growth_templates() if point.actual >= 0 else _shrinking_templates()
    else:
        templates = _plain_templates()
    if verdict == "none" and has_following:
        return _(
            "%(when)s the figure was %(value)s%(history)s; "
            "the next target is %(next_target)s for %(next_label)s."
        )
    return templates.get(verdict) or templates["none"]


def _growth_templates() -> dict[str, str]:
    return {
        "none": _("%(when)s it grew by %(value)s%(history)s; no target was set."),
        "met": _("%(when)s it grew by %(value)s, exactly the target%(history)s."),
        "above": _("%(when)s it grew by %(value)s, more than the target of %(target)s%(history)s."),
        "below": _("%(when)s it grew by %(value)s, less than the target of %(target)s%(history)s."),
        "better": _("%(when)s it grew by %(value)s, less than the limit of %(target)s%(history)s."),
        "worse": _("%(when)s it grew by %(value)s, more than the limit of %(target)s%(history)s."),
        "inside": _("%(when)s it grew by %(value)s, inside the target of %(target)s%(history)s."),
        "outside": _("%(when)s it grew by %(value)s, outside the target of %(target)s%(history)s."),
    }


def _shrinking_templates() -> dict[str, str]:
    against = _("%(when)s it fell by %(value)s, while the target was %(target)s%(history)s.")
    verdicts = ("met", "above", "below", "better", "worse", "inside", "outside")
    return {
        "none": _("%(when)s it fell by %(value)s%(history)s; no target was set."),
        **dict.fromkeys(verdicts, against),
    }


def _plain_templates() -> dict[str, str]:
    return {
        "none": _("%(when)s the figure was %(value)s%(history)s; no target was set."),
        "met": _("%(when)s the figure was %(value)s, exactly the target%(history)s."),
        "above": _("%(when)s the figure was %(value)s, above the target of %(target)s%(history)s."),
        "below": _("%(when)s the figure was %(value)s, short of the target of %(target)s%(history)s."),
        "better": _("%(when)s the figure was %(value)s, better than the target of %(target)s%(history)s."),
        "worse": _("%(when)s the figure was %(value)s, worse than the target of %(target)s%(history)s."),
        "inside": _("%(when)s the figure was %(value)s, inside the target of %(target)s%(history)s."),
        "outside": _("%(when)s the figure was %(value)s, outside the target of %(target)s%(history)s."),
    }


def _history(
    latest: MessagePoint, earlier: Sequence[MessagePoint], facts: IndicatorFacts, language: str
) -> str:
    """Return the clause about where the value came from, "" for the first one and for yes/no."""
    if not earlier or facts.value_type == ValueType.YES_NO or latest.actual is None:
        return ""
    if facts.is_growth:
        return _growth_history(latest, earlier, facts, language)
    # "2,000 in eight months" and "770 in one month" are no rise or fall: only like is compared with like.
    comparable = [point for point in earlier if point.kind == latest.kind and point.actual is not None]
    if not comparable or (latest.kind == PeriodKind.SPAN):
        return ""
    previous = comparable[-1]
    words = {"before": format_value(previous.actual, facts, language), "at": _at(previous, language)}
    if previous.actual is not None and latest.actual > previous.actual:
        return _(", up from %(before)s %(at)s") % words
    if previous.actual is not None and latest.actual < previous.actual:
        return _(", down from %(before)s %(at)s") % words
    return _(", the same as %(at)s") % words


def _growth_history(
    latest: MessagePoint, earlier: Sequence[MessagePoint], facts: IndicatorFacts, language: str
) -> str:
    """Return the clause about the last fall, or about the rate before."""
    falls = [point for point in earlier if point.actual is not None and point.actual < 0]
    previous = falls[-1] if falls else earlier[-1]
    words = {"before": _size(previous.actual, facts, language), "at": _at(previous, language)}
    if falls:
        return _(", after a fall of %(before)s %(at)s") % words
    return _(", after %(before)s %(at)s") % words
