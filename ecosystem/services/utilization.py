"""How much of the facilities' time is open, booked and used: the database adds up, the hours come from rules.hours.

Hours are space hours: a room counts 1 for each hour, a desk its share of the desk area, a floor as many as it has
rooms. A date counts in the month (Asia/Jakarta) in which it begins, and only when it is over. It was used unless it was
marked as missed: 20 minutes after its beginning where the rules of that day asked for a check-in and nobody came, or by
a manager. So rules that change later do not change what was. Open hours are the opening hours of what can be
booked, without closures, from the day on which the facility is in use.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from ecosystem.models import Facility, Occurrence, OpeningHours, Space, SpaceLeaf
from ecosystem.rules.hours import JAKARTA, day_span
from ecosystem.rules.spans import Span, clip, merge, subtract
from ecosystem.services.hours_rows import facility_hours

GRANTED = (Occurrence.State.CONFIRMED, Occurrence.State.NO_SHOW)
USED = Q(state=Occurrence.State.CONFIRMED)
DIMENSIONS = ("month", "space", "subsector", "purpose", "origin")


@dataclass
class Use:
    """What a cell adds up: dates granted, of them used and missed; space hours; people of the used dates."""

    dates: int = 0
    used_dates: int = 0
    no_shows: int = 0
    people: int = 0
    booked: Fraction = Fraction(0)
    used: Fraction = Fraction(0)

    def add(self, other: "Use", *, weight: Fraction | int = 1) -> None:
        """Count another cell in, its hours taken so many times."""
        self.dates += other.dates
        self.used_dates += other.used_dates
        self.no_shows += other.no_shows
        self.people += other.people
        self.booked += other.booked * weight
        self.used += other.used * weight


@dataclass
class Figures:
    """The figures of a time; keys: month → first day, space → pk of a room or desk area, the others pk, code or None.

    A floor's date stands with each of its rooms, so the dates of the spaces add up to more than there are.
    """

    first: date
    last: date
    total: Use = field(default_factory=Use)
    by: dict[str, dict[Any, Use]] = field(
        default_factory=lambda: {name: defaultdict(Use) for name in DIMENSIONS}
    )
    open_total: Fraction = Fraction(0)
    open_by_month: dict[date, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    open_by_space: dict[int, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    # The opening hours behind it are samples: nobody has published them.
    are_hours_samples: bool = False


class Places:
    """The spaces of some facilities: the leaves, how much each counts, and the room or desk area it belongs to."""

    def __init__(self, facilities: "QuerySet[Facility] | Sequence[Facility]") -> None:
        """Read the spaces and their leaves; two queries."""
        spaces = Space.objects.filter(facility__in=facilities).only(
            "pk", "facility", "parent", "kind", "policy", "is_active", "is_sample"
        )
        self.spaces: dict[int, Space] = {space.pk: space for space in spaces.order_by("pk")}
        self.leaves: dict[int, list[int]] = defaultdict(list)
        rows = SpaceLeaf.objects.filter(space__facility__in=facilities).order_by("space", "leaf")
        for space, leaf in rows.values_list("space", "leaf"):
            self.leaves[space].append(leaf)

    def unit_of(self, leaf: int) -> int:
        """Return the desk area of a desk, any other leaf itself."""
        space = self.spaces[leaf]
        parent = self.spaces.get(space.parent_id or 0)
        is_desk = space.kind == Space.Kind.DESK and parent and parent.kind == Space.Kind.DESK_AREA
        return parent.pk if is_desk and parent else leaf

    def is_sample(self, leaf: int) -> bool:
        """Return whether the room or desk area of a leaf is invented."""
        return self.spaces[self.unit_of(leaf)].is_sample

    def weights(self, space: int, seats: int | None = None) -> dict[int, Fraction]:
        """Return how much of each room or desk area a booking of a space takes, 1 for the whole of it."""
        taken: dict[int, Fraction] = defaultdict(Fraction)
        for leaf in self.leaves[space]:
            unit = self.unit_of(leaf)
            taken[unit] += Fraction(1, len(self.leaves[unit]) or 1)
        if seats is None:
            return taken
        share = Fraction(min(seats, len(self.leaves[space])), len(self.leaves[space]) or 1)
        return {unit: weight * share for unit, weight in taken.items()}

    @cached_property
    def bookable(self) -> dict[int, int]:
        """Return the leaves that can be booked by themselves or as a part of something, with the unit of each."""
        found = {
            leaf
            for space in self.spaces.values()
            if space.policy_id and space.is_active
            for leaf in self.leaves[space.pk]
            if self.spaces[leaf].is_active
        }
        return {leaf: self.unit_of(leaf) for leaf in sorted(found)}

    def line(self, space: int) -> list[int]:
        """Return a space and what it lies in, nearest first."""
        found: list[int] = []
        above: int | None = space
        while above is not None:
            found.append(above)
            above = self.spaces[above].parent_id
        return found


def figures(
    facilities: Sequence[Facility], first: date, last: date, *, now: datetime, samples: bool = False
) -> Figures:
    """Return the figures of the days from `first` to `last`, as far as they are over.

    Real bookings, or only the samples; five queries whatever their number.
    """
    found, places = Figures(first, last), Places(facilities)
    start, end = day_span(first, last)
    rows = dates_of(facilities, (start, end), samples=samples).filter(ends_at__lte=now)
    for key, use in _added_up(rows):
        _count(found, places, key, use)
    _count_open(found, places, facilities, until=min(end, now))
    return found


def dates_of(
    facilities: "Iterable[Facility] | None", span: Span, *, samples: bool = False
) -> QuerySet[Occurrence]:
    """Return the granted dates that begin in a time, of real bookings or of the samples."""
    rows = Occurrence.objects.filter(
        state__in=GRANTED,
        booking__is_sample=samples,
        starts_at__gte=span[0],
        starts_at__lt=span[1],
    )
    return rows if facilities is None else rows.filter(space__facility__in=list(facilities))


def _added_up(rows: QuerySet[Occurrence]) -> Iterator[tuple[tuple[object, ...], Use]]:
    """Yield month, space, seats, subsector, purpose, origin and the sums of the dates that share them; one query."""
    length = Sum(F("ends_at") - F("starts_at"))
    used_length = Sum(F("ends_at") - F("starts_at"), filter=USED)
    keys = ("month", "space", "booking__seats", "booking__subsector", "booking__purpose", "booking__origin")
    grouped = (
        rows.annotate(month=TruncMonth("starts_at", tzinfo=JAKARTA))
        .order_by()
        .values_list(*keys)
        .annotate(
            dates=Count("pk"),
            used_dates=Count("pk", filter=USED),
            no_shows=Count("pk", filter=Q(state=Occurrence.State.NO_SHOW)),
            people=Sum("booking__attendees", filter=USED),
            booked=length,
            used=used_length,
        )
    )
    for *key, dates, used_dates, no_shows, people, booked, used in grouped:
        yield (
            tuple(key),
            Use(dates, used_dates, no_shows, people or 0, _hours(booked), _hours(used or timedelta(0))),
        )


def _hours(length: timedelta) -> Fraction:
    return Fraction(length // timedelta(seconds=1), 3600)


def _count(found: Figures, places: Places, key: tuple[object, ...], use: Use) -> None:
    month, space, seats, subsector, purpose, origin = key
    weights = places.weights(space, seats)  # type: ignore[arg-type]
    weight = sum(weights.values(), Fraction(0))
    found.total.add(use, weight=weight)
    cells = {"month": month.date(), "subsector": subsector, "purpose": purpose, "origin": origin}  # type: ignore[attr-defined]
    for name, value in cells.items():
        found.by[name][value].add(use, weight=weight)
    for unit, share in weights.items():
        found.by["space"][unit].add(use, weight=share)


# --- open hours ------------------------------------------------------------------------------------------


def _count_open(found: Figures, places: Places, facilities: Sequence[Facility], *, until: datetime) -> None:
    """Add up the open hours until an instant, month by month; two queries."""
    spans = OpenTime(places, facilities, found.first, found.last)
    found.are_hours_samples = spans.are_samples
    months = list(_months(found.first, found.last))
    for leaf, unit in places.bookable.items():
        weight = Fraction(1, len(places.leaves[unit]) or 1)
        for month, within in months:
            hours = sum(
                (
                    _hours(end - start)
                    for start, end in clip(spans.of(leaf), within[0], min(within[1], until))
                ),
                Fraction(0),
            )
            found.open_by_month[month] += hours * weight
            found.open_by_space[unit] += hours * weight
            found.open_total += hours * weight


def _months(first: date, last: date) -> Iterator[tuple[date, Span]]:
    day = first
    while day <= last:
        after = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield day.replace(day=1), day_span(day, min(last, after - timedelta(days=1)))
        day = after


class OpenTime:
    """When each leaf of some facilities is open in a time, closures taken away; two queries.

    `real_only` leaves out the sets of hours and the rooms that are samples: nobody has published them.
    """

    def __init__(
        self,
        places: Places,
        facilities: Sequence[Facility],
        first: date,
        last: date,
        *,
        real_only: bool = False,
    ) -> None:
        self.places, self.first, self.last, self.real_only = places, first, last, real_only
        self.hours = facility_hours({facility.pk for facility in facilities}, first, last)
        rows = OpeningHours.objects.filter(facility__in=facilities, is_sample=True)
        samples = set(rows.values_list("pk", flat=True))
        self.are_samples = any(one.pk in samples for about in self.hours.values() for one in about.sets)
        if real_only:
            for about in self.hours.values():
                about.sets = tuple(one for one in about.sets if one.pk not in samples)
        self._closed = self._closures()
        self._known: dict[tuple[int, ...], list[Span]] = {}

    def of(self, leaf: int) -> list[Span]:
        """Return when a leaf is open."""
        if self.real_only and self.places.is_sample(leaf):
            return []
        line = self.places.line(leaf)
        about = self.hours[self.places.spaces[leaf].facility_id]
        own = {one.space for one in about.sets}
        # Leaves for which the same sets count share the work.
        key = (about.facility.pk, *(space for space in line if space in own))
        if key not in self._known:
            spans = merge(about.openings(tuple(line), self.first, self.last))
            self._known[key] = clip(spans, *day_span(self.first, self.last))
        closed = self._closed.get(leaf)
        return subtract(self._known[key], closed) if closed else self._known[key]

    def _closures(self) -> dict[int, list[Span]]:
        """Return when each leaf is closed; a closure that was lifted counts until then."""
        closed: dict[int, list[Span]] = defaultdict(list)
        whole = {space.facility_id: space.pk for space in self.places.spaces.values() if not space.parent_id}
        for pk, about in self.hours.items():
            for one in about.closures:
                for leaf in self.places.leaves[one.space or whole[pk]]:
                    closed[leaf].append((one.starts_at, one.ends_at))
        return {leaf: merge(spans) for leaf, spans in closed.items()}
