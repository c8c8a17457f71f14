"""The line for a slot that is taken: what becomes free is held for the first in it for two hours, then for the next.

An offer holds its place with an allocation of its own, so nobody books it meanwhile. In a desk area one desk is
waited for. Everything here takes the facility's lock alone, and may run twice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import transaction
from django.db.models import Exists, Func, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ecosystem.affiliations import affiliations_of
from ecosystem.models import Allocation, Booking, Facility, Occurrence, Space, User, WaitingPlace
from ecosystem.services import allocations, booking, quotas, spaces, waiting_mails
from ecosystem.services.allocations import Freed
from ecosystem.services.availability import SpaceCalendar
from ecosystem.services.booking_drafts import Draft, Refused, StateConflict, Taken, all_or_nothing, refusal
from ecosystem.services.one_by_one import one_by_one
from malangkraf import page_cache

State = WaitingPlace.State
OFFER = timedelta(hours=2)
MOST_PLACES = 10
# Who waited cannot have kept the notice.
NOT_FOR_WAITING = frozenset({"too_soon"})


def join(
    space: Space, starts_at: datetime, ends_at: datetime, user: User, *, now: datetime, typed: str = ""
) -> WaitingPlace:
    """Return a person's place in the line for a slot; the one they have if they stand in it already.

    `typed` is what they said of their booking, as a query string: the form of an offer begins with it.

    Raise Refused when the slot is free (it can be booked), or is none that could be booked at all.
    """
    with all_or_nothing():
        spaces.lock_for_booking(space.facility_id)
        quotas.lock_holder(quotas.Holder(space.facility_id, user.pk, ""))
        mine = WaitingPlace.objects.filter(user=user, state__in=(State.WAITING, State.OFFERED))
        if found := mine.filter(space=space, starts_at=starts_at, ends_at=ends_at).first():
            return found
        calendar = booking.calendar_of(space, [(starts_at, ends_at)])
        span = (starts_at, ends_at)
        plan = booking.plan_date(calendar, span, _desks(calendar), now=now, waived=NOT_FOR_WAITING)
        # Nobody waits for an offer that they could not take.
        can_act = bool(affiliations_of(user))
        who = booking.who_problems(booking.policy_of(calendar.space), has_organization=can_act)
        if problems := [*plan.problems, *who]:
            raise Refused(problems)
        if not plan.is_taken:
            raise refusal("free", _("This time is free. Book it now."))
        _check_may_wait(space, starts_at, ends_at, user, others=mine.count())
        return WaitingPlace.objects.create(
            space=space, user=user, starts_at=starts_at, ends_at=ends_at, typed=typed
        )


def _check_may_wait(space: Space, starts_at: datetime, ends_at: datetime, user: User, *, others: int) -> None:
    own = Occurrence.objects.live().overlapping(starts_at, ends_at)
    if own.filter(space=space, booking__booker=user).exists():
        raise refusal("own", _("You have booked this time yourself."))
    if others >= MOST_PLACES:
        raise refusal("too_many_places", _("You wait for many times already. Leave another line first."))


def leave(place: WaitingPlace, *, now: datetime) -> None:
    """Leave the line; what was held goes to the next. Raise StateConflict when the place is over already."""
    with all_or_nothing():
        _end(place, (State.WAITING, State.OFFERED), State.WITHDRAWN, now=now)


def _end(place: WaitingPlace, before: Iterable[str], after: str, *, now: datetime) -> None:
    """Bring a place to an end under the facility's lock and pass on what it held."""
    spaces.lock_for_change(place.space.facility_id)
    if not WaitingPlace.objects.filter(pk=place.pk, state__in=before).update(state=after, typed=""):
        raise StateConflict(WaitingPlace.objects.get(pk=place.pk).state)
    pass_on(place.space.facility_id, [_release(place)], now=now)


def _release(place: WaitingPlace) -> Freed | None:
    held = Allocation.objects.filter(waiting_place=place.pk, holds=True)
    rows = list(held.values_list("leaf", "during"))
    held.update(holds=False)
    if not rows:
        return None
    page_cache.bump()
    return Freed(frozenset(leaf for leaf, _ in rows), rows[0][1].lower, rows[0][1].upper)


def pass_on(facility_pk: int, freed: Iterable[Freed | None], *, now: datetime) -> None:
    """Give what became free to the closures that were cut around it, then to the waiting list.

    The facility's lock is held alone.
    """
    for one in freed:
        if one is not None:
            allocations.refill_closures(facility_pk, one)
            offer_span(facility_pk, one, now=now)


def offer_span(facility_pk: int, freed: Freed, *, now: datetime) -> int:
    """Offer what became free to those in line, the first first; return how many offers that made."""
    line = WaitingPlace.objects.filter(
        space__facility=facility_pk,
        starts_at__lt=freed.ends_at + timedelta(hours=8),
        ends_at__gt=freed.starts_at - timedelta(hours=8),
        space__leaf_rows__leaf__in=freed.leaves,
    )
    return _offer(line, now=now)


def offer_freed(now: datetime) -> int:
    """Offer whatever is free to those in line, in all facilities; the net under `pass_on`. Harmless to run twice.

    A facility in which nothing can be free is not locked.
    """
    _end_hopeless(now)
    waiting = WaitingPlace.objects.filter(state=State.WAITING)
    made = 0

    def offer(facility: int) -> None:
        nonlocal made
        with all_or_nothing():
            spaces.lock_for_change(facility)
            made += _offer(waiting.filter(space__facility=facility), now=now)

    facilities = _in_reach(waiting, now=now).values_list("space__facility", flat=True)
    one_by_one(facilities.order_by().distinct(), offer)
    return made


def _end_hopeless(now: datetime) -> None:
    """End the waits for a time that has begun, or for a space that nobody can book any more, and say so."""
    gone = Q(space__is_active=False) | Q(space__policy=None) | Q(space__facility__stage=Facility.Stage.CLOSED)
    rows = WaitingPlace.objects.filter(Q(starts_at__lte=now) | gone, state=State.WAITING)

    def end(place: WaitingPlace) -> bool:
        with all_or_nothing():
            _end(place, (State.WAITING,), State.OVER, now=now)
            has_passed = place.starts_at <= now
            waiting_mails.tell_no_offer(place, waiting_mails.PASSED if has_passed else waiting_mails.GONE)
            return True

    one_by_one(rows.select_related("space__facility", "user"), end)


def _offer(line: QuerySet[WaitingPlace], *, now: datetime) -> int:
    places = _in_reach(line, now=now).select_related("space__facility", "user").order_by("created_at", "pk")
    return sum(_offer_to(place, now=now) for place in places)


def _in_reach(line: QuerySet[WaitingPlace], *, now: datetime) -> QuerySet[WaitingPlace]:
    """Return those of a line for whom something could be free; only their calendars need to be drawn.

    Nobody holds a part of the use itself, and the account can sign in: nobody else waits two hours for one that cannot.
    """
    keys = line.filter(state=State.WAITING, starts_at__gt=now, user__is_active=True).order_by().values("pk")
    use = Func(
        OuterRef("starts_at"), OuterRef("ends_at"), function="tstzrange", output_field=DateTimeRangeField()
    )
    held = Allocation.objects.filter(holds=True, leaf__leaf_of__space=OuterRef("space"), during__overlap=use)
    return WaitingPlace.objects.filter(Q(space__kind=Space.Kind.DESK_AREA) | ~Exists(held), pk__in=keys)


def _offer_to(place: WaitingPlace, *, now: datetime) -> bool:
    """Hold a slot for somebody if it is free and can be booked; return whether it is held now."""
    calendar = _calendar_if_free(place, now=now)
    if calendar is None:
        return False
    padded = calendar.rules.padded(place.starts_at, place.ends_at)
    try:
        with transaction.atomic():
            if not allocations.hold_for(place.space, padded, seats=_desks(calendar), waiting_place=place):
                raise Taken([padded])
            place.state, place.offered_at = State.OFFERED, now
            place.offer_ends_at = min(now + OFFER, place.starts_at)
            place.save(update_fields=["state", "offered_at", "offer_ends_at"])
            waiting_mails.tell_offer(place)
            page_cache.bump()
    except Taken:
        return False
    return True


def _calendar_if_free(place: WaitingPlace, *, now: datetime) -> SpaceCalendar | None:
    """Return the calendar of a place's slot if that could be booked now, None if not."""
    span = (place.starts_at, place.ends_at)
    try:
        calendar = booking.calendar_of(place.space, [span])
    except Refused:
        return None
    plan = booking.plan_date(calendar, span, _desks(calendar), now=now, waived=NOT_FOR_WAITING)
    return calendar if plan.can_be_booked else None


def _desks(calendar: SpaceCalendar) -> int | None:
    """Return how many desks somebody waits for: one, where desks are booked; None for the whole space."""
    return 1 if calendar.is_by_seats else None


def take(place: WaitingPlace, draft: Draft, *, now: datetime) -> Booking:
    """Turn an offer into a booking and return it; the same draft sent again returns the same one.

    Raise StateConflict when the offer is over, Refused when a rule is broken (the offer stays until it ends). The
    draft's space, time and booker are those of the place.
    """
    with all_or_nothing():
        spaces.lock_for_change(place.space.facility_id)
        quotas.lock(draft)
        if found := booking.made_before(draft.entered_by, draft.key):
            return found
        offered = WaitingPlace.objects.filter(
            pk=place.pk, state=State.OFFERED, offer_ends_at__gt=now, user=draft.booker
        )
        if (draft.space.pk, draft.starts_at, draft.ends_at) != (
            place.space_id,
            place.starts_at,
            place.ends_at,
        ):
            raise ValueError("a draft for another slot than the offered one")
        if not offered.update(state=State.TAKEN, typed=""):
            raise StateConflict(WaitingPlace.objects.get(pk=place.pk).state)
        _release(place)
        return booking.write(draft, now=now, waived=NOT_FOR_WAITING)


def expire_offers(now: datetime) -> int:
    """End the offers whose time is over and pass them on; return how many ended. Harmless to run twice."""
    over = WaitingPlace.objects.filter(state=State.OFFERED, offer_ends_at__lte=now).select_related("space")

    def expire(place: WaitingPlace) -> bool:
        with all_or_nothing():
            _end(place, (State.OFFERED,), State.EXPIRED, now=now)
            return True

    return one_by_one(over, expire)
