"""The requests that wait for a manager, the oldest first; those that compete for one slot stand together."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from ecosystem.models import AgendaEvent, Booking, Facility, Occurrence, SpaceLeaf
from ecosystem.services import booking_decisions
from ecosystem.services.allocations import padded


@dataclass(frozen=True)
class Request:
    """A request with its dates that wait."""

    booking: Booking
    dates: tuple[Occurrence, ...]
    is_late: bool
    # Nothing of it needs a thought: no declared commerce, nothing for the agenda, no date that has passed.
    is_plain: bool

    @property
    def seen(self) -> str:
        """Return what the request asks for just now, so that nothing else is approved with it."""
        return booking_decisions.asked(self.booking, self.dates)


@dataclass(frozen=True)
class RequestGroup:
    """One request, or several that want a part of the same place at the same time."""

    requests: tuple[Request, ...]

    @property
    def is_contest(self) -> bool:
        """Return whether they compete."""
        return len(self.requests) > 1


def following(booking: Booking) -> Booking | None:
    """Return the request that came after one, in the order of the list; None after the last."""
    waiting = Booking.objects.filter(facility=booking.facility_id, state=Booking.State.PENDING)
    later = Q(created_at__gt=booking.created_at) | Q(created_at=booking.created_at, pk__gt=booking.pk)
    return waiting.filter(later).order_by("created_at", "pk").first()


def groups(facility: Facility, *, now: datetime) -> list[RequestGroup]:
    """Return all that waits in a facility; three queries."""
    waiting = Occurrence.objects.filter(state=Occurrence.State.PENDING).select_related("space")
    rows = (
        Booking.objects.filter(facility=facility, state=Booking.State.PENDING)
        .select_related("space", "booker")
        .annotate(has_event=Exists(AgendaEvent.objects.filter(booking=OuterRef("pk"))))
        .prefetch_related(Prefetch("occurrences", waiting.order_by("starts_at"), to_attr="waiting_dates"))
        .order_by("created_at", "pk")
    )
    requests = [_request(row, now) for row in rows]
    together = _together(requests)
    found: dict[int, list[Request]] = defaultdict(list)
    for number, request in enumerate(requests):
        found[together[number]].append(request)
    return [RequestGroup(tuple(members)) for members in found.values()]


def _request(row: Booking, now: datetime) -> Request:
    dates: list[Occurrence] = getattr(row, "waiting_dates", [])
    for date in dates:
        date.booking = row
    has_event: bool = getattr(row, "has_event", False)
    is_plain = not (row.declares_commercial or has_event or any(date.ends_at <= now for date in dates))
    return Request(row, tuple(dates), row.answer_by is not None and row.answer_by < now, is_plain)


def _together(requests: list[Request]) -> list[int]:
    """Return for each request the number of the oldest one that it competes with, itself if there is none."""
    leaves: dict[int, set[int]] = defaultdict(set)
    spaces = {date.space_id for request in requests for date in request.dates}
    for space, leaf in SpaceLeaf.objects.filter(space__in=spaces).values_list("space", "leaf"):
        leaves[space].add(leaf)
    # By leaf and time: only neighbours in this order can meet.
    wishes = sorted(
        (leaf, *padded(date), number)
        for number, request in enumerate(requests)
        # Desks of an area are no contest: there may be enough of them.
        if request.booking.seats is None
        for date in request.dates
        for leaf in leaves[date.space_id]
    )
    root = list(range(len(requests)))

    def find(number: int) -> int:
        while root[number] != number:
            number = root[number]
        return number

    last: tuple[int, datetime, int] | None = None
    for leaf, starts_at, ends_at, number in wishes:
        if last is not None and last[0] == leaf and starts_at < last[1]:
            first, second = sorted((find(last[2]), find(number)))
            root[second] = first
            if ends_at <= last[1]:
                continue
        last = (leaf, ends_at, number)
    return [find(number) for number in range(len(requests))]


def outside_hours(facility: Facility, *, now: datetime) -> QuerySet[Occurrence]:
    """Return the dates to come that no opening hours cover any more, the next first."""
    rows = Occurrence.objects.live().filter(
        booking__facility=facility, is_outside_hours=True, ends_at__gt=now
    )
    return rows.select_related("booking", "space").order_by("starts_at", "pk")
