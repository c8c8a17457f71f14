"""A space's page, the calendar of a facility and the search for a free room: what is free, and nobody's name."""

import gzip
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ecosystem import space_page
from ecosystem.models import AgendaEvent, Amenity, Closure, SpaceAmenity
from ecosystem.services import allocations, booking, booking_changes
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    FacilityFactory,
    PolicyFactory,
    at,
    make_hours,
    make_manager,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def room():
    facility = FacilityFactory(slug="rumah-karya", name="Rumah Karya")
    make_hours(facility)
    return make_space(facility, slug="studio", name="Studio", kind="studio", capacity=4)


def close(facility, **fields):
    """Close the facility as the managers' page does: nobody else gets the time."""
    allocations.fill_closure(Closure.objects.create(facility=facility, **fields))


def html(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def url_of(space, query=""):
    return reverse("ecosystem:space_detail", args=[space.facility.slug, space.slug]) + query


def test_free_slots_lead_to_the_booking_and_taken_ones_say_only_that(client, room):
    make_occurrence(room, at(10), hours=2)
    text = html(client, url_of(room, "?tampilan=hari&tanggal=2026-12-01"))

    assert "/pesan/?mulai=2026-12-01T08%3A00&amp;selesai=2026-12-01T09%3A00" in text
    assert "mulai=2026-12-01T12%3A00" in text
    for taken in ("T09%3A30&amp;selesai", "mulai=2026-12-01T10%3A00", "mulai=2026-12-01T11%3A30"):
        assert taken not in text
    assert "10.00–12.00" in text


def test_nobody_learns_who_booked_from_any_view(client, room):
    booker = UserFactory(name="Sekar Rahasia", email="sekar@rahasia.example")
    make_occurrence(room, at(10), booker=booker, organization_name="Sanggar Rahasia", note="Rahasia sekali")
    make_occurrence(room, at(14), booker=booker, state="pending")
    facility_url = reverse("ecosystem:facility_calendar", args=[room.facility.slug])
    addresses = [
        *(
            f"{base}?tampilan={view}&tanggal=2026-12-01"
            for base in (url_of(room), facility_url)
            for view in ("hari", "minggu", "bulan")
        ),
        reverse("ecosystem:facility_detail", args=[room.facility.slug]),
        reverse("ecosystem:room_finder") + "?tanggal=2026-12-01",
        reverse("ecosystem:facility_list"),
    ]
    for address in addresses:
        text = html(client, address)
        for secret in ("Rahasia", "rahasia", "Latihan", booker.email):
            assert secret not in text, address
    # The words are those of the booking: who may see it finds them.
    client.force_login(make_manager(room.facility))
    own = html(client, f"/ruang-kerja/fasilitas/{room.facility.slug}/?tampilan=hari&tanggal=2026-12-01")
    assert "Latihan" in own


def test_a_stored_calendar_never_outlives_a_booking(client, room, django_capture_on_commit_callbacks):
    url, booker = url_of(room, "?tampilan=hari&tanggal=2026-12-01"), UserFactory()
    draft = booking.Draft(
        space=room, starts_at=at(10), ends_at=at(11), booker=booker, entered_by=booker, key=uuid4(),
        attendees=2, purpose="meeting", title="Rapat",
    )  # fmt: skip

    def is_free(hour):
        return f"mulai=2026-12-01T{hour}%3A00" in html(client, url)

    assert is_free(10)
    make_occurrence(room, at(14))
    # The page is stored: a row that no service has written is not seen.
    assert is_free(14)
    with django_capture_on_commit_callbacks(execute=True):
        made = booking.book(draft, now=NOW)
    assert not is_free(10)
    assert not is_free(14)
    with django_capture_on_commit_callbacks(execute=True):
        booking_changes.cancel(made.occurrences.get(), by=booker, reason="Sakit", now=NOW, version=1)
    assert is_free(10)


def test_a_manager_sees_no_names_on_the_public_page_either(client, room):
    client.force_login(UserFactory(is_superuser=True))
    make_occurrence(room, at(10), booker=UserFactory(name="Sekar Rahasia"))

    assert "Rahasia" not in html(client, url_of(room, "?tampilan=hari&tanggal=2026-12-01"))


def test_the_month_takes_three_queries_for_the_availability(room):
    with CaptureQueriesContext(connection) as found:
        context = space_page.page_of(room, {"tampilan": "bulan", "tanggal": "2026-12-01"}, now=NOW)
    availability = [
        query["sql"]
        for query in found
        if any(
            table in query["sql"]
            for table in ("ecosystem_allocation", "ecosystem_spaceleaf", "ecosystem_openingspan")
        )
    ]

    assert len(availability) == 3
    assert len(context["days"]) == 31


def test_the_month_is_light_and_its_queries_do_not_grow_with_the_bookings(client, room):
    def ask():
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            response = client.get(url_of(room, "?tampilan=bulan&tanggal=2026-12-01"))
        return len(found), response.content

    few, _ = ask()
    for day in range(1, 25):
        make_occurrence(room, at(9 + day % 8, day=TUESDAY + timedelta(days=day)))
    many, body = ask()

    assert many == few <= 16
    assert len(gzip.compress(body)) < 60_000


def test_a_full_day_and_a_closed_day_look_different(client, room):
    make_occurrence(room, at(8), hours=13)
    close(
        room.facility,
        starts_at=at(0, day=TUESDAY + timedelta(days=1)),
        ends_at=at(24, day=TUESDAY + timedelta(days=1)),
        reason="Pemeliharaan",
    )
    text = html(client, "/en" + url_of(room, "?tampilan=bulan&tanggal=2026-12-01"))

    assert re.search(r'class="month-day full"[^>]*>1<small>full', text)
    assert re.search(r'<span class="month-day closed">2<small>closed', text)


def test_the_sentence_over_a_month_counts_no_day_that_is_over(client, room):
    text = html(client, "/en" + url_of(room, "?tampilan=bulan"))

    # Today is the 30th of November.
    assert "Something is free on 1 of 1 open days." in text
    assert "As of 12:00 WIB." in text


def test_the_week_names_special_hours_and_closures(client, room):
    make_hours(
        room.facility,
        kind="special",
        name="Natal",
        weekdays=[],
        valid_from=TUESDAY,
        valid_to=TUESDAY,
    )
    close(
        room.facility,
        starts_at=at(8, day=TUESDAY + timedelta(days=1)),
        ends_at=at(12, day=TUESDAY + timedelta(days=1)),
        reason="Pemeliharaan",
    )
    text = html(client, url_of(room, "?tampilan=minggu&tanggal=2026-12-01"))

    assert "Natal" in text
    assert "Pemeliharaan" in text
    # Nobody has booked what is closed.
    assert re.search(r'class="slot slot-closed"><span>08.00–12.00</span> <small>ditutup', text)
    assert 'class="slot slot-taken"' not in text


def test_the_next_free_time_stands_at_the_top(client, room):
    make_occurrence(room, NOW + timedelta(hours=0), hours=3)
    text = html(client, url_of(room))

    assert "15.00–16.00 WIB" in text


def test_the_length_changes_what_can_begin(client, room):
    make_occurrence(room, at(10), hours=2)
    text = html(client, url_of(room, "?tampilan=hari&tanggal=2026-12-01&menit=180"))

    assert "mulai=2026-12-01T08%3A00" not in text
    assert "mulai=2026-12-01T12%3A00&amp;selesai=2026-12-01T15%3A00" in text


@pytest.mark.parametrize(
    "query",
    [
        "?tanggal=besok",
        "?tanggal=2026-13-40",
        "?menit=7",
        "?tampilan=abad",
        "?tanggal=1999-01-01",
        "?tanggal=9999-12-31",
        "?menit=99999999999999",
    ],
)
def test_addresses_that_make_no_sense_show_the_calendar_all_the_same(client, room, query):
    assert "slot-free" in html(client, url_of(room, query))


def test_the_past_cannot_be_turned_back_to(client, room):
    text = html(client, url_of(room, "?tampilan=hari&tanggal=2026-11-01"))

    assert "30 November 2026" in text
    assert 'id="sebelum"' not in text


def test_desks_say_how_many_are_free(client, room):
    area = make_space(room.facility, kind="desk_area", slug="meja", capacity=None)
    desks = [make_space(parent=area, kind="desk", slug=f"meja-{number}", capacity=1) for number in range(3)]
    make_occurrence(desks[0], at(8), hours=4)
    text = html(client, "/en" + url_of(area, "?tampilan=hari&tanggal=2026-12-01"))

    assert "2 desks free" in text
    assert "3 desks free" in text


def test_a_published_room_without_rules_says_that_it_cannot_be_booked(client, room):
    plain = make_space(room.facility, slug="perpustakaan", capacity=None)
    plain.policy = None
    plain.save()
    text = html(client, "/en" + url_of(plain))

    assert "This space cannot be booked." in text
    assert "capacity not published" in text
    assert "/pesan/" not in text


def test_the_rules_are_said_in_plain_words(client, room):
    room.policy = PolicyFactory(
        facility=room.facility,
        mode="approval",
        min_minutes=90,
        max_minutes=240,
        notice_hours=24,
        purposes=["meeting"],
    )
    room.save()
    text = html(client, "/en" + url_of(room))

    assert "A booking lasts from 1 hour 30 minutes to 4 hours" in text
    assert "A manager decides within 2 working days" in text
    assert "For these purposes: Meeting." in text


def test_a_space_that_does_not_exist_or_is_out_of_use_is_not_found(client, room):
    assert client.get(url_of(room).replace("/studio/", "/tidak-ada/")).status_code == 404
    room.is_active = False
    room.save()
    assert client.get(url_of(room)).status_code == 404


@pytest.mark.parametrize("view", ["hari", "minggu", "bulan"])
def test_the_calendar_of_a_facility_asks_three_queries_for_any_number_of_spaces(client, room, view):
    def ask():
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            html(client, f"/fasilitas/rumah-karya/kalender/?tampilan={view}&tanggal=2026-12-01")
        return len(found)

    few = ask()
    for number in range(6):
        make_occurrence(make_space(room.facility), at(8 + number))

    assert ask() == few <= 8


def test_the_month_of_a_facility_counts_the_spaces_with_free_time(client, room):
    other = make_space(room.facility)
    make_occurrence(other, at(8), hours=13)
    text = html(client, "/en/fasilitas/rumah-karya/kalender/?tampilan=bulan&tanggal=2026-12-01")

    assert "Tuesday, 1 December: 1 of 2 open spaces have free time" in text


def test_a_room_stands_with_its_floor_in_the_calendar_of_the_facility(client, room):
    floor = make_space(room.facility, kind="floor", slug="lantai-2", order=1)
    hall = make_space(room.facility, slug="aula", name="Aula", order=2)
    inside = make_space(parent=floor, slug="studio-dalam", name="Studio Dalam", order=500, floor="2")
    text = html(client, "/en/fasilitas/rumah-karya/kalender/?tampilan=hari&tanggal=2026-12-01")

    assert text.index(f"/{inside.slug}/") < text.index(f"/{hall.slug}/")
    assert "floor 2 ·" in text
    assert "As of 12:00 WIB." in text


def test_a_facility_without_bookable_spaces_says_so(client):
    facility = FacilityFactory()
    text = html(client, f"/en/fasilitas/{facility.slug}/kalender/")

    assert "Nothing can be booked here" in text


def test_the_finder_lists_free_rooms_with_links_to_book(client, room):
    make_space(room.facility, slug="kecil", capacity=2)
    large = make_space(room.facility, slug="besar", capacity=12)
    make_occurrence(room, at(13), hours=2)
    text = html(client, "/fasilitas/cari-ruang/?tanggal=2026-12-01&bagian=siang&menit=120&orang=12")

    assert (
        f"/{large.slug}/pesan/?mulai=2026-12-01T12%3A00&amp;selesai=2026-12-01T14%3A00&amp;orang=12" in text
    )
    assert "/kecil/pesan/" not in text
    assert "/studio/pesan/" not in text


def test_a_room_for_twelve_next_thursday_afternoon_is_one_question(client, room):
    for slug, capacity in (("aula", 12), ("galeri", None), ("kecil", 11)):
        make_space(room.facility, slug=slug, capacity=capacity)
    make_occurrence(room.facility.spaces.get(slug="aula"), at(12, day=TUESDAY + timedelta(days=2)), hours=2)
    query = "tanggal=2026-12-03&bagian=siang-sore&menit=120&orang=12"
    text = html(client, f"/en/fasilitas/cari-ruang/?{query}")
    fits, unsure = text.split("1 more is free; how many people fit there has not been published.")

    assert "1 space for 12 people is free for 2 hours on Thursday, 3 December 2026, 12:00–18:00 WIB." in fits
    assert "/aula/pesan/?mulai=2026-12-03T14%3A00" in fits
    assert "/aula/?tampilan=hari&amp;tanggal=2026-12-03" in fits
    assert "/galeri/pesan/" not in fits
    assert "/galeri/pesan/" in unsure
    assert "/kecil/pesan/" not in text
    # Whoever has the paper finds the same question again.
    assert f"/en/fasilitas/cari-ruang/?{query}<br>".replace("&", "&amp;") in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("bagian=malam", "3 December 2026, 18:00–24:00 WIB"),
        ("mulai=09:30", "3 December 2026, from 09:30 WIB on"),
        ("selesai=10:00", "3 December 2026, 00:00–10:00 WIB"),
        ("bagian=sehari", "on Thursday, 3 December 2026."),
    ],
)
def test_the_finder_repeats_the_times_that_were_asked_for(client, room, query, shown):
    assert shown in html(client, f"/en/fasilitas/cari-ruang/?tanggal=2026-12-03&{query}")


def test_the_finder_honours_times_equipment_district_and_access(client, room):
    projector = Amenity.objects.create(code="proyektor", name="Proyektor")
    SpaceAmenity.objects.create(space=room, amenity=projector)
    room.is_accessible = True
    room.save()
    make_space(room.facility, slug="lain")
    code = room.facility.kecamatan.code
    wish = f"kecamatan={code}&alat=proyektor&akses=ya"
    base = f"/fasilitas/cari-ruang/?tanggal=2026-12-01&mulai=18:30&selesai=19:30&{wish}"
    text = html(client, base)

    assert "/studio/pesan/?mulai=2026-12-01T18%3A30" in text
    assert "/lain/pesan/" not in text
    assert "/studio/pesan/" not in html(client, base.replace("proyektor", "tidak-ada"))


def test_the_finder_proposes_another_day_when_nothing_is_free(client, room):
    make_occurrence(room, at(8), hours=13)
    text = html(client, "/en/fasilitas/cari-ruang/?tanggal=2026-12-01&menit=60")

    assert "tanggal=2026-12-02" in text
    assert "Nothing is free for 1 hour on Tuesday, 1 December 2026" in text


@pytest.mark.parametrize(
    "query",
    [
        "tanggal=",
        "tanggal=kemarin",
        "tanggal=2020-01-01",
        "tanggal=2026-12-01&orang=-4",
        "tanggal=2026-12-01&mulai=99:99",
        "tanggal=2026-12-01&menit=abc",
        "tanggal=2026-12-01&menit=240",
    ],
)
def test_bad_input_is_explained_beside_the_field(client, room, query):
    text = html(client, f"/en/fasilitas/cari-ruang/?{query}&bagian=sore")

    assert 'class="error-summary"' in text
    assert '<option value="sore" selected' in text


@pytest.mark.parametrize("query", ["", "?orang=4"])
def test_the_finder_shows_what_is_free_tomorrow_unasked(client, room, query):
    tomorrow = timezone.localdate() + timedelta(days=1)
    text = html(client, f"/fasilitas/cari-ruang/{query}")

    assert f"pesan/?mulai={tomorrow}T08%3A00&amp;selesai={tomorrow}T09%3A00" in text
    assert 'name="robots"' not in text


def test_events_of_the_facility_are_named(client, room):
    AgendaEvent.objects.create(
        slug="bincang",
        facility=room.facility,
        kind="talk",
        title="Bincang Karya",
        organizer="Komunitas",
        starts_at=at(10),
        ends_at=at(12),
        is_published=True,
    )
    assert "Bincang Karya" in html(client, "/fasilitas/rumah-karya/")
