"""The addresses that calendar programmes read: a space's without names, a person's own by a secret, one booking's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from ecosystem.models import CalendarFeed
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    make_manager,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import UserFactory

pytestmark = pytest.mark.django_db
NOON = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=2)


@pytest.fixture
def space(facility):
    return make_space(facility, slug="studio", name="Studio Siniar")


@pytest.fixture
def occurrence(space):
    booker = UserFactory(name="Siti Rahayu", email="siti@example.org")
    return make_occurrence(space, NOON, booker=booker, organization_name="PT Rahasia", note="Catatan rahasia")


def events(answer):
    return Calendar.from_ical(answer.content).walk("VEVENT")


def secrets_of(booking):
    return (
        booking.code, booking.letter_code, booking.title, booking.contact_name, booking.contact_email,
        booking.organization_name, booking.note,
    )  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "/fasilitas/mcc/studio/kalender.ics",
        "/en/fasilitas/mcc/studio/kalender.ics",
        "/fasilitas/mcc/agenda.ics",
        "/fasilitas/mcc/",
        "/fasilitas/mcc/kalender/?tampilan=minggu&tanggal={day}",
        "/fasilitas/mcc/studio/?tampilan=hari&tanggal={day}",
        "/fasilitas/mcc/studio/?tampilan=bulan&tanggal={day}",
        "/api/v1/availability/?fasilitas=mcc&tanggal={day}",
        "/api/v1/spaces/mcc/studio/",
    ],
)
def test_the_booking_of_another_person_is_taken_time_and_no_more(occurrence, address):
    address = address.format(day=f"{NOON:%Y-%m-%d}")
    stranger, other = Client(), Client()
    other.force_login(UserFactory())
    for client in (stranger, other):
        answer = client.get(address)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert [word for word in secrets_of(occurrence.booking) if word in text] == []


def test_a_space_tells_when_it_is_taken(occurrence):
    make_occurrence(occurrence.space, NOON + timedelta(hours=3), state="cancelled")
    (event,) = events(Client().get("/fasilitas/mcc/studio/kalender.ics"))
    assert event["DTSTART"].dt == occurrence.starts_at
    assert event["SUMMARY"] == "Terisi"
    (english,) = events(Client().get("/en/fasilitas/mcc/studio/kalender.ics"))
    assert (english["SUMMARY"], english["UID"]) == ("Taken", event["UID"])


def test_a_space_that_is_not_there_has_no_feed(space):
    make_space(space.facility, slug="lama", is_active=False)
    for address in (
        "/fasilitas/mcc/lama/kalender.ics",
        "/fasilitas/mcc/x/kalender.ics",
        "/fasilitas/x/y/kalender.ics",
    ):
        assert Client().get(address).status_code == 404


def test_a_person_reads_their_own_dates_by_the_secret_address(occurrence):
    booking = occurrence.booking
    make_occurrence(occurrence.space, NOON + timedelta(hours=2))
    make_occurrence(occurrence.space, NOON + timedelta(hours=4), booker=booking.booker, state="pending")
    make_occurrence(occurrence.space, NOON + timedelta(hours=6), booker=booking.booker, state="cancelled")
    feed = CalendarFeed.objects.create(user=booking.booker)
    address = f"/pesanan/kalender/{feed.token}.ics"
    answer = Client().get(address)
    assert [str(event["STATUS"]) for event in events(answer)] == ["CONFIRMED", "TENTATIVE"]
    assert "no-cache" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    feed.refresh_from_db()
    assert feed.read_at
    assert Client().get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    occurrence.version = 2
    occurrence.save()
    assert Client().get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_a_wrong_or_ended_secret_and_a_closed_account_open_nothing(occurrence):
    booker = occurrence.booking.booker
    feed = CalendarFeed.objects.create(user=booker)
    for token in ("x", feed.token[:-1], feed.token.swapcase(), "%00", "../surat"):
        assert Client().get(f"/pesanan/kalender/{token}.ics").status_code == 404
    booker.is_active = False
    booker.save()
    assert Client().get(f"/pesanan/kalender/{feed.token}.ics").status_code == 404


def test_ten_dates_cost_as_many_queries_as_one(occurrence, django_assert_num_queries):
    booker = occurrence.booking.booker
    address = f"/pesanan/kalender/{CalendarFeed.objects.create(user=booker).token}.ics"
    Client().get(address)
    with CaptureQueriesContext(connection) as captured:
        Client().get(address)
    one = len(captured)
    for days in range(1, 10):
        make_occurrence(occurrence.space, NOON + timedelta(days=days), booker=booker)
    with django_assert_num_queries(one):
        assert len(events(Client().get(address))) == 10


def test_one_booking_as_a_file_is_for_its_booker_and_its_managers(occurrence):
    booking = occurrence.booking
    address = f"/pesanan/{booking.code}/kalender.ics"
    for user, status in (
        (booking.booker, 200), (make_manager(booking.facility), 200), (UserFactory(), 404),
        (make_manager(FacilityFactory()), 404),
    ):  # fmt: skip
        client = Client()
        client.force_login(user)
        assert client.get(address).status_code == status
    assert Client().get(address).status_code == 302
