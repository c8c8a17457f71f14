"""Entered values: what is possible, and how it moved."""

from dataclasses import dataclass
from decimal import Decimal

from roadmap.rules.achievement import HUNDRED, TargetValue, precisely
from roadmap.rules.terms import Direction, Movement, Problem, ValueType


@dataclass(frozen=True, slots=True)
class Trend:
    """Which way a value went, and whether that is better (None: no movement, or the direction cannot say)."""

    movement: Movement
    improves: bool | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How much a value moved: `amount` in percentage points for percentages, else in percent of before."""

    amount: Decimal
    is_points: bool


def validate_value(
    value: Decimal | None,
    *,
    value_type: ValueType | str,
    is_share: bool = False,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
) -> tuple[Problem, ...]:
    """Return what is wrong with an entered value, empty when nothing is; texts stand in PROBLEM_MESSAGES.

    A ratio is judged by its two parts, every other type by `value`. `is_share`: the percentage is part of a
    whole and lies between 0 and 100; other percentages (growth) may be negative or above 100.
    """
    given = [number for number in (value, numerator, denominator) if number is not None]
    if not all(number.is_finite() for number in given):
        return (Problem.NOT_FINITE,)
    if value_type == ValueType.RATIO:
        return _problems_of_ratio(numerator, denominator, is_share=is_share)
    if value is None:
        return (Problem.MISSING,)
    checks = {
        Problem.NEGATIVE_COUNT: value_type == ValueType.COUNT and value < 0,
        Problem.FRACTIONAL_COUNT: value_type == ValueType.COUNT and value != value.to_integral_value(),
        Problem.NOT_YES_OR_NO: value_type == ValueType.YES_NO and value not in (0, 1),
        Problem.BELOW_SHARE: value_type == ValueType.DIRECT_PERCENT and is_share and value < 0,
        Problem.ABOVE_SHARE: value_type == ValueType.DIRECT_PERCENT and is_share and value > HUNDRED,
    }
    return tuple(problem for problem, found in checks.items() if found)


def _problems_of_ratio(
    numerator: Decimal | None, denominator: Decimal | None, *, is_share: bool
) -> tuple[Problem, ...]:
    if numerator is None and denominator is None:
        return (Problem.MISSING,)
    if numerator is None:
        return (Problem.NUMERATOR_MISSING,)
    if denominator is None:
        return (Problem.DENOMINATOR_MISSING,)
    if denominator == 0:
        return (Problem.DENOMINATOR_ZERO,)
    if is_share and (numerator < 0 or denominator < 0):
        return (Problem.NEGATIVE_PART,)
    if is_share and numerator > denominator:
        return (Problem.NUMERATOR_ABOVE_DENOMINATOR,)
    return ()


def trend(
    previous: Decimal | None,
    current: Decimal | None,
    direction: Direction | str,
    *,
    target: TargetValue | None = None,
    same_definition: bool = True,
) -> Trend:
    """Return how a value moved since the period before; NONE without both values or across a new definition.

    With RANGE, `target` decides: nearer to the range is better, and within it nothing is.
    """
    if previous is None or current is None or not same_definition:
        return Trend(Movement.NONE)
    if current == previous:
        return Trend(Movement.FLAT)
    movement = Movement.UP if current > previous else Movement.DOWN
    if direction != Direction.RANGE:
        return Trend(movement, improves=(movement == Movement.UP) == (direction == Direction.HIGHER))
    limits = target.limits if target else None
    if limits is None:
        return Trend(movement)
    before, now = (max(limits[0] - number, number - limits[1], Decimal(0)) for number in (previous, current))
    return Trend(movement, improves=None if before == now else now < before)


@precisely
def change(
    previous: Decimal | None, current: Decimal | None, *, value_type: ValueType | str
) -> Change | None:
    """Return the change since before: points for percentages, percent for the rest.

    None without both values, for yes/no, and where a percentage of "before" means nothing (zero or negative).
    """
    if previous is None or current is None or value_type == ValueType.YES_NO:
        return None
    if value_type in (ValueType.DIRECT_PERCENT, ValueType.RATIO):
        return Change(current - previous, is_points=True)
    if previous <= 0:
        return None
    return Change((current - previous) * HUNDRED / previous, is_points=False)
