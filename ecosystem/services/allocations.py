"""Holding leaves of spaces for times: the only writer of Allocation.

Whoever only adds (a new booking) shares the facility's lock, and inserts sorted by start and leaf with ON CONFLICT DO
NOTHING: two such transactions never wait for each other in a circle. Start before leaf, because desks of a series are
tried date by date. Whoever releases, moves or decides takes the facility's lock alone (`spaces.lock_for_change`), for
a transaction that releases one row and waits for another can close a circle with one that adds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ecosystem.models import Allocation, Closure, Occurrence, Space, SpaceLeaf
from ecosystem.rules.spans import Span, merge, subtract
from ecosystem.services.booking_drafts import Taken

# The rows come out of unnest in the order of the lists: that of the sort.
INSERT = """
    INSERT INTO ecosystem_allocation (id, leaf_id, during, holds, occurrence_id, closure_id, waiting_place_id)
    SELECT id, leaf, tstzrange(starts_at, ends_at), true, occurrence, closure, place
    FROM unnest(
        %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[]
    ) AS wanted(id, leaf, occurrence, closure, place, starts_at, ends_at)
    ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True)
class Freed:
    """What was released: leaves, and the time from the first to the last instant of it."""

    leaves: frozenset[int]
    starts_at: datetime
    ends_at: datetime


def leaves_of(space: Space) -> list[int]:
    """Return the leaves of a space in the order in which they are held."""
    return list(SpaceLeaf.objects.filter(space=space.pk).order_by("leaf").values_list("leaf", flat=True))


def desks_of(space: Space) -> list[int]:
    """Return the desks of a desk area that are in use, in the order in which they are tried."""
    rows = SpaceLeaf.objects.filter(space=space.pk, leaf__is_active=True).exclude(leaf=space.pk)
    return list(rows.order_by("leaf").values_list("leaf", flat=True))


def padded(occurrence: Occurrence) -> Span:
    """Return the time of a date with its set-up and teardown."""
    return (
        occurrence.starts_at - timedelta(minutes=occurrence.setup_minutes),
        occurrence.ends_at + timedelta(minutes=occurrence.teardown_minutes),
    )


def hold(rows: Iterable[Allocation]) -> set[UUID]:
    """Insert allocations and return the keys of those that found their place free; one query."""
    wanted = sorted(rows, key=lambda row: (row.during.lower, row.leaf_id))
    columns = [
        [getattr(row, name) for row in wanted]
        for name in ("pk", "leaf_id", "occurrence_id", "closure_id", "waiting_place_id")
    ]
    spans = [[row.during.lower for row in wanted], [row.during.upper for row in wanted]]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [*columns, *spans])
        return {key for (key,) in cursor.fetchall()}


def hold_dates(
    occurrences: Sequence[Occurrence], space: Space, *, seats: int | None, leaves: Sequence[int] = ()
) -> None:
    """Hold a space, or so many of its desks, for each of the dates; raise Taken with those that did not fit.

    `leaves` are those of the space if the caller has read them since it took the facility's lock.

    What did fit is written all the same: the caller rolls back.
    """
    if seats is not None:
        desks = desks_of(space)
        failed = [
            row for row in occurrences if not _hold_desks(desks, padded(row), count=seats, occurrence=row)
        ]
    else:
        leaves = leaves or leaves_of(space)
        rows = [_row(leaf, padded(date), occurrence=date) for date in occurrences for leaf in leaves]
        landed = hold(rows)
        missed = {row.occurrence_id for row in rows if row.pk not in landed}
        failed = [row for row in occurrences if row.pk in missed]
    if failed:
        raise Taken([(row.starts_at, row.ends_at) for row in failed])


def hold_for(space: Space, span: Span, *, seats: int | None, **cause: Any) -> bool:
    """Hold a space or so many of its desks for another cause than a date; return whether all of it was free.

    What did fit is written all the same: the caller rolls back.
    """
    if seats is not None:
        return _hold_desks(desks_of(space), span, count=seats, **cause)
    rows = [_row(leaf, span, **cause) for leaf in leaves_of(space)]
    return len(hold(rows)) == len(rows)


def _hold_desks(desks: Sequence[int], span: Span, *, count: int, **cause: Any) -> bool:
    """Try the desks in their order until so many are held; those that are known to be taken are not tried."""
    taken = Allocation.objects.filter(
        leaf__in=desks, holds=True, during__overlap=DateTimeTZRange(*span)
    ).values_list("leaf", flat=True)
    left = sorted(set(desks) - set(taken))
    while count and len(left) >= count:
        now, left = left[:count], left[count:]
        count -= len(hold([_row(desk, span, **cause) for desk in now]))
    return count == 0


def _row(leaf: int, span: Span, **cause: Any) -> Allocation:
    return Allocation(leaf_id=leaf, during=DateTimeTZRange(*span), **cause)


def release(occurrence: Occurrence) -> Freed | None:
    """Let others have the place of a date; return what became free, None if it held nothing."""
    held = Allocation.objects.filter(occurrence=occurrence.pk, holds=True)
    freed = _freed(held)
    held.update(holds=False)
    return freed


def cut(occurrence: Occurrence, *, at: datetime) -> Freed | None:
    """Let others have the rest of a date's place from an instant on; return what became free."""
    held = Allocation.objects.filter(occurrence=occurrence.pk, holds=True)
    freed = _freed(held.filter(during__endswith__gt=at))
    for row in held.filter(during__endswith__gt=at):
        if row.during.lower < at:
            row.during = DateTimeTZRange(row.during.lower, at)
        else:
            row.holds = False
        row.save()
    if freed is None:
        return None
    return Freed(freed.leaves, max(freed.starts_at, at), freed.ends_at)


def _freed(held: Any) -> Freed | None:
    rows = list(held.values_list("leaf", "during"))
    if not rows:
        return None
    return Freed(
        frozenset(leaf for leaf, _ in rows),
        min(during.lower for _, during in rows),
        max(during.upper for _, during in rows),
    )


def fill_closure(closure: Closure, leaves: Sequence[int] | None = None) -> None:
    """Hold what is free of a closure's time: around the dates that were kept, and where other closures are not.

    Needs the facility's lock alone; harmless to run again.
    """
    space = closure.space or closure.facility.spaces.get(parent=None)
    wanted = leaves_of(space) if leaves is None else sorted(set(leaves_of(space)) & set(leaves))
    span = (closure.starts_at, closure.ends_at)
    held: dict[int, list[Span]] = {leaf: [] for leaf in wanted}
    found = Allocation.objects.filter(leaf__in=wanted, holds=True, during__overlap=DateTimeTZRange(*span))
    for leaf, during in found.values_list("leaf", "during"):
        held[leaf].append((during.lower, during.upper))
    hold(
        _row(leaf, part, closure=closure)
        for leaf, spans in held.items()
        for part in subtract([span], merge(spans))
    )


def refill_closures(facility_pk: int, freed: Freed) -> None:
    """Let the closures that were cut around something have its place, now that it is free."""
    around = Closure.objects.filter(
        facility=facility_pk, lifted_at=None, starts_at__lt=freed.ends_at, ends_at__gt=freed.starts_at
    )
    for closure in around.select_related("space", "facility"):
        fill_closure(closure, sorted(freed.leaves))
