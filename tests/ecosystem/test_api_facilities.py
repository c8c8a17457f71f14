"""The API of facilities, spaces, hours, availability and agenda: the pages' parameters, and nobody's name."""

import json
import re
from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecosystem.models import AgendaEvent, Amenity, Closure, Milestone, ProgressReport, SpaceAmenity
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    at,
    make_hours,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import KecamatanFactory, SubsectorFactory

pytestmark = pytest.mark.django_db
BASE = "/api/v1/"
ENDPOINTS = ("facilities", "spaces", "availability", "free-rooms", "opening-hours", "events")


@pytest.fixture
def facility():
    facility = FacilityFactory(
        slug="mcc", name="Malang Creative Center", kecamatan=KecamatanFactory(code="35.73.01")
    )
    make_hours(facility)
    return facility


def get(client, path, **query):
    return client.get(f"{BASE}{path}", query)


def slugs(client, path, **query):
    return [row["slug"] for row in get(client, path, **query).json()["results"]]


def event_of(facility, slug, **fields):
    start = timezone.now() + timedelta(days=3)
    values = {
        "slug": slug, "kind": "talk", "title": slug, "organizer": "Komunitas", "starts_at": start,
        "ends_at": start + timedelta(hours=2), "is_published": True,
    }  # fmt: skip
    return AgendaEvent.objects.create(facility=facility, **values | fields)


def test_a_facility_says_what_is_published_and_how_it_stands(client, facility):
    Milestone.objects.create(
        facility=facility,
        happened_on="2023-11-01",
        kind="opening",
        title="Dibuka",
        source_url="https://a.example/",
    )
    for day, is_published in (("2022-06-17", True), ("2022-07-01", False)):
        ProgressReport.objects.create(
            facility=facility, as_of=day, planned_percent="88.92", actual_percent="92.26",
            source_url="https://a.example/", is_published=is_published,
        )  # fmt: skip
    (row,) = get(client, "facilities/").json()["results"]
    assert row["slug"] == "mcc"
    assert row["kecamatan"] == "35.73.01"
    assert row["state"]["kind"] in ("open", "closed")
    assert row["latitude"] is None
    assert row["page"] == "http://testserver/fasilitas/mcc/"
    one = get(client, "facilities/mcc/").json()
    assert [step["title"] for step in one["milestones"]] == ["Dibuka"]
    assert [(report["planned_percent"], report["actual_percent"]) for report in one["progress"]] == [
        ("88.92", "92.26")
    ]
    assert get(client, "facilities/tidak-ada/").status_code == 404


def test_the_wishes_are_those_of_the_page(client, facility):
    small = FacilityFactory(slug="kecil", kecamatan=KecamatanFactory(code="35.73.02"))
    make_space(small, slug="ruang-kecil", capacity=4)
    hall = make_space(facility, slug="aula", kind="hall", capacity=200, is_accessible=True)
    projector = Amenity.objects.create(code="proyektor", name="Proyektor")
    SpaceAmenity.objects.create(space=hall, amenity=projector, count=1)
    assert set(slugs(client, "facilities/")) == {"mcc", "kecil"}
    for query in (
        {"kecamatan": "35.73.01"},
        {"jenis": "hall"},
        {"orang": 50},
        {"alat": "proyektor"},
        {"akses": "ya"},
    ):
        assert slugs(client, "facilities/", **query) == ["mcc"], query
    assert slugs(client, "spaces/", jenis="hall") == ["aula"]
    assert "ruang-kecil" not in slugs(client, "spaces/", orang=5, kecamatan="35.73.02")
    assert set(slugs(client, "spaces/", fasilitas="kecil")) == {"gedung", "ruang-kecil"}
    day = {"tanggal": "2026-12-01"}
    assert [row["space"] for row in get(client, "availability/", jenis="hall", orang=50, **day).json()] == [
        "aula"
    ]
    assert {row["facility"] for row in get(client, "availability/", kecamatan="35.73.02", **day).json()} == {
        "kecil"
    }
    assert get(client, "availability/", fasilitas="kecil", jenis="hall", **day).json() == []
    row = get(client, "spaces/mcc/aula/").json()
    assert (row["facility"], row["parent"], row["capacity"]) == ("mcc", "gedung", 200)
    assert row["amenities"][0]["code"] == "proyektor"
    assert row["policy"]["mode"] == "instant"
    assert get(client, "spaces/kecil/aula/").status_code == 404


def test_a_space_out_of_use_is_not_there(client, facility):
    make_space(facility, slug="lama", is_active=False)
    assert "lama" not in slugs(client, "spaces/")
    assert get(client, "spaces/mcc/lama/").status_code == 404
    assert get(client, "availability/", fasilitas="mcc", ruang="lama").status_code == 400


def test_free_rooms_are_those_of_the_room_finder(client, facility):
    day = timezone.localdate() + timedelta(days=3)
    small = make_space(facility, slug="kecil", capacity=4)
    hall = make_space(facility, slug="besar", capacity=40, name="Aula")
    make_space(facility, slug="contoh", capacity=50, is_sample=True)
    make_occurrence(hall, at(13, day=day), hours=2)
    rows = get(client, "free-rooms/", tanggal=day, orang=12, bagian="siang-sore", menit=120).json()
    assert [(row["space"], row["is_sample"]) for row in rows] == [("contoh", True), ("besar", False)]
    assert rows[1] == {
        "facility": "mcc", "space": "besar", "name": "Aula", "name_en": "", "capacity": 40, "mode": "instant",
        "is_sample": False, "starts_at": f"{day}T15:00:00+07:00", "ends_at": f"{day}T17:00:00+07:00",
    }  # fmt: skip
    page = client.get(
        "/fasilitas/cari-ruang/", {"tanggal": day, "orang": 12, "bagian": "siang-sore", "menit": 120}
    )
    assert [room.space.slug for room in page.context["found"]] == ["contoh", "besar"]
    assert small.slug not in str(rows)


def test_availability_says_when_and_never_who(client, facility):
    space = make_space(facility, slug="studio")
    booking = make_occurrence(space, at(10), organization_name="PT Rahasia").booking
    answer = get(
        client, "availability/", fasilitas="mcc", ruang="studio", tanggal="2026-12-01", sampai="2026-12-02"
    )
    (row,) = answer.json()
    first, second = row["days"]
    assert (row["space"], row["reason"]) == ("studio", None)
    assert [(span["starts_at"], span["ends_at"]) for span in first["busy"]] == [
        ("2026-12-01T10:00:00+07:00", "2026-12-01T11:00:00+07:00")
    ]
    assert [datetime.fromisoformat(span["starts_at"]) for span in first["free"]] == [at(8), at(11)]
    assert second["busy"] == []
    text = answer.content.decode()
    secrets = (
        booking.code,
        booking.title,
        booking.contact_name,
        booking.contact_email,
        "Rahasia",
        booking.letter_code,
    )
    assert [word for word in secrets if word in text] == []


def test_a_declined_and_a_cancelled_booking_take_no_time(client, facility):
    space = make_space(facility, slug="studio")
    for hour, state in ((9, "declined"), (12, "cancelled"), (15, "withdrawn")):
        make_occurrence(space, at(hour), state=state)
    (row,) = get(client, "availability/", fasilitas="mcc", ruang="studio", tanggal="2026-12-01").json()
    assert row["days"][0]["busy"] == []


def test_opening_hours_come_with_special_days_and_closures(client, facility):
    make_hours(
        facility, opens="10:00", closes="15:00", name="Ramadan", kind="special", cause="ramadan",
        valid_from=date(2026, 12, 1), valid_to=date(2026, 12, 1),
    )  # fmt: skip
    Closure.objects.create(facility=facility, starts_at=at(12), ends_at=at(13), reason="Listrik padam")
    studio = make_space(facility, slug="studio")
    Closure.objects.create(facility=facility, space=studio, starts_at=at(14), ends_at=at(15), reason="Cat")
    (row,) = get(client, "opening-hours/", fasilitas="mcc", tanggal="2026-12-01", sampai="2026-12-02").json()
    special, usual = row["days"]
    assert (special["name"], special["cause"]) == ("Ramadan", "ramadan")
    assert special["open"][0]["starts_at"] == "2026-12-01T10:00:00+07:00"
    assert usual["open"][0]["ends_at"] == "2026-12-02T21:00:00+07:00"
    assert [closure["reason"] for closure in row["closures"]] == ["Listrik padam"]
    (row,) = get(client, "opening-hours/", fasilitas="mcc", ruang="studio", tanggal="2026-12-01").json()
    assert [closure["reason"] for closure in row["closures"]] == ["Listrik padam", "Cat"]
    FacilityFactory(slug="lain")
    known = {row["facility"]: row["is_known"] for row in get(client, "opening-hours/").json()}
    assert known == {"mcc": True, "lain": False}


def test_what_is_invented_says_so_in_each_answer(client, facility):
    make_space(facility, slug="contoh", is_sample=True)
    event_of(facility, "acara", is_sample=True)
    asked = {"fasilitas": "mcc", "tanggal": "2026-12-01"}

    def marks():
        (hours,) = get(client, "opening-hours/", **asked).json()
        taken = {row["space"]: row["is_sample"] for row in get(client, "availability/", **asked).json()}
        state = get(client, "facilities/mcc/").json()["state"]
        return state["is_sample"], hours["days"][0]["is_sample"], taken

    assert marks() == (False, False, {"gedung": False, "contoh": True})
    facility.opening_hours.update(is_sample=True)
    assert marks() == (True, True, {"gedung": True, "contoh": True})
    assert get(client, "spaces/mcc/contoh/").json()["is_sample"] is True
    assert get(client, "events/acara/").json()["is_sample"] is True


def test_events_have_the_filters_of_the_agenda(client, facility):
    gim = SubsectorFactory(code="gim")
    event_of(facility, "tentang-gim", subsector=gim)
    event_of(FacilityFactory(slug="lain"), "lokakarya", kind="workshop", cancelled_at=timezone.now())
    event_of(facility, "draf", is_published=False)
    past = timezone.now() - timedelta(days=40)
    event_of(facility, "lewat", starts_at=past, ends_at=past + timedelta(hours=1))
    assert slugs(client, "events/") == ["tentang-gim", "lokakarya"]
    for query, found in (
        ({"fasilitas": "mcc"}, ["tentang-gim"]), ({"jenis": "workshop"}, ["lokakarya"]),
        ({"subsektor": "gim"}, ["tentang-gim"]), ({"waktu": "lalu"}, ["lewat"]),
        ({"bulan": f"{timezone.localtime(past):%Y-%m}", "fasilitas": "mcc", "jenis": "talk"}, ["lewat"]),
    ):  # fmt: skip
        assert slugs(client, "events/", **query) == found, query
    assert get(client, "events/lokakarya/").json()["is_cancelled"] is True
    assert get(client, "events/draf/").status_code == 404


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("facilities/", {"jenis": "kastil"}, "jenis"),
        ("facilities/", {"orang": "banyak"}, "orang"),
        ("facilities/", {"orang": "0"}, "orang"),
        ("facilities/", {"kind": "hall"}, "kind"),
        ("spaces/", {"fasilitas": "tidak-ada"}, "fasilitas"),
        ("spaces/", {"alat": "\x00"}, "alat"),
        ("availability/", {"ruang": "studio"}, "fasilitas"),
        ("availability/", {"tanggal": "2026-12-01", "sampai": "2026-12-08"}, "sampai"),
        ("availability/", {"fasilitas": "\x00"}, "fasilitas"),
        ("availability/", {"fasilitas": "mcc", "ruang": "tidak-ada"}, "ruang"),
        ("availability/", {"fasilitas": "mcc", "tanggal": "besok"}, "tanggal"),
        ("availability/", {"fasilitas": "mcc", "tanggal": "2099-01-01"}, "tanggal"),
        ("availability/", {"fasilitas": "mcc", "tanggal": "2026-12-02", "sampai": "2026-12-01"}, "sampai"),
        ("availability/", {"fasilitas": "mcc", "tanggal": "2026-12-01", "sampai": "2027-01-01"}, "sampai"),
        ("availability/", {"fasilitas": "mcc", "day": "2026-12-01"}, "day"),
        ("availability/", {"orang": "0"}, "orang"),
        ("free-rooms/", {"menit": "61"}, "menit"),
        ("free-rooms/", {"tanggal": "2020-01-01"}, "tanggal"),
        ("free-rooms/", {"tanggal": "besok"}, "tanggal"),
        ("free-rooms/", {"bagian": "subuh"}, "bagian"),
        ("free-rooms/", {"mulai": "13:00", "selesai": "13:30"}, "menit"),
        ("free-rooms/", {"fasilitas": "mcc"}, "fasilitas"),
        ("opening-hours/", {"orang": "5"}, "orang"),
        ("opening-hours/", {"ruang": "gedung"}, "fasilitas"),
        ("opening-hours/", {"sampai": "0001-01-01"}, "sampai"),
        ("events/", {"bulan": "Desember"}, "bulan"),
        ("events/", {"fasilitas": "tidak-ada"}, "fasilitas"),
        ("events/", {"jenis": "pesta"}, "jenis"),
    ],
)
def test_a_wrong_question_is_answered_with_the_field_that_is_wrong(client, facility, path, query, field):
    answer = get(client, path, **query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert list(answer.json()["errors"]) == [field]


def test_thirty_one_days_are_the_most(client, facility):
    answer = get(client, "availability/", fasilitas="mcc", tanggal="2026-12-01", sampai="2026-12-31")
    assert [len(row["days"]) for row in answer.json()] == [31]


# Two queries are those of the transaction around each request.
@pytest.mark.parametrize(
    ("path", "query", "most"),
    [
        ("facilities/", {}, 12),
        ("spaces/", {}, 11),
        ("availability/", {"fasilitas": "mcc", "tanggal": "2026-12-01", "sampai": "2026-12-31"}, 6),
        ("free-rooms/", {"orang": "2"}, 7),
        ("opening-hours/", {"tanggal": "2026-12-01"}, 5),
        ("events/", {}, 4),
    ],
)
def test_many_rows_cost_as_many_queries_as_one(
    client, facility, path, query, most, django_assert_num_queries
):
    event_of(facility, "acara")
    make_occurrence(make_space(facility), at(9))
    with CaptureQueriesContext(connection) as captured:
        get(client, path, **query)
    one = len(captured)
    for number in range(5):
        other = FacilityFactory()
        make_hours(other)
        make_occurrence(make_space(facility), at(10))
        event_of(other, f"acara-{number}", space=make_space(other))
    with django_assert_num_queries(one):
        assert get(client, path, **query).status_code == 200
    assert one <= most


def test_the_start_names_them_all_and_each_answers_304(client, facility):
    start = client.get(BASE).json()
    for endpoint in ENDPOINTS:
        address = start[endpoint.replace("-", "_")]
        assert address == f"http://testserver{BASE}{endpoint}/"
        query = "?fasilitas=mcc" if endpoint == "availability" else ""
        answer = client.get(f"{BASE}{endpoint}/{query}")
        again = client.get(f"{BASE}{endpoint}/{query}", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304, endpoint


def test_the_questions_of_the_handbook_are_answered(client):
    """docs/api.md, with the names that the portal is loaded with."""
    handbook = (settings.BASE_DIR / "docs" / "api.md").read_text()
    loaded = "".join(file.read_text() for file in (settings.BASE_DIR / "ecosystem" / "data").glob("facilit*"))
    for slug in set(re.findall(r"fasilitas=([a-z-]+)", handbook)):
        assert f'"{slug}"' in loaded
        FacilityFactory(slug=slug)
    asked = re.findall(rf'"\$HOST({BASE}(?:{"|".join(ENDPOINTS)})/[^"]*)"', handbook)
    assert len(asked) >= 2
    assert [client.get(address).status_code for address in asked] == [200] * len(asked)


def test_the_description_is_true_of_a_room_of_unknown_size_and_of_another_method(client, facility):
    text = client.get("/api/schema/", {"format": "json"}).content
    rows = json.loads(text)["components"]["schemas"]

    assert rows["FreeRoomRow"]["properties"]["capacity"]["type"] == ["integer", "null"]
    # Whatever else is asked: the method is what is wrong.
    assert client.post(f"{BASE}events/?jenis=talk&salah=1").status_code == 405
