"""The calendars of spaces from the database: three queries for any number of spaces and facilities."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, QuerySet
from django.db.models.expressions import RawSQL

from ecosystem.models import Facility, Space
from ecosystem.rules.hours import DAY, day_span
from ecosystem.rules.spans import Span
from ecosystem.services.hours_rows import NEVER, facility_hours
from ecosystem.services.space_calendars import SpaceCalendar

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
    found = {}
    for row in wanted:
        about = known[row.facility_id]
        line = line_of(row.pk, about.parents)
        is_inactive = not about.inactive.isdisjoint(line)
        row.facility = about.facility
        found[row.pk] = SpaceCalendar(
            space=row,
            line=line,
            leaves=tuple(row.leaf_pks),
            first=first,
            last=last,
            reason=_reason(row, is_inactive=is_inactive),
            open_time=NEVER if is_inactive else about.open_time(line),
            holdings=holdings,
            sets=about.sets,
            unused=about.inactive,
            closures=tuple(one for one in about.closures if one.touches(row.leaf_pks)),
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
    leaves: Collection[int], first: date, last: date, without_occurrence: int | None
) -> dict[int, list[Span]]:
    """Return when each leaf is held, sorted and merged."""
    begin, end = day_span(first, last + DAY)
    window = [begin - WIDEST_BUFFER, end + WIDEST_BUFFER]
    instant = _Instants().__getitem__
    with connection.cursor() as cursor:
        # No date of a booking has the key 0.
        cursor.execute(HELD, [sorted(leaves), *window, without_occurrence or 0])
        rows = cursor.fetchall()
    return {
        leaf: list(zip(map(instant, starts), map(instant, ends), strict=True)) for leaf, starts, ends in rows
    }
