"""Checking in at the door, and freeing what nobody came to."""

from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from ecosystem.models import BookingPolicy, BookingStep, Occurrence, User
from ecosystem.services import allocations, booking_changes, booking_steps, spaces, waiting_list
from ecosystem.services.booking_drafts import StateConflict, all_or_nothing, refusal
from ecosystem.services.one_by_one import one_by_one

State = Occurrence.State
OPENS_BEFORE = timedelta(minutes=30)
FREED_AFTER = timedelta(minutes=20)
PUT_RIGHT_WITHIN = timedelta(days=31)
# A worker may have been away so long. What ended before stays as it is: its space may not have asked for check-in.
LOOKED_BACK = timedelta(days=1)


def can_check_in(date: Occurrence, *, now: datetime) -> bool:
    """Return whether somebody may check in for a date now."""
    in_time = date.starts_at - OPENS_BEFORE <= now < date.ends_at
    return date.state == State.CONFIRMED and date.checked_in_at is None and in_time


def check_in(date: Occurrence, *, now: datetime, by: User | None = None) -> Occurrence:
    """Write down that people came, and return the date; a second time changes nothing.

    Possible from 30 minutes before the start until the end. Raise Refused with what to do outside of that, and
    StateConflict when the date was given up or freed.
    """
    with all_or_nothing():
        # The facility's lock, so that nobody comes and is marked as missing at once.
        spaces.lock_for_change(date.space.facility_id)
        fresh = Occurrence.objects.select_related("booking", "space__facility").get(pk=date.pk)
        if fresh.checked_in_at is not None:
            return fresh
        if fresh.state != State.CONFIRMED:
            raise StateConflict(fresh.state)
        if now < fresh.starts_at - OPENS_BEFORE:
            raise refusal("too_early", _("You can check in from 30 minutes before the start on."))
        if now >= fresh.ends_at:
            raise refusal("over", _("This date is over."))
        rows = Occurrence.objects.filter(pk=fresh.pk, state=State.CONFIRMED, checked_in_at=None)
        changed = rows.update(checked_in_at=now, version=F("version") + 1)
        fresh.refresh_from_db()
        if not changed:
            raise StateConflict(fresh.state)
        booking_steps.record(fresh.booking, BookingStep.What.CHECKED_IN, by=by, occurrence=fresh)
        return fresh


def mark_no_shows(now: datetime) -> int:
    """Mark the dates that nobody came to within 20 minutes and free the rest of their time; return how many.

    Only where the space's policy asks for check-in and asked for it when the date began. Each in a transaction of its
    own; harmless to run twice.
    """
    history = BookingPolicy.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        pgh_obj=OuterRef("space__policy"), pgh_created_at__lte=OuterRef("starts_at")
    )
    asked_then = Subquery(history.order_by("-pgh_id").values("needs_check_in")[:1])
    missed = Occurrence.objects.annotate(asked_then=asked_then).filter(
        # Rules that are younger than the date are those that it was booked under.
        Q(asked_then=True) | Q(asked_then=None),
        state=State.CONFIRMED,
        checked_in_at=None,
        starts_at__lte=now - FREED_AFTER,
        ends_at__gt=now - LOOKED_BACK,
        space__policy__needs_check_in=True,
    )
    return one_by_one(missed.select_related("space"), lambda date: _mark(date, now=now))


def mark_no_show(date: Occurrence, *, by: User, now: datetime) -> None:
    """Mark one date by hand as missed, whatever its rules; raise Refused before it begins, StateConflict if decided."""
    if now < date.starts_at:
        raise refusal("too_early", _("This date has not begun. People may still come."))
    if not _mark(date, now=now, by=by):
        raise StateConflict(Occurrence.objects.get(pk=date.pk).state)


def _mark(date: Occurrence, *, now: datetime, by: User | None = None) -> bool:
    with all_or_nothing():
        row = booking_changes.lock(date.booking)
        changed = Occurrence.objects.filter(pk=date.pk, state=State.CONFIRMED, checked_in_at=None).update(
            state=State.NO_SHOW, ended_at=now, version=F("version") + 1
        )
        if not changed:
            return False
        freed = allocations.cut(date, at=now)
        booking_changes.settle(row)
        booking_steps.record(row, BookingStep.What.NO_SHOW, by=by, occurrence=date)
        waiting_list.pass_on(row.facility_id, [freed], now=now)
        return True


def can_be_put_right(date: Occurrence, *, now: datetime) -> bool:
    """Return whether a manager may still say that people came to a date that was marked as missed."""
    return date.state == State.NO_SHOW and now < date.ends_at + PUT_RIGHT_WITHIN


def came_after_all(date: Occurrence, *, by: User, now: datetime) -> Occurrence:
    """Put right that a date was marked as missed: people came. Return the date; a second time changes nothing.

    What is left of its time is held again. Raise Refused when others have it by now, StateConflict for another state.
    """
    with all_or_nothing():
        row = booking_changes.lock(date.booking)
        fresh = Occurrence.objects.select_related("booking", "space__facility").get(pk=date.pk)
        if fresh.checked_in_at is not None:
            return fresh
        if not can_be_put_right(fresh, now=now):
            raise StateConflict(fresh.state)
        rest = (max(now, fresh.starts_at), allocations.padded(fresh)[1])
        if rest[0] < rest[1] and not allocations.hold_for(
            fresh.space, rest, seats=row.seats, occurrence=fresh
        ):
            raise refusal("taken", _("Others have booked the rest of the time by now."))
        Occurrence.objects.filter(pk=fresh.pk).update(
            state=State.CONFIRMED, checked_in_at=fresh.starts_at, ended_at=None, version=F("version") + 1
        )
        fresh.refresh_from_db()
        booking_changes.settle(row)
        booking_steps.record(row, BookingStep.What.CHECKED_IN, by=by, occurrence=fresh)
        return fresh
