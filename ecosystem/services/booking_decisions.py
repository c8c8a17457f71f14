"""Deciding on requests: approve, decline, and let those expire that nobody answered.

Each takes the facility's lock alone. Approving a request that held nothing (requests compete) inserts its
allocations; the others that collide are declined with it when the manager says so (`decline_rivals`), else they stay
and cannot be approved any more.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Allocation, Booking, BookingStep, Occurrence, User
from ecosystem.services import (
    allocations,
    booking_changes,
    booking_events,
    booking_steps,
    waiting_list,
)
from ecosystem.services.booking_drafts import REASON_MISSING, StateConflict, all_or_nothing, refusal
from ecosystem.services.one_by_one import one_by_one
from malangkraf.seen import StaleRow

State = Occurrence.State


def rivals(row: Booking) -> list[Booking]:
    """Return the other requests that want a part of the same place at the same time, the older first."""
    wanted = Q(pk__in=())
    for date in row.occurrences.filter(state=State.PENDING):
        leaves = allocations.leaves_of(date.space)
        same = Q(space__leaf_rows__leaf__in=leaves)
        wanted |= same & Q(starts_at__lt=allocations.padded(date)[1], ends_at__gt=allocations.padded(date)[0])
    dates = Occurrence.objects.filter(wanted, state=State.PENDING).exclude(booking=row.pk)
    return list(Booking.objects.filter(occurrences__in=dates.values("pk")).distinct().order_by("created_at"))


def asked(row: Booking, dates: Iterable[Occurrence]) -> str:
    """Return what a request asks for as a manager reads it: its fingerprint, and the version of each waiting date."""
    return " ".join([row.fingerprint, *sorted(f"{date.pk}.{date.version}" for date in dates)])


def approve(
    row: Booking,
    *,
    by: User,
    now: datetime,
    is_commercial: bool,
    reason: str = "",
    decline_rivals: bool = False,
    seen: str = "",
) -> Booking:
    """Confirm every date of a request that waits, and return the booking.

    Raise StateConflict when it is decided already, StaleRow when it is not what the manager read (`seen`, of the page),
    Taken when a place is gone, and Refused when a date has begun, or without a reason for a kind of use that is
    commercial or not the declared one.
    """
    with all_or_nothing():
        fresh = booking_changes.lock(row)
        dates = _waiting(fresh)
        if seen and seen != asked(fresh, dates):
            raise StaleRow(fresh)
        _check_may_approve(fresh, dates, now=now, is_commercial=is_commercial, reason=reason)
        others = rivals(fresh) if decline_rivals else []
        for date in dates:
            _confirm(date, now=now)
        booking_changes.settle(
            fresh,
            is_commercial=is_commercial,
            commercial_reason=reason[:500],
            decided_at=now,
            decided_by=by,
        )
        if is_commercial or is_commercial != fresh.declares_commercial:
            booking_steps.record(fresh, BookingStep.What.COMMERCIAL, by=by, reason=reason)
        booking_steps.record(fresh, BookingStep.What.CONFIRMED, by=by, reason=reason)
        _decline_rivals(others, dates, by=by, now=now)
        return fresh


def _waiting(row: Booking) -> list[Occurrence]:
    dates = list(row.occurrences.filter(state=State.PENDING).select_related("space__policy", "booking"))
    if row.state != Booking.State.PENDING or not dates:
        raise StateConflict(row.state)
    return dates


def _check_may_approve(
    row: Booking, dates: Iterable[Occurrence], *, now: datetime, is_commercial: bool, reason: str
) -> None:
    if any(date.ends_at <= now for date in dates):
        raise refusal("begun", _("A date of this request has passed. Decline it."))
    if is_commercial and any(
        date.space.policy and not date.space.policy.is_commercial_allowed for date in dates
    ):
        raise refusal(
            "commercial",
            _("This space is for community use only. Decline the request, with the reason."),
            "is_commercial",
        )
    if (is_commercial or row.declares_commercial) and not reason.strip():
        raise refusal("reason", _("Say why the use is commercial, or why it is not."), "reason")


def _confirm(date: Occurrence, *, now: datetime) -> None:
    """Confirm a date, holding its place if nothing holds it yet; raise Taken or StateConflict."""
    changed = Occurrence.objects.filter(pk=date.pk, state=State.PENDING, version=date.version).update(
        state=State.CONFIRMED, version=F("version") + 1
    )
    if not changed:
        raise StateConflict(Occurrence.objects.get(pk=date.pk).state)
    date.state, date.version = State.CONFIRMED, date.version + 1
    if not Allocation.objects.filter(occurrence=date.pk, holds=True).exists():
        allocations.hold_dates([date], date.space, seats=date.booking.seats)
    booking_events.release(date, now=now)


def _decline_rivals(
    others: Iterable[Booking], dates: Iterable[Occurrence], *, by: User, now: datetime
) -> None:
    """Decline the dates of other requests that collide with dates that were just confirmed."""
    for other in others:
        with override(other.language):
            reason = gettext("Another request was chosen for this time.")
        waiting = _waiting(other)
        lost = [date for date in waiting if any(_collide(date, won) for won in dates)]
        freed = [booking_changes.end_date(date, State.DECLINED, now=now, reason=reason) for date in lost]
        is_decided = len(lost) == len(waiting)
        decision = {"reason": reason, "decided_at": now, "decided_by": by} if is_decided else {}
        booking_changes.settle(other, **decision)
        for date in lost:
            booking_steps.record(other, BookingStep.What.DECLINED, by=by, occurrence=date, reason=reason)
        waiting_list.pass_on(other.facility_id, freed, now=now)


def _collide(one: Occurrence, other: Occurrence) -> bool:
    (starts, ends), (begins, stops) = allocations.padded(one), allocations.padded(other)
    if not (starts < stops and begins < ends):
        return False
    return not set(allocations.leaves_of(one.space)).isdisjoint(allocations.leaves_of(other.space))


def decline(row: Booking, *, by: User, now: datetime, reason: str) -> Booking:
    """Decline what waits of a request, with a reason for its booker, and return the booking.

    Dates that were confirmed before stay. Raise StateConflict when it is decided already.
    """
    with all_or_nothing():
        fresh = booking_changes.lock(row)
        dates = _waiting(fresh)
        if not reason.strip():
            raise refusal("reason", REASON_MISSING, "reason")
        _end(fresh, dates, State.DECLINED, by=by, now=now, reason=reason)
        return fresh


def expire(row: Booking, now: datetime) -> bool:
    """End a request that nobody answered in time; return whether that was so. Harmless to run twice."""
    with all_or_nothing():
        fresh = booking_changes.lock(row)
        if fresh.state != Booking.State.PENDING or fresh.answer_by is None or fresh.answer_by > now:
            return False
        _end(fresh, _waiting(fresh), State.EXPIRED, by=None, now=now, reason="")
        return True


def expire_unanswered(now: datetime) -> int:
    """End the requests that nobody answered in time; return how many. Harmless to run twice."""
    return one_by_one(unanswered(now), lambda row: expire(row, now))


def unanswered(now: datetime) -> QuerySet[Booking]:
    """Return the requests whose time to be answered is over."""
    return Booking.objects.filter(state=Booking.State.PENDING, answer_by__lte=now).order_by("answer_by")


def _end(
    row: Booking, dates: Iterable[Occurrence], state: str, *, by: User | None, now: datetime, reason: str
) -> None:
    freed = [booking_changes.end_date(date, state, now=now, reason=reason) for date in dates]
    booking_changes.settle(row, reason=reason, decided_at=now, decided_by=by)
    booking_steps.record(row, state, by=by, reason=reason)
    waiting_list.pass_on(row.facility_id, freed, now=now)
