"""The clock of the coordinators: working days in Malang, without the days of a pause.

Monday to Friday except Indonesia's public holidays and the days of collective leave (cuti bersama), by Asia/Jakarta
dates. The day on which something comes in is day 0. Pure: no database, no "now".
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

JAKARTA = ZoneInfo("Asia/Jakarta")
DAYS_TO_ANSWER = 3
SATURDAY = 5
END_OF_DAY = time(23, 59, 59)

# First and last day of a pause, both inclusive.
Span = tuple[date, date]


@cache
def holidays_of(year: int) -> frozenset[date]:
    """Return the days of a year on which offices in Indonesia are closed; moon-dependent ones may be estimates."""
    return frozenset(holidays.country_holidays("ID", years=year, categories=("public", "government")))


def is_working_day(day: date, *, paused: Iterable[Span] = ()) -> bool:
    """Return whether somebody is expected to work on a day."""
    return (
        day.weekday() < SATURDAY
        and day not in holidays_of(day.year)
        and not any(first <= day <= last for first, last in paused)
    )


def local_day(instant: datetime) -> date:
    """Return the day that Malang's calendars show at an instant."""
    return instant.astimezone(JAKARTA).date()


def working_day_after(day: date, count: int, *, paused: Iterable[Span] = ()) -> date:
    """Return the `count`-th working day after a day."""
    spans = tuple(paused)
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, paused=spans)
    return day


def due_at(since: datetime, *, days: int = DAYS_TO_ANSWER, paused: Iterable[Span] = ()) -> datetime:
    """Return the last second of the `days`-th working day (Asia/Jakarta) after an instant."""
    day = working_day_after(local_day(since), days, paused=paused)
    return datetime.combine(day, END_OF_DAY, tzinfo=JAKARTA)


def working_days_between(start: datetime, end: datetime, *, paused: Iterable[Span] = ()) -> int:
    """Return how many working days began after `start`'s day up to `end`'s day: 0 for an answer on the same day."""
    spans = tuple(paused)
    day, last, count = local_day(start), local_day(end), 0
    while day < last:
        day += timedelta(days=1)
        count += is_working_day(day, paused=spans)
    return count
