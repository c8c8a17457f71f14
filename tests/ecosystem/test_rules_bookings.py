"""The pure rules of bookings: states, weekly dates, quotas."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.models import Booking, Occurrence
from ecosystem.rules import booking_state, quota, recurrence
from tests.ecosystem.facility_factories import JAKARTA, TUESDAY, at

ENDED = ("declined", "expired", "withdrawn", "cancelled")


def test_every_state_of_a_date_has_its_row():
    assert set(booking_state.FOLLOWING) == set(Occurrence.State.values)


@pytest.mark.parametrize("state", ENDED)
def test_what_ended_never_comes_back(state):
    assert not any(booking_state.may_follow(state, after) for after in Occurrence.State.values)


def test_a_request_is_withdrawn_and_what_is_confirmed_is_cancelled():
    following = {"pending": "confirmed declined expired withdrawn", "confirmed": "cancelled no_show pending"}
    for state, expected in following.items():
        found = [after for after in Occurrence.State.values if booking_state.may_follow(state, after)]
        assert sorted(found) == expected.split()


def test_a_missed_date_may_turn_out_to_have_taken_place():
    assert [after for after in Occurrence.State.values if booking_state.may_follow("no_show", after)] == [
        "confirmed"
    ]


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        (["pending"], "pending"),
        (["confirmed", "pending"], "pending"),
        (["confirmed", "cancelled"], "confirmed"),
        (["no_show"], "confirmed"),
        (["cancelled", "withdrawn"], "cancelled"),
        (["declined", "withdrawn"], "declined"),
        (["expired"], "expired"),
        (["withdrawn"], "withdrawn"),
    ],
)
def test_the_dates_make_the_state_of_a_booking(dates, state):
    assert booking_state.state_of(dates) == state
    assert state in Booking.State.values


@pytest.mark.parametrize(
    ("state", "mode", "holds"),
    [
        ("confirmed", "curated", True),
        ("pending", "curated", False),
        ("pending", "approval", True),
        ("pending", "instant", True),
        *((state, "instant", False) for state in ENDED),
    ],
)
def test_which_dates_keep_others_out(state, mode, holds):
    assert booking_state.holds(state, mode) is holds


@given(st.integers(0, 5000))
def test_a_series_counts_its_dates_without_making_them(days):
    count = recurrence.count_until(at(9), TUESDAY + timedelta(days=days))
    last = at(9) + recurrence.WEEK * (count - 1)
    until = TUESDAY + timedelta(days=days)
    assert last.date() <= until < (last + recurrence.WEEK).date()


def test_a_series_that_ends_before_it_begins_has_no_date():
    assert recurrence.count_until(at(9), TUESDAY - timedelta(days=1)) == 0


def test_a_series_counts_by_the_day_in_malang():
    # 01:00 on Wednesday in Malang is still Tuesday in UTC.
    start = at(25).astimezone(ZoneInfo("UTC"))
    assert recurrence.count_until(start, TUESDAY) == 0


@given(st.integers(1, 52))
def test_a_series_keeps_its_wall_clock_where_the_clocks_change(count):
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 24, 9, tzinfo=berlin)
    dates = recurrence.weekly(start, start + timedelta(hours=1), count, berlin)
    assert len(dates) == count
    assert {(begin.hour, end.hour) for begin, end in dates} == {(9, 10)}
    assert all(after[0].date() - before[0].date() == timedelta(days=7) for before, after in pairwise(dates))


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        ("day", date(2026, 12, 31), date(2027, 1, 1)),
        ("week", date(2026, 12, 28), date(2027, 1, 4)),
        ("month", date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_periods_are_those_of_malang(period, first, after):
    # 23:00 UTC on the 30th is the 31st in Malang.
    moment = datetime(2026, 12, 30, 23, tzinfo=ZoneInfo("UTC"))
    begin, end = quota.period_around(moment, period)
    assert (begin, end) == tuple(
        datetime.combine(day, datetime.min.time(), tzinfo=JAKARTA) for day in (first, after)
    )


def test_a_period_that_nobody_knows_is_an_error():
    with pytest.raises(ValueError, match="year"):
        quota.period_around(at(9), "year")


@pytest.mark.parametrize(
    ("count", "minutes", "is_passed"),
    [
        (2, None, False),
        (1, None, True),
        (None, 150, False),
        (None, 149, True),
        (2, 149, True),
        (None, None, False),
    ],
)
def test_a_quota_limits_dates_and_minutes(count, minutes, is_passed):
    dates = [(at(9), at(10)), (at(11), at(12, 30))]
    assert quota.Limit(count, minutes).is_passed_by(dates) is is_passed


def test_a_minute_that_began_counts():
    assert quota.minutes([(at(9), at(9, 30)), (at(10), at(10, 30) + timedelta(seconds=1))]) == 61
