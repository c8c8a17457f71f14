"""How much of a quota is used: dates are counted by the day, ISO week or month (of a zone) in which they begin."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from ecosystem.rules.hours import JAKARTA
from ecosystem.rules.spans import Span


@dataclass(frozen=True)
class Limit:
    """So many dates and so many minutes at most; None says without a limit."""

    max_count: int | None
    max_minutes: int | None

    def is_passed_by(self, dates: Iterable[Span]) -> bool:
        """Return whether dates are more, or longer together, than the limit allows."""
        spans = list(dates)
        return (self.max_count is not None and len(spans) > self.max_count) or (
            self.max_minutes is not None and minutes(spans) > self.max_minutes
        )


def minutes(dates: Iterable[Span]) -> int:
    """Return the length of dates together, in minutes, a begun one counted whole."""
    total = sum((end - start for start, end in dates), timedelta())
    return -(-total // timedelta(minutes=1))


def period_around(moment: datetime, period: str, zone: tzinfo = JAKARTA) -> Span:
    """Return the day, week (from Monday) or month that an instant falls into, as instants."""
    day = moment.astimezone(zone).date()
    if period == "day":
        first, after = day, day + timedelta(days=1)
    elif period == "week":
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    elif period == "month":
        first = day.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    else:
        raise ValueError(period)
    return _midnight(first, zone), _midnight(after, zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone)
