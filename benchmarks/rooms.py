"""A facility of so many rooms with a month of two-hour bookings, the same ones in every run."""

import random
import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from ecosystem import codes
from ecosystem.models import (
    Allocation,
    Booking,
    BookingPolicy,
    Facility,
    Kecamatan,
    Occurrence,
    OpeningHours,
    OpeningSpan,
    Space,
    User,
)
from ecosystem.services import spaces

JAKARTA = ZoneInfo("Asia/Jakarta")
SEED = 1914
# As in the rivals' figures (research/facilities.md section 6): 60 rooms, 08 to 21, 4,920 bookings in a month.
ROOMS, OPENS, CLOSES, BOOKINGS = 60, 8, 21, 4_920
STARTS = range(OPENS, CLOSES - 1, 2)
TABLES = (
    "ecosystem_bookingstep, ecosystem_allocation, ecosystem_occurrence, ecosystem_booking, ecosystem_closure,"
    " ecosystem_outgoingmail"
)


def next_month() -> tuple[date, date]:
    """Return the first and last day of the month after this one."""
    first = (timezone.localdate().replace(day=1) + timedelta(days=32)).replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def make_facility(rooms: int) -> Facility:
    """Return a facility in use with so many rooms, without bookings."""
    call_command("load_reference", write=True, verbosity=0)
    facility = Facility.objects.create(
        slug=f"bench-{rooms}", name=f"Bench {rooms}", kind="coworking", stage="open",
        kecamatan=Kecamatan.objects.earliest("code"),
    )  # fmt: skip
    whole = Space.objects.create(facility=facility, slug="gedung", kind="building", name="Gedung")
    policy = BookingPolicy.objects.create(
        facility=facility,
        name="Bench",
        mode="instant",
        horizon_days=90,
        max_minutes=240,
        needs_check_in=False,
    )
    Space.objects.bulk_create(
        Space(
            facility=facility, parent=whole, policy=policy, kind="room", slug=f"ruang-{number}",
            name=f"Ruang {number}", floor=str(1 + number // 10), capacity=10, order=number,
        )
        for number in range(rooms)
    )  # fmt: skip
    hours = OpeningHours.objects.create(facility=facility, name="Jam buka", valid_from=date(2026, 1, 1))
    OpeningSpan.objects.bulk_create(
        OpeningSpan(hours=hours, weekday=day, opens=time(OPENS), closes=time(CLOSES)) for day in range(7)
    )
    spaces.rebuild_leaves(facility.pk)
    return facility


def book_a_month(facility: Facility) -> int:
    """Write two-hour bookings of the next month, 4,920 for 60 rooms, and return how many."""
    first, last = next_month()
    rooms = list(facility.spaces.filter(kind="room"))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    places = [(room, day, hour) for room in rooms for day in days for hour in STARTS]
    chosen = random.Random(SEED).sample(places, BOOKINGS * len(rooms) // ROOMS)
    user, _ = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench"})
    bookings = Booking.objects.bulk_create(
        Booking(
            facility=facility, space=room, booker=user, entered_by=user, contact_name="Bench", title="Bench",
            purpose="meeting", attendees=4, state="confirmed", mode="instant", key=uuid.uuid4(),
            code=codes.booking_code() + f"{number % 1000:03}",
        )
        for number, (room, _day, _hour) in enumerate(chosen)
    )  # fmt: skip
    dates = []
    for booking, (room, day, hour) in zip(bookings, chosen, strict=True):
        start = datetime.combine(day, time(hour), tzinfo=JAKARTA)
        dates.append(
            Occurrence(
                booking=booking,
                space=room,
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                state="confirmed",
            )
        )
    Occurrence.objects.bulk_create(dates)
    Allocation.objects.bulk_create(
        Allocation(leaf=row.space, during=DateTimeTZRange(row.starts_at, row.ends_at), occurrence=row)
        for row in dates
    )
    with connection.cursor() as cursor:
        for table in TABLES.split(","):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return len(dates)


def overlaps() -> int:
    """Return how many pairs of allocations hold the same leaf at the same time, by a self-join."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ecosystem_allocation AS a JOIN ecosystem_allocation AS b"
            " ON a.leaf_id = b.leaf_id AND a.id < b.id AND a.during && b.during WHERE a.holds AND b.holds"
        )
        return int(cursor.fetchone()[0])


def clear() -> None:
    """Take everything away again."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES}, ecosystem_facility CASCADE")
