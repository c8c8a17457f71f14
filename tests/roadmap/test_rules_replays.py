"""Faults found in the code of other KPI systems, replayed: each test would fail with their formula.

The systems and the places in their code are listed in the project's research on KPI tracking.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from roadmap import rules
from roadmap.rules import Aggregation, Direction, EntryMeaning, Method, Reason, ValueType

HIGHER, LOWER = Direction.HIGHER, Direction.LOWER


def quarter(number, value=None, **details):
    return rules.Entry(f"2023-Q{number}", date(2023, 3 * number, 28), value, **details)


def item(code, percent, weight=1):
    return rules.RollupItem(code, D(weight), rules.achieve(D(percent), D(100), direction=HIGHER))


def test_akvo_rsr_saved_a_calculated_zero_as_empty():
    """Akvo RSR: `if value` before saving, so 0 of 40 became "no data"."""
    assert rules.ratio_value(D(0), D(40)) == rules.Figure(D(0))
    summed = rules.aggregate(
        [quarter(1, D(0)), quarter(2, D(0))], aggregation=Aggregation.SUM, meaning=EntryMeaning.INCREMENT
    )
    assert (summed.value, summed.reason, summed.missing) == (D(0), None, ())
    found = rules.achieve(D(0), D(40), direction=HIGHER)
    assert (found.percent, found.reason, found.band) == (D(0), None, "very_low")


def test_akvo_rsr_ignored_the_direction():
    """Akvo RSR: `ascending` was stored and exported, and every percentage was R/T all the same."""
    up, down = (rules.achieve(D(5), D(10), direction=direction) for direction in (HIGHER, LOWER))
    assert (up.percent, down.percent) == (D(50), D(150))


def test_akvo_rsr_cap_raised_low_scores():
    """Akvo RSR: a helper meant to cap at 100 took the larger of the two, and 40 % became 100 %."""
    found = rules.achieve(D(40), D(100), direction=HIGHER)
    assert (found.capped, found.bounded) == (D(40), D(40))


def test_akvo_rsr_added_up_running_totals():
    """Akvo RSR (issue 5239): totals of 10, 25 and 40 so far were shown as 75."""
    totals = [quarter(number, D(value)) for number, value in ((1, 10), (2, 25), (3, 40))]
    found = rules.aggregate(totals, aggregation=Aggregation.SUM, meaning=EntryMeaning.RUNNING_TOTAL_YEAR)
    assert found.value == D(40)


@pytest.mark.parametrize(("actual", "percent"), [(20, 0), (15, 50), (10, 100), (5, 150)])
def test_unicef_prp_lower_is_better_was_always_zero(actual, percent):
    """UNICEF PRP: progress was 0 whenever the actual was not above the baseline."""
    found = rules.achieve(D(actual), D(10), direction=LOWER, method=Method.BASELINE, baseline=D(20))
    assert found.percent == D(percent)


def test_unicef_prp_missing_total_doubled_the_sum():
    """UNICEF PRP: a place without a total took the sum so far as its own, so 30 + nothing made 60."""
    entries = [quarter(1, D(30)), quarter(2)]
    found = rules.aggregate(entries, aggregation=Aggregation.SUM, meaning=EntryMeaning.INCREMENT)
    assert (found.value, found.missing) == (D(30), ("2023-Q2",))


def test_unicef_prp_missing_value_counted_as_zero():
    """UNICEF PRP: the default of an empty value was 0, so nothing reported read as 0 % reached."""
    found = rules.achieve(None, D(10), direction=HIGHER)
    assert (found.percent, found.reason) == (None, Reason.NO_ACTUAL)


def test_hikaya_target_met_exactly_was_1000_percent():
    """Hikaya: a missing bracket turned "target met" into target x 100, so 10 of 10 was 1000 %."""
    for direction in (HIGHER, LOWER):
        assert rules.achieve(D(10), D(10), direction=direction).percent == D(100)
        baseline = D(0) if direction == HIGHER else D(20)
        way = rules.achieve(D(10), D(10), direction=direction, method=Method.BASELINE, baseline=baseline)
        assert way.percent == D(100)


def test_hikaya_target_equal_to_baseline_kept_the_previous_percentage():
    """Hikaya: nothing was computed for such a row, and the percentage of the row before it was shown."""
    before = rules.achieve(D(7), D(10), direction=HIGHER, method=Method.BASELINE, baseline=D(0))
    found = rules.achieve(D(7), D(10), direction=HIGHER, method=Method.BASELINE, baseline=D(10))
    assert before.percent == D(70)
    assert (found.raw, found.percent, found.reason) == (None, None, Reason.BASELINE_EQUALS_TARGET)


@pytest.mark.parametrize(
    ("weights", "percents", "expected", "theirs"),
    [
        ((".5", ".3"), (50, 50), "50.00", "40"),
        (("2", "2"), (100, 100), "100.00", "400"),
    ],
)
def test_decidim_did_not_normalise_weights(weights, percents, expected, theirs):
    """Decidim: the parent's progress was the plain sum of progress x weight."""
    listed = [
        item(str(number), percent, weight)
        for number, (percent, weight) in enumerate(zip(percents, weights, strict=True))
    ]
    found = rules.roll_up(listed)
    assert found.percent == D(expected) != D(theirs)


def test_decidim_counted_a_missing_child_as_zero_when_weighted():
    """Decidim: a child without progress was skipped in the average but was 0 % as soon as it had a weight."""
    missing = rules.RollupItem("none", D(1), rules.cannot_compute(Reason.NO_ACTUAL))
    found = rules.roll_up([item("some", 80), missing])
    assert (found.percent, found.included, found.expected) == (D(80), 1, 2)


def test_kwanter_sakip_divided_by_a_zero_target():
    """kwanter/sakip: the comment promised to handle zero, and the check let it through."""
    assert rules.achieve(D(3), D(0), direction=HIGHER).reason == Reason.TARGET_ZERO
    found = rules.achieve(D(3), D(0), direction=LOWER)
    assert (found.percent, found.note) == (D(0), Reason.ZERO_TARGET)


def test_kwanter_sakip_divided_by_a_zero_actual():
    """kwanter/sakip: a reduction was T/R, so the best possible result, none at all, could not be computed."""
    assert rules.achieve(D(0), D(10), direction=LOWER).percent == D(200)


def test_a_zero_denominator_is_a_reason_and_no_crash():
    """Several: a ratio over nobody has no value; a share of zero is refused on entry."""
    assert rules.ratio_value(D(5), D(0)) == rules.Figure(reason=Reason.DENOMINATOR_ZERO)
    nobody = [quarter(1, numerator=D(0), denominator=D(0))]
    found = rules.aggregate(
        nobody,
        aggregation=Aggregation.RATIO_OF_SUMS,
        meaning=EntryMeaning.SNAPSHOT,
        value_type=ValueType.RATIO,
    )
    assert (found.value, found.reason) == (None, Reason.DENOMINATOR_ZERO)


def test_tola_showed_half_met_and_above_target_together():
    """Tola: a fall to half of the target was "50 % met" and "above target" in the same row."""
    found = rules.achieve(D(5), D(10), direction=LOWER)
    assert (found.percent, found.capped, found.band) == (D(150), D(100), "very_high")


def test_tola_averaged_percentages_without_their_denominators():
    """Tola: 1 of 2 and 90 of 100 made 70 %, as if both groups were equally large."""
    parts = [
        quarter(1, numerator=D(1), denominator=D(2)),
        quarter(2, numerator=D(90), denominator=D(100)),
    ]
    found = rules.aggregate(
        parts,
        aggregation=Aggregation.RATIO_OF_SUMS,
        meaning=EntryMeaning.SNAPSHOT,
        value_type=ValueType.RATIO,
    )
    assert found.value.quantize(D("0.01")) == D("89.22")


def test_esakip_banjarnegara_let_one_giant_hide_two_failures():
    """e-sakip-bna: averages were not capped, so 300 %, 20 % and 10 % made a proud 110 %."""
    assert rules.roll_up([item("a", 300), item("b", 20), item("c", 10)]).percent == D("43.33")


@pytest.mark.parametrize(
    ("percent", "band"),
    [
        ("50.994", "very_low"),
        ("50.995", "low"),
        ("59.995", "low"),
        ("65.999", "medium"),
        ("75.9949", "medium"),
        ("75.995", "high"),
        ("90.9949", "high"),
    ],
)
def test_esakip_closed_ranges_left_gaps_that_fell_into_the_top_band(percent, band):
    """E-Sakip: bands ran to ..59.99 and from 60, and what lay between them was rated best."""
    assert rules.achieve(D(percent), D(100), direction=HIGHER).band == band


def test_epelara_missing_target_was_zero_percent():
    """e-pelara: the report generator treated a missing target as 0 % achieved."""
    found = rules.achieve(D(10), None, direction=HIGHER)
    assert (found.percent, found.capped, found.band, found.reason) == (None, None, None, Reason.NO_TARGET)
