"""Booking a space by its pages: the steps, what is kept, and what bad input meets."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ecosystem.models import Allocation, Booking, Occurrence
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    PolicyFactory,
    at,
    make_hours,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import SubsectorFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    """A day that can be booked, whatever today is."""
    return timezone.localdate() + timedelta(days=3)


@pytest.fixture
def space():
    facility = FacilityFactory(slug="mcc", name="MCC")
    make_hours(facility)
    policy = PolicyFactory(facility=facility, is_commercial_allowed=True, max_occurrences=12)
    return make_space(facility, slug="podcast", name="Studio Podcast", policy=policy, kind="studio")


@pytest.fixture
def url(space):
    return reverse("ecosystem:booking_create", args=["mcc", "podcast"])


def typed(day, hour=10, hours=2, **more):
    """Return what the form sends."""
    values = {
        "mulai": f"{day}T{hour:02}:00",
        "menit": str(hours * 60),
        "title": "Rekaman siniar",
        "purpose": "production",
        "attendees": "4",
        "declares_commercial": "0",
        "contact_name": "Rina",
    }
    return values | more


def press(client, url, action, values, **more):
    return client.post(url, values | {"aksi": action} | more)


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def book(client, url, values):
    """Go from the details to the confirmation as a browser does."""
    check = press(client, url, "periksa", values)
    assert check.templates[0].name == "ecosystem/booking/check.html", text_of(check)[:800]
    return press(client, url, "pesan", values, key=check.context["key"])


# --- the steps ----------------------------------------------------------------------------------------------


def test_a_resident_books_in_three_steps(founder, client_for, space, url, day):
    client = client_for(founder)
    when = client.get(url, {"tanggal": str(day), "menit": "120"})
    assert f'value="{day}T10:00"' in when.content.decode()
    details = press(client, url, "rincian", {"mulai": f"{day}T10:00", "menit": "120"})
    assert "title" in details.context["form"].fields
    answer = book(client, url, typed(day))
    booking = Booking.objects.get()
    assert answer.url == reverse("ecosystem:booking_detail", args=[booking.code])
    assert (booking.state, booking.title, booking.booker) == ("confirmed", "Rekaman siniar", founder)
    assert booking.occurrences.get().starts_at == at(10, day=day)
    assert Allocation.objects.filter(holds=True).count() == 1
