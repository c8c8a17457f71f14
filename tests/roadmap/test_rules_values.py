"""Entered values: possible or not, and how they moved."""

from decimal import Decimal as D

import pytest

from roadmap import rules
from roadmap.rules import Direction, Movement, Problem, ValueType


@pytest.mark.parametrize(
    ("value", "value_type", "is_share", "problems"),
    [
        (None, "count", False, [Problem.MISSING]),
        ("0", "count", False, []),
        ("92", "count", False, []),
        ("92.000000", "count", False, []),
        ("-1", "count", False, [Problem.NEGATIVE_COUNT]),
        ("1.5", "count", False, [Problem.FRACTIONAL_COUNT]),
        ("-1.5", "count", False, [Problem.NEGATIVE_COUNT, Problem.FRACTIONAL_COUNT]),
        ("-1.5", "currency", False, []),
        ("7707.14", "currency", False, []),
        ("-8.85", "direct_percent", False, []),
        ("250", "direct_percent", False, []),
        ("0", "direct_percent", True, []),
        ("100", "direct_percent", True, []),
        ("100.01", "direct_percent", True, [Problem.ABOVE_SHARE]),
        ("-0.01", "direct_percent", True, [Problem.BELOW_SHARE]),
        ("0", "yes_no", False, []),
        ("1", "yes_no", False, []),
        ("2", "yes_no", False, [Problem.NOT_YES_OR_NO]),
        ("0.5", "yes_no", False, [Problem.NOT_YES_OR_NO]),
        (None, "yes_no", False, [Problem.MISSING]),
    ],
)
def test_a_single_value(value, value_type, is_share, problems):
    number = None if value is None else D(value)
    assert list(rules.validate_value(number, value_type=value_type, is_share=is_share)) == problems


@pytest.mark.parametrize(
    ("numerator", "denominator", "is_share", "problems"),
    [
        (None, None, False, [Problem.MISSING]),
        (None, 5, False, [Problem.NUMERATOR_MISSING]),
        (5, None, False, [Problem.DENOMINATOR_MISSING]),
        (5, 0, False, [Problem.DENOMINATOR_ZERO]),
        (0, 0, True, [Problem.DENOMINATOR_ZERO]),
        (0, 5, True, []),
        (5, 5, True, []),
        (6, 5, True, [Problem.NUMERATOR_ABOVE_DENOMINATOR]),
        (6, 5, False, []),
        (-1, 5, True, [Problem.NEGATIVE_PART]),
        (-6, -5, True, [Problem.NEGATIVE_PART]),
        (-1, 5, False, []),
    ],
)
def test_a_ratio(numerator, denominator, is_share, problems):
    parts = {
        name: None if number is None else D(number)
        for name, number in (("numerator", numerator), ("denominator", denominator))
    }
    assert list(rules.validate_value(None, value_type="ratio", is_share=is_share, **parts)) == problems


def test_an_endless_part_is_refused():
    found = rules.validate_value(None, value_type="ratio", numerator=D(1), denominator=D("Infinity"))
    assert found == (Problem.NOT_FINITE,)


@pytest.mark.parametrize(
    ("numerator", "denominator", "factor", "value"), [(1, 4, 100, "25"), (0, 4, 100, "0"), (3, 2, 1, "1.5")]
)
def test_the_value_of_a_ratio(numerator, denominator, factor, value):
    assert rules.ratio_value(D(numerator), D(denominator), factor=factor).value == D(value)


@pytest.mark.parametrize(("numerator", "denominator"), [(None, 4), (1, None), (None, None)])
def test_a_ratio_without_both_parts_has_no_value(numerator, denominator):
    parts = [None if number is None else D(number) for number in (numerator, denominator)]
    assert rules.ratio_value(*parts) == rules.Figure(reason=rules.Reason.NO_ACTUAL)


@pytest.mark.parametrize(
    ("previous", "current", "direction", "movement", "improves"),
    [
        ("1", "2", Direction.HIGHER, Movement.UP, True),
        ("2", "1", Direction.HIGHER, Movement.DOWN, False),
        ("9.65", "7.66", Direction.LOWER, Movement.DOWN, True),
        ("7.66", "9.65", Direction.LOWER, Movement.UP, False),
        ("2", "2.00", Direction.LOWER, Movement.FLAT, None),
        ("0", "0", Direction.HIGHER, Movement.FLAT, None),
        (None, "0", Direction.HIGHER, Movement.NONE, None),
        ("0", None, Direction.HIGHER, Movement.NONE, None),
        ("0", "1", Direction.RANGE, Movement.UP, None),
    ],
)
def test_trend(previous, current, direction, movement, improves):
    numbers = [None if number is None else D(number) for number in (previous, current)]
    assert rules.trend(*numbers, direction) == rules.Trend(movement, improves)


@pytest.mark.parametrize(
    ("previous", "current", "movement", "improves"),
    [
        (0, 1, "up", True),
        (1, 2, "up", True),
        (2, 5, "up", False),
        (6, 5, "down", True),
        (2, 3, "up", None),
        (1, 5, "up", None),
    ],
)
def test_trend_towards_a_range(previous, current, movement, improves):
    target = rules.TargetValue(low=D(2), high=D(4))
    found = rules.trend(D(previous), D(current), Direction.RANGE, target=target)
    assert found == rules.Trend(Movement(movement), improves)


def test_a_change_needs_two_numbers():
    assert rules.change(None, D(1), value_type=ValueType.COUNT) is None
    assert rules.change(D(1), None, value_type=ValueType.COUNT) is None
    assert rules.change(D(0), D(1), value_type=ValueType.YES_NO) is None


@pytest.mark.parametrize(
    ("value_type", "meaning", "aggregation", "problem"),
    [
        ("count", "increment", "sum", None),
        ("count", "running_total_year", "sum", None),
        ("count", "snapshot", "sum", Problem.SNAPSHOT_SUMMED),
        ("count", "snapshot", "last", None),
        ("direct_percent", "snapshot", "mean", None),
        ("direct_percent", "snapshot", "ratio_of_sums", Problem.NOT_A_RATIO),
        ("ratio", "snapshot", "ratio_of_sums", None),
        ("ratio", "increment", "sum", Problem.PERCENT_SUMMED),
    ],
)
def test_which_definitions_make_sense(value_type, meaning, aggregation, problem):
    found = rules.definition_problem(value_type=value_type, meaning=meaning, aggregation=aggregation)
    assert found == problem


def test_every_code_has_a_text():
    assert set(rules.REASON_LABELS) == set(rules.Reason)
    assert set(rules.PROBLEM_MESSAGES) == set(Problem)
    assert set(rules.BAND_LABELS) == {band.code for band in rules.DEFAULT_SCALE.bands}


@pytest.mark.parametrize("bounds", [(), (50, 50), (50, 60)])
def test_a_scale_must_fall(bounds):
    bands = tuple(rules.Band(f"b{number}", D(bound)) for number, bound in enumerate(bounds))
    with pytest.raises(ValueError, match="falling lower bounds"):
        rules.Scale("x", bands)


def test_without_a_scale_there_is_a_percentage_with_a_note():
    found = rules.achieve(D(5), D(10), direction=Direction.HIGHER, scale=None)
    assert (found.percent, found.band, found.reason, found.note) == (D(50), None, None, rules.Reason.NO_SCALE)
