"""The tree of spaces: adding parts, and the leaves that bookings are written for."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ecosystem.models import Allocation, Facility, Space, SpaceLeaf
from malangkraf import page_cache
from malangkraf.written_sql import fetch


class SpaceInUse(Exception):
    """A space cannot be changed like this, because people have booked it; the text says what to do."""


def leaves_by_space(parents: Mapping[int, int | None]) -> dict[int, set[int]]:
    """Return the leaves of each space, given each one's parent; a space without parts is its own leaf. Pure."""
    parts: dict[int, list[int]] = defaultdict(list)
    for space, parent in parents.items():
        if parent is not None:
            parts[parent].append(space)
    leaves: dict[int, set[int]] = {space: set() for space in parents}
    for space in parents:
        if parts[space]:
            continue
        above: int | None = space
        while above is not None:
            leaves[above].add(space)
            above = parents[above]
    return leaves


def lock_for_change(facility_pk: int) -> Facility:
    """Return the facility, its row locked: no booking of it is written meanwhile (services share-lock it)."""
    return Facility.objects.select_for_update(no_key=True).get(pk=facility_pk)


def lock_for_booking(facility_pk: int) -> None:
    """Keep hours, rules and spaces of a facility as they are until the transaction ends; other bookings go on."""
    fetch("SELECT 1 FROM ecosystem_facility WHERE id = %s FOR SHARE", [facility_pk])


def lock_for_booking_at(slug: str) -> None:
    """Like `lock_for_booking`, for the facility at an address, if there is one."""
    fetch("SELECT 1 FROM ecosystem_facility WHERE slug = %s FOR SHARE", [slug])


@transaction.atomic
def add_space(space: Space, *, now: datetime) -> Space:
    """Save a new part of a facility and return it; whatever is booked or closed above it blocks it as well.

    Raise SpaceInUse when its parent had no parts so far and is booked in the time to come.
    """
    lock_for_change(space.facility_id)
    inherited = _taken_as_a_whole(space.parent, now=now) if space.parent else []
    space.save()
    rebuild_leaves(space.facility_id)
    for row in inherited:
        row.pk = Allocation._meta.pk.get_default()
        row.leaf = space
    Allocation.objects.bulk_create(inherited)
    page_cache.bump()
    return space


def _taken_as_a_whole(parent: Space, *, now: datetime) -> list[Allocation]:
    """Return one allocation to come for each time in which the parent, or what it lies in, is taken as a whole."""
    line = [parent.pk, *(above.pk for above in line_above(parent))]
    to_come = Allocation.objects.filter(holds=True, during__endswith__gt=now)
    if not parent.parts.exists() and to_come.filter(leaf=parent, closure=None).exists():
        raise SpaceInUse(
            _("“%(space)s” is booked in the days to come. Add the part when these bookings are over.")
            % {"space": parent}
        )
    whole = Q(occurrence__space__in=line, occurrence__booking__seats=None)
    closed = Q(closure__isnull=False) & (Q(closure__space=None) | Q(closure__space__in=line))
    # In an area with desks an offer is for one of them.
    offered = Q(waiting_place__space__in=line) & ~Q(waiting_place__space__kind=Space.Kind.DESK_AREA)
    found = to_come.filter(whole | closed | offered, leaf__leaf_of__space=parent.pk)
    once = {
        (row.occurrence_id, row.closure_id, row.waiting_place_id, row.during.lower): row
        for row in found.select_related("closure").distinct()
    }
    return list(once.values())


def move_space(space: Space, parent: Space, *, now: datetime) -> None:
    """Let a space lie in another one of its facility; its row is not saved otherwise.

    Raise SpaceInUse while it is booked or closed in the days to come, or the place where it goes is taken as a whole:
    what was booked with it, or without it, must stay what it was.
    """
    lock_for_change(space.facility_id)
    if space.pk in (parent.pk, *(above.pk for above in line_above(parent))):
        raise SpaceInUse(_("A space cannot lie in itself."))
    to_come = Allocation.objects.filter(holds=True, during__endswith__gt=now)
    # Who closes all of the facility closes it wherever it lies.
    of_parts = Q(closure=None) | Q(closure__space__isnull=False)
    if to_come.filter(of_parts, leaf__leaf_of__space=space.pk).exists():
        raise SpaceInUse(
            _("“%(space)s” is booked or closed in the days to come. Move it when this is over.")
            % {"space": space}
        )
    if any(row.closure is None or row.closure.space_id for row in _taken_as_a_whole(parent, now=now)):
        raise SpaceInUse(
            _(
                "“%(space)s” is booked or closed as a whole in the days to come. Move it there when this is over."
            )
            % {"space": parent}
        )
    Space.objects.filter(pk=space.pk).update(parent=parent)
    rebuild_leaves(space.facility_id)


def line_above(space: Space) -> list[Space]:
    """Return what a space lies in, the nearest first; one query for each step."""
    line: list[Space] = []
    while space.parent is not None:
        space = space.parent
        line.append(space)
    return line


@transaction.atomic
def rebuild_leaves(facility_pk: int) -> None:
    """Write the leaves of a facility's spaces anew; three queries whatever their number."""
    parents = dict(Space.objects.filter(facility=facility_pk).values_list("pk", "parent"))
    SpaceLeaf.objects.filter(space__facility=facility_pk).delete()
    SpaceLeaf.objects.bulk_create(
        SpaceLeaf(space_id=space, leaf_id=leaf)
        for space, leaves in sorted(leaves_by_space(parents).items())
        for leaf in sorted(leaves)
    )
