"""The facilities' part of tests/route_world.py: a facility with its manager, and bookings of the owner."""

from base64 import b64decode
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from ecosystem.models import (
    AgendaEvent,
    Amenity,
    CalendarFeed,
    Closure,
    FacilityManager,
    FacilityPhoto,
    Milestone,
    ProgressReport,
    Quota,
    WaitingPlace,
)
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    PolicyFactory,
    make_hours,
    make_occurrence,
    make_space,
)

# The smallest picture: one point.
PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def add_facilities(world) -> None:
    """Give the world a facility with a bookable space, and each kind of row that an address can name."""
    owner = world.people["owner"]
    world.facility = FacilityFactory(slug="pusat-contoh", kecamatan=world.kecamatan)
    world.whole_space = world.facility.spaces.get(parent=None)
    world.policy = PolicyFactory(facility=world.facility)
    world.curated = PolicyFactory(facility=world.facility, mode="curated")
    world.free_policy = PolicyFactory(facility=world.facility)
    world.space = make_space(world.facility, policy=world.policy, slug="ruang-contoh")
    world.hall = make_space(world.facility, policy=world.curated, slug="aula-contoh", kind="hall")
    world.hours = make_hours(world.facility)
    world.facility_manager_row = FacilityManager.objects.create(
        facility=world.facility, user=world.people["facility_manager"]
    )
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3)
    world.occurrence = make_occurrence(world.space, noon, booker=owner)
    world.booking = world.occurrence.booking
    world.pending_occurrence = make_occurrence(world.hall, noon, booker=owner, state="pending")
    world.pending_booking = world.pending_occurrence.booking
    world.amenity = Amenity.objects.create(code="proyektor", name="Proyektor")
    world.quota = Quota.objects.create(facility=world.facility, period="week", max_count=3)
    world.closure = Closure.objects.create(
        facility=world.facility,
        space=world.space,
        starts_at=noon + timedelta(days=1),
        ends_at=noon + timedelta(days=2),
        reason="Perbaikan lampu",
    )
    world.waiting_place = WaitingPlace.objects.create(
        space=world.space, user=owner, starts_at=noon, ends_at=noon + timedelta(hours=1)
    )
    world.calendar_feed = CalendarFeed.objects.create(user=owner)
    world.milestone = Milestone.objects.create(
        facility=world.facility,
        happened_on="2023-09-22",
        kind="opening",
        title="Dibuka",
        source_url="https://sumber.example/dibuka",
    )
    world.photo = FacilityPhoto.objects.create(
        facility=world.facility,
        image=ContentFile(PIXEL, name="titik.png"),
        caption="Tampak depan",
        credit="Pemkot Malang",
    )
    world.progress_report = ProgressReport.objects.create(
        facility=world.facility,
        as_of="2022-06-17",
        actual_percent=92,
        source_url="https://sumber.example/kemajuan",
    )
    world.event = AgendaEvent.objects.create(
        slug="acara-contoh",
        facility=world.facility,
        space=world.space,
        kind="talk",
        title="Bincang contoh",
        organizer="Komunitas Contoh",
        starts_at=noon,
        ends_at=noon + timedelta(hours=2),
        is_published=True,
    )
