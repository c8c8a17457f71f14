"""What managers write down for others: bookings by phone and at the desk, booked again, put right."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ecosystem.models import Allocation, Booking, Occurrence
from tests.ecosystem.facility_factories import (
    TUESDAY,
    PolicyFactory,
    at,
    make_occurrence,
    make_space,
)

pytestmark = pytest.mark.django_db
URL = "/ruang-kerja/fasilitas/mcc/"
DAY = timezone.localdate() + timedelta(days=7)


@pytest.fixture
def client(manager, client_for):
    return client_for(manager)


@pytest.fixture
def policy(facility):
    return PolicyFactory(facility=facility, mode="approval", is_commercial_allowed=True)


def address(booking, what=""):
    return f"{URL}pesanan/{booking.code}/{what}"


def slot(space, hour, **values):
    base = {"space": space.pk, "day": DAY.isoformat(), "starts": f"{hour:02}:00", "ends": f"{hour + 1:02}:00"}
    return base | values


def phone(space, hour=9, **values):
    base = {
        "key": "b1d3d6f0-8f4e-4b0c-9a52-0d6f1c1f6a01",
        "contact_name": "Pak Slamet",
        "contact_phone": "0812 3456 7890",
        "purpose": "meeting",
        "attendees": "4",
    }
    return slot(space, hour) | base | values


def test_somebody_without_an_account_books_by_phone(facility, client, manager):
    space = make_space(facility)
    response = client.post(f"{URL}pesan/", phone(space, 21))
    booking = Booking.objects.get()
    assert response["Location"] == f"{URL}pesanan/{booking.code}/"
    assert (booking.state, booking.booker, booking.entered_by) == ("confirmed", None, manager)
    assert booking.contact_phone == "+6281234567890"
    # The same form again gives the same booking.
    client.post(f"{URL}pesan/", phone(space, 21))
    assert Booking.objects.count() == 1


def test_a_taken_time_cannot_be_booked_by_phone_either(facility, client):
    space = make_space(facility)
    make_space(facility, name="Ruang lain")
    make_occurrence(space, at(9, day=DAY))
    response = client.post(f"{URL}pesan/", phone(space))
    assert response.status_code == 409
    assert Booking.objects.count() == 1
    # One press books what is free instead, for as long as was asked for.
    (key,) = (key for key, text in response.context["offers"] if "Ruang lain" in text)
    client.post(f"{URL}pesan/", phone(space, ke=key))
    made = Occurrence.objects.latest("pk")
    assert (made.space.name, made.starts_at, made.ends_at) == ("Ruang lain", at(9, day=DAY), at(10, day=DAY))


def test_a_series_is_booked_without_the_dates_that_are_taken(facility, client):
    space, week = make_space(facility), timedelta(days=7)
    make_occurrence(space, at(9, day=DAY + week))
    values = phone(space, repeats_until=(DAY + 2 * week).isoformat())
    response = client.post(f"{URL}pesan/", values)
    assert response.status_code == 409 and not response.context["offers"]
    skip = [start.isoformat() for start in response.context["skip"]]
    # Another date is taken while the manager talks: it is asked for as well, nothing is booked yet.
    make_occurrence(space, at(9, day=DAY))
    again = client.post(f"{URL}pesan/", values | {"skip": skip, "lewati": "1"})
    assert again.status_code == 409 and len(again.context["skip"]) == 2
    skip = [*(start.isoformat() for start in again.context["skip"]), "kapan"]
    assert client.post(f"{URL}pesan/", values | {"skip": skip, "lewati": "1"}).status_code == 302
    made = Booking.objects.get(contact_name="Pak Slamet")
    assert [date.starts_at for date in made.occurrences.all()] == [at(9, day=DAY + 2 * week)]


def test_commercial_use_by_phone_is_decided_with_a_reason(facility, client, policy):
    space = make_space(facility, policy=policy)
    values = phone(space, declares_commercial="on")
    assert "commercial_reason" in client.post(f"{URL}pesan/", values).context["form"].errors
    client.post(f"{URL}pesan/", values | {"commercial_reason": "Menjual tiket"})
    booking = Booking.objects.get()
    assert (booking.is_commercial, booking.commercial_reason) == (True, "Menjual tiket")
    assert booking.steps.get(what="commercial").note == "Menjual tiket"


def test_a_desk_for_a_caller_does_not_take_the_whole_area(facility, client):
    area = make_space(facility, kind="desk_area")
    for _ in range(2):
        make_space(parent=area, kind="desk")
    assert "2" in client.post(f"{URL}pesan/", phone(area)).context["form"].errors["seats"][0]
    client.post(f"{URL}pesan/", phone(area, attendees="1", seats="1"))
    assert Allocation.objects.filter(holds=True).count() == 1


@pytest.mark.parametrize(("minutes", "is_booked"), [(-15, True), (-30, False)])
def test_who_stands_at_the_desk_is_booked_and_checked_in(facility, client, minutes, is_booked):
    start = timezone.localtime() + timedelta(minutes=minutes)
    end = start + timedelta(hours=1)
    times = {"day": start.date().isoformat(), "starts": f"{start:%H:%M}", "ends": f"{end:%H:%M}"}
    client.post(f"{URL}pesan/", phone(make_space(facility), is_here="on") | times)
    assert [date.checked_in_at is not None for date in Occurrence.objects.all()] == [True] * is_booked


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"contact_phone": ""}, "contact_phone"),
        ({"attendees": "0"}, "attendees"),
        ({"attendees": "11"}, "attendees"),
        ({"seats": "2"}, "seats"),
        ({"purpose": "pesta"}, "purpose"),
        ({"key": "x"}, "key"),
        ({"repeats_until": "0001-01-01"}, "repeats_until"),
    ],
)
def test_bad_input_of_a_phone_booking_is_explained(facility, client, change, field):
    response = client.post(f"{URL}pesan/", phone(make_space(facility)) | change)
    assert field in response.context["form"].errors
    assert not Booking.objects.exists()


def test_the_calendars_free_time_fills_the_form(facility, client):
    space = make_space(facility, slug="siniar")
    wanted = {"ruang": "siniar", "tanggal": "2027-01-05", "mulai": "10:00"}
    form = client.get(f"{URL}pesan/", wanted).context["form"]
    assert (form.initial["space"], form.initial["day"].isoformat(), form.initial["starts"].hour) == (
        space.pk,
        "2027-01-05",
        10,
    )
    for value in ("\x00", "9999-12-31", "kapan"):
        assert (
            client.get(f"{URL}pesan/", {"ruang": value, "tanggal": value, "mulai": "23:00"}).status_code
            == 200
        )


@pytest.mark.parametrize(
    ("hour", "minute", "day", "begins"), [(10, 33, 0, "10:30"), (6, 0, 0, "08:00"), (22, 0, 1, "08:00")]
)
def test_the_form_begins_when_the_house_is_open(
    facility, manager, client_for, monkeypatch, hour, minute, day, begins
):
    monkeypatch.setattr(timezone, "now", lambda: at(hour, minute))
    client = client_for(manager)
    initial = client.get(f"{URL}pesan/").context["form"].initial
    assert (initial["day"], f"{initial['starts']:%H:%M}") == (TUESDAY + timedelta(days=day), begins)
    # A day without a time: its opening.
    initial = client.get(f"{URL}pesan/", {"tanggal": "2026-12-03"}).context["form"].initial
    assert (initial["day"].isoformat(), f"{initial['starts']:%H:%M}") == ("2026-12-03", "08:00")


def test_who_was_declined_by_mistake_is_booked_again_with_the_same_contact(facility, client):
    space = make_space(facility)
    old = make_occurrence(space, at(9, day=DAY), state="declined").booking
    assert f"?dari={old.code}" in client.get(address(old)).content.decode()
    page = client.get(f"{URL}pesan/", {"dari": old.code})
    # The address itself is not shown: a look at it is written down.
    assert old.contact_email not in page.content.decode()
    initial = page.context["form"].initial
    assert (initial["space"], initial["day"], initial["starts"].hour) == (space.pk, DAY, 9)
    values = phone(space, dari=old.code, contact_phone="")
    client.post(f"{URL}pesan/", values)
    made = Booking.objects.exclude(pk=old.pk).get()
    assert (made.state, made.booker, made.contact_email) == ("confirmed", old.booker, old.contact_email)
    # A booking that lives, or nonsense, is nothing to begin from.
    for code in (made.code, "\x00", "TIDAKADA"):
        assert client.get(f"{URL}pesan/", {"dari": code}).context["source"] is None


def test_a_booking_by_phone_is_put_right_without_showing_the_contact(facility, client):
    client.post(f"{URL}pesan/", phone(make_space(facility)))
    booking = Booking.objects.get()
    url = address(booking, "ubah/")
    page = client.get(url)
    assert booking.contact_phone not in page.content.decode()
    values = {"contact_name": "Bu Slamet", "attendees": "6", "purpose": "meeting"}
    assert client.post(url, values)["Location"] == address(booking)
    booking.refresh_from_db()
    assert (booking.contact_name, booking.attendees) == ("Bu Slamet", 6)
    assert booking.contact_phone == "+6281234567890"
    client.post(url, values | {"contact_phone": "0812 9999 0000"})
    booking.refresh_from_db()
    assert booking.contact_phone == "+6281299990000"
    assert "attendees" in client.post(url, values | {"attendees": "11"}).context["form"].errors
    Booking.objects.update(state="cancelled")
    assert client.post(url, values).status_code == 409


def test_the_contact_of_an_account_is_its_own(facility, client):
    booking = make_occurrence(make_space(facility), at(9, day=DAY)).booking
    client.post(address(booking, "ubah/"), {"contact_name": "Lain", "attendees": "3", "purpose": "meeting"})
    booking.refresh_from_db()
    assert (booking.attendees, booking.contact_name) == (3, str(booking.booker))
