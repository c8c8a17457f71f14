"""A space on some days: when it is open, taken and free, and which uses its rules allow.

`ecosystem.services.availability` is the door to this; other modules import that one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from ecosystem.models import Space
from ecosystem.rules import hours as hour_rules
from ecosystem.rules import slots
from ecosystem.rules.hours import DAY, JAKARTA, HoursSet, day_span
from ecosystem.rules.spans import Span, cut_out, merge, overlaps, subtract, utc
from ecosystem.services.hours_rows import ClosedTime, OpenTime
from ecosystem.services.slot_problems import Problem, problem_of


@dataclass(frozen=True)
class DayView:
    """A space on one day, Asia/Jakarta midnight to midnight."""

    day: date
    hours: list[Span]
    busy: list[Span]
    free: list[Span]
    closures: list[ClosedTime]
    hours_set: HoursSet | None
    # As the door says them: what opens on the day, past midnight too; the rest of a night is the day before's.
    opening: list[Span]


@dataclass
class SpaceCalendar:
    """A space on the days from `first` to `last`; all instants are UTC.

    `reason` says why nothing can be booked ("" if it can): planned, construction, ended, inactive, not_bookable.
    A desk area that consists of desks is free while a desk is free.
    """

    space: Space
    line: tuple[int, ...]
    leaves: tuple[int, ...]
    first: date
    last: date
    reason: str
    # Shared by all spaces with the same hours; reaches past the days, because uses and set-up pass midnight.
    open_time: OpenTime = field(repr=False)
    holdings: Mapping[int, list[Span]]
    sets: tuple[HoursSet, ...] = field(repr=False, default=())
    # Leaves that are out of use: their time counts as before, but nobody is given such a desk.
    unused: frozenset[int] = frozenset()
    closures: tuple[ClosedTime, ...] = ()

    @property
    def is_by_seats(self) -> bool:
        """Return whether single desks of the space can be booked."""
        return self.space.kind == Space.Kind.DESK_AREA and self.leaves != (self.space.pk,)

    @cached_property
    def seats(self) -> tuple[int, ...]:
        """Return the leaves that can be given to somebody: all of them that are in use."""
        return tuple(leaf for leaf in self.leaves if leaf not in self.unused)

    @cached_property
    def rules(self) -> slots.Rules:
        """Return the rules of booking; only for a space that has some."""
        return slots.Rules.of(self.space.policy)

    @property
    def openings(self) -> Sequence[Span]:
        """Return each opening uncut, from the day before the first day to the day after the last."""
        return self.open_time.openings

    @property
    def hours(self) -> list[Span]:
        """Return when the space is open."""
        return self.open_time.hours

    @cached_property
    def busy(self) -> list[Span]:
        """Return when it is taken (any part of it; of a desk area, all desks), set-up and teardown included."""
        return cut_out(self._taken, *day_span(self.first, self.last))

    @cached_property
    def free(self) -> list[Span]:
        """Return when it is open and not taken."""
        return subtract(self.hours, self.busy)

    @cached_property
    def _taken(self) -> list[Span]:
        if self.is_by_seats:
            return full([self.holdings.get(leaf, []) for leaf in self.seats])
        return self._taken_in_part

    @cached_property
    def _taken_in_part(self) -> list[Span]:
        lists = [self.holdings[leaf] for leaf in self.leaves if leaf in self.holdings]
        return lists[0] if len(lists) == 1 else merge(span for spans in lists for span in spans)

    def day(self, day: date) -> DayView:
        """Return one of the days."""
        window = day_span(day)
        hours, busy = cut_out(self.hours, *window), cut_out(self.busy, *window)
        closures = [one for one in self.closures if one.starts_at < window[1] and window[0] < one.ends_at]
        opening = [span for span in self.open_time.merged if window[0] <= span[0] < window[1]] or hours
        return DayView(day, hours, busy, subtract(hours, busy), closures, self.set_on(day), opening)

    def set_on(self, day: date) -> HoursSet | None:
        """Return the set of hours that counts on a day (its name says "Ramadan", say)."""
        return hour_rules.winning_set(self.sets, self.line, day)

    def starts(self, day: date, minutes: int, *, now: datetime, seats: int | None = 1) -> list[datetime]:
        """Return when a use of so many minutes may begin on a day; `seats` None: the whole of a desk area."""
        return sorted(set(self._each_start(day, minutes, now=now, seats=seats)))

    def next_free(self, minutes: int, *, now: datetime, seats: int | None = 1) -> Span | None:
        """Return the first time from now on that can be booked, None for none; the days are the calendar's."""
        today = now.astimezone(JAKARTA).date()
        for number in range(self.rules.horizon_days + 1):
            if found := self.starts(today + number * DAY, minutes, now=now, seats=seats):
                return found[0], found[0] + timedelta(minutes=minutes)
        return None

    def has_start(self, day: date, minutes: int, *, now: datetime) -> bool:
        """Return whether `starts` lists anything for one; much faster than the list."""
        return any(True for _ in self._each_start(day, minutes, now=now, seats=1))

    def _each_start(self, day: date, minutes: int, *, now: datetime, seats: int | None) -> Iterator[datetime]:
        if self.reason:
            return iter(())
        return slots.each_start(
            self.rules,
            self.openings,
            minutes,
            within=day_span(day),
            is_free=lambda span: self._is_free(span, seats),
            now=now,
            open_time=self.open_time.merged,
        )

    def problems(
        self, starts_at: datetime, ends_at: datetime, *, now: datetime, seats: int | None = 1
    ) -> list[Problem]:
        """Return what is wrong with a use, [] exactly if `starts` lists it; "taken" is one of the codes.

        The day must be one of the calendar's. `seats` None: the whole of a desk area.
        """
        if self.reason:
            return [problem_of(slots.Finding(self.reason))]
        found = slots.problems(
            self.rules,
            self.openings,
            starts_at,
            ends_at,
            is_free=lambda span: self._is_free(span, seats),
            now=now,
        )
        return [problem_of(self._explained(one, starts_at)) for one in found]

    def _explained(self, finding: slots.Finding, starts_at: datetime) -> slots.Finding:
        """Return "not open yet" instead of "closed" before the facility's first day."""
        opens_on = self.space.facility.opens_on
        if finding.code == "closed" and opens_on and starts_at.astimezone(JAKARTA).date() < opens_on:
            return slots.Finding("not_open_yet", (("day", opens_on),))
        return finding

    def _is_free(self, padded: Span, seats: int | None) -> bool:
        if self.is_by_seats and seats is not None:
            return self._free_leaves(padded) >= seats
        return not overlaps(self._taken_in_part, padded)

    def _free_leaves(self, padded: Span) -> int:
        return sum(not overlaps(self.holdings.get(leaf, ()), padded) for leaf in self.seats)

    def free_seats(self, starts_at: datetime, ends_at: datetime) -> int:
        """Return how many leaves are free during all of a use with its set-up and teardown."""
        padded = (
            self.rules.padded(starts_at, ends_at) if self.space.policy else (utc(starts_at), utc(ends_at))
        )
        return self._free_leaves(padded)


def full(lists: Collection[list[Span]]) -> list[Span]:
    """Return when all of the merged lists hold at once."""
    changes = sorted(
        [(start, 1) for spans in lists for start, _ in spans]
        + [(end, -1) for spans in lists for _, end in spans]
    )
    found: list[Span] = []
    held, since = 0, None
    for moment, change in changes:
        held += change
        if held == len(lists):
            since = moment
        elif since is not None:
            found.append((since, moment))
            since = None
    return merge(found)
