"""Closing a facility or a space for a time: who is affected, what becomes of each of them, then the closure.

It takes the facility's lock alone, so no booking slips in between; one that did before is in the new list. The
closure holds what is left of its time around the dates that were kept, and what they give up later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Allocation, Booking, Closure, Facility, Occurrence, Space, User, WaitingPlace
from ecosystem.rules.spans import Span
from ecosystem.services import (
    allocations,
    booking_changes,
    booking_mails,
    spaces,
    waiting_list,
    waiting_mails,
)
from ecosystem.services.allocations import Freed
from ecosystem.services.booking_drafts import StateConflict, all_or_nothing, refusal
from malangkraf import page_cache

# What a draft says of its closure.
SAID = ("facility", "space", "kind", "starts_at", "ends_at", "reason", "reason_en", "is_sample")
Move = tuple[str, int, datetime]
Decision = str | Move


@dataclass(frozen=True, kw_only=True)
class ClosureDraft:
    """What a manager wants to close, and the reason that everybody sees; `space` None closes the whole facility."""

    facility: Facility
    space: Space | None
    kind: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    reason_en: str = ""
    is_sample: bool = False

    def told_to(self, row: Booking) -> str:
        """Return the reason as a booker reads it."""
        return self.reason_en or self.reason if row.language == "en" else self.reason


class Undecided(Exception):
    """Dates are affected for which nothing was decided (somebody booked meanwhile); `occurrences` are all of them."""

    def __init__(self, occurrences: list[Occurrence]) -> None:
        super().__init__(len(occurrences))
        self.occurrences = occurrences


def affected(
    facility: Facility,
    space: Space | None,
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
) -> list[Occurrence]:
    """Return the living dates that use or hold a part of the place during a time, requests that compete as well.

    Those that are over are left out.
    """
    leaves = allocations.leaves_of(space or facility.spaces.get(parent=None))
    holding = Allocation.objects.filter(
        leaf__in=leaves,
        holds=True,
        during__overlap=DateTimeTZRange(starts_at, ends_at),
        occurrence__isnull=False,
    )
    competing = Q(space__leaf_rows__leaf__in=leaves, starts_at__lt=ends_at, ends_at__gt=starts_at) & ~Q(
        allocations__holds=True
    )
    live = Occurrence.objects.live().filter(ends_at__gt=now)
    keys = live.filter(Q(pk__in=holding.values("occurrence")) | competing).values("pk")
    rows = Occurrence.objects.filter(pk__in=keys).order_by("starts_at", "pk")
    return list(
        rows.select_related("booking__booker", "booking__facility", "space__policy", "space__facility")
    )


def close(draft: ClosureDraft, decisions: Mapping[int, Decision], *, by: User, now: datetime) -> Closure:
    """Return the closure after doing to each affected date what was decided, all of it or nothing.

    A decision is "cancel", "keep" or ("move", key of a space, start); dates that are over need none. The same draft
    again is the same closure. Raise Undecided when a date is affected for which there is no decision; Refused or Taken
    when a date cannot be moved there; Refused for a closure that is over.
    """
    _check(draft, now=now)
    with all_or_nothing():
        spaces.lock_for_change(draft.facility.pk)
        concerned = affected(draft.facility, draft.space, draft.starts_at, draft.ends_at, now=now)
        if any(date.pk not in decisions for date in concerned):
            raise Undecided(concerned)
        _withdraw_offers(draft)
        wanted = {name: getattr(draft, name) for name in SAID}
        known = Closure.objects.filter(**wanted, lifted_at=None).first()
        closure = known or Closure.objects.create(**wanted, created_by=by)
        allocations.fill_closure(closure)
        # What is cancelled or moved away now goes to the closure, before anybody who waits for it.
        for date in concerned:
            if decisions[date.pk] == "keep" and known:
                continue  # Its booker was told the first time.
            _decide(date, decisions[date.pk], reason=draft.told_to(date.booking), by=by, now=now)
        page_cache.bump()
        return closure


def _check(draft: ClosureDraft, *, now: datetime) -> None:
    if draft.ends_at <= draft.starts_at:
        raise refusal("end_before_start", _("The end is not after the beginning."), "ends_at")
    if draft.ends_at <= now:
        raise refusal("in_past", _("This time has passed."), "ends_at")
    if not draft.reason.strip():
        raise refusal("reason", REASON_OF_CLOSURE, "reason")
    if draft.space is not None and draft.space.facility_id != draft.facility.pk:
        raise refusal("gone", _("This space is gone. Choose another one."), "space")


REASON_OF_CLOSURE = _("Say why it is closed; everybody reads it.")


def _withdraw_offers(draft: ClosureDraft) -> None:
    """Take back what is held for the waiting list during the closure; they wait on, in case it is lifted."""
    leaves = allocations.leaves_of(draft.space or draft.facility.spaces.get(parent=None))
    held = Allocation.objects.filter(
        leaf__in=leaves,
        holds=True,
        waiting_place__isnull=False,
        during__overlap=DateTimeTZRange(draft.starts_at, draft.ends_at),
    )
    places = list(held.values_list("waiting_place", flat=True))
    Allocation.objects.filter(waiting_place__in=places, holds=True).update(holds=False)
    offered = WaitingPlace.objects.filter(pk__in=places, state=WaitingPlace.State.OFFERED)
    told = list(offered.select_related("space__facility", "user"))
    offered.update(state=WaitingPlace.State.WAITING, offered_at=None, offer_ends_at=None)
    for place in told:
        waiting_mails.tell_no_offer(place, waiting_mails.CLOSED)


def _decide(date: Occurrence, decision: Decision, *, reason: str, by: User, now: datetime) -> None:
    if decision == "keep":
        # Everybody reads that it is closed: its booker reads that the booking goes on.
        booking_mails.tell(date.booking, "kept", date, reason=reason)
        return
    if decision == "cancel":
        booking_changes.cancel(date, by=by, reason=reason, now=now, version=date.version, as_manager=True)
        return
    if isinstance(decision, str):
        raise ValueError(decision)
    _word, space_pk, starts_at = decision
    space = Space.objects.filter(pk=space_pk, facility=date.space.facility_id).first()
    if space is None:
        raise refusal("gone", _("This space is gone. Choose another one."))
    booking_changes.move(
        date,
        space=space,
        starts_at=starts_at,
        ends_at=starts_at + (date.ends_at - date.starts_at),
        by=by,
        now=now,
        version=date.version,
        as_manager=True,
        reason=reason,
    )


def lift(closure: Closure, *, by: User, now: datetime) -> Closure:
    """End a closure now, give its time back, and return it; raise StateConflict when it is lifted already."""
    with all_or_nothing():
        spaces.lock_for_change(closure.facility_id)
        if not Closure.objects.filter(pk=closure.pk, lifted_at=None).update(lifted_at=now):
            raise StateConflict
        held = list(Allocation.objects.filter(closure=closure.pk, holds=True, during__endswith__gt=now))
        for row in held:
            if row.during.lower < now:
                row.during = DateTimeTZRange(row.during.lower, now)
            else:
                row.holds = False
            row.save(update_fields=["during", "holds"])
        closure.refresh_from_db()
        freed = _freed_by(closure, {row.leaf_id for row in held}, now=now)
        waiting_list.pass_on(closure.facility_id, [freed], now=now)
        page_cache.bump()
        return closure


def _freed_by(closure: Closure, leaves: set[int], *, now: datetime) -> Freed | None:
    span: Span = (max(closure.starts_at, now), closure.ends_at)
    return Freed(frozenset(leaves), *span) if leaves and span[0] < span[1] else None
