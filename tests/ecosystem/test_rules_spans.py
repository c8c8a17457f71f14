"""Sets of times against sets of minutes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ecosystem.rules import spans

BEGIN = datetime(2026, 12, 1, tzinfo=UTC)
MINUTES = st.integers(0, 60)
PAIRS = st.lists(st.tuples(MINUTES, MINUTES), max_size=12)


def span(pair):
    return BEGIN + timedelta(minutes=pair[0]), BEGIN + timedelta(minutes=pair[1])


def minutes_of(found):
    """Return the minutes that spans cover, one by one."""
    return {
        minute
        for minute in range(-5, 70)
        if any(start <= BEGIN + timedelta(minutes=minute) < end for start, end in found)
    }


def is_merged(found):
    return all(start < end for start, end in found) and all(
        one[1] < other[0] for one, other in zip(found, found[1:], strict=False)
    )


@given(PAIRS)
def test_merging_keeps_every_minute_once(pairs):
    found = spans.merge(map(span, pairs))
    assert is_merged(found)
    assert minutes_of(found) == {minute for start, end in pairs for minute in range(start, end)}


@given(PAIRS, PAIRS)
def test_taking_away_and_sharing(mine, theirs):
    first, second = spans.merge(map(span, mine)), spans.merge(map(span, theirs))
    left, shared = spans.subtract(first, second), spans.intersect(first, second)
    assert is_merged(left)
    assert all(start < end for start, end in shared)
    assert minutes_of(left) == minutes_of(first) - minutes_of(second)
    assert minutes_of(shared) == minutes_of(first) & minutes_of(second)


@given(PAIRS, st.tuples(MINUTES, MINUTES).map(sorted))
def test_cutting(pairs, window):
    found = spans.clip(spans.merge(map(span, pairs)), *span(window))
    everything = {minute for start, end in pairs for minute in range(start, end)}
    assert minutes_of(found) == everything & set(range(*window))


@given(PAIRS, st.tuples(MINUTES, MINUTES).filter(lambda pair: pair[0] < pair[1]))
def test_containing_and_overlapping(pairs, one):
    merged = spans.merge(map(span, pairs))
    minutes, asked = minutes_of(merged), set(range(*one))
    assert spans.covers(merged, span(one)) == (asked <= minutes)
    assert spans.overlaps(merged, span(one)) == bool(asked & minutes)


def test_times_that_touch_do_not_overlap_and_become_one():
    assert spans.merge([span((10, 20)), span((0, 10))]) == [span((0, 20))]
    assert not spans.overlaps([span((0, 10))], span((10, 20)))
    assert not spans.overlaps([span((10, 20))], span((0, 10)))
