"""The calendars of spaces from the database: three queries for any number of spaces and facilities."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, QuerySet
from django.db.models.expressions import RawSQL

from ecosystem.models import BookingPolicy, Facility, Kecamatan, Space
from ecosystem.rules.hours import DAY, day_span
from ecosystem.rules.spans import Span
from ecosystem.services.hours_rows import (
    KNOWN,
    NEVER,
    FacilityHours,
    facility_hours,
    hours_of,
    known_values,
)
from ecosystem.services.space_calendars import SpaceCalendar
from malangkraf.written_sql import Row, columns, fetch

# The longest set-up and teardown that a policy may ask for.
WIDEST_BUFFER = timedelta(minutes=480)
Spaces = QuerySet[Space] | Facility | Iterable[Space]


def calendars(
    spaces: Spaces, first: date, last: date, *, without_occurrence: int | None = None
) -> dict[int, SpaceCalendar]:
    """Return the calendar of each space by its key, for the days from `first` to `last`: three queries.

    `without_occurrence` counts the time of one date of a booking as free: that date is about to be moved.
    """
    wanted = list(_spaces_with_leaves(spaces))
    known = facility_hours({row.facility_id for row in wanted}, first, last)
    leaves = {leaf for row in wanted for leaf in row.leaf_pks}
    holdings = _holdings(leaves, first, last, without_occurrence)
    return {row.pk: _calendar(row, row.leaf_pks, known[row.facility_id], holdings) for row in wanted}


def _calendar(
    space: Space, leaves: Sequence[int], about: FacilityHours, holdings: dict[int, list[Span]]
) -> SpaceCalendar:
    line = line_of(space.pk, about.parents)
    is_inactive = not about.inactive.isdisjoint(line)
    space.facility = about.facility
    return SpaceCalendar(
        space=space,
        line=line,
        leaves=tuple(leaves),
        first=about.first,
        last=about.last,
        reason=_reason(space, is_inactive=is_inactive),
        open_time=NEVER if is_inactive else about.open_time(line),
        holdings=holdings,
        sets=about.sets,
        unused=about.inactive,
        closures=tuple(one for one in about.closures if one.touches(leaves)),
    )


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


# Written out like the other two queries: expressions take longer to become SQL than the database to answer.
LEAVES = "ARRAY(SELECT leaf_id FROM ecosystem_spaceleaf WHERE space_id = ecosystem_space.id ORDER BY leaf_id)"


def _spaces_with_leaves(spaces: Spaces) -> QuerySet[Any]:
    """Return the first query: the spaces with their rules and leaves."""
    if isinstance(spaces, Facility):
        rows = Space.objects.filter(facility=spaces)
    elif isinstance(spaces, QuerySet):
        rows = spaces
    else:
        rows = Space.objects.filter(pk__in=[space.pk for space in spaces]).order_by()
    return rows.select_related("policy").annotate(leaf_pks=RawSQL(LEAVES, [], ArrayField(BigIntegerField())))  # noqa: S611 (no value in it)


# One space with its rules, leaves and facility, and what `hours_rows` wants to know of that.
AT = f"""
    SELECT {columns(Space)}, {columns(BookingPolicy)}, {LEAVES}, {columns(Facility)}, {columns(Kecamatan)}, {KNOWN}
    FROM ecosystem_space
    JOIN ecosystem_facility ON ecosystem_facility.id = ecosystem_space.facility_id
    JOIN ecosystem_kecamatan ON ecosystem_kecamatan.id = ecosystem_facility.kecamatan_id
    LEFT JOIN ecosystem_bookingpolicy ON ecosystem_bookingpolicy.id = ecosystem_space.policy_id
    WHERE ecosystem_facility.slug = %s AND ecosystem_space.slug = %s
"""  # noqa: S608 (names of columns only)


def calendar_at(slug: str, space: str, first: date, last: date) -> SpaceCalendar | None:
    """Return the calendar of the space at an address as `calendars` does, None if there is none: two queries."""
    rows = fetch(AT, [*known_values(first, last), slug, space])
    if not rows:
        return None
    row = Row(rows[0])
    found, policy, leaves, facility = (
        row.instance(Space),
        row.instance(BookingPolicy),
        row.value(),
        row.instance(Facility),
    )
    found.policy = policy if found.policy_id else None
    facility.kecamatan = row.instance(Kecamatan)
    about = hours_of(facility, json.loads(row.value()), first, last)
    return _calendar(found, leaves, about, _holdings(leaves, first, last))


# Put together by the database: touching times of a leaf become one, and numbers are read much faster than times.
# Joined with the list of leaves, because `= ANY` of years of history looks up one space ten times slower.
HELD = """
    SELECT leaf_id, array_agg((date_part('epoch', lower(span)) * 1000000)::bigint),
        array_agg((date_part('epoch', upper(span)) * 1000000)::bigint)
    FROM (
        SELECT leaf_id, unnest(range_agg(during)) AS span
        FROM unnest(%s::bigint[]) AS wanted (leaf)
        JOIN ecosystem_allocation ON leaf_id = wanted.leaf
        WHERE holds AND during && tstzrange(%s, %s) AND occurrence_id IS DISTINCT FROM %s
        GROUP BY leaf_id
    ) AS held
    GROUP BY leaf_id
"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Instants(dict[int, datetime]):
    """Microseconds since 1970 → the instant, each made once: a month of bookings begins at few different times."""

    def __missing__(self, number: int) -> datetime:
        self[number] = found = EPOCH + timedelta(microseconds=number)
        return found


def _holdings(
    leaves: Collection[int], first: date, last: date, without_occurrence: int | None = None
) -> dict[int, list[Span]]:
    """Return when each leaf is held, sorted and merged."""
    begin, end = day_span(first, last + DAY)
    window = [begin - WIDEST_BUFFER, end + WIDEST_BUFFER]
    instant = _Instants().__getitem__
    # No date of a booking has the key 0.
    rows = fetch(HELD, [sorted(leaves), *window, without_occurrence or 0])
    return {
        leaf: list(zip(map(instant, starts), map(instant, ends), strict=True)) for leaf, starts, ends in rows
    }
