"""Which hours count on a day, and when a space is open (models.hours says the precedence in words).

A span of hours belongs to the day on which it opens. So a set decides about the whole of what it opens, the time past
midnight included: a special day takes the evening before nothing away, and its own evening runs on into the next day.
To end a running evening at midnight, a manager writes a closure.

Wall clocks become instants (UTC) one by one, so that a night in which the clocks change has its real length. A wall
time that the clocks skip counts as the instant that it would have been without the change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from ecosystem.rules.spans import Span

JAKARTA = ZoneInfo("Asia/Jakarta")
DAY = timedelta(days=1)
ENDLESS = 10**6


@dataclass(frozen=True)
class DaySpan:
    """From when to when a set is open on a weekday (0 Monday); the span may end on the next day."""

    weekday: int
    opens: time
    closes: time
    closes_next_day: bool


@dataclass(frozen=True)
class HoursSet:
    """A set of hours of a space (`space` None: of the facility) and the days on which it counts, both ends included."""

    pk: int
    space: int | None
    is_special: bool
    counts_for_all: bool
    valid_from: date
    valid_to: date | None
    spans: tuple[DaySpan, ...]
    name: str = ""
    name_en: str = ""
    cause: str = "regular"
    is_sample: bool = False

    def is_valid(self, day: date) -> bool:
        """Return whether the set counts on a day at all."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def opens_on(self, day: date) -> bool:
        """Return whether the set has a span that begins on a day; a set without one says closed."""
        return any(span.weekday == day.weekday() for span in self.spans)

    @property
    def days(self) -> int:
        """Return for how many days the set counts."""
        return ENDLESS if self.valid_to is None else (self.valid_to - self.valid_from).days


def winning_set(sets: Sequence[HoursSet], line: Sequence[int], day: date) -> HoursSet | None:
    """Return the set that counts on a day; `line` is the space and what it lies in, nearest first.

    An empty line asks for the facility itself. None: nobody has said when it is open, so it is not.
    """
    best: HoursSet | None = None
    best_rank: tuple[int, int, int, int] | None = None
    for one in sets:
        if not one.is_valid(day):
            continue
        step = _precedence(one, line, day)
        if step is None:
            continue
        rank = (*step, one.days, -one.pk)
        if best_rank is None or rank < best_rank:
            best, best_rank = one, rank
    return best


def _precedence(one: HoursSet, line: Sequence[int], day: date) -> tuple[int, int] | None:
    """Return the place of a set in the order of precedence and its distance from the space; None: not concerned."""
    if one.space is None:
        if one.is_special:
            return (2 if one.opens_on(day) else 0, 0)
        return (3 if one.counts_for_all else 5, 0)
    if one.space not in line:
        return None
    return (1 if one.is_special else 4, line.index(one.space))


def instant(day: date, clock: time, zone: tzinfo = JAKARTA) -> datetime:
    """Return the instant (UTC) at which the clocks of a zone show a time on a day."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def day_span(first: date, last: date | None = None, zone: tzinfo = JAKARTA) -> Span:
    """Return the time from a day's midnight to the midnight that ends the same or a later day."""
    return instant(first, time(0), zone), instant((last or first) + DAY, time(0), zone)


def openings(
    sets: Sequence[HoursSet], line: Sequence[int], first: date, last: date, zone: tzinfo = JAKARTA
) -> list[Span]:
    """Return each span that opens on one of the days or on the day before the first, uncut, sorted by its opening."""
    found: list[Span] = []
    for number in range(-1, (last - first).days + 1):
        day = first + number * DAY
        winner = winning_set(sets, line, day)
        if winner is not None:
            found += _spans_of(winner, day, zone)
    return sorted(found)


def _spans_of(winner: HoursSet, day: date, zone: tzinfo) -> list[Span]:
    spans = (
        (
            instant(day, span.opens, zone),
            instant(day + DAY if span.closes_next_day else day, span.closes, zone),
        )
        for span in winner.spans
        if span.weekday == day.weekday()
    )
    # Empty when the clocks skip all of it.
    return [span for span in spans if span[0] < span[1]]
