"""Which uses are possible: by example, and minute by minute against a model."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosystem.rules import slots, spans
from ecosystem.rules.hours import JAKARTA, day_span
from tests.ecosystem.facility_factories import NOW, TUESDAY, at

BERLIN = ZoneInfo("Europe/Berlin")
DAY_OPEN = [(at(8), at(21))]
QUIET = slots.Rules()


def free_of(*busy):
    merged = spans.merge(busy)
    return lambda span: not spans.overlaps(merged, span)


def starts(rules=QUIET, openings=None, minutes=60, busy=(), *, day=TUESDAY, now=NOW, zone=JAKARTA):
    found = slots.each_start(
        rules,
        DAY_OPEN if openings is None else openings,
        minutes,
        within=day_span(day, zone=zone),
        is_free=free_of(*busy),
        now=now,
        zone=zone,
    )
    return sorted(set(found))


def codes(start, end, *, rules=QUIET, openings=None, busy=(), now=NOW, zone=JAKARTA):
    found = slots.problems(
        rules,
        DAY_OPEN if openings is None else openings,
        start,
        end,
        is_free=free_of(*busy),
        now=now,
        zone=zone,
    )
    return [one.code for one in found]


def test_the_grid_begins_anew_with_each_opening():
    openings = [(at(8, 10), at(10, 20)), (at(13, 5), at(15))]
    assert starts(openings=openings) == [at(8, 10), at(8, 40), at(9, 10), at(13, 5), at(13, 35)]


def test_the_grid_of_the_day_does_not_depend_on_the_day_before():
    """Around the clock a grid of 7 minutes begins at each midnight: no list depends on where a calendar begins."""
    rules = slots.Rules(grid_minutes=7)
    openings = [(at(-24), at(0)), (at(0), at(24)), (at(24), at(48))]
    assert starts(rules, openings)[:2] == [at(0), at(0, 7)]
    assert starts(rules, openings[1:]) == starts(rules, openings)
    assert starts(rules, openings)[-1] == at(23, 55)


def test_one_after_the_other():
    found = starts(busy=[(at(10), at(11))])
    assert at(9) in found and at(11) in found
    assert at(9, 30) not in found and at(10, 30) not in found
    assert codes(at(9), at(10), busy=[(at(10), at(11))]) == []
    assert codes(at(11), at(12), busy=[(at(10), at(11))]) == []


def test_between_two_uses_lie_teardown_and_set_up():
    rules = slots.Rules(setup_minutes=30, teardown_minutes=15)
    found = starts(rules, busy=[rules.padded(at(10), at(11))])
    assert found[:2] == [at(8), at(12)]


def test_the_use_ends_by_closing_and_the_turnaround_may_pass_it():
    rules = slots.Rules(setup_minutes=60, teardown_minutes=60)
    assert starts(rules)[0] == at(8)
    assert starts(rules)[-1] == at(20)
    assert codes(at(20), at(21), rules=rules) == []
    assert codes(at(20, 30), at(21, 30), rules=rules) == ["closed"]
    assert codes(at(20), at(21), rules=rules, busy=[(at(21, 30), at(23))]) == ["taken"]


def test_the_last_slot_runs_past_midnight():
    openings = [(at(18), at(26))]
    assert starts(openings=openings, minutes=120)[-1] == at(23, 30)
    assert starts(openings=openings, minutes=120, day=TUESDAY + timedelta(days=1)) == [at(24)]
    assert codes(at(23), at(25), openings=openings) == []


def test_openings_that_touch_are_one_time():
    assert codes(at(11), at(13), openings=[(at(8), at(12)), (at(12), at(21))]) == []
    assert codes(at(11), at(13), openings=[(at(8), at(12)), (at(12, 30), at(21))]) == ["closed"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(10), at(10), ["end_before_start"]),
        (at(11), at(10), ["end_before_start"]),
        (at(10), at(10, 30), ["too_short"]),
        (at(10), at(15), ["too_long", "taken"]),
        (at(10), at(24 * 365), ["too_long", "closed", "taken"]),
        (at(10, 10), at(11, 10), ["off_grid"]),
        (at(10), at(11) + timedelta(seconds=1), ["odd_length"]),
        (at(7), at(8), ["closed"]),
        (at(-24 * 30), at(-24 * 30 + 1), ["in_past", "closed"]),
        (at(24 * 90), at(24 * 90 + 1), ["too_late", "closed"]),
        (at(12), at(13), ["taken"]),
    ],
)
def test_what_is_wrong(start, end, expected):
    assert codes(start, end, busy=[(at(12, 30), at(12, 45))]) == expected


def test_notice_and_horizon_to_the_minute():
    rules = slots.Rules(notice_hours=24, horizon_days=1)
    assert codes(at(12), at(13), rules=rules, now=at(-12)) == []
    assert codes(at(12), at(13), rules=rules, now=at(-12, 1)) == ["too_soon"]
    assert codes(at(12), at(13), now=at(12)) == []
    assert codes(at(12), at(13), now=at(12, 1)) == ["in_past"]
    # The whole of the last day counts, whatever the time of now.
    assert codes(at(20), at(21), rules=slots.Rules(horizon_days=1), now=at(-24)) == []
    assert codes(at(20), at(21), rules=slots.Rules(horizon_days=1), now=at(-24) - timedelta(minutes=1)) == [
        "too_late"
    ]
    # What begins at its midnight belongs to the day after it.
    night = [(at(8), at(30))]
    assert codes(at(23), at(25), rules=slots.Rules(horizon_days=1), openings=night, now=at(-24)) == []
    assert codes(at(24), at(25), rules=slots.Rules(horizon_days=1), openings=night, now=at(-24)) == [
        "too_late"
    ]


def test_lengths_that_the_rules_refuse_have_no_start():
    assert starts(minutes=30) == starts(minutes=300) == []
    assert len(starts(minutes=240)) == 19


def test_the_grid_in_a_night_with_other_clocks_counts_real_minutes():
    """From 22:00 to 06:00 Berlin, 29 March 2026: seven hours, and no start at a time that no clock shows."""
    opens = datetime(2026, 3, 28, 22, tzinfo=BERLIN).astimezone(UTC)
    openings = [(opens, datetime(2026, 3, 29, 6, tzinfo=BERLIN).astimezone(UTC))]
    found = starts(slots.Rules(grid_minutes=60), openings, day=date(2026, 3, 29), now=opens, zone=BERLIN)
    assert [one.astimezone(BERLIN).hour for one in found] == [0, 1, 3, 4, 5]
    # Wall clocks of one zone would say two hours here.
    start, end = datetime(2026, 3, 29, 1, tzinfo=BERLIN), datetime(2026, 3, 29, 3, tzinfo=BERLIN)
    assert codes(start, end, openings=openings, now=opens, zone=BERLIN) == []
    assert codes(
        start, end, rules=slots.Rules(min_minutes=90), openings=openings, now=opens, zone=BERLIN
    ) == ["too_short"]


# --- against a model: every quarter of an hour is asked one by one --------------------------------------------

QUARTER = timedelta(minutes=15)
QUARTERS = 4 * 48


@st.composite
def worlds(draw):
    """Return rules, openings, busy times and now, all in quarters of an hour from TUESDAY's midnight."""
    step = st.integers(-20, QUARTERS)
    openings = draw(st.lists(st.tuples(step, st.integers(1, 60)), max_size=4))
    busy = draw(st.lists(st.tuples(step, st.integers(1, 20)), max_size=5))
    shortest = draw(st.integers(1, 8))
    rules = {
        "min": shortest,
        "max": shortest + draw(st.integers(0, 12)),
        "grid": draw(st.integers(1, 6)),
        "setup": draw(st.integers(0, 6)),
        "teardown": draw(st.integers(0, 6)),
        "notice_hours": draw(st.integers(0, 30)),
        "horizon_days": draw(st.integers(0, 3)),
    }
    return rules, openings, busy, draw(st.integers(-200, 100)), draw(st.integers(1, 20))


def possible(world, begin):
    """Return whether a use may begin at a quarter, by looking at every quarter of it."""
    rules, openings, busy, now, length = world
    if not rules["min"] <= length <= rules["max"] or begin < now + 4 * rules["notice_hours"]:
        return False
    if begin // 96 > now // 96 + rules["horizon_days"]:
        return False
    open_quarters = {q for first, count in openings for q in range(first, first + count)}
    taken = {q for first, count in busy for q in range(first, first + count)}
    use = range(begin, begin + length)
    padded = range(begin - rules["setup"], begin + length + rules["teardown"])
    on_grid = any(
        first <= begin < first + count and (begin - first) % rules["grid"] == 0 for first, count in openings
    )
    return on_grid and open_quarters.issuperset(use) and taken.isdisjoint(padded)


def instant(quarter):
    return at(0) + quarter * QUARTER


@settings(max_examples=300, deadline=None)
@given(worlds())
def test_starts_and_problems_are_those_of_the_model(world):
    wish, opened, taken, now, length = world
    rules = slots.Rules(
        min_minutes=15 * wish["min"],
        max_minutes=15 * wish["max"],
        grid_minutes=15 * wish["grid"],
        setup_minutes=15 * wish["setup"],
        teardown_minutes=15 * wish["teardown"],
        notice_hours=wish["notice_hours"],
        horizon_days=wish["horizon_days"],
    )
    openings = sorted((instant(first), instant(first + count)) for first, count in opened)
    busy = [(instant(first), instant(first + count)) for first, count in taken]
    expected = [q for q in range(96) if possible(world, q)]
    found = starts(rules, openings, 15 * length, busy, now=instant(now))
    assert found == [instant(q) for q in expected]
    for quarter in range(96):
        wrong = codes(
            instant(quarter),
            instant(quarter + length),
            rules=rules,
            openings=openings,
            busy=busy,
            now=instant(now),
        )
        assert (wrong == []) == (quarter in expected)


def test_a_day_of_another_zone_is_its_own():
    """The day's window, notice and horizon are those of the zone that is asked for."""
    start = datetime.combine(TUESDAY, time(0), tzinfo=BERLIN)
    openings = [(start.astimezone(UTC), start.astimezone(UTC) + timedelta(hours=24))]
    found = starts(openings=openings, now=NOW, zone=BERLIN)
    assert (found[0], found[-1]) == (start, start + timedelta(hours=23))
