"""Finding a time and a space: free rooms across all facilities, the next free slot, and what else there is."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from ecosystem.models import Facility, Space, SpaceAmenity
from ecosystem.rules.hours import DAY, JAKARTA, instant
from ecosystem.rules.spans import Span, utc
from ecosystem.services.calendar_rows import calendars
from ecosystem.services.space_calendars import SpaceCalendar

# How many days before and after are looked at for another time of the same space.
NEAR_DAYS = 3
# Of the alternatives at least so many are other times of the same space, if there are any.
NEAR_TIMES = 2


@dataclass(frozen=True)
class Offer:
    """A space that is free at a time. Nobody has published how many people fit: `is_capacity_known` is False.

    `is_sample` says of what `find_rooms` found that the space or its hours are invented.
    """

    space: Space
    starts_at: datetime
    ends_at: datetime
    is_capacity_known: bool
    is_sample: bool = False


def bookable_spaces(*, on: date) -> QuerySet[Space]:
    """Return the spaces that can be booked at all on a day."""
    in_use = Q(facility__stage__in=(Facility.Stage.TRIAL, Facility.Stage.OPEN))
    begun = Q(facility__opens_on=None) | Q(facility__opens_on__lte=on)
    return Space.objects.filter(in_use, begun, is_active=True, policy__isnull=False)


def find_rooms(
    *,
    day: date,
    earliest: time | None = None,
    latest: time | None = None,
    minutes: int,
    attendees: int | None = None,
    kind: str | Collection[str] = "",
    kecamatan: str | Collection[str] = "",
    amenities: Collection[str] = (),
    accessible: bool = False,
    now: datetime,
) -> list[Offer]:
    """Return the first free time of each space that fits, those of unknown size last; three queries.

    The use begins at `earliest` or later and ends by `latest` (00:00: midnight; earlier than `earliest`: on the next
    morning). Kecamatan and amenities are codes; what stands at the whole facility counts for all its spaces.
    """
    spaces = bookable_spaces(on=day)
    if kind:
        spaces = spaces.filter(kind__in=_several(kind))
    if kecamatan:
        spaces = spaces.filter(facility__kecamatan__code__in=_several(kecamatan))
    if accessible:
        spaces = spaces.filter(is_accessible=True)
    for code in amenities:
        spaces = spaces.filter(_has_amenity(code))
    begin = instant(day, earliest or time(0))
    end = instant(day, latest or time(0))
    if end <= begin:
        end = instant(day + DAY, latest or time(0))
    if latest is None:
        end = instant(day + 2 * DAY, time(0))
    length = timedelta(minutes=minutes)
    offers = []
    for calendar in calendars(fitting(spaces, attendees), day, day).values():
        for start in calendar.starts(day, minutes, now=now, seats=attendees or 1):
            if begin <= start and start + length <= end:
                is_sample = calendar.space.is_sample or any(one.is_sample for one in calendar.sets)
                offers.append(replace(_offer(calendar.space, start, start + length), is_sample=is_sample))
                break
    return sorted(offers, key=_best_first)


def _several(codes: str | Collection[str]) -> list[str]:
    return [codes] if isinstance(codes, str) else list(codes)


def _has_amenity(code: str) -> Exists:
    own = Q(space=OuterRef("pk")) | Q(space__facility=OuterRef("facility"), space__parent=None)
    return Exists(SpaceAmenity.objects.filter(own, amenity__code=code))


def fitting(spaces: QuerySet[Space], attendees: int | None) -> QuerySet[Space]:
    """Return those that so many people fit into, or of which nobody knows."""
    if attendees is None:
        return spaces
    unknown = Q(capacity=None) if attendees == 1 else Q(capacity=None) & ~Q(kind=Space.Kind.DESK)
    return spaces.filter(unknown | Q(capacity__gte=attendees))


def _offer(space: Space, start: datetime, end: datetime) -> Offer:
    return Offer(space, start, end, space.capacity is not None)


def _best_first(offer: Offer) -> tuple[object, ...]:
    """Sort by known size, then the earlier, then the room that is not larger than needed."""
    space = offer.space
    return (
        not offer.is_capacity_known,
        offer.starts_at,
        space.capacity or 0,
        space.facility.order,
        space.order,
        space.pk,
    )


def next_free(space: Space, minutes: int, *, now: datetime, attendees: int | None = None) -> Span | None:
    """Return the first time at which so long a use may begin, up to the last day that can be booked; three queries."""
    if space.policy is None or (attendees and space.capacity is not None and attendees > space.capacity):
        return None
    today = now.astimezone(JAKARTA).date()
    calendar = calendars([space], today, today + space.policy.horizon_days * DAY)[space.pk]
    return calendar.next_free(minutes, now=now, seats=attendees or 1)


def alternatives(
    space: Space,
    starts_at: datetime,
    ends_at: datetime,
    *,
    attendees: int | None = None,
    now: datetime,
    most: int = 5,
) -> list[Offer]:
    """Return what else is free: other spaces at the same time, then other times of the same space; six queries.

    Other spaces come by likeness: of the same kind in the same facility, of the same kind elsewhere, any in the same
    facility, any elsewhere; spaces of unknown size after those that certainly fit.
    """
    span = (utc(starts_at), utc(ends_at))
    day = span[0].astimezone(JAKARTA).date()
    found = calendars(fitting(bookable_spaces(on=day), attendees), day, day)
    others = same_time(space, span, found, seats=attendees or 1, now=now)
    first, last = near_days(starts_at, now=now)
    near = []
    if space.policy_id is not None and first <= last:
        near = near_times(calendars([space], first, last)[space.pk], span, seats=attendees or 1, now=now)
    return mixed(others, near, most=most)


def mixed(others: list[Offer], near: list[Offer], *, most: int) -> list[Offer]:
    """Return other spaces, then other times of the same one: of these at least NEAR_TIMES if there are any."""
    near = near[:most]
    kept = max(most - NEAR_TIMES, most - len(near))
    return (others[:kept] + near)[:most]


def same_time(
    space: Space, span: Span, found: Mapping[int, SpaceCalendar], *, seats: int, now: datetime
) -> list[Offer]:
    """Return the other spaces among some calendars that are free at a time, the likest first; no query."""
    own = found.get(space.pk)
    taken = set(own.leaves) if own else {space.pk}

    def likeness(calendar: SpaceCalendar) -> tuple[object, ...]:
        other = calendar.space
        return (
            other.capacity is None,
            other.kind != space.kind,
            other.facility_id != space.facility_id,
            other.facility.order,
            other.capacity or 0,
            other.order,
            other.pk,
        )

    return [
        _offer(calendar.space, *span)
        for calendar in sorted(found.values(), key=likeness)
        if taken.isdisjoint(calendar.leaves) and not calendar.problems(*span, now=now, seats=seats)
    ]


def near_days(starts_at: datetime, *, now: datetime) -> tuple[date, date]:
    """Return the first and last day on which another time of the same space is looked for."""
    day, today = starts_at.astimezone(JAKARTA).date(), now.astimezone(JAKARTA).date()
    return max(today, day - NEAR_DAYS * DAY), day + NEAR_DAYS * DAY


def near_times(calendar: SpaceCalendar, span: Span, *, seats: int, now: datetime) -> list[Offer]:
    """Return the times of the same length nearest to the one asked for, within some days; no query."""
    starts_at, ends_at = span
    first, last = near_days(starts_at, now=now)
    minutes = int((ends_at - starts_at).total_seconds() // 60)

    def all_starts() -> Iterator[datetime]:
        for number in range((last - first).days + 1):
            yield from calendar.starts(first + number * DAY, minutes, now=now, seats=seats)

    nearest = sorted(all_starts(), key=lambda start: (abs(start - starts_at), start))
    return [
        _offer(calendar.space, start, start + timedelta(minutes=minutes))
        for start in nearest
        if start != starts_at
    ]
