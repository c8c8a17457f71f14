"""Facilities, spaces, hours and bookings for tests: small, valid by default, written as the services write them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from ecosystem.models import (
    Allocation,
    Booking,
    BookingPolicy,
    Facility,
    FacilityManager,
    Occurrence,
    OpeningHours,
    OpeningSpan,
    Space,
)
from ecosystem.services import spaces
from tests.ecosystem.factories import KecamatanFactory, UserFactory

JAKARTA = ZoneInfo("Asia/Jakarta")
# A Tuesday without a holiday; tests that need a clock pass NOW, the Monday before at noon in Malang.
TUESDAY = date(2026, 12, 1)
NOW = datetime(2026, 11, 30, 5, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: date = TUESDAY) -> datetime:
    """Return an instant of Asia/Jakarta; hour 24 is midnight at the day's end."""
    return datetime.combine(day, time(0), tzinfo=JAKARTA) + timedelta(hours=hour, minutes=minute)


def noon_in(days: int) -> datetime:
    """Return noon in Malang so many days from today on."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)


class FacilityFactory(factory.django.DjangoModelFactory):
    """A facility in use, with its whole (a space of kind building)."""

    class Meta:
        model = Facility
        django_get_or_create = ("slug",)
        skip_postgeneration_save = True

    slug = factory.Sequence("fasilitas-{}".format)
    name = factory.LazyAttribute(lambda row: f"Fasilitas {row.slug}")
    kind = Facility.Kind.COWORKING
    stage = Facility.Stage.OPEN
    kecamatan = factory.SubFactory(KecamatanFactory)

    @factory.post_generation
    def whole(facility, create, extracted, **_):
        if create and not facility.spaces.exists():
            Space.objects.create(facility=facility, slug="gedung", kind=Space.Kind.BUILDING, name="Gedung")
            spaces.rebuild_leaves(facility.pk)


class PolicyFactory(factory.django.DjangoModelFactory):
    """Rules of booking: at once, one to four hours, every half hour, no buffers, for everybody."""

    class Meta:
        model = BookingPolicy

    facility = factory.SubFactory(FacilityFactory)
    name = factory.Sequence("aturan {}".format)
    mode = BookingPolicy.Mode.INSTANT


def make_space(facility=None, *, parent=None, policy=None, kind=Space.Kind.ROOM, **fields) -> Space:
    """Return a saved space with its leaves; by default a room right below the facility's whole, bookable at once."""
    facility = facility or (parent.facility if parent else FacilityFactory())
    parent = parent or facility.spaces.get(parent=None)
    if policy is None:
        policy = PolicyFactory(facility=facility)
    number = facility.spaces.count()
    fields = {"slug": f"ruang-{number}", "name": f"Ruang {number}", "capacity": 10, "order": number} | fields
    space = Space.objects.create(facility=facility, parent=parent, policy=policy, kind=kind, **fields)
    spaces.rebuild_leaves(facility.pk)
    return space


def space_of(facility, *, kind="room", **rules) -> Space:
    """Return a space of the facility whose booking rules are these."""
    return make_space(facility, policy=PolicyFactory(facility=facility, **rules), kind=kind)


def make_hours(
    facility, *, space=None, opens="08:00", closes="21:00", weekdays=range(7), **fields
) -> OpeningHours:
    """Return a set of hours: one span on each of the weekdays, from 2026 on without an end."""
    fields = {"name": "Jam buka", "valid_from": date(2026, 1, 1)} | fields
    hours = OpeningHours.objects.create(facility=facility, space=space, **fields)
    opens, closes = time.fromisoformat(opens), time.fromisoformat(closes)
    OpeningSpan.objects.bulk_create(
        OpeningSpan(hours=hours, weekday=day, opens=opens, closes=closes, closes_next_day=closes <= opens)
        for day in weekdays
    )
    return hours


def make_occurrence(space, starts_at, *, hours=1, booker=None, state="confirmed", **fields) -> Occurrence:
    """Return a date of a new booking with its allocations, written without any rule."""
    booker = booker or UserFactory()
    booking = Booking.objects.create(
        facility=space.facility,
        space=space,
        booker=booker,
        entered_by=booker,
        contact_name=str(booker),
        contact_email=booker.email,
        title="Latihan",
        purpose="meeting",
        attendees=2,
        state=state,
        mode=space.policy.mode if space.policy else "approval",
        **fields,
    )
    occurrence = Occurrence.objects.create(
        booking=booking,
        space=space,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        state=state,
    )
    Allocation.objects.bulk_create(
        Allocation(
            leaf_id=leaf,
            during=DateTimeTZRange(occurrence.starts_at, occurrence.ends_at),
            occurrence=occurrence,
            holds=state in Occurrence.LIVE,
        )
        for leaf in sorted(space.leaf_rows.values_list("leaf", flat=True))
    )
    return occurrence


def make_manager(facility, **fields):
    """Return an account that looks after the facility."""
    from django.contrib.auth.models import Group

    user = UserFactory(**fields)
    user.groups.add(Group.objects.get_or_create(name="facility_manager")[0])
    FacilityManager.objects.create(facility=facility, user=user)
    return user
