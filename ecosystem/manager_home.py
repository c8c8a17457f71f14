"""What a manager should know about each facility today, in five queries for any number of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from ecosystem.facility_words import StateWords, state_words
from ecosystem.models import AgendaEvent, Booking, Closure, Facility, Occurrence
from ecosystem.rules.hours import day_span
from ecosystem.services.availability import State, facility_states

# Closures of the coming days are told.
AHEAD = timedelta(days=14)


@dataclass
class Today:
    """The numbers of one facility."""

    facility: Facility
    state: State
    words: StateWords
    to_decide: int = 0
    late: int = 0
    answer_by: datetime | None = None
    today: int = 0
    still_expected: int = 0
    outside_hours: int = 0
    events: int = 0
    closures: list[Closure] = field(default_factory=list)


def todays(facilities: Sequence[Facility], *, now: datetime) -> list[Today]:
    """Return the numbers of each facility in the given order."""
    states = facility_states(facilities, now)
    pks = list(states)
    waiting = {row["facility"]: row for row in _waiting(pks, now)}
    dates = {row["booking__facility"]: row for row in _dates(pks, now)}
    events = _events(pks, now)
    closures: dict[int, list[Closure]] = defaultdict(list)
    rows = Closure.objects.filter(
        facility__in=pks, lifted_at=None, ends_at__gt=now, starts_at__lt=now + AHEAD
    )
    for row in rows.select_related("space"):
        closures[row.facility_id].append(row)
    found = []
    for facility in facilities:
        state = states[facility.pk]
        one = Today(facility, state, state_words(state, now=now), closures=closures[facility.pk])
        if asked := waiting.get(facility.pk):
            one.to_decide, one.late, one.answer_by = asked["count"], asked["late"], asked["first"]
        one.events = events.get(facility.pk, 0)
        if booked := dates.get(facility.pk):
            one.today, one.still_expected = booked["today"], booked["expected"]
            one.outside_hours = booked["outside"]
        found.append(one)
    return found


def _waiting(pks: list[int], now: datetime) -> Iterable[Any]:
    rows = Booking.objects.filter(facility__in=pks, state=Booking.State.PENDING).order_by()
    late = Count("pk", filter=Q(answer_by__lt=now))
    return rows.values("facility").annotate(count=Count("pk"), late=late, first=Min("answer_by"))


def _events(pks: list[int], now: datetime) -> dict[int, int]:
    """Return how many bookings want something in the agenda that no manager has looked at, by facility."""
    rows = AgendaEvent.objects.filter(facility__in=pks).waiting(at=now).order_by()
    return dict(rows.values_list("facility").annotate(count=Count("booking", distinct=True)))


def _dates(pks: list[int], now: datetime) -> Iterable[Any]:
    begin, end = day_span(timezone.localdate(now))
    today = Q(starts_at__lt=end, ends_at__gt=begin, state=Occurrence.State.CONFIRMED)
    rows = Occurrence.objects.live().filter(booking__facility__in=pks, ends_at__gt=begin).order_by()
    return rows.values("booking__facility").annotate(
        today=Count("pk", filter=today),
        expected=Count("pk", filter=today & Q(ends_at__gt=now, checked_in_at=None)),
        outside=Count("pk", filter=Q(is_outside_hours=True, ends_at__gt=now)),
    )
