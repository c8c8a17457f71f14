"""Asking for a space: what would happen (`preview`), and doing it (`book`).

One transaction: the facility's lock shared, the locks of the sent form and of the quotas, the same rules that list
slots, then the allocations, in which the database lets no two overlap. A request for which a manager decides holds
its slot, unless requests compete (curated). Commercial use is decided by a manager even where the rest is instant.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ecosystem.affiliations import affiliations_of
from ecosystem.models import Booking, BookingPolicy, BookingStep, Occurrence, Space, User
from ecosystem.rules import booking_state
from ecosystem.rules.slots import FOR_MANAGERS
from ecosystem.rules.spans import Span
from ecosystem.services import (
    allocations,
    booking_events,
    booking_steps,
    quotas,
    series,
    spaces,
)
from ecosystem.services.availability import Problem, SpaceCalendar, calendars
from ecosystem.services.booking_drafts import (
    DatePlan,
    Draft,
    EventDraft,
    Refused,
    StateConflict,
    Taken,
    all_or_nothing,
    refusal,
)
from ecosystem.working_days import due_at, local_day
from malangkraf.written_sql import fetch

__all__ = [
    "DatePlan",
    "Draft",
    "EventDraft",
    "Problem",
    "Refused",
    "StateConflict",
    "Taken",
    "all_or_nothing",
    "book",
    "book_behind_lock",
    "made_before",
    "preview",
]

# Also for managers: nobody plans a use of more than a day as one date.
LONGEST = timedelta(hours=24)
# A manager writes down who stands at the desk while a date can still be checked in before it is freed.
WALK_IN = timedelta(minutes=20)
GONE = _("This space is gone. Choose another one.")


def preview(draft: Draft, *, now: datetime) -> list[DatePlan]:
    """Return what stands against each date of a draft; `skip` is left out. Writes nothing.

    Raise Refused for what concerns the draft as a whole (people, purpose, who may, length of the series, the facility
    itself), and for quotas if the dates that can be booked would pass one.
    """
    calendar, dates = _read(draft)
    plans = plan(draft, calendar, dates, now=now)
    possible = [(one.starts_at, one.ends_at) for one in plans if one.can_be_booked]
    over = quotas.problems(draft, possible, now=now)
    if over and not draft.as_manager:
        raise Refused(over)
    return plans


def book(draft: Draft, *, now: datetime) -> Booking:
    """Return the new booking of a draft, confirmed or waiting for a decision; all its dates or none.

    The same key of the same person again returns the booking that is there. Raise Refused when a rule is broken,
    Taken (with the dates) when a slot is gone, StateConflict when the database was too busy.
    """
    with all_or_nothing():
        spaces.lock_for_booking(draft.space.facility_id)
        return book_behind_lock(draft, now=now)


def book_behind_lock(draft: Draft, *, now: datetime, calendar: SpaceCalendar | None = None) -> Booking:
    """Do what `book` does in the transaction of a caller that holds the facility's lock.

    `calendar` is the space's around the date, if the caller has read it since then.
    """
    quotas.lock(draft)
    return made_before(draft.entered_by, draft.key) or write(draft, now=now, calendar=calendar)


def made_before(by: User, key: UUID) -> Booking | None:
    """Return what a person has booked with the key of a form already; one query for none."""
    found = fetch("SELECT id FROM ecosystem_booking WHERE entered_by_id = %s AND key = %s", [by.pk, key])
    return Booking.objects.get(pk=found[0][0]) if found else None


def write(
    draft: Draft,
    *,
    now: datetime,
    waived: frozenset[str] = frozenset(),
    calendar: SpaceCalendar | None = None,
) -> Booking:
    """Write a draft, the facility's and the quotas' locks being held; otherwise like `book`.

    `waived` are codes of rules that do not count this time.
    """
    calendar, dates = _read(draft, calendar)
    plans = plan(draft, calendar, dates, now=now, waived=waived)
    if broken := [problem for one in plans for problem in one.problems]:
        raise Refused(list({problem.code: problem for problem in broken}.values()))
    if gone := [(one.starts_at, one.ends_at) for one in plans if one.is_taken]:
        raise Taken(gone)
    over = quotas.problems(draft, dates, now=now)
    if over and not draft.as_manager:
        raise Refused(over)
    booking = _add(draft, calendar.space, dates, now=now)
    rows = _add_dates(booking, calendar.space, plans)
    if booking_state.holds(booking.state, booking.mode):
        allocations.hold_dates(rows, calendar.space, seats=booking.seats, leaves=calendar.leaves)
    booking_events.add(booking, rows, draft.event)
    if booking.is_commercial:
        booking_steps.record(
            booking, BookingStep.What.COMMERCIAL, by=draft.entered_by, reason=booking.commercial_reason
        )
    passed = sorted({code for one in plans for code in one.waived} | {one.code for one in over})
    booking_steps.record(
        booking,
        BookingStep.What.CONFIRMED
        if booking.state == Booking.State.CONFIRMED
        else BookingStep.What.REQUESTED,
        by=draft.entered_by,
        dates=rows,
        note=f"rules passed over: {', '.join(passed)}" if passed else "",
    )
    return booking


def plan(
    draft: Draft,
    calendar: SpaceCalendar,
    dates: Sequence[Span],
    *,
    now: datetime,
    waived: frozenset[str] = frozenset(),
) -> list[DatePlan]:
    """Return what stands against each of some dates."""
    waived |= FOR_MANAGERS if draft.as_manager else frozenset()
    return [plan_date(calendar, span, draft.seats, now=now, waived=waived) for span in dates]


def plan_date(
    calendar: SpaceCalendar, span: Span, seats: int | None, *, now: datetime, waived: frozenset[str]
) -> DatePlan:
    """Return what stands against one date; `waived` are codes that do not count."""
    found = calendar.problems(*span, now=now, seats=seats)
    waived -= {"too_long"} if span[1] - span[0] > LONGEST else set()
    waived -= {"in_past"} if span[0] < now - WALK_IN else set()
    counts = [problem for problem in found if problem.code not in waived]
    return DatePlan(
        starts_at=span[0],
        ends_at=span[1],
        problems=[problem for problem in counts if problem.code != "taken"],
        is_taken=any(problem.code == "taken" for problem in counts),
        waived=tuple(problem.code for problem in found if problem not in counts),
    )


def calendar_of(
    space: Space, dates: Sequence[Span], *, without_occurrence: int | None = None
) -> SpaceCalendar:
    """Return a space's calendar around some dates, read anew; raise Refused if it is gone or cannot be booked."""
    first, last = min(start for start, _ in dates), max(end for _, end in dates)
    # A wish for years is refused by its length; its calendar is not drawn.
    last = min(last, first + timedelta(days=400))
    found = calendars(
        [space],
        local_day(first),
        max(local_day(first), local_day(last)),
        without_occurrence=without_occurrence,
    )
    if space.pk not in found:
        raise refusal("gone", GONE)
    return _usable(found[space.pk], dates)


def _usable(calendar: SpaceCalendar, dates: Sequence[Span]) -> SpaceCalendar:
    """Return the calendar; raise Refused if nothing can be booked there at all."""
    if calendar.reason:
        raise Refused(calendar.problems(*dates[0], now=dates[0][0]))
    return calendar


def _covers(calendar: SpaceCalendar, dates: Sequence[Span]) -> bool:
    return all(calendar.first <= local_day(start) and local_day(end) <= calendar.last for start, end in dates)


def _read(draft: Draft, known: SpaceCalendar | None = None) -> tuple[SpaceCalendar, list[Span]]:
    """Return the calendar and the dates of a draft; raise Refused for what is wrong whatever the dates.

    `known` is used if its days are those of the dates.
    """
    dates = series.dates(draft)
    calendar = _usable(known, dates) if known and _covers(known, dates) else calendar_of(draft.space, dates)
    if problems := _whole(draft, calendar):
        raise Refused(problems)
    return calendar, dates


def _whole(draft: Draft, calendar: SpaceCalendar) -> list[Problem]:
    """Return what is wrong with a draft whatever its dates."""
    policy = policy_of(calendar.space)
    found = people_problems(calendar, attendees=draft.attendees, seats=draft.seats)
    if draft.declares_commercial and not policy.is_commercial_allowed:
        found.append(commercial_problem())
    if draft.as_manager and draft.declares_commercial and not draft.commercial_reason.strip():
        found.append(Problem("reason", _("Say why the use is commercial."), "commercial_reason"))
    if draft.affiliation and draft.booker and draft.affiliation not in affiliations_of(draft.booker):
        found.append(
            Problem("affiliation", _("You cannot book for this organisation any more."), "affiliation")
        )
    if draft.as_manager:
        return found
    found += who_problems(policy, has_organization=draft.affiliation is not None)
    return [*found, *purpose_problems(policy, draft.purpose)]


def commercial_problem() -> Problem:
    """Return what somebody reads who declares commercial use where there is none."""
    return Problem(
        "commercial",
        _("This space is for community use only. Choose a space that takes commercial use as well."),
        "declares_commercial",
    )


def who_problems(policy: BookingPolicy, *, has_organization: bool) -> list[Problem]:
    """Return what is wrong with who books under a policy."""
    if policy.who != BookingPolicy.Who.STARTUP or has_organization:
        return []
    text = _("This space is for members of a published startup. Choose for which startup you book.")
    return [Problem("startups_only", text, "affiliation")]


def people_problems(calendar: SpaceCalendar, *, attendees: int, seats: int | None) -> list[Problem]:
    """Return what is wrong with a number of people or desks in a space."""
    if attendees < 1:
        return [Problem("no_people", _("At least one person comes."), "attendees")]
    if seats is not None:
        return _desk_problems(calendar, attendees=attendees, seats=seats)
    capacity = calendar.space.capacity
    if capacity is not None and attendees > capacity:
        return [
            Problem(
                "too_many_people", _("The space has room for fewer people. Choose a larger one."), "attendees"
            )
        ]
    return []


def _desk_problems(calendar: SpaceCalendar, *, attendees: int, seats: int) -> list[Problem]:
    if not calendar.is_by_seats:
        return [Problem("no_desks", _("Single desks cannot be booked here. Book the whole space."), "seats")]
    if not 1 <= seats <= len(calendar.leaves):
        return [Problem("too_many_desks", _("The desk area has fewer desks. Choose fewer."), "seats")]
    if attendees > seats:
        return [Problem("too_many_people", _("Each person needs a desk. Book more desks."), "attendees")]
    return []


def purpose_problems(policy: BookingPolicy, purpose: str) -> list[Problem]:
    """Return what is wrong with a purpose under a policy."""
    if policy.purposes and purpose not in policy.purposes:
        return [
            Problem(
                "purpose", _("This space is not meant for that. Choose another purpose or space."), "purpose"
            )
        ]
    return []


def policy_of(space: Space) -> BookingPolicy:
    """Return the rules of a space that can be booked."""
    if space.policy is None:
        raise refusal("not_bookable", _("This space cannot be booked."))
    return space.policy


def needs_decision(policy: BookingPolicy, *, declares_commercial: bool) -> bool:
    """Return whether a manager decides: by the space's rules, or because the use is commercial."""
    return policy.mode != BookingPolicy.Mode.INSTANT or declares_commercial


def answer_by(policy: BookingPolicy, first_start: datetime, *, now: datetime) -> datetime:
    """Return until when a request is answered: the end of the policy's last working day, not after its start."""
    return min(due_at(now, days=policy.answer_days), first_start)


def _add(draft: Draft, space: Space, dates: Sequence[Span], *, now: datetime) -> Booking:
    policy = policy_of(space)
    waits = not draft.as_manager and needs_decision(policy, declares_commercial=draft.declares_commercial)
    decided = draft.as_manager
    return Booking.objects.create(
        key=draft.key,
        facility=space.facility,
        space=space,
        seats=draft.seats,
        booker=draft.booker,
        entered_by=draft.entered_by,
        contact_name=draft.contact_name,
        contact_email=draft.contact_email,
        contact_phone=draft.contact_phone,
        language=draft.language,
        on_behalf_of=draft.affiliation.key if draft.affiliation else "",
        organization_name=draft.affiliation.name if draft.affiliation else "",
        title=draft.title,
        purpose=draft.purpose,
        subsector=draft.subsector,
        origin=draft.origin,
        attendees=draft.attendees,
        note=draft.note,
        declares_commercial=draft.declares_commercial,
        is_commercial=draft.declares_commercial if decided else None,
        commercial_reason=draft.commercial_reason[:500] if decided else "",
        state=Booking.State.PENDING if waits else Booking.State.CONFIRMED,
        mode=policy.mode,
        repeats_until=draft.repeats_until,
        answer_by=answer_by(policy, dates[0][0], now=now) if waits else None,
        decided_at=None if waits else now,
        decided_by=draft.entered_by if decided else None,
    )


def _add_dates(booking: Booking, space: Space, plans: Sequence[DatePlan]) -> list[Occurrence]:
    policy = policy_of(space)
    return Occurrence.objects.bulk_create(
        Occurrence(
            booking=booking,
            space=space,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            setup_minutes=policy.setup_minutes,
            teardown_minutes=policy.teardown_minutes,
            state=booking.state,
            is_outside_hours="closed" in one.waived,
        )
        for one in plans
    )
