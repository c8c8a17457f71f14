"""Write the samples of the facilities: rules, rooms, desks, hours, a closure, and then their bookings.

Nothing is invented for a published row: capacities and equipment stand on rooms that are samples themselves.
"""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from ecosystem.models import (
    Amenity,
    BookingPolicy,
    Closure,
    Facility,
    FacilityManager,
    OpeningHours,
    OpeningSpan,
    Quota,
    Space,
    SpaceAmenity,
    User,
)
from ecosystem.rules.hours import instant
from ecosystem.sampling.bookings import Writer
from ecosystem.services import allocations, spaces
from malangkraf import page_cache

PLAN = Path(__file__).with_name("plan.json")
# Sample rooms come after the published ones of their floor.
FIRST_ORDER = 500

Row = dict[str, Any]


@transaction.atomic
def load_facility_samples(*, now: datetime, manager: User | None = None, founder: User | None = None) -> int:
    """Write the samples of the facilities that have none and return of how many; once there, they stay as they are."""
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    today = timezone.localdate(now)
    made = 0
    for row in plan["facilities"]:
        facility = Facility.objects.filter(slug=row["slug"]).first()
        if facility is None or facility.policies.exists() or facility.opening_hours.exists():
            continue
        _add_rooms(facility, row)
        _add_hours(facility, row["hours"], today)
        for quota in row.get("quotas", []):
            Quota.objects.create(facility=facility, is_sample=True, **quota)
        if "closure" in row:
            _add_closure(facility, row["closure"], today)
        Writer(facility, now=now, founder=founder).fill()
        if manager and facility.slug in plan["managed_by_the_demo_account"]:
            FacilityManager.objects.get_or_create(facility=facility, user=manager)
        made += 1
    if made:
        page_cache.bump()
    return made


def _add_rooms(facility: Facility, row: Row) -> None:
    """Write the booking rules, the sample rooms and the desks, and give the rules to the published rooms."""
    policies = {
        name: BookingPolicy.objects.create(facility=facility, name=name, is_sample=True, **values)
        for name, values in row["policies"].items()
    }
    for slug, name in row.get("bookable", {}).items():
        facility.spaces.filter(slug=slug).update(policy=policies[name])
    whole = facility.spaces.get(parent=None)
    for number, room in enumerate(row["rooms"]):
        parent = facility.spaces.get(slug=room["parent"]) if "parent" in room else whole
        _add_room(parent, room, policies[room["policy"]], FIRST_ORDER + number)
    if "desks" in row:
        _add_desks(facility.spaces.get(slug=row["desks"]["area"]), row["desks"]["number"])
    spaces.rebuild_leaves(facility.pk)


def _add_room(parent: Space, room: Row, policy: BookingPolicy, order: int) -> None:
    texts = ("slug", "kind", "name", "name_en", "description", "description_en", "capacity")
    made = Space.objects.create(
        facility_id=parent.facility_id,
        parent=parent,
        floor=parent.floor,
        policy=policy,
        is_accessible=room["accessible"],
        is_sample=True,
        order=order,
        **{name: room[name] for name in texts if name in room},
    )
    found = Amenity.objects.filter(code__in=room["amenities"])
    SpaceAmenity.objects.bulk_create(SpaceAmenity(space=made, amenity=amenity) for amenity in found)


def _add_desks(area: Space, number: int) -> None:
    for place in range(1, number + 1):
        Space.objects.create(
            facility_id=area.facility_id,
            parent=area,
            slug=f"{area.slug}-meja-{place}",
            kind=Space.Kind.DESK,
            name=f"Meja {place}",
            name_en=f"Desk {place}",
            floor=area.floor,
            capacity=1,
            is_sample=True,
            order=FIRST_ORDER + 100 + place,
        )


def _add_hours(facility: Facility, sets: list[Row], today: date) -> None:
    """Write the sets of hours; one without its own days counts from half a year ago on."""
    for row in sets:
        hours = OpeningHours.objects.create(
            facility=facility,
            space=facility.spaces.get(slug=row["space"]) if "space" in row else None,
            cause=row.get("cause", OpeningHours.Cause.REGULAR),
            name=row["name"],
            name_en=row["name_en"],
            valid_from=date.fromisoformat(row["from"]) if "from" in row else today - timedelta(days=182),
            valid_to=date.fromisoformat(row["to"]) if "to" in row else None,
            counts_for_all_spaces=row.get("for_all", False),
            is_sample=True,
        )
        OpeningSpan.objects.bulk_create(
            _span(hours, weekday, text)
            for days, texts in row["spans"].items()
            for weekday in range(int(days[0]), int(days[-1]) + 1)
            for text in texts
        )


def _add_closure(facility: Facility, row: Row, today: date) -> None:
    day = today + timedelta(days=row["in_days"])
    closure = Closure.objects.create(
        facility=facility,
        space=facility.spaces.get(slug=row["space"]),
        starts_at=instant(day, time.fromisoformat(row["from"])),
        ends_at=instant(day, time.fromisoformat(row["to"])),
        reason=row["reason"],
        reason_en=row["reason_en"],
        is_sample=True,
    )
    allocations.fill_closure(closure)


def _span(hours: OpeningHours, weekday: int, text: str) -> OpeningSpan:
    """Return the span of "08:00-21:00"; one that closes before it opens closes on the next day."""
    opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    return OpeningSpan(
        hours=hours, weekday=weekday, opens=opens, closes=closes, closes_next_day=closes <= opens
    )
