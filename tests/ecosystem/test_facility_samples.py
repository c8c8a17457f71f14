"""The samples of the facilities: all marked, none on a published row, and gone with one command."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from ecosystem.models import (
    AgendaEvent,
    Booking,
    BookingPolicy,
    Closure,
    Facility,
    FacilityManager,
    Occurrence,
    OpeningHours,
    Quota,
    Space,
    SpaceLeaf,
)
from ecosystem.sampling.load import load_facility_samples
from ecosystem.sampling.removal import remove_facility_samples
from ecosystem.services.facility_data import load_facilities
from ecosystem.services.reference import load_reference
from tests.ecosystem.facility_factories import NOW
from tests.ecosystem.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(settings, tmp_path):
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    load_reference(write=True)
    load_facilities()


def everything() -> str:
    """Return all published rows as text, to be compared."""
    rows = [
        sorted(model.objects.values_list(*fields))
        for model, fields in (
            (Space, ("facility", "slug", "name", "policy", "capacity", "is_sample")),
            (SpaceLeaf, ("space__slug", "leaf__slug")),
            (OpeningHours, ("facility", "name")),
            (Quota, ("facility", "period")),
        )
    ]
    return json.dumps(rows, default=str)


def test_five_facilities_can_be_tried_and_every_row_says_that_it_is_a_sample(published):
    assert load_facility_samples(now=NOW) == 5

    assert not BookingPolicy.objects.filter(is_sample=False).exists()
    assert not OpeningHours.objects.filter(is_sample=False).exists()
    assert not Quota.objects.filter(is_sample=False).exists()
    assert not Facility.objects.get(stage="planned").opening_hours.exists()
    # No published room gets an invented capacity.
    assert not Space.objects.filter(is_sample=False).exclude(capacity=None).exists()
    assert Space.objects.filter(is_sample=True, kind="studio").exclude(capacity=None).exists()


def test_bookings_fill_three_months_back_and_two_weeks_ahead(published):
    founder = UserFactory()
    load_facility_samples(now=NOW, founder=founder)
    dates = Occurrence.objects.all()

    assert dates.count() > 300
    assert dates.filter(starts_at__lt=NOW - timedelta(days=60)).exists()
    assert dates.filter(starts_at__gt=NOW, state="pending").exists()
    assert dates.filter(state="no_show").exists()
    assert not Booking.objects.exclude(is_sample=True).exists()
    assert Booking.objects.filter(booker=founder, occurrences__starts_at__gt=NOW).exists()
    assert AgendaEvent.objects.upcoming(at=NOW).filter(is_sample=True, is_published=True).count() >= 3
    # The organisations are invented, and nobody is named.
    assert not Booking.objects.exclude(organization_name__contains="Contoh").exists()
    names = Booking.objects.filter(booker=None).values_list("contact_name", flat=True)
    assert set(names) == {"Kontak contoh"}


def test_the_same_day_gives_the_same_bookings(published):
    def dates():
        return list(
            Occurrence.objects.order_by("space__slug", "starts_at", "state").values_list(
                "space__slug", "starts_at"
            )
        )

    load_facility_samples(now=NOW)
    first = dates()
    remove_facility_samples()
    load_facility_samples(now=NOW)

    assert dates() == first


def test_loading_again_adds_nothing_and_the_demo_manager_looks_after_two(published):
    manager = UserFactory()
    load_facility_samples(now=NOW, manager=manager)
    before = everything()
    found = FacilityManager.objects.filter(user=manager).values_list("facility__slug", flat=True)
    assert set(found) == {"malang-creative-center", "coworking-gajayana"}

    assert load_facility_samples(now=NOW) == 0
    assert everything() == before


def test_removing_them_leaves_the_published_rows_as_they_were(published):
    before = everything()
    load_facility_samples(now=NOW)
    assert remove_facility_samples() > 20

    assert everything() == before
    for model in (BookingPolicy, Booking, Closure, AgendaEvent, OpeningHours):
        assert not model.objects.exists()


def test_once_removed_they_stay_away(published):
    call_command("load_facility_samples", verbosity=0)
    call_command("remove_samples", verbosity=0)
    call_command("load_facility_samples", verbosity=0)

    assert not Space.objects.filter(is_sample=True).exists()


def test_outside_the_demonstration_no_sample_is_made(published, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="MALANGKRAF_DEMO"):
        call_command("load_facility_samples")
