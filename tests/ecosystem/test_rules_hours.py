"""Which hours count on which day: each rule by example, all against a model, and a zone that changes its clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosystem.rules import hours
from ecosystem.rules.hours import JAKARTA, DaySpan, HoursSet
from ecosystem.rules.spans import cut_out, merge
from tests.ecosystem.hours_model import open_ticks

BERLIN = ZoneInfo("Europe/Berlin")
# Spring forward and fall back in Berlin: 02:00 to 03:00 on 2026-03-29, 03:00 to 02:00 on 2026-10-25.
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
TUESDAY = date(2026, 12, 1)
ROOM, FLOOR, WHOLE, OTHER = 3, 2, 1, 9
LINE = [ROOM, FLOOR, WHOLE]
STEP = timedelta(minutes=30)


def spans(opens, closes, weekdays=range(7)):
    opens, closes = time.fromisoformat(opens), time.fromisoformat(closes)
    return tuple(DaySpan(day, opens, closes, closes <= opens) for day in weekdays)


def make(pk, opens="", closes="", *, space=None, special=False, days=None, **fields):
    """Return a set: endless without `days`, else so many days from TUESDAY on; closed without times."""
    fields.setdefault("valid_from", TUESDAY if days else date(2026, 1, 1))
    fields.setdefault("valid_to", TUESDAY + timedelta(days=days - 1) if days else None)
    fields.setdefault("spans", spans(opens, closes) if opens else ())
    return HoursSet(
        pk=pk, space=space, is_special=special, counts_for_all=fields.pop("for_all", False), **fields
    )


def winner(*sets, line=LINE, day=TUESDAY):
    found = hours.winning_set(sets, line, day)
    return found and found.pk


WEEKLY = make(1, "08:00", "21:00")
RAMADAN = make(2, "09:00", "16:00", days=30, for_all=True)
OF_ROOM = make(3, "10:00", "18:00", space=ROOM)
SPECIAL = make(4, "12:00", "15:00", special=True, days=1)
SPECIAL_OF_FLOOR = make(5, "13:00", "14:00", space=FLOOR, special=True, days=3)
CLOSED = make(6, special=True, days=1)
IN_ORDER = [CLOSED, SPECIAL_OF_FLOOR, SPECIAL, RAMADAN, OF_ROOM, WEEKLY]


@pytest.mark.parametrize("number", range(len(IN_ORDER)))
def test_each_kind_of_set_counts_before_all_the_next_ones(number):
    assert winner(*reversed(IN_ORDER[number:])) == IN_ORDER[number].pk


def test_a_special_day_that_is_open_on_other_weekdays_only_says_closed():
    monday_only = make(7, special=True, days=7, spans=spans("08:00", "10:00", [0]))
    assert winner(monday_only, SPECIAL_OF_FLOOR) == 7
    assert winner(monday_only, SPECIAL_OF_FLOOR, day=date(2026, 12, 3)) == 7
    assert winner(monday_only, make(8, "08:00", "09:00", space=ROOM, special=True, days=7)) == 7


def test_the_nearer_space_counts_first_and_other_spaces_not_at_all():
    of_floor, of_other = make(7, "09:00", "10:00", space=FLOOR), make(8, "01:00", "02:00", space=OTHER)
    assert winner(WEEKLY, of_floor, OF_ROOM, of_other) == OF_ROOM.pk
    assert winner(WEEKLY, of_floor, of_other) == of_floor.pk
    assert winner(WEEKLY, of_floor, of_other, line=[]) == WEEKLY.pk
    assert winner(of_other) is None


def test_weekly_hours_of_a_space_never_count_before_those_for_all():
    flagged = make(7, "07:00", "08:00", space=ROOM, for_all=True)
    assert winner(flagged, RAMADAN) == RAMADAN.pk
    assert winner(flagged, RAMADAN, day=TUESDAY + timedelta(days=30)) == flagged.pk


def test_among_equals_the_one_for_fewer_days_then_the_newer_one():
    week, fortnight = make(7, "09:00", "10:00", days=7), make(8, "08:00", "10:00", days=14)
    assert winner(WEEKLY, fortnight, week) == week.pk
    assert winner(WEEKLY, fortnight, week, day=TUESDAY + timedelta(days=7)) == fortnight.pk
    assert winner(WEEKLY, make(9, "07:00", "08:00")) == 9


def test_the_first_and_the_last_day_count():
    for day, expected in [(-1, WEEKLY.pk), (0, RAMADAN.pk), (29, RAMADAN.pk), (30, WEEKLY.pk)]:
        assert winner(WEEKLY, RAMADAN, day=TUESDAY + timedelta(days=day)) == expected


def test_a_set_without_the_weekday_says_closed_although_another_one_is_open():
    weekdays = make(7, space=ROOM, spans=spans("08:00", "17:00", range(5)))
    saturday = date(2026, 12, 5)
    assert open_spans([WEEKLY, weekdays], LINE, saturday, saturday) == []


def open_spans(sets, line, first, last, zone=JAKARTA):
    """Return when it is open on some days, each moment once."""
    return cut_out(merge(hours.openings(sets, line, first, last, zone)), *hours.day_span(first, last, zone))


def jakarta(day, hour, minute=0):
    return datetime.combine(day, time(), tzinfo=JAKARTA) + timedelta(hours=hour, minutes=minute)


def test_several_spans_a_day():
    prayer = make(7, spans=spans("08:00", "11:30") + spans("13:00", "17:00"))
    assert open_spans([prayer], [], TUESDAY, TUESDAY) == [
        (jakarta(TUESDAY, 8), jakarta(TUESDAY, 11, 30)),
        (jakarta(TUESDAY, 13), jakarta(TUESDAY, 17)),
    ]


def test_a_night_belongs_to_the_day_on_which_it_opens():
    night = make(7, spans=spans("20:00", "02:00", [1]))
    wednesday = TUESDAY + timedelta(days=1)
    assert open_spans([night], [], TUESDAY, TUESDAY) == [(jakarta(TUESDAY, 20), jakarta(TUESDAY, 24))]
    assert open_spans([night], [], wednesday, wednesday) == [(jakarta(wednesday, 0), jakarta(wednesday, 2))]
    assert open_spans([night], [], TUESDAY, wednesday) == [(jakarta(TUESDAY, 20), jakarta(TUESDAY, 26))]


def test_until_midnight_and_around_the_clock():
    late, always = make(7, "20:00", "00:00"), make(8, "00:00", "00:00")
    assert open_spans([late], [], TUESDAY, TUESDAY) == [(jakarta(TUESDAY, 20), jakarta(TUESDAY, 24))]
    assert open_spans([always], [], TUESDAY, TUESDAY + timedelta(days=1)) == [
        (jakarta(TUESDAY, 0), jakarta(TUESDAY, 48))
    ]


def test_a_special_day_leaves_the_night_before_as_it_is():
    night = make(7, "20:00", "02:00")
    assert open_spans([night, CLOSED], [], TUESDAY, TUESDAY) == [(jakarta(TUESDAY, 0), jakarta(TUESDAY, 2))]


def test_a_special_day_decides_about_its_own_night():
    night, wednesday = make(7, "20:00", "02:00"), TUESDAY + timedelta(days=1)
    assert open_spans([night, CLOSED], [], wednesday, wednesday) == [
        (jakarta(wednesday, 20), jakarta(wednesday, 24))
    ]


def berlin(day, clock):
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(("day", "real_hours"), [(SPRING, 7), (TUESDAY, 8), (AUTUMN, 9)])
def test_a_night_with_other_clocks_has_its_real_length(day, real_hours):
    night = make(7, "22:00", "06:00")
    found = hours.openings([night], [], day, day, BERLIN)
    assert found[0] == (berlin(day - timedelta(days=1), "22:00"), berlin(day, "06:00"))
    assert found[0][1] - found[0][0] == timedelta(hours=real_hours)


def test_a_span_that_the_clocks_skip_is_no_time_at_all():
    skipped, half = make(7, "02:30", "03:00"), make(8, "01:30", "03:30")
    assert open_spans([skipped], [], SPRING, SPRING, BERLIN) == []
    assert open_spans([half], [], SPRING, SPRING, BERLIN) == [
        (berlin(SPRING, "01:30"), berlin(SPRING, "03:30"))
    ]
    assert hours.day_span(SPRING, zone=BERLIN)[1] - hours.day_span(SPRING, zone=BERLIN)[0] == timedelta(
        hours=23
    )


CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))


@st.composite
def day_spans(draw, clocks):
    found = {}
    for _number in range(draw(st.integers(0, 8))):
        day, opens, closes = draw(st.integers(0, 6)), draw(clocks), draw(clocks)
        found[day, opens] = DaySpan(day, opens, closes, closes <= opens)
    return tuple(found.values())


@st.composite
def sets_of_hours(draw, around, clocks=CLOCKS):
    """Return up to six sets that begin and end on the days around one."""
    found = []
    for pk in range(draw(st.integers(0, 6))):
        first, days = draw(st.integers(-4, 2)), draw(st.none() | st.integers(0, 6))
        valid_from = around + timedelta(days=first)
        found.append(
            HoursSet(
                pk=pk,
                space=draw(st.sampled_from([None, ROOM, FLOOR, WHOLE, OTHER])),
                is_special=days is not None and draw(st.booleans()),
                counts_for_all=draw(st.booleans()),
                valid_from=valid_from,
                valid_to=None if days is None else valid_from + timedelta(days=days),
                spans=draw(day_spans(clocks)),
            )
        )
    return draw(st.permutations(found))


def assert_as_the_model(sets, line, first, last, zone):
    found = open_spans(sets, line, first, last, zone)
    start, end = hours.day_span(first, last, zone)
    expected = open_ticks(sets, line, start, end, zone, step=STEP)
    assert all(one[1] < other[0] for one, other in zip(found, found[1:], strict=False))
    assert {tick for tick in ticks(start, end) if any(one[0] <= tick < one[1] for one in found)} == expected


def ticks(start, end):
    while start < end:
        yield start
        start += STEP


@settings(max_examples=150, deadline=None)
@given(sets=sets_of_hours(TUESDAY), line=st.sampled_from([[], [WHOLE], [FLOOR, WHOLE], LINE]))
def test_hours_are_those_of_the_model(sets, line):
    assert_as_the_model(sets, line, TUESDAY, TUESDAY + timedelta(days=1), JAKARTA)


# Where the clocks jump, a wall time may happen twice; the model knows it only if no span begins or ends there.
SAFE_CLOCKS = st.builds(time, st.sampled_from([0, 1, *range(4, 24)]), st.just(0))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), day=st.sampled_from([SPRING, AUTUMN]))
def test_hours_are_those_of_the_model_when_the_clocks_change(data, day):
    sets = data.draw(sets_of_hours(day, SAFE_CLOCKS))
    assert_as_the_model(sets, LINE, day - timedelta(days=1), day, BERLIN)
