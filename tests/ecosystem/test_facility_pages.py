"""The public pages of the facilities: the list with its filters, and the page of each."""

import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ecosystem.models import Amenity, Closure, Facility, Space, SpaceAmenity
from ecosystem.sampling.load import load_facility_samples
from ecosystem.services.facility_data import load_facilities
from ecosystem.services.reference import load_reference
from tests.ecosystem.facility_factories import FacilityFactory, make_hours, make_occurrence, make_space

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def published():
    load_reference(write=True)
    load_facilities()


def html(client, url, **headers):
    response = client.get(url, **headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_all_six_with_their_state(client, published):
    text = html(client, "/en/fasilitas/")

    for name in Facility.objects.values_list("name_en", flat=True):
        assert name in text
    assert "Planned" in text
    assert text.count("Nobody has published when it is open.") == 5
    # What is not built is no house: an empty plot, as in the row above.
    assert text.count("tile-plot") == 1


def test_a_facility_with_hours_says_until_when_it_is_open(client):
    make_hours(FacilityFactory(name="Rumah Karya"), opens="00:00", closes="23:59")

    assert "23.59 WIB" in html(client, "/fasilitas/")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kecamatan=35.73.02", {"Coworking Gajayana"}),
        ("kecamatan=35.73.02&kecamatan=35.73.04", {"Coworking Gajayana", "Coworking Bakalankrajan"}),
        ("jenis=studio", {"Malang Creative Center"}),
        ("alat=televisi&kecamatan=35.73.03", {"Coworking GOR Ken Arok"}),
        ("alat=lift", {"Malang Creative Center"}),
        ("akses=ya", set()),
        # In a place that is only planned nobody fits.
        ("orang=12&kecamatan=35.73.05", set()),
    ],
)
def test_filters_stand_in_the_address(client, published, query, found):
    text = html(client, f"/fasilitas/peta.geojson?{query}")
    assert {one["properties"]["name"] for one in json.loads(text)["features"]} == found


def test_the_drawn_map_needs_no_script_and_shows_what_the_filters_leave(client, published):
    text = html(client, "/en/fasilitas/")
    drawing = text[text.index('class="city-map"') : text.index("</svg>", text.index('class="city-map"'))]

    assert drawing.count('<a class="bubble') == 6
    assert 'aria-label="1. Malang Creative Center, Blimbing"' in drawing
    # Of three sites only the kecamatan is known.
    assert drawing.count(" rough") == 3
    assert html(client, "/en/fasilitas/?kecamatan=35.73.02").count('<a class="bubble') == 1


def test_the_capacity_filter_keeps_unknown_sizes_and_drops_small_rooms(client):
    small = make_space(FacilityFactory(name="Kecil"), capacity=4)
    large = make_space(FacilityFactory(name="Besar"), capacity=40, name="Aula Besar")
    make_space(FacilityFactory(name="Entah"), capacity=None)
    text = html(client, "/en/fasilitas/?orang=12")

    assert f"/fasilitas/{large.facility.slug}/{large.slug}/" in text
    assert f"/fasilitas/{small.facility.slug}/{small.slug}/" not in text
    assert "2 of 3 facilities fit" in text
    assert text.count("1 space whose capacity nobody has published") == 1


def test_a_filter_that_nothing_fits_offers_the_way_out(client, published):
    assert "No facility fits all of this" in html(client, "/en/fasilitas/?akses=ya")


def test_what_the_form_does_not_know_is_left_out_and_said(client, published):
    text = html(client, "/fasilitas/?orang=banyak&jenis=gua")

    assert "Sebagian alamat ini" in text
    assert "Malang Creative Center" in text


def test_htmx_gets_the_list_alone(client, published):
    text = html(client, "/fasilitas/?jenis=studio", headers={"HX-Request": "true"})

    assert "<html" not in text
    assert 'id="direktori"' in text


def test_the_number_of_queries_of_the_list_does_not_grow(client, django_assert_max_num_queries):
    for number in range(8):
        facility = FacilityFactory()
        make_hours(facility)
        for _ in range(3):
            make_space(facility, capacity=number + 1)
    with django_assert_max_num_queries(11):
        client.get("/fasilitas/")


def test_the_page_of_the_center_shows_floors_progress_and_sources(client, published):
    text = html(client, "/fasilitas/malang-creative-center/")

    for shown in ("Lantai 7", "Auditorium", "3.056 m²", "92,26%", "88,92%", "27 Mei 2021", "petisi.co"):
        assert shown in text
    assert "Januari 2023" in text
    assert "1 Januari 2023" not in text
    assert "3,34 poin" in text


def test_the_page_says_plainly_what_is_not_published(client, published):
    text = html(client, "/en/fasilitas/malang-creative-center/")

    assert "What has not been published" in text
    assert "the opening hours" in text
    assert "how many people fit into 15 of 15 spaces" in text


@pytest.fixture
def sampled(published, settings, tmp_path):
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    load_facility_samples(now=timezone.now())


def test_samples_are_never_taken_for_what_has_been_published(client, sampled):
    text = html(client, "/en/fasilitas/malang-creative-center/")
    missing = text.split('id="belum"')[1]

    for unknown in ("the opening hours", "how many people fit into 15 of 15 spaces", "without steps"):
        assert unknown in missing
    assert "Sample hours" in text.split("</header>")[1]
    # Nobody reads invented hours in a search engine.
    assert "openingHoursSpecification" not in text
    assert "ld+json" not in html(client, "/fasilitas/malang-creative-center/studio-siniar-a/")
    assert "ld+json" in html(client, "/fasilitas/malang-creative-center/perpustakaan/")
    assert "which rooms there are" in html(client, "/en/fasilitas/coworking-gajayana/").split('id="belum"')[1]

    shown = html(client, "/en/fasilitas/")
    assert shown.count("Sample hours") == 5
    assert "Malang Creative Center: 15 rooms" in shown
    assert shown.count(": rooms not published") >= 4


def test_the_building_shows_by_lit_windows_what_is_free_on_which_floor(client):
    facility = FacilityFactory(slug="menara")
    make_hours(facility, opens="00:00", closes="23:59")
    whole = facility.spaces.get(parent=None)
    floors = [
        make_space(
            facility, parent=whole, kind="floor", floor=code, slug=f"lantai-{code}", name=f"Lantai {code}"
        )
        for code in ("b", "1", "2")
    ]
    Space.objects.filter(kind="floor").update(policy=None)
    free, taken, blind = (make_space(parent=floors[1], name=name) for name in ("A", "B", "C"))
    Space.objects.filter(pk=blind.pk).update(policy=None)
    start = timezone.now() - timedelta(hours=1)
    make_occurrence(taken, start, hours=24 * 9)
    text = html(client, "/en/fasilitas/menara/")
    drawing = text[text.index('<svg class="building"') : text.index("</svg>", text.index('class="building"'))]

    assert [drawing.count(f'class="{kind}"') for kind in ("lit", "dark", "blind")] == [1, 1, 1]
    assert 'href="#di-lantai-1" aria-label="Lantai 1: 1 of 2 bookable rooms are still free' in drawing
    assert 'id="di-lantai-1"' in text
    assert "Lit windows: 1 of 2 bookable rooms" in text
    # The basement lies below the street.
    tops = re.findall(r'class="storey" x="26" y="(\d+)"', drawing)
    street = int(re.search(r'class="street" d="M0 (\d+)H', drawing)[1])
    assert [int(top) >= street for top in tops] == [True, False, False]


def test_a_place_without_floors_has_no_building_and_names_all_its_sources(client, published):
    text = html(client, "/fasilitas/coworking-gajayana/")

    assert 'class="building"' not in text
    # The address and the rules, the use in 2021, the list and the equipment of 2025.
    for host in ("bacaini.id", "travel.tempo.co", "javasatu.com"):
        assert f"<span>{host}<small" in text


def test_each_floor_names_its_source_and_the_cars_are_a_plan(client, published):
    text = html(client, "/en/fasilitas/malang-creative-center/")
    floors = text.split('id="ruang"')[1].split('id="aturan"')[0]

    assert floors.count(">indonesiaonline.co.id</a>") == 3
    assert floors.count(">bacamalang.com</a>") == 5
    assert "106 cars and 250 motorcycles, as planned in July 2022" in floors
    assert "menurut" not in text


def test_the_planned_site_shows_its_history_and_nothing_to_book(client, published):
    text = html(client, "/fasilitas/coworking-lowokwaru/")

    assert "Sudimoro" in text
    assert "Mpu Purwa" in text
    assert "/kalender/" not in text


def test_the_week_names_what_is_closed(client):
    facility = FacilityFactory()
    make_hours(facility, opens="08:00", closes="01:00")
    now = timezone.now()
    Closure.objects.create(
        facility=facility,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=1),
        reason="Perbaikan atap",
    )
    text = html(client, f"/fasilitas/{facility.slug}/")

    assert text.count("08.00–01.00") == 7
    assert "Perbaikan atap" in text


def test_machines_read_the_hours_but_no_rough_position(client):
    facility = FacilityFactory(latitude="-7.95", longitude="112.64", is_position_rough=True)
    make_hours(facility, weekdays=[0])
    text = html(client, f"/fasilitas/{facility.slug}/")
    block = json.loads(text.split('<script type="application/ld+json">')[1].split("</script>")[0])

    assert block["@type"] == ["CivicStructure", "Place"]
    assert [row["opens"] for row in block["openingHoursSpecification"]] == ["08:00"]
    assert "geo" not in block


def test_the_number_of_queries_of_the_page_does_not_grow(client):
    def count(slug):
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(f"/fasilitas/{slug}/")
        return len(found)

    facility = FacilityFactory()
    make_hours(facility)
    make_space(facility)
    few = count(facility.slug)
    wifi = Amenity.objects.create(code="wifi-x", name="Wi-Fi")
    for _ in range(6):
        SpaceAmenity.objects.create(space=make_space(facility), amenity=wifi)

    assert count(facility.slug) == few
    assert few <= 24


def test_a_facility_that_was_made_without_a_space_is_shown_all_the_same(client):
    facility = FacilityFactory(name="Rumah Kosong")
    facility.spaces.all().delete()

    assert "Rumah Kosong" in html(client, "/fasilitas/")
    assert "Rumah Kosong" in html(client, f"/fasilitas/{facility.slug}/")
    assert html(client, f"/fasilitas/{facility.slug}/kalender/")


def test_english_pages_say_it_in_english(client, published):
    text = html(client, "/en/fasilitas/malang-creative-center/")

    assert "What has not been published" in text
    assert "Introduced to the public" in text


def test_a_facility_that_does_not_exist_is_not_found(client):
    assert client.get("/fasilitas/tidak-ada/").status_code == 404
