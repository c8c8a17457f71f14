"""Managers write into the agenda: new events, changes by two people, publishing, cancelling, the booked date behind."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecosystem.models import AgendaEvent, OutgoingMail
from ecosystem.services import agenda, booking_events
from tests.ecosystem.facility_factories import FacilityFactory, make_occurrence, make_space

pytestmark = pytest.mark.django_db
BASE = "/ruang-kerja/fasilitas/mcc/agenda/"


@pytest.fixture
def client(manager, client_for):
    return client_for(manager)


def values(**changes):
    return {
        "title": "Bincang gim", "kind": "talk", "organizer": "Komunitas Gim", "first_day": "2027-03-02",
        "opens": "19:00", "closes": "21:00", "summary": "Tentang gim.", "is_free": "1",
    } | changes  # fmt: skip


def public(page):
    # Nothing is committed in a test, so that stored pages stay.
    cache.clear()
    return Client().get(page)


def write(client, **changes):
    client.post(f"{BASE}baru/", values(**changes))
    return AgendaEvent.objects.latest("pk")


def test_a_manager_writes_publishes_and_cancels_an_event(client, facility):
    event = write(client)
    assert (event.facility, event.is_published, event.is_free) == (facility, False, True)
    assert timezone.localtime(event.starts_at).isoformat() == "2027-03-02T19:00:00+07:00"
    page = f"/agenda/{event.slug}/"
    assert event.slug == "bincang-gim-2027-03-02"
    assert public(page).status_code == 404
    client.post(f"{BASE}{event.pk}/terbit/", {"publish": "1"})
    assert public(page).status_code == 200
    assert client.get(f"{BASE}{event.pk}/batal/").status_code == 200
    client.post(f"{BASE}{event.pk}/batal/", {"cancel": "1"})
    assert "dibatalkan" in public(page).content.decode()
    client.post(f"{BASE}{event.pk}/batal/", {"cancel": "0"})
    assert "dibatalkan" not in public(page).content.decode()
    client.post(f"{BASE}{event.pk}/terbit/", {"publish": "0"})
    assert public(page).status_code == 404


def test_two_events_of_one_title_and_day_have_two_addresses(client):
    assert {write(client).slug, write(client).slug, write(client, title="!!!").slug} == {
        "bincang-gim-2027-03-02", "bincang-gim-2027-03-02-2", "acara-2027-03-02",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closes": "18:00"}, "closes"),
        ({"closes": "19:00"}, "closes"),
        ({"title": ""}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"organizer": " "}, "organizer"),
        ({"kind": "pesta"}, "kind"),
        ({"first_day": "kemarin"}, "first_day"),
        ({"first_day": "9999-01-01"}, "first_day"),
        ({"registration_url": "javascript:alert(1)"}, "registration_url"),
        ({"registration_url": "ftp://a.example/"}, "registration_url"),
        ({"registration_url": f"https://a.example/{'x' * 300}"}, "registration_url"),
        ({"summary": "x" * 2001}, "summary"),
        ({"space": "999999"}, "space"),
        ({"is_free": "2"}, "is_free"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_everything_typed_stays(client, changes, field):
    answer = client.post(f"{BASE}baru/", values(**changes))
    assert list(answer.context["form"].errors) == [field]
    assert "Tentang gim." in answer.content.decode() or "summary" in changes
    assert not AgendaEvent.objects.exists()


def test_an_event_past_midnight_ends_on_the_next_day(client):
    event = write(client, last_day="2027-03-03", closes="01:00")
    assert event.ends_at - event.starts_at == timedelta(hours=6)


def test_the_slower_of_two_managers_is_told_and_loses_nothing(client):
    event = write(client)
    address = f"{BASE}{event.pk}/"
    seen = client.get(address).context["form"]["seen"].value()
    client.post(address, values(title="Dari orang pertama", seen=seen))
    answer = client.post(address, values(title="Dari orang kedua", seen=seen))
    assert answer.status_code == 409
    assert "Dari orang kedua" in answer.content.decode()
    event.refresh_from_db()
    assert event.title == "Dari orang pertama"
    again = answer.context["form"]["seen"].value()
    assert client.post(address, values(title="Dari orang kedua", seen=again)).status_code == 302
    event.refresh_from_db()
    assert event.title == "Dari orang kedua"


def test_an_event_of_a_booked_date_takes_its_time_and_follows_it(client, facility):
    space = make_space(facility)
    starts_at = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=5)
    date = make_occurrence(space, starts_at, organization_name="Studio Terang")
    address = f"{BASE}baru/?tanggal={date.pk}"
    assert client.get(address).context["form"]["organizer"].value() == "Studio Terang"
    client.post(address, {"title": "Kelas", "kind": "workshop", "organizer": "Studio Terang"})
    event = AgendaEvent.objects.get()
    assert (event.occurrence, event.starts_at, event.space) == (date, date.starts_at, space)
    assert client.get(address).status_code == 404  # it has one already
    date.starts_at, date.ends_at = starts_at + timedelta(hours=2), starts_at + timedelta(hours=3)
    date.save()
    booking_events.follow(date, now=timezone.now())
    event.refresh_from_db()
    assert (event.starts_at, event.is_published) == (date.starts_at, False)  # a draft stays one
    agenda.publish(event, is_published=True, now=timezone.now())
    date.state = "cancelled"
    date.save()
    booking_events.follow(date, now=timezone.now())
    event.refresh_from_db()
    assert event.cancelled_at
    assert not agenda.revive(event, now=timezone.now())


def test_an_event_of_an_undecided_request_is_not_published(client, facility):
    date = make_occurrence(make_space(facility), timezone.now() + timedelta(days=5), state="pending")
    client.post(f"{BASE}baru/?tanggal={date.pk}", {"title": "Kelas", "kind": "workshop", "organizer": "A"})
    event = AgendaEvent.objects.get()
    answer = client.post(f"{BASE}{event.pk}/terbit/", {"publish": "1"}, follow=True)
    assert "belum disetujui" in answer.content.decode()
    event.refresh_from_db()
    assert not event.is_published


def booked_event(space, booking=None, **fields):
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=5)
    date = make_occurrence(space, start) if booking is None else make_occurrence(space, start + timedelta(7))
    if booking:
        type(date).objects.filter(pk=date.pk).update(booking=booking)
    values = {
        "slug": f"acara-{date.pk}", "kind": "talk", "title": "Bincang", "organizer": "Siapa pun",
        "registration_url": "https://daftar.example/", "starts_at": date.starts_at, "ends_at": date.ends_at,
    }  # fmt: skip
    return AgendaEvent.objects.create(
        facility=space.facility,
        space=space,
        booking=booking or date.booking,
        occurrence=date,
        **values | fields,
    )


def test_what_a_booker_writes_waits_for_one_click_that_counts_for_all_its_dates(client, facility):
    space = make_space(facility)
    first = booked_event(space)
    second = booked_event(space, first.booking)
    other = booked_event(make_space(facility), title="Lain")
    page = client.get(BASE).content.decode()
    assert "2 acara menunggu" in page
    assert page.count("https://daftar.example/</a>") == 2
    assert "2 tanggal" in page
    assert "2 acara menunggu" in client.get("/ruang-kerja/fasilitas/").content.decode()
    assert public(f"/agenda/{first.slug}/").status_code == 404
    client.post(f"{BASE}{first.pk}/terbit/", {"publish": "1"})
    for event in (first, second):
        assert public(f"/agenda/{event.slug}/").status_code == 200
    assert public(f"/agenda/{other.slug}/").status_code == 404
    client.post(f"{BASE}{other.pk}/terbit/", {"publish": "0"})
    assert "menunggu diperiksa" not in client.get(BASE).content.decode()
    assert public(f"/agenda/{other.slug}/").status_code == 404
    # Each booker is told once; from now on each date is by itself.
    told = {row.to: row.subject for row in OutgoingMail.objects.all()}
    assert told == {
        first.booking.contact_email: "Tampil di agenda: Bincang",
        other.booking.contact_email: "Tidak tampil di agenda: Lain",
    }
    assert f"/agenda/{first.slug}/" in OutgoingMail.objects.get(to=first.booking.contact_email).text
    client.post(f"{BASE}{first.pk}/terbit/", {"publish": "0"})
    assert public(f"/agenda/{second.slug}/").status_code == 200
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize("asked", ["999999", "x", "-1", "9" * 30, "%00"])
def test_a_date_of_another_facility_or_none_is_not_found(client, asked):
    assert client.get(f"{BASE}baru/?tanggal={asked}").status_code == 404
    other = make_occurrence(make_space(), timezone.now() + timedelta(days=5))
    assert client.get(f"{BASE}baru/?tanggal={other.pk}").status_code == 404


def test_events_of_another_facility_are_not_found(client):
    other = AgendaEvent.objects.create(
        slug="lain", facility=FacilityFactory(), kind="talk", title="Lain", organizer="A",
        starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    for end in ("", "terbit/", "batal/"):
        assert client.post(f"{BASE}{other.pk}/{end}", {}).status_code == 404


def test_ten_events_cost_as_many_queries_as_one(client, facility, django_assert_num_queries):
    write(client), booked_event(make_space(facility))
    with CaptureQueriesContext(connection) as captured:
        client.get(BASE)
    one = len(captured)
    for _number in range(9):
        write(client, space=make_space(facility).pk)
        booked_event(make_space(facility))
    with django_assert_num_queries(one):
        assert client.get(BASE).status_code == 200
    assert client.get(f"{BASE}?waktu=lalu").status_code == 200
