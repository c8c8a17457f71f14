"""The coordinators' clock: weekends, long holidays, the end of a year, the last minute of a day, pauses."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ecosystem.working_days import JAKARTA, due_at, holidays_of, is_working_day, working_days_between


def wib(text):
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("since", "due"),
    [
        # Monday to Thursday.
        ("2026-11-09 10:00", "2026-11-12"),
        # The day on which it comes in does not count, not even its first minute.
        ("2026-11-09 00:00", "2026-11-12"),
        ("2026-11-09 23:59", "2026-11-12"),
        ("2026-11-10 00:00", "2026-11-13"),
        # Over a weekend, and from a weekend.
        ("2026-11-12 10:00", "2026-11-17"),
        ("2026-11-14 10:00", "2026-11-18"),
        # Idulfitri 2026 with Nyepi and the days of collective leave: from 18 to 24 March nobody works.
        ("2026-03-17 15:00", "2026-03-27"),
        ("2026-03-20 15:00", "2026-03-27"),
        # Christmas with its leave, a weekend and New Year's Day.
        ("2026-12-23 09:00", "2026-12-30"),
        ("2026-12-29 09:00", "2027-01-04"),
        # Independence Day on a Monday.
        ("2026-08-14 09:00", "2026-08-20"),
    ],
)
def test_the_answer_is_due_at_the_end_of_the_third_working_day(since, due):
    assert due_at(wib(since)) == wib(f"{due} 23:59:59")


def test_the_day_is_that_of_malang_wherever_the_server_stands():
    # 17:30 UTC on Monday is 00:30 on Tuesday in Malang.
    assert due_at(datetime(2026, 11, 9, 17, 30, tzinfo=UTC)) == wib("2026-11-13 23:59:59")


@pytest.mark.parametrize(
    ("first", "last", "due"),
    [
        ("2026-11-10", "2026-11-11", "2026-11-16"),
        # Days before the clock begins change nothing, nor do those after its end.
        ("2026-11-02", "2026-11-09", "2026-11-12"),
        ("2026-11-13", "2026-11-20", "2026-11-12"),
        # A pause over a weekend takes its working days only.
        ("2026-11-12", "2026-11-15", "2026-11-16"),
    ],
)
def test_the_days_of_a_pause_do_not_count(first, last, due):
    paused = [(date.fromisoformat(first), date.fromisoformat(last))]
    assert due_at(wib("2026-11-09 10:00"), paused=paused) == wib(f"{due} 23:59:59")


def test_two_pauses_that_overlap_count_once():
    paused = [(date(2026, 11, 10), date(2026, 11, 12)), (date(2026, 11, 11), date(2026, 11, 13))]
    assert due_at(wib("2026-11-09 10:00"), paused=paused) == wib("2026-11-18 23:59:59")


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-09 08:00", "2026-11-09 17:00", 0),
        ("2026-11-09 23:59", "2026-11-10 00:01", 1),
        ("2026-11-13 08:00", "2026-11-16 08:00", 1),
        ("2026-11-14 08:00", "2026-11-15 08:00", 0),
        ("2026-03-17 08:00", "2026-03-25 08:00", 1),
        ("2026-11-12 08:00", "2026-11-09 08:00", 0),
    ],
)
def test_working_days_between_two_moments(start, end, days):
    assert working_days_between(wib(start), wib(end)) == days


def test_an_answer_on_the_due_day_took_three_days():
    since = wib("2026-12-23 09:00")
    assert working_days_between(since, due_at(since)) == 3
    assert working_days_between(since, due_at(since) + timedelta(seconds=1)) == 4


def test_sundays_and_holidays_are_no_working_days():
    assert not is_working_day(date(2026, 11, 22))
    assert not is_working_day(date(2026, 8, 17))
    assert is_working_day(date(2026, 11, 23))


def test_the_holidays_of_a_year_are_read_once():
    assert holidays_of(2026) is holidays_of(2026)
    assert date(2026, 8, 17) in holidays_of(2026)
