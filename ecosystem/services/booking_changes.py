"""Giving up, moving and editing bookings. Each takes the facility's lock alone: it releases places (allocations).

The booker may until the policy's limit before the start; a manager of the facility (`as_manager`) after it as well,
with a reason. What becomes free goes to closures that were cut around it, and to the waiting list.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Booking, BookingStep, Occurrence, Space, User
from ecosystem.rules import booking_state
from ecosystem.rules.slots import FOR_MANAGERS
from ecosystem.services import (
    allocations,
    booking,
    booking_events,
    booking_steps,
    quotas,
    spaces,
    waiting_list,
)
from ecosystem.services.allocations import Freed
from ecosystem.services.availability import Problem, SpaceCalendar, calendars
from ecosystem.services.booking_drafts import REASON_MISSING, Refused, StateConflict, all_or_nothing, refusal
from ecosystem.working_days import local_day
from malangkraf.seen import StaleRow

State = Occurrence.State
# What may be edited while a booking lives; everything else is a move or a new booking.
EDITABLE = (
    "title", "note", "attendees", "purpose", "subsector", "origin", "contact_name", "contact_email", "contact_phone",
)  # fmt: skip
BEGUN = _("This date has begun; it can no longer be changed.")


def withdraw(row: Booking, *, by: User, now: datetime) -> None:
    """Take back a request before it was decided; raise StateConflict when it is decided already."""
    with all_or_nothing():
        fresh = lock(row)
        waiting = list(fresh.occurrences.filter(state=State.PENDING))
        if not waiting:
            raise StateConflict(fresh.state)
        freed = [end_date(date, State.WITHDRAWN, now=now) for date in waiting]
        settle(fresh)
        booking_steps.record(fresh, BookingStep.What.WITHDRAWN, by=by)
        waiting_list.pass_on(fresh.facility_id, freed, now=now)


def cancel(
    date: Occurrence,
    *,
    by: User | None,
    reason: str = "",
    now: datetime,
    version: int,
    as_manager: bool = False,
) -> None:
    """Give up one date (a request for it is withdrawn, by a manager declined).

    Raise StateConflict if it was changed since `version`, Refused after the policy's limit and for a manager without
    a reason.
    """
    with all_or_nothing():
        fresh = lock(date.booking)
        date = _read(date, version=version)
        _check_may_end(date, now=now, as_manager=as_manager, reason=reason)
        freed = _cancel(date, by=by, reason=reason, now=now, as_manager=as_manager)
        settle(fresh)
        waiting_list.pass_on(fresh.facility_id, [freed], now=now)


def cancel_all(
    row: Booking, *, by: User | None, reason: str = "", now: datetime, as_manager: bool = False
) -> list[Occurrence]:
    """Give up every date to come that may still be given up, and return those.

    Raise Refused when there is none because of the limit, StateConflict when there is none at all.
    """
    with all_or_nothing():
        fresh = lock(row)
        dates = list(_dates(fresh).filter(state__in=Occurrence.LIVE, starts_at__gt=now))
        if not dates:
            raise StateConflict(fresh.state)
        ended, refused = [], None
        freed = []
        for date in dates:
            try:
                _check_may_end(date, now=now, as_manager=as_manager, reason=reason)
            except Refused as error:
                refused = error
                continue
            freed.append(_cancel(date, by=by, reason=reason, now=now, as_manager=as_manager))
            ended.append(date)
        if refused and not ended:
            raise refused
        settle(fresh)
        waiting_list.pass_on(fresh.facility_id, freed, now=now)
        return ended


def _check_may_end(date: Occurrence, *, now: datetime, as_manager: bool, reason: str) -> None:
    if date.ends_at <= now or (date.starts_at <= now and not as_manager):
        raise refusal("begun", BEGUN)
    if as_manager and not reason.strip():
        raise refusal("reason", REASON_MISSING, "reason")
    if not as_manager and date.state == State.CONFIRMED:
        _check_limit(date, now=now)


def _check_limit(date: Occurrence, *, now: datetime) -> None:
    if not may_change(date, now=now):
        raise refusal(
            "too_late_to_change",
            _("It is too late to change or cancel this date in the portal. Call the facility, please."),
        )


def may_change(date: Occurrence, *, now: datetime) -> bool:
    """Return whether its booker may still move or cancel a date (its space's policy loaded or one query more)."""
    return date.state in Occurrence.LIVE and now < date.starts_at and now <= change_limit(date)


def change_limit(date: Occurrence) -> datetime:
    """Return until when its booker may move or cancel a date."""
    policy = date.space.policy
    return date.starts_at - timedelta(hours=policy.change_limit_hours if policy else 0)


def _cancel(
    date: Occurrence, *, by: User | None, reason: str, now: datetime, as_manager: bool
) -> Freed | None:
    """End a living date, write it down and tell: confirmed is cancelled, a request declined or taken back."""
    state = State.CANCELLED
    if date.state == State.PENDING:
        state = State.DECLINED if as_manager else State.WITHDRAWN
    freed = end_date(date, state, now=now, reason=reason)
    booking_steps.record(date.booking, state, by=by, occurrence=date, reason=reason)
    return freed


def end_date(date: Occurrence, state: str, *, now: datetime, reason: str = "") -> Freed | None:
    """Bring a date to a state without a way back and release its place; raise StateConflict if it is there already.

    The facility's lock is held. Returns what became free; the caller passes it on.
    """
    if not booking_state.may_follow(date.state, state):
        raise StateConflict(date.state)
    changed = Occurrence.objects.filter(pk=date.pk, state=date.state, version=date.version).update(
        state=state, reason=reason, ended_at=now, version=F("version") + 1
    )
    if not changed:
        raise StateConflict(Occurrence.objects.get(pk=date.pk).state)
    date.state, date.reason, date.ended_at, date.version = state, reason, now, date.version + 1
    booking_events.follow(date, now=now)
    return allocations.release(date)


def settle(row: Booking, **changes: Any) -> None:
    """Bring a booking's state into line with its dates."""
    row.state = booking_state.state_of(row.occurrences.values_list("state", flat=True))
    for name, value in changes.items():
        setattr(row, name, value)
    if row.state != Booking.State.PENDING:
        row.answer_by = None
    row.save(update_fields=["state", "answer_by", *changes])


def lock(row: Booking) -> Booking:
    """Return a booking read anew, its facility's lock held alone."""
    spaces.lock_for_change(row.facility_id)
    return Booking.objects.select_related("facility").get(pk=row.pk)


def _dates(row: Booking) -> Any:
    return row.occurrences.select_related("space__policy", "booking__facility")


def _read(date: Occurrence, *, version: int) -> Occurrence:
    """Return a living date as it is now; raise StateConflict if it is another than the page showed."""
    fresh = Occurrence.objects.select_related("space__policy", "booking__facility").get(pk=date.pk)
    if fresh.version != version or fresh.state not in Occurrence.LIVE:
        raise StateConflict(fresh.state)
    return fresh


def move(
    date: Occurrence,
    *,
    space: Space,
    starts_at: datetime,
    ends_at: datetime,
    by: User | None,
    now: datetime,
    version: int,
    as_manager: bool = False,
    reason: str = "",
) -> Occurrence:
    """Move a date to another time or space of its facility and return it; on Taken everything stays as it was.

    Its own place is released first, so it may overlap what it was. A confirmed date that its booker moves to where a
    manager decides waits for a decision again (its place held, unless requests compete there), and a request that they
    move to where nobody decides is confirmed; a manager's move leaves it as it was. Raise Refused, Taken or
    StateConflict.
    """
    with all_or_nothing():
        row = lock(date.booking)
        date = _read(date, version=version)
        _check_may_move(date, space, now=now, as_manager=as_manager)
        calendar = booking.calendar_of(space, [(starts_at, ends_at)], without_occurrence=date.pk)
        waived = _check_target(row, date, calendar, starts_at, ends_at, now=now, as_manager=as_manager)
        waited, was = date.state == State.PENDING, (date.space_id, date.starts_at, date.ends_at)
        freed = _move(date, calendar, starts_at, ends_at, now=now, as_manager=as_manager)
        if "closed" in waived:
            Occurrence.objects.filter(pk=date.pk).update(is_outside_hours=True)
        _settle_move(row, date, calendar, now=now)
        booking_events.follow(date, now=now)
        what = BookingStep.What.MOVED
        if waited and date.state == State.CONFIRMED:
            what = BookingStep.What.CONFIRMED
        booking_steps.record(
            row,
            what,
            by=by,
            occurrence=date,
            was=was,
            reason=reason,
            note=f"rules passed over: {', '.join(waived)}" if waived else "",
        )
        waiting_list.pass_on(row.facility_id, [freed], now=now)
        return date


def _check_may_move(date: Occurrence, space: Space, *, now: datetime, as_manager: bool) -> None:
    if date.starts_at <= now or date.checked_in_at:
        raise refusal("begun", BEGUN)
    if not as_manager:
        _check_limit(date, now=now)
    if space.facility_id != date.booking.facility_id:
        raise refusal(
            "other_facility", _("To go to another facility, book there and cancel this date."), "space"
        )


def _check_target(
    row: Booking,
    date: Occurrence,
    calendar: SpaceCalendar,
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    as_manager: bool,
) -> tuple[str, ...]:
    """Return the codes of rules that a manager passes over; raise Refused or Taken."""
    span = (starts_at, ends_at)
    plan = booking.plan_date(
        calendar, span, row.seats, now=now, waived=FOR_MANAGERS if as_manager else frozenset()
    )
    found = [*plan.problems, *booking.people_problems(calendar, attendees=row.attendees, seats=row.seats)]
    holder = quotas.Holder(row.facility_id, row.booker_id, row.on_behalf_of)
    policy = booking.policy_of(calendar.space)
    if not as_manager:
        found += booking.purpose_problems(policy, row.purpose)
        found += booking.who_problems(policy, has_organization=bool(row.on_behalf_of))
        # The facility's lock, held alone, keeps every other booking under the same quotas away.
        found += quotas.passed(holder, calendar.space.kind, [span], now=now, without_occurrence=date.pk)
    if row.counts_as_commercial and not policy.is_commercial_allowed:
        found.append(booking.commercial_problem())
    if found:
        raise Refused(found)
    if plan.is_taken:
        raise booking.Taken([span])
    return plan.waived


def _move(
    date: Occurrence,
    calendar: SpaceCalendar,
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    as_manager: bool,
) -> Freed | None:
    policy, row = booking.policy_of(calendar.space), date.booking
    needs_decision = booking.needs_decision(policy, declares_commercial=row.counts_as_commercial)
    state = date.state
    if not as_manager:
        state = State.PENDING if needs_decision else State.CONFIRMED
    changed = Occurrence.objects.filter(pk=date.pk, version=date.version, state=date.state).update(
        space=calendar.space,
        starts_at=starts_at,
        ends_at=ends_at,
        setup_minutes=policy.setup_minutes,
        teardown_minutes=policy.teardown_minutes,
        state=state,
        is_outside_hours=False,
        version=F("version") + 1,
    )
    if not changed:
        raise StateConflict(date.state)
    freed = allocations.release(date)
    date.refresh_from_db()
    if booking_state.holds(state, policy.mode):
        allocations.hold_dates([date], calendar.space, seats=row.seats)
    return freed


def _settle_move(row: Booking, date: Occurrence, calendar: SpaceCalendar, *, now: datetime) -> None:
    policy = booking.policy_of(calendar.space)
    changes: dict[str, Any] = {}
    if row.repeats_until is None:
        changes = {"space": calendar.space, "mode": policy.mode}
    if row.decided_at is None and date.state == State.CONFIRMED:
        changes["decided_at"] = now
    if date.state == State.PENDING:
        first = row.occurrences.filter(state=State.PENDING).aggregate(first=Min("starts_at"))["first"]
        changes["answer_by"] = booking.answer_by(policy, first, now=now)
    settle(row, **changes)


def edit(
    row: Booking,
    fields: Mapping[str, Any],
    *,
    by: User | None,
    now: datetime,
    as_manager: bool = False,
    seen: str = "",
) -> Booking:
    """Change what a booking says (EDITABLE) and return it; a manager may after its last date too.

    Raise Refused beside the field, StateConflict when the booking is over or names nobody any more, StaleRow when
    `seen`, the fingerprint that the form was shown with, is not that of now.
    """
    if unknown := set(fields) - set(EDITABLE):
        raise ValueError(unknown)
    with all_or_nothing():
        fresh = lock(row)
        dates = list(_dates(fresh).filter(state__in=Occurrence.LIVE))
        to_come = [date for date in dates if date.ends_at > now]
        is_over = fresh.state not in Occurrence.LIVE or not (dates if as_manager else to_come)
        if is_over or fresh.anonymized_at:
            raise StateConflict(fresh.state)
        changed = [name for name, value in fields.items() if getattr(fresh, name) != value]
        if changed and seen and seen != fresh.fingerprint:
            raise StaleRow(fresh)
        for name in changed:
            setattr(fresh, name, fields[name])
        if problems := _edit_problems(fresh, changed, to_come or dates):
            raise Refused(problems)
        if changed:
            fresh.save(update_fields=changed)
            booking_steps.record(fresh, BookingStep.What.CHANGED, by=by, note=", ".join(sorted(changed)))
        return fresh


def _edit_problems(row: Booking, changed: list[str], dates: Iterable[Occurrence]) -> list[Problem]:
    found: list[Problem] = []
    for date in dates:
        if "attendees" in changed:
            day = local_day(date.starts_at)
            calendar = calendars([date.space], day, day)[date.space_id]
            found += booking.people_problems(calendar, attendees=row.attendees, seats=row.seats)
        if "purpose" in changed and date.space.policy:
            found += booking.purpose_problems(date.space.policy, row.purpose)
    return list({problem.code: problem for problem in found}.values())
