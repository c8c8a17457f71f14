"""One test for each row of the edge-case tables in the research on KPI systems (section 5), named after its row."""

from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal as D

import pytest

from malangkraf.numbers import NumberError, parse_number
from roadmap import rules
from roadmap.models import Period
from roadmap.periods import phase_span, quarters_of
from roadmap.rules import (
    Aggregation,
    Direction,
    EntryMeaning,
    Method,
    Problem,
    Reason,
    ValueType,
)

HIGHER, LOWER, RANGE = Direction.HIGHER, Direction.LOWER, Direction.RANGE


def entry(number, value=None, *, target=None, year=2023, **details):
    """Return the entry of a quarter."""
    return rules.Entry(
        f"{year}-Q{number}",
        date(year, number * 3, 28),
        None if value is None else D(value),
        None if target is None else D(target),
        **{
            name: D(part) if isinstance(part, int) and not isinstance(part, bool) else part
            for name, part in details.items()
        },
    )


def item(code, percent=None, *, weight=1, reason=None, due=True):
    """Return a roll-up item that achieved so many percent, or has none for a reason."""
    if percent is None:
        achievement = rules.cannot_compute(reason or Reason.NO_ACTUAL)
    else:
        achievement = rules.achieve(D(percent), D(100), direction=HIGHER)
    return rules.RollupItem(code, None if weight is None else D(weight), achievement, due=due)


@pytest.mark.parametrize(
    ("actual", "percent", "by_baseline", "shown"),
    [
        pytest.param(0, "200.00", "200.00", "100.00", id="R=0"),
        pytest.param(5, "150.00", "150.00", "100.00", id="R=5"),
        pytest.param(10, "100.00", "100.00", "100.00", id="R=10"),
        pytest.param(15, "50.00", "50.00", "50.00", id="R=15"),
        pytest.param(20, "0.00", "0.00", "0.00", id="R=20"),
        pytest.param(25, "-50.00", "-50.00", "0.00", id="R=25"),
    ],
)
def test_lower_is_better_table(actual, percent, by_baseline, shown):
    by_target = rules.achieve(D(actual), D(10), direction=LOWER)
    assert (by_target.percent, by_target.capped) == (D(percent), D(shown))
    way = rules.achieve(D(actual), D(10), direction=LOWER, method=Method.BASELINE, baseline=D(20))
    assert (way.percent, way.capped) == (D(by_baseline), D(shown))


@pytest.mark.parametrize(
    ("actual", "target", "direction", "expected"),
    [
        pytest.param(
            0, 0, LOWER, ("100.00", "very_high", None, Reason.ZERO_TARGET), id="zero target, lower, met"
        ),
        pytest.param(
            3, 0, LOWER, ("0.00", "very_low", None, Reason.ZERO_TARGET), id="zero target, lower, missed"
        ),
        pytest.param(
            0, 0, HIGHER, (None, None, Reason.TARGET_ZERO, None), id="zero target, higher, zero actual"
        ),
        pytest.param(
            5, 0, HIGHER, (None, None, Reason.TARGET_ZERO, None), id="zero target, higher, some actual"
        ),
        pytest.param(21, 10, LOWER, ("-10.00", "very_low", None, None), id="actual above 2x target, lower"),
        pytest.param(0, 5, HIGHER, ("0.00", "very_low", None, None), id="missing versus zero: zero"),
        pytest.param(
            None, 5, HIGHER, (None, None, Reason.NO_ACTUAL, None), id="missing versus zero: missing"
        ),
        pytest.param(5, None, HIGHER, (None, None, Reason.NO_TARGET, None), id="missing target"),
        pytest.param(None, None, LOWER, (None, None, Reason.NO_TARGET, None), id="missing target and actual"),
        pytest.param(
            -5, -4, HIGHER, (None, None, Reason.NEGATIVE_TARGET, None), id="negative target, higher"
        ),
        pytest.param(-5, -4, LOWER, (None, None, Reason.NEGATIVE_TARGET, None), id="negative target, lower"),
        pytest.param(
            "-8.85", "8.20", HIGHER, ("-107.93", "very_low", None, None), id="PDRB 2020, negative actual"
        ),
        pytest.param(
            "10.01", "8.70", HIGHER, ("115.06", "very_high", None, None), id="PDRB 2022, above target"
        ),
        pytest.param(
            "90.995", 100, HIGHER, ("91.00", "very_high", None, None), id="rounding: up into the band"
        ),
        pytest.param(
            "90.994", 100, HIGHER, ("90.99", "high", None, None), id="rounding: stays below the band"
        ),
        pytest.param("66.665", 100, HIGHER, ("66.67", "medium", None, None), id="rounding: half up"),
        pytest.param(
            "-0.005", 100, HIGHER, ("-0.01", "very_low", None, None), id="rounding: half away from zero"
        ),
        pytest.param(1, 3, HIGHER, ("33.33", "very_low", None, None), id="rounding: endless fraction"),
        pytest.param(
            "90.5", 100, HIGHER, ("90.50", "high", None, None), id="bands without gaps: between 90 and 91"
        ),
    ],
)
def test_achievement(actual, target, direction, expected):
    actual, target = (None if number is None else D(number) for number in (actual, target))
    found = rules.achieve(actual, target, direction=direction)
    percent, band, reason, note = expected
    assert found.percent == (None if percent is None else D(percent))
    assert (found.band, found.reason, found.note) == (band, reason, note)


def test_raw_is_kept_and_only_the_display_is_limited():
    found = rules.achieve(D("-8.85"), D("8.20"), direction=HIGHER)
    assert str(found.raw).startswith("-107.926829268292682926")
    assert (found.capped, found.bounded) == (D("0.00"), D(0))
    above = rules.achieve(D("10.01"), D("8.70"), direction=HIGHER)
    assert (above.percent, above.capped) == (D("115.06"), D("100.00"))


@pytest.mark.parametrize(
    ("target", "direction", "details", "problem"),
    [
        pytest.param(0, HIGHER, {}, Reason.TARGET_ZERO, id="zero target, higher is blocked"),
        pytest.param(0, HIGHER, {"value_type": ValueType.YES_NO}, None, id="zero target, yes/no is allowed"),
        pytest.param(2, HIGHER, {"value_type": ValueType.YES_NO}, Reason.NO_METHOD, id="yes/no knows 0 and 1 only"),
        pytest.param(0, LOWER, {}, None, id="zero target, lower is allowed"),
        pytest.param(-4, HIGHER, {}, Reason.NEGATIVE_TARGET, id="negative target needs the baseline method"),
        pytest.param(-4, HIGHER, {"method": Method.BASELINE, "baseline": D(-9)}, None, id="negative with baseline"),
        pytest.param(4, HIGHER, {"method": Method.BASELINE}, Reason.BASELINE_MISSING, id="baseline missing"),
    ],
)  # fmt: skip
def test_target_approval(target, direction, details, problem):
    target = rules.TargetValue(value=D(target))
    assert rules.target_problem(target, direction=direction, **details) == problem


def test_target_approval_of_a_range():
    assert rules.target_problem(rules.TargetValue(low=D(0), high=D(3)), direction=RANGE) is None
    below = rules.TargetValue(low=D(-1), high=D(3))
    assert rules.target_problem(below, direction=RANGE) == Reason.NEGATIVE_TARGET
    assert rules.target_problem(rules.TargetValue(low=D(1)), direction=RANGE) == Reason.NO_TARGET


@pytest.mark.parametrize(
    ("actual", "percent"),
    [
        pytest.param(2, "100.00", id="at the low end"),
        pytest.param(3, "100.00", id="inside"),
        pytest.param(4, "100.00", id="at the high end"),
        pytest.param(5, "75.00", id="above: (2x4-5)/4"),
        pytest.param(1, "50.00", id="below: 1/2"),
        pytest.param(9, "-25.00", id="far above"),
    ],
)
def test_range_target(actual, percent):
    target = rules.TargetValue(low=D(2), high=D(4))
    assert rules.achieve(D(actual), target, direction=RANGE).percent == D(percent)


@pytest.mark.parametrize(
    ("actual", "baseline", "percent", "reason"),
    [
        pytest.param(1, 0, "50.00", None, id="half of the way up to the range"),
        pytest.param(5, 0, "50.00", None, id="past the far end counts against it"),
        pytest.param(6, 8, "50.00", None, id="half of the way down to the range"),
        pytest.param(3, 8, "100.00", None, id="inside"),
        pytest.param(1, 3, None, Reason.BASELINE_EQUALS_TARGET, id="began inside the range"),
    ],
)
def test_range_target_with_baseline(actual, baseline, percent, reason):
    target = rules.TargetValue(low=D(2), high=D(4))
    found = rules.achieve(D(actual), target, direction=RANGE, method=Method.BASELINE, baseline=D(baseline))
    assert found.percent == (None if percent is None else D(percent))
    assert found.reason == reason


def test_maintain_target_is_a_range_of_one_value():
    assert rules.achieve(D(5), D(5), direction=RANGE).percent == D(100)
    assert rules.achieve(D(6), D(5), direction=RANGE).percent == D(80)
    assert rules.achieve(D(4), D(5), direction=RANGE).percent == D(80)


def test_a_range_without_one_end_is_no_target():
    for target in (rules.TargetValue(), rules.TargetValue(low=D(2)), rules.TargetValue(high=D(2))):
        assert rules.achieve(D(3), target, direction=RANGE).reason == Reason.NO_TARGET
    with pytest.raises(ValueError, match="low end"):
        rules.TargetValue(low=D(5), high=D(4))


@pytest.mark.parametrize(
    ("actual", "target", "baseline", "direction", "expected"),
    [
        pytest.param(5, 10, 10, HIGHER, Reason.BASELINE_EQUALS_TARGET, id="baseline equals target"),
        pytest.param(5, 10, None, HIGHER, Reason.BASELINE_MISSING, id="no baseline"),
        pytest.param(-5, -4, -8, HIGHER, D("75.00"), id="negative values, higher"),
        pytest.param(-3, -4, 0, LOWER, D("75.00"), id="negative values, lower"),
        pytest.param(
            9, 12, 10, LOWER, Reason.TARGET_BEHIND_BASELINE, id="target worse than the baseline, lower"
        ),
        pytest.param(
            9, 8, 10, HIGHER, Reason.TARGET_BEHIND_BASELINE, id="target worse than the baseline, higher"
        ),
        pytest.param(5, 0, 10, LOWER, D("50.00"), id="zero target is no trouble on the way from a baseline"),
    ],
)
def test_baseline_method(actual, target, baseline, direction, expected):
    baseline = None if baseline is None else D(baseline)
    found = rules.achieve(
        D(actual), D(target), direction=direction, method=Method.BASELINE, baseline=baseline
    )
    assert expected in (found.percent, found.reason)
    assert (found.percent is None) != (found.reason is None)


def add_up(entries, aggregation=Aggregation.SUM, meaning=EntryMeaning.INCREMENT, **details):
    return rules.aggregate(entries, aggregation=aggregation, meaning=meaning, **details)


def test_missing_period_in_a_sum_shows_both_targets():
    quarters = [
        entry(1, 10, target=10),
        entry(2, target=10),
        entry(3, 0, target=10),
        entry(4, target=10, due=False),
    ]
    found = add_up(quarters)
    assert (found.value, found.target_reported, found.target_full) == (D(10), D(20), D(40))
    assert (found.reported, found.expected, found.missing) == (2, 3, ("2023-Q2",))
    assert not found.is_complete
    so_far = rules.achieve(found.value, found.target_reported, direction=HIGHER)
    whole = rules.achieve(found.value, found.target_full, direction=HIGHER)
    assert (so_far.percent, whole.percent) == (D(50), D(25))


def test_a_sum_without_one_of_its_targets_has_no_target():
    found = add_up([entry(1, 10, target=10), entry(2, 10)])
    assert (found.value, found.target_reported, found.target_full) == (D(20), None, None)


@pytest.mark.parametrize("meaning", [EntryMeaning.RUNNING_TOTAL_PHASE, EntryMeaning.RUNNING_TOTAL_YEAR])
def test_missing_period_in_a_running_total(meaning):
    quarters = [entry(1, 10, target=12), entry(2, 25, target=24), entry(3, target=36)]
    found = add_up(quarters, meaning=meaning)
    assert (found.value, found.target_reported, found.target_full) == (D(25), D(24), D(36))
    assert (found.missing, found.carried) == (("2023-Q3",), False)
    assert add_up(quarters, Aggregation.LAST, meaning) == found


def test_running_totals_of_two_years_are_added_once_for_each_year():
    quarters = [entry(number, number * 10, year=year) for year in (2022, 2023) for number in (1, 2, 3, 4)]
    assert add_up(quarters, meaning=EntryMeaning.RUNNING_TOTAL_YEAR).value == D(80)
    assert add_up(quarters, meaning=EntryMeaning.RUNNING_TOTAL_PHASE).value == D(40)


@pytest.mark.parametrize("allowed", [True, False])
def test_missing_period_of_a_last_value_is_carried_only_if_allowed(allowed):
    quarters = [entry(1, 7), entry(2, 8), entry(3)]
    found = add_up(quarters, Aggregation.LAST, EntryMeaning.SNAPSHOT, allow_carry=allowed)
    assert (found.value, found.carried) == ((D(8), True) if allowed else (None, False))
    assert found.reason == (None if allowed else Reason.INCOMPLETE_PERIOD)
    assert not found.is_complete
    assert found.missing == ("2023-Q3",)


def test_a_last_value_that_is_there_is_not_carried():
    found = add_up([entry(3, 9), entry(1, 7), entry(2)], Aggregation.LAST, EntryMeaning.SNAPSHOT)
    assert (found.value, found.carried, found.missing) == (D(9), False, ("2023-Q2",))


def test_not_yet_due_is_neither_missing_nor_zero():
    found = add_up([entry(1, due=False), entry(2, due=False)])
    assert (found.value, found.reason, found.expected, found.missing) == (None, Reason.NOT_DUE, 0, ())
    rollup = rules.roll_up([item("a", 80), item("b", due=False)])
    assert (rollup.percent, rollup.included, rollup.expected) == (D(80), 1, 1)
    assert rollup.excluded == (rules.Excluded("b", Reason.NOT_DUE),)
    assert rules.roll_up([item("b", 50, due=False)]).reason == Reason.NOT_DUE


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(30, Period.State.UPCOMING, id="not open yet"),
        pytest.param(31, Period.State.OPEN, id="open on the first day"),
        pytest.param(45, Period.State.OPEN, id="the due day is in time"),
        pytest.param(46, Period.State.DUE, id="late entry"),
        pytest.param(60, Period.State.DUE, id="the last day still counts"),
        pytest.param(61, Period.State.CLOSED, id="after close"),
    ],
)
def test_what_a_period_takes_on_a_day(day, expected):
    """How one value is opened after that, and closes again: test_measurement_workflow.py."""
    days = [date.fromordinal(date(2023, 1, 1).toordinal() + number) for number in (day, 31, 45, 60)]
    period = Period(opens_at=days[1], due_at=days[2], closes_at=days[3])
    assert period.state_on(days[0]) == expected


def test_a_period_without_limits_is_open():
    assert Period().state_on(date(2023, 1, 1)) == Period.State.OPEN


def test_revised_actual_makes_a_new_result_and_leaves_the_published_one():
    published = rules.achieve(D(50), D(100), direction=HIGHER)
    revised = rules.achieve(D(60), D(100), direction=HIGHER)
    assert (published.percent, revised.percent) == (D(50), D(60))
    with pytest.raises(FrozenInstanceError):
        published.percent = revised.percent


def test_target_revised_after_approval_gives_both_percentages():
    original, current = (rules.achieve(D(60), D(target), direction=HIGHER) for target in (100, 80))
    assert (original.percent, current.percent) == (D(60), D(75))
    assert (original.band, current.band) == ("low", "medium")


def test_definition_changed_gives_no_percentage_across_versions():
    found = add_up([entry(1, 10, definition="v1"), entry(2, 10, definition="v2")])
    assert (found.value, found.reason) == (None, Reason.DEFINITION_BREAK)
    blocked = rules.achieve(D(5), D(5), direction=HIGHER, blocked=Reason.DEFINITION_BREAK)
    assert (blocked.percent, blocked.reason) == (None, Reason.DEFINITION_BREAK)
    assert rules.trend(D(1), D(2), HIGHER, same_definition=False) == rules.Trend(rules.Movement.NONE)


@pytest.mark.parametrize("value_type", [ValueType.DIRECT_PERCENT, ValueType.RATIO])
def test_percent_versus_number_percentages_are_never_summed(value_type):
    found = add_up([entry(1, 40), entry(2, 70)], value_type=value_type)
    assert (found.value, found.reason) == (None, Reason.NO_METHOD)
    problem = rules.definition_problem(
        value_type=value_type, meaning=EntryMeaning.INCREMENT, aggregation=Aggregation.SUM
    )
    assert problem == Problem.PERCENT_SUMMED


def test_percent_versus_number_points_and_percent_change_are_told_apart():
    assert rules.change(D(40), D(50), value_type=ValueType.DIRECT_PERCENT) == rules.Change(
        D(10), is_points=True
    )
    assert rules.change(D(40), D(50), value_type=ValueType.COUNT) == rules.Change(D(25), is_points=False)
    for previous in (0, -40):
        assert rules.change(D(previous), D(50), value_type=ValueType.COUNT) is None


def test_flow_snapshot_and_running_total_give_three_answers():
    quarters = [entry(1, 10), entry(2, 10), entry(3, 10), entry(4, 10)]
    assert add_up(quarters).value == D(40)
    assert add_up(quarters, meaning=EntryMeaning.RUNNING_TOTAL_YEAR).value == D(10)
    assert add_up(quarters, meaning=EntryMeaning.SNAPSHOT).reason == Reason.NO_METHOD
    assert add_up(quarters, Aggregation.LAST, EntryMeaning.SNAPSHOT).value == D(10)


@pytest.mark.parametrize(
    ("previous", "current", "fell"),
    [(10, 9, True), (10, 10, False), (None, 1, False), (1, None, False), (1, 0, True)],
)
def test_a_fall_in_a_running_total_needs_a_reason(previous, current, fell):
    numbers = [None if number is None else D(number) for number in (previous, current)]
    assert rules.running_total_fell(*numbers) is fell


def test_averaging_ratios_divides_the_sums():
    quarters = [
        entry(1, numerator=1, denominator=2),
        entry(2, numerator=9, denominator=10),
        entry(3, numerator=4),
    ]
    found = add_up(quarters, Aggregation.RATIO_OF_SUMS, EntryMeaning.SNAPSHOT, value_type=ValueType.RATIO)
    assert found.value.quantize(D("0.01")) == D("83.33")
    assert found.missing == ("2023-Q3",)
    mean = add_up([entry(1, 50), entry(2, 90)], Aggregation.MEAN, value_type=ValueType.DIRECT_PERCENT)
    assert mean.value == D(70)


def test_ratio_of_sums_of_a_count_is_refused():
    found = add_up([entry(1, 50)], Aggregation.RATIO_OF_SUMS)
    assert found.reason == Reason.NO_METHOD


@pytest.mark.parametrize(
    ("weights", "percent"),
    [
        pytest.param((".5", ".3"), "68.75", id="weights below 100"),
        pytest.param((2, 2), "75.00", id="weights above 100"),
        pytest.param((100, 0), "50.00", id="one without weight"),
        pytest.param((0, 0), None, id="zero total"),
        pytest.param((None, -1), None, id="no weight at all"),
    ],
)
def test_weights_not_100(weights, percent):
    found = rules.roll_up([item("a", 50, weight=weights[0]), item("b", 100, weight=weights[1])])
    assert found.percent == (None if percent is None else D(percent))
    assert found.reason == (Reason.NO_WEIGHT if percent is None else None)


@pytest.mark.parametrize(
    ("weights", "warned"),
    [((50, 50), False), ((60, 40), False), ((1, 1, 1), False), ((50, 30), True), ((), False)],
)
def test_weights_not_100_are_warned_of_at_set_up(weights, warned):
    assert rules.weights_need_warning([D(weight) for weight in weights]) is warned


def test_excluded_children_are_listed_with_their_reasons():
    found = rules.roll_up([item("c"), item("a", 40), item("b", 60), item("d", reason=Reason.NO_TARGET)])
    assert (found.percent, found.included, found.expected, found.band) == (D(50), 2, 4, "very_low")
    assert [(child.code, child.reason) for child in found.excluded] == [
        ("c", Reason.NO_ACTUAL),
        ("d", Reason.NO_TARGET),
    ]


def test_excluded_children_below_the_minimum_leave_no_number():
    found = rules.roll_up([item("a", 40), item("b"), item("c")])
    assert (found.percent, found.raw, found.band, found.reason) == (
        None,
        None,
        None,
        Reason.BELOW_COMPLETENESS,
    )
    assert (found.included, found.expected) == (1, 3)
    assert rules.roll_up([item("a", 40), item("b")], minimum_completeness=D("0.5")).percent == D(40)
    assert rules.roll_up([item("a")], minimum_completeness=D(0)).reason == Reason.BELOW_COMPLETENESS
    assert rules.roll_up([]).reason == Reason.NO_ACTUAL


def test_caps_apply_to_the_roll_up_and_the_bar_only():
    found = rules.roll_up([item("a", 300), item("b", 100), item("c", 20)])
    assert found.percent == D("73.33")
    one = rules.achieve(D(300), D(100), direction=HIGHER)
    assert (one.raw, one.percent, one.capped) == (D(300), D(300), D(100))
    assert rules.achieve(D(300), D(100), direction=HIGHER, cap=None).capped == D(300)
    assert rules.achieve(D(300), D(100), direction=HIGHER, cap=D(120)).capped == D(120)


def test_rounding_happens_once():
    """The mean of the exact numbers is 66.6645; rounding each first would have given 66.67."""
    items = [item("a", "66.664"), item("b", "66.665")]
    assert rules.roll_up(items).percent == D("66.66")


@pytest.mark.parametrize("text", ["1.234", "1,234"])
def test_input_format_ambiguous_text_is_refused(text):
    assert parse_number("1.234,5") == D("1234.5")
    with pytest.raises(NumberError) as refused:
        parse_number(text)
    assert refused.value.code == "ambiguous"


def test_calendars_a_phase_of_two_years_has_eight_quarters():
    quarters = quarters_of(phase_span("bersinergi", date(2018, 1, 1), date(2019, 12, 31)))
    assert [quarter.code for quarter in quarters][::7] == ["2018-Q1", "2019-Q4"]
    assert len(quarters) == 8


@pytest.mark.parametrize(("whole", "agree"), [(40, True), (45, False), (None, None)])
def test_calendars_targets_of_quarter_and_year_are_checked_for_consistency(whole, agree):
    parts = [entry(number, target=10) for number in (1, 2, 3, 4)]
    whole = None if whole is None else D(whole)
    found = rules.targets_agree(parts, whole, aggregation=Aggregation.SUM, meaning=EntryMeaning.INCREMENT)
    assert found is agree


def test_concurrency_recomputing_is_idempotent():
    """The constraint and the version check are the database's; the engine only has to repeat itself."""
    first, second = (rules.achieve(D(7), D(9), direction=HIGHER) for _ in range(2))
    assert first == second
