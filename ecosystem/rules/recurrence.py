"""The dates of a weekly series: the same wall clock each week, until a day."""

from datetime import date, datetime, timedelta, tzinfo

from ecosystem.rules.hours import JAKARTA
from ecosystem.rules.spans import Span

# A year; the policy may say fewer.
MOST = 52
WEEK = timedelta(days=7)


def count_until(start: datetime, until: date, zone: tzinfo = JAKARTA) -> int:
    """Return how many weekly dates there are from a start until a day (included); 0 if the day is before it."""
    days = (until - start.astimezone(zone).date()).days
    return days // 7 + 1 if days >= 0 else 0


def weekly(start: datetime, end: datetime, count: int, zone: tzinfo = JAKARTA) -> list[Span]:
    """Return so many dates, each a week after the one before, on the wall clock of a zone."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    return [(first + number * WEEK, last + number * WEEK) for number in range(count)]
