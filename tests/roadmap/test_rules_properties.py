"""What must hold of the KPI rules for every number, not only for the ones we thought of."""

from decimal import ROUND_HALF_UP, Context
from decimal import Decimal as D

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from roadmap import rules
from roadmap.rules import Direction, Method, Reason

NUMBERS = st.decimals(min_value=-(10**18), max_value=10**18, places=6)
POSITIVE = st.decimals(min_value=D("0.000001"), max_value=10**18, places=6)
PERCENTAGES = st.decimals(min_value=-500, max_value=500, places=3)
WEIGHTS = st.decimals(min_value=D("0.001"), max_value=1000, places=3)
ONE_WAY = st.sampled_from([Direction.HIGHER, Direction.LOWER])
CONTEXT = Context(prec=100, rounding=ROUND_HALF_UP)


@st.composite
def ranges(draw, numbers=POSITIVE):
    low, high = sorted([draw(numbers), draw(numbers)])
    return rules.TargetValue(low=low, high=high)


@st.composite
def items(draw):
    """Return roll-up items, some of them without a percentage, without a weight, or not due."""
    found = []
    for number in range(draw(st.integers(1, 8))):
        percent = draw(st.none() | PERCENTAGES)
        achievement = (
            rules.cannot_compute(Reason.NO_ACTUAL)
            if percent is None
            else rules.achieve(percent, D(100), direction=Direction.HIGHER)
        )
        weight = draw(st.none() | st.just(D(0)) | WEIGHTS)
        found.append(rules.RollupItem(f"i{number}", weight, achievement, due=draw(st.booleans())))
    return found


@st.composite
def achievements(draw):
    """Return an achievement of any direction and method, from any numbers."""
    direction = draw(st.sampled_from(Direction))
    target = draw(ranges(NUMBERS)) if direction == Direction.RANGE else draw(st.none() | NUMBERS)
    return rules.achieve(
        draw(st.none() | NUMBERS),
        target,
        direction=direction,
        method=draw(st.sampled_from(Method)),
        baseline=draw(st.none() | NUMBERS),
    )


@given(first=NUMBERS, second=NUMBERS, target=POSITIVE, direction=ONE_WAY)
@example(first=D(0), second=D("0.000001"), target=D(10) ** 18, direction=Direction.LOWER)
def test_a_better_actual_never_scores_less(first, second, target, direction):
    worse, better = sorted([first, second], reverse=direction == Direction.LOWER)
    low, high = (rules.achieve(actual, target, direction=direction) for actual in (worse, better))
    assert low.raw <= high.raw
    assert low.percent <= high.percent
    assert low.capped <= high.capped
    if worse != better:
        assert low.raw < high.raw


@given(first=NUMBERS, second=NUMBERS, target=NUMBERS, baseline=NUMBERS)
def test_a_better_actual_never_scores_less_by_the_baseline_method(first, second, target, baseline):
    assume(target != baseline)
    direction = Direction.HIGHER if target > baseline else Direction.LOWER
    worse, better = sorted([first, second], reverse=direction == Direction.LOWER)
    low, high = (
        rules.achieve(actual, target, direction=direction, method=Method.BASELINE, baseline=baseline)
        for actual in (worse, better)
    )
    assert low.raw <= high.raw


@given(target=ranges(), step=POSITIVE, further=POSITIVE)
def test_further_outside_a_range_never_scores_more(target, step, further):
    for nearer, farther in (
        (target.high + step, target.high + step + further),
        (target.low - step, target.low - step - further),
    ):
        near, far = (rules.achieve(actual, target, direction=Direction.RANGE) for actual in (nearer, farther))
        assert far.raw <= near.raw < 100


@given(target=POSITIVE, direction=st.sampled_from(Direction))
def test_the_target_itself_is_always_100(target, direction):
    found = rules.achieve(target, target, direction=direction)
    assert (found.raw, found.percent, found.capped, found.band) == (100, 100, 100, "very_high")


@st.composite
def rated(draw):
    """Return an achievement that has a percentage."""
    direction = draw(st.sampled_from(Direction))
    target = draw(ranges()) if direction == Direction.RANGE else draw(POSITIVE)
    return rules.achieve(draw(NUMBERS), target, direction=direction)


@given(found=achievements())
def test_there_is_a_percentage_or_a_reason_never_both_never_neither(found):
    numbers = (found.raw, found.percent, found.capped, found.bounded, found.band)
    if found.reason is None:
        assert None not in numbers
    else:
        assert numbers == (None,) * 5


@given(found=rated())
def test_the_percentage_is_the_raw_one_rounded_half_up(found):
    assert found.percent == found.raw.quantize(D("0.01"), context=CONTEXT)
    assert found.percent.as_tuple().exponent == -2
    assert abs(found.percent - found.raw) <= D("0.005")


@given(found=rated())
def test_the_capped_percentage_is_never_above_the_cap_nor_raised_by_it(found):
    assert 0 <= found.capped <= 100
    assert found.capped <= max(found.percent, 0)


@given(percent=st.decimals(min_value=-(10**24), max_value=10**24, places=2))
@example(percent=D("90.99"))
@example(percent=D("91.00"))
@example(percent=D("50.99"))
@example(percent=D("-0.01"))
def test_every_percentage_has_the_one_band_whose_lower_bound_it_reached(percent):
    band = rules.DEFAULT_SCALE.band_for(percent)
    reached = [step.code for step in rules.DEFAULT_SCALE.bands if percent >= step.lower]
    assert band == (reached[0] if reached else "very_low")


@given(first=PERCENTAGES, second=PERCENTAGES)
def test_bands_never_fall_when_the_percentage_rises(first, second):
    codes = [band.code for band in rules.DEFAULT_SCALE.bands]
    lower, upper = sorted([first, second])
    assert codes.index(rules.DEFAULT_SCALE.band_for(upper)) <= codes.index(
        rules.DEFAULT_SCALE.band_for(lower)
    )


@given(listed=items(), data=st.data())
def test_the_order_of_the_items_does_not_matter(listed, data):
    shuffled = data.draw(st.permutations(listed))
    assert rules.roll_up(shuffled) == rules.roll_up(listed)


@given(listed=items(), factor=WEIGHTS)
def test_the_unit_of_the_weights_does_not_matter(listed, factor):
    scaled = [
        rules.RollupItem(
            item.code, None if item.weight is None else item.weight * factor, item.achievement, due=item.due
        )
        for item in listed
    ]
    assert rules.roll_up(scaled) == rules.roll_up(listed)


@given(pairs=st.lists(st.tuples(PERCENTAGES, WEIGHTS), min_size=1, max_size=8))
def test_a_roll_up_lies_between_its_worst_and_its_best_item(pairs):
    scored = [
        (rules.achieve(percent, D(100), direction=Direction.HIGHER), weight) for percent, weight in pairs
    ]
    found = rules.roll_up(rules.RollupItem("x", weight, achievement) for achievement, weight in scored)
    scores = [achievement.bounded for achievement, _weight in scored]
    assert min(scores) <= found.raw <= max(scores)
    assert found.band == rules.DEFAULT_SCALE.band_for(found.percent)


@given(listed=items())
def test_a_roll_up_accounts_for_every_item(listed):
    found = rules.roll_up(listed)
    assert found.included + len(found.excluded) == len(listed)
    assert found.included <= found.expected == sum(item.due for item in listed)
    assert (found.percent is None) == (found.reason is not None)
    if found.percent is not None:
        assert 2 * found.included >= found.expected


@given(listed=items())
def test_items_that_are_not_due_change_nothing(listed):
    with_all, due_only = rules.roll_up(listed), rules.roll_up([item for item in listed if item.due])
    assert (with_all.percent, with_all.included, with_all.expected) == (
        due_only.percent,
        due_only.included,
        due_only.expected,
    )


@given(numerator=NUMBERS, denominator=NUMBERS)
def test_a_ratio_has_a_value_or_a_reason(numerator, denominator):
    found = rules.ratio_value(numerator, denominator)
    assert (found.value is None) == (denominator == 0)
    assert (found.reason is None) == (denominator != 0)


@pytest.mark.parametrize("endless", [D("NaN"), D("Infinity"), D("-Infinity"), D("sNaN")])
def test_endless_numbers_are_refused_everywhere(endless):
    for actual, target, baseline in ((endless, D(1), None), (D(1), endless, None), (D(1), D(1), endless)):
        with pytest.raises(ValueError, match="NaN and infinity"):
            rules.achieve(actual, target, direction=Direction.HIGHER, baseline=baseline)
    assert rules.validate_value(endless, value_type="count") == (rules.Problem.NOT_FINITE,)
