"""Where the bookings that a closure touches could go: few queries however many there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ecosystem.models import Occurrence, Space
from ecosystem.rules.spans import Span
from ecosystem.services import allocations
from ecosystem.services.availability import SpaceCalendar, calendars
from ecosystem.services.closures import ClosureDraft
from ecosystem.services.room_search import Offer, bookable_spaces, mixed, near_days, near_times, same_time
from ecosystem.working_days import local_day

WEEK = timedelta(days=7)
MOST_ELSEWHERE = 2


@dataclass(frozen=True)
class Ways:
    """Where a date could go: in its facility (there it can be moved), and elsewhere (there it is booked anew)."""

    here: list[Offer] = field(default_factory=list)
    elsewhere: list[Offer] = field(default_factory=list)


def ways(
    draft: ClosureDraft, dates: Sequence[Occurrence], *, now: datetime, most: int = 4
) -> dict[int, Ways]:
    """Return for each date to come what is free and not closed by this closure; four queries for each week."""
    closed = set(allocations.leaves_of(draft.space or draft.facility.spaces.get(parent=None)))
    weeks: dict[date, list[Occurrence]] = defaultdict(list)
    for one in dates:
        day = local_day(one.starts_at)
        if one.starts_at > now:
            weeks[day - timedelta(days=day.weekday())].append(one)
    found = {}
    for monday, members in weeks.items():
        first = min(near_days(one.starts_at, now=now)[0] for one in members)
        last = max(near_days(one.starts_at, now=now)[1] for one in members)
        free = calendars(bookable_spaces(on=monday + WEEK), first, last)
        for one in members:
            found[one.pk] = _ways(one, free, closed, (draft.starts_at, draft.ends_at), now=now, most=most)
    return found


def _ways(
    one: Occurrence,
    free: Mapping[int, SpaceCalendar],
    closed: Collection[int],
    during: Span,
    *,
    now: datetime,
    most: int,
) -> Ways:
    people = one.booking.seats or one.booking.attendees
    span = (one.starts_at, one.ends_at)
    fitting = {pk: calendar for pk, calendar in free.items() if fits(calendar.space, people)}
    # Its own space stays in: what lies in it is no other space.
    own = {one.space_id: free[one.space_id]} if one.space_id in free else {}
    others = _open(same_time(one.space, span, fitting | own, seats=people, now=now), free, closed, during)
    near = near_times(own[one.space_id], span, seats=people, now=now) if own else []
    near = _open(near, free, closed, during)
    here = [offer for offer in others if offer.space.facility_id == one.space.facility_id]
    elsewhere = [offer for offer in others if offer.space.facility_id != one.space.facility_id]
    return Ways(mixed(here, near, most=most), elsewhere[:MOST_ELSEWHERE])


def fits(space: Space, people: int) -> bool:
    """Return whether so many people fit into a space, as far as anybody knows."""
    if space.capacity is None:
        return people == 1 or space.kind != Space.Kind.DESK
    return space.capacity >= people


def _open(
    offers: Iterable[Offer], free: Mapping[int, SpaceCalendar], closed: Collection[int], during: Span
) -> list[Offer]:
    """Return the offers that the closure leaves free, with their set-up and clearing up."""

    def is_open(offer: Offer) -> bool:
        calendar = free[offer.space.pk]
        starts_at, ends_at = calendar.rules.padded(offer.starts_at, offer.ends_at)
        is_apart = ends_at <= during[0] or during[1] <= starts_at
        return is_apart or set(calendar.leaves).isdisjoint(closed)

    return [offer for offer in offers if is_open(offer)]
