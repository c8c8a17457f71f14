"""Which uses of a space the rules allow: lists of start times, and what is wrong with a wish.

The use lies in the opening hours; the use with its set-up and teardown must meet nothing else, and may pass opening
and closing. Start times lie on a grid that begins anew with each opening. Lengths are free between the shortest and
the longest.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from operator import itemgetter
from typing import Any

from ecosystem.rules.hours import DAY, JAKARTA, day_span
from ecosystem.rules.spans import Span, covers, merge, utc

# What a manager may pass over when entering a booking; a taken slot is taken for managers too. "in_past" only for who
# stands at the desk: services.booking says how long ago.
FOR_MANAGERS = frozenset({"too_short", "too_long", "off_grid", "in_past", "too_soon", "too_late", "closed"})

INSTANT = timedelta(microseconds=1)
IsFree = Callable[[Span], bool]


@dataclass(frozen=True)
class Rules:
    """The part of a booking policy that says which times can be booked."""

    min_minutes: int = 60
    max_minutes: int = 240
    grid_minutes: int = 30
    setup_minutes: int = 0
    teardown_minutes: int = 0
    notice_hours: int = 0
    horizon_days: int = 60

    @classmethod
    def of(cls, policy: Any) -> "Rules":
        """Return the rules of a policy, or of anything with the same attributes."""
        return cls(**{name: getattr(policy, name) for name in cls.__dataclass_fields__})

    def padded(self, start: datetime, end: datetime) -> Span:
        """Return a use with its set-up and teardown."""
        if not self.setup_minutes and not self.teardown_minutes:
            return utc(start), utc(end)
        setup, teardown = timedelta(minutes=self.setup_minutes), timedelta(minutes=self.teardown_minutes)
        return utc(start) - setup, utc(end) + teardown

    def start_window(self, now: datetime, zone: tzinfo = JAKARTA) -> Span:
        """Return between which instants a use may begin: the notice from now on, and the whole of the last day."""
        last_day = now.astimezone(zone).date() + self.horizon_days * DAY
        return utc(now) + timedelta(hours=self.notice_hours), day_span(last_day, zone=zone)[1]


@dataclass(frozen=True)
class Finding:
    """What is wrong with a wish: a code and the values that explain it."""

    code: str
    values: tuple[tuple[str, Any], ...] = ()


def each_start(
    rules: Rules,
    openings: Sequence[Span],
    minutes: int,
    *,
    within: Span,
    is_free: IsFree,
    now: datetime,
    zone: tzinfo = JAKARTA,
    open_time: Sequence[Span] | None = None,
) -> Iterator[datetime]:
    """Yield every instant within a time at which a use may begin; twice where openings overlap.

    `open_time` are the openings merged, for a caller who has them already.
    """
    if not rules.min_minutes <= minutes <= rules.max_minutes:
        return
    earliest, latest = rules.start_window(now, zone)
    first, last = max(within[0], earliest), min(within[1], latest)
    length, grid = timedelta(minutes=minutes), timedelta(minutes=rules.grid_minutes)
    open_time = merge(openings) if open_time is None else open_time
    for opens, closes in openings:
        if closes <= first or last <= opens:
            continue
        start = opens + max(0, -((opens - first) // grid)) * grid
        end = min(closes, last, _end_around(open_time, opens) - length + INSTANT)
        while start < end:
            if is_free(rules.padded(start, start + length)):
                yield start
            start += grid


def _end_around(open_time: Sequence[Span], opens: datetime) -> datetime:
    """Return when the open time ends in which an opening lies."""
    return open_time[bisect_right(open_time, opens, key=itemgetter(0)) - 1][1]


def problems(
    rules: Rules,
    openings: Sequence[Span],
    start: datetime,
    end: datetime,
    *,
    is_free: IsFree,
    now: datetime,
    zone: tzinfo = JAKARTA,
) -> list[Finding]:
    """Return what is wrong with a use from `start` to `end`; nothing exactly if `each_start` yields the start."""
    start, end = utc(start), utc(end)
    if end <= start:
        return [Finding("end_before_start")]
    found = _of_length(rules, start, end) + _of_moment(rules, start, now, zone)
    if not covers(merge(openings), (start, end)):
        found.append(Finding("closed"))
    elif not is_on_grid(rules, openings, start):
        found.append(Finding("off_grid", (("minutes", rules.grid_minutes),)))
    if not is_free(rules.padded(start, end)):
        found.append(Finding("taken"))
    return found


def _of_length(rules: Rules, start: datetime, end: datetime) -> list[Finding]:
    length = end - start
    if length % timedelta(minutes=1):
        return [Finding("odd_length")]
    if length < timedelta(minutes=rules.min_minutes):
        return [Finding("too_short", (("minutes", rules.min_minutes),))]
    if length > timedelta(minutes=rules.max_minutes):
        return [Finding("too_long", (("minutes", rules.max_minutes),))]
    return []


def _of_moment(rules: Rules, start: datetime, now: datetime, zone: tzinfo) -> list[Finding]:
    earliest, latest = rules.start_window(now, zone)
    if start < now:
        return [Finding("in_past")]
    if start < earliest:
        return [Finding("too_soon", (("hours", rules.notice_hours),))]
    if start >= latest:
        return [Finding("too_late", (("days", rules.horizon_days),))]
    return []


def is_on_grid(rules: Rules, openings: Sequence[Span], start: datetime) -> bool:
    """Return whether a start lies on the grid of an opening that it falls into."""
    grid = timedelta(minutes=rules.grid_minutes)
    return any(opens <= start < closes and not (start - opens) % grid for opens, closes in openings)
