"""When spaces are open, taken and free: three queries for any number of spaces, then one sweep for each.

`ecosystem.services.availability` is the door to this; other modules import that one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Greatest, JSONObject, Least, Lower, Upper

from ecosystem.models import Allocation, Closure, Facility, OpeningHours, OpeningSpan, Space, SpaceLeaf
from ecosystem.rules import hours as hour_rules
from ecosystem.rules import slots
from ecosystem.rules.hours import DAY, JAKARTA, DaySpan, HoursSet, day_span
from ecosystem.rules.spans import Span, clip, merge, overlaps, subtract, utc
from ecosystem.services.slot_problems import Problem, problem_of

# The longest set-up and teardown that a policy may ask for.
WIDEST_BUFFER = timedelta(minutes=480)
Spaces = QuerySet[Space] | Facility | Iterable[Space]


@dataclass(frozen=True)
class ClosedTime:
    """A closure that touches a space, with the reason that everybody sees."""

    starts_at: datetime
    ends_at: datetime
    reason: str
    reason_en: str
    kind: str
    space: int | None


@dataclass(frozen=True)
class DayView:
    """A space on one day, Asia/Jakarta midnight to midnight."""

    day: date
    hours: list[Span]
    busy: list[Span]
    free: list[Span]
    closures: list[ClosedTime]
    hours_set: HoursSet | None


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
    # Uncut: from the day before `first` to the day after `last`, because uses and set-up pass midnight.
    openings: list[Span]
    holdings: Mapping[int, list[Span]]
    sets: tuple[HoursSet, ...] = field(repr=False, default=())
    closures: tuple[ClosedTime, ...] = ()

    @property
    def is_by_seats(self) -> bool:
        """Return whether single desks of the space can be booked."""
        return self.space.kind == Space.Kind.DESK_AREA and self.leaves != (self.space.pk,)

    @property
    def rules(self) -> slots.Rules:
        """Return the rules of booking; only for a space that has some."""
        return slots.Rules.of(self.space.policy)

    @cached_property
    def hours(self) -> list[Span]:
        """Return when the space is open."""
        return clip(merge(self.openings), *day_span(self.first, self.last))

    @cached_property
    def busy(self) -> list[Span]:
        """Return when it is taken (any part of it; of a desk area, all desks), set-up and teardown included."""
        return clip(self._taken, *day_span(self.first, self.last))

    @cached_property
    def free(self) -> list[Span]:
        """Return when it is open and not taken."""
        return subtract(self.hours, self.busy)

    @cached_property
    def _taken(self) -> list[Span]:
        lists = [self.holdings[leaf] for leaf in self.leaves if leaf in self.holdings]
        if self.is_by_seats:
            return full(lists, places=len(self.leaves))
        return lists[0] if len(lists) == 1 else merge(span for spans in lists for span in spans)

    @cached_property
    def _taken_in_part(self) -> list[Span]:
        return merge(span for leaf in self.leaves for span in self.holdings.get(leaf, ()))

    def day(self, day: date) -> DayView:
        """Return one of the days."""
        window = day_span(day)
        hours, busy = clip(self.hours, *window), clip(self.busy, *window)
        closures = [one for one in self.closures if one.starts_at < window[1] and window[0] < one.ends_at]
        return DayView(day, hours, busy, subtract(hours, busy), closures, self.set_on(day))

    def set_on(self, day: date) -> HoursSet | None:
        """Return the set of hours that counts on a day (its name says "Ramadan", say)."""
        return hour_rules.winning_set(self.sets, self.line, day)

    def starts(self, day: date, minutes: int, *, now: datetime, seats: int | None = 1) -> list[datetime]:
        """Return when a use of so many minutes may begin on a day; `seats` None: the whole of a desk area."""
        if self.reason:
            return []
        return slots.starts(
            self.rules,
            self.openings,
            minutes,
            within=day_span(day),
            is_free=lambda span: self._is_free(span, seats),
            now=now,
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
        return sum(not overlaps(self.holdings.get(leaf, ()), padded) for leaf in self.leaves)

    def free_seats(self, starts_at: datetime, ends_at: datetime) -> int:
        """Return how many leaves are free during all of a use with its set-up and teardown."""
        padded = (
            self.rules.padded(starts_at, ends_at) if self.space.policy else (utc(starts_at), utc(ends_at))
        )
        return self._free_leaves(padded)


def full(lists: Collection[list[Span]], *, places: int) -> list[Span]:
    """Return when as many of the merged lists as there are places hold at once."""
    if len(lists) < places:
        return []
    changes = sorted(
        [(start, 1) for spans in lists for start, _ in spans]
        + [(end, -1) for spans in lists for _, end in spans]
    )
    found: list[Span] = []
    held, since = 0, None
    for moment, change in changes:
        held += change
        if held == places:
            since = moment
        elif since is not None:
            found.append((since, moment))
            since = None
    return merge(found)


def calendars(
    spaces: Spaces, first: date, last: date, *, without_occurrence: int | None = None
) -> dict[int, SpaceCalendar]:
    """Return the calendar of each space by its key, for the days from `first` to `last`: three queries.

    `without_occurrence` counts the time of one date of a booking as free: that date is about to be moved.
    """
    rows = list(_spaces_with_leaves(spaces))
    parents = {row.pk: row.parent_id for row in rows}
    wanted = [row for row in rows if row.is_wanted]
    known = _facilities({row.facility_id for row in wanted}, first, last)
    leaves = {leaf for row in wanted for leaf in row.leaf_pks}
    holdings = _holdings(leaves, first, last, without_occurrence)
    leaves_of = {row.pk: set(row.leaf_pks) for row in rows}
    inactive = {row.pk for row in rows if not row.is_active}
    found = {}
    for row in wanted:
        about = known[row.facility_id]
        line = line_of(row.pk, parents)
        row.facility = about.facility
        found[row.pk] = SpaceCalendar(
            space=row,
            line=line,
            leaves=tuple(row.leaf_pks),
            first=first,
            last=last,
            reason=_reason(row, is_inactive=not inactive.isdisjoint(line)),
            openings=about.openings(line, first, last) if inactive.isdisjoint(line) else [],
            holdings=holdings,
            sets=about.sets,
            closures=tuple(
                one
                for one in about.closures
                if one.space is None or not leaves_of.get(one.space, set()).isdisjoint(row.leaf_pks)
            ),
        )
    return found


def line_of(space: int, parents: Mapping[int, int | None]) -> tuple[int, ...]:
    """Return a space and what it lies in, nearest first."""
    line = []
    above: int | None = space
    while above is not None:
        line.append(above)
        above = parents.get(above)
    return tuple(line)


def _reason(space: Space, *, is_inactive: bool) -> str:
    facility = space.facility
    if facility.stage in (Facility.Stage.PLANNED, Facility.Stage.CONSTRUCTION):
        return str(facility.stage)
    if facility.stage == Facility.Stage.CLOSED:
        return "ended"
    if is_inactive:
        return "inactive"
    return "" if space.policy_id else "not_bookable"


def _spaces_with_leaves(spaces: Spaces) -> QuerySet[Any]:
    """Return the first query: all spaces of the facilities concerned, the wanted ones marked."""
    leaves = ArraySubquery(SpaceLeaf.objects.filter(space=OuterRef("pk")).order_by("leaf").values("leaf"))
    rows = Space.objects.select_related("policy").annotate(leaf_pks=leaves)
    if isinstance(spaces, Facility):
        return rows.filter(facility=spaces).annotate(is_wanted=Q(facility__isnull=False))
    if not isinstance(spaces, QuerySet):
        spaces = Space.objects.filter(pk__in=[space.pk for space in spaces])
    return rows.filter(facility__in=spaces.values("facility")).annotate(
        is_wanted=Q(pk__in=spaces.values("pk"))
    )


@dataclass
class FacilityHours:
    """What the second query says about a facility."""

    facility: Facility
    sets: tuple[HoursSet, ...]
    closures: tuple[ClosedTime, ...]
    _found: dict[tuple[int, ...], list[Span]] = field(default_factory=dict)

    def openings(self, line: tuple[int, ...], first: date, last: date) -> list[Span]:
        """Return the openings of a space; computed once for all spaces that share their hours."""
        if self.facility.stage not in (Facility.Stage.TRIAL, Facility.Stage.OPEN):
            return []
        with_sets = {one.space for one in self.sets}
        own = tuple(pk for pk in line if pk in with_sets)
        if own not in self._found:
            spans = hour_rules.openings(self.sets, own, first, last + DAY)
            if self.facility.opens_on:
                opens_at = hour_rules.instant(self.facility.opens_on, time(0))
                spans = [span for span in spans if span[0] >= opens_at]
            self._found[own] = spans
        return self._found[own]


def with_hours(facilities: QuerySet[Facility], first: date, last: date) -> QuerySet[Any]:
    """Return the facilities with their sets of hours and closures of some days as JSON; no further query."""
    spans = OpeningSpan.objects.filter(hours=OuterRef("pk")).values(
        row=JSONObject(weekday="weekday", opens="opens", closes="closes", closes_next_day="closes_next_day")
    )
    sets = OpeningHours.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=first - DAY), facility=OuterRef("pk"), valid_from__lte=last + DAY
    ).values(
        row=JSONObject(
            pk="pk", space="space_id", kind="kind", counts_for_all="counts_for_all_spaces", cause="cause",
            valid_from="valid_from", valid_to="valid_to", name="name", name_en="name_en", spans=ArraySubquery(spans),
        )
    )  # fmt: skip
    begin, end = day_span(first, last)
    closures = (
        Closure.objects.alias(until=Least("ends_at", "lifted_at"))
        .filter(facility=OuterRef("pk"), starts_at__lt=end, until__gt=Greatest(Value(begin), "starts_at"))
        .values(
            row=JSONObject(
                starts_at="starts_at", ends_at=F("until"), reason="reason", reason_en="reason_en", kind="kind",
                space="space_id",
            )
        )
    )  # fmt: skip
    return facilities.annotate(hours_json=ArraySubquery(sets), closures_json=ArraySubquery(closures))


def hours_of(row: Any) -> FacilityHours:
    """Return the sets and closures of a facility that `with_hours` has read."""
    return FacilityHours(
        row,
        tuple(_hours_set(one) for one in row.hours_json),
        tuple(_closed_time(one) for one in row.closures_json),
    )


def _facilities(pks: Collection[int], first: date, last: date) -> dict[int, FacilityHours]:
    rows = with_hours(Facility.objects.filter(pk__in=pks).select_related("kecamatan"), first, last)
    return {row.pk: hours_of(row) for row in rows}


def _hours_set(row: dict[str, Any]) -> HoursSet:
    return HoursSet(
        pk=row["pk"],
        space=row["space"],
        is_special=row["kind"] == OpeningHours.Kind.SPECIAL,
        counts_for_all=row["counts_for_all"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        spans=tuple(
            DaySpan(
                one["weekday"],
                time.fromisoformat(one["opens"]),
                time.fromisoformat(one["closes"]),
                one["closes_next_day"],
            )
            for one in row["spans"]
        ),
        name=row["name"],
        name_en=row["name_en"],
        cause=row["cause"],
    )


def _closed_time(row: dict[str, Any]) -> ClosedTime:
    instants = {name: utc(datetime.fromisoformat(row[name])) for name in ("starts_at", "ends_at")}
    return ClosedTime(**row | instants)


def _holdings(
    leaves: Collection[int], first: date, last: date, without_occurrence: int | None
) -> dict[int, list[Span]]:
    """Return when each leaf is held, sorted; the database lets none of a leaf's overlap."""
    begin, end = day_span(first, last + DAY)
    rows = Allocation.objects.filter(
        holds=True,
        leaf__in=leaves,
        during__overlap=DateTimeTZRange(begin - WIDEST_BUFFER, end + WIDEST_BUFFER),
    )
    if without_occurrence is not None:
        rows = rows.exclude(occurrence=without_occurrence)
    found: dict[int, list[Span]] = defaultdict(list)
    for leaf, start, stop in rows.order_by("leaf_id", "during").values_list(
        "leaf_id", Lower("during"), Upper("during")
    ):
        found[leaf].append((start, stop))
    return {leaf: merge(spans) for leaf, spans in found.items()}
