"""Facilities and rooms are found by the portal's search, the sitemap, the menu and the home page."""

import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests.ecosystem.facility_factories import FacilityFactory, make_space
from tests.ecosystem.test_agenda_pages import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rooms():
    cache.clear()
    facility = FacilityFactory(slug="rumah-karya", name="Rumah Karya", description="Tempat bagi perajin.")
    make_space(facility, slug="studio-siniar", name="Studio Siniar", name_en="Podcast Studio")
    make_space(facility, slug="aula", name="Aula Rakyat", is_sample=True)
    make_space(facility, slug="meja-1", name="Meja Siniar", kind="desk")


def html(client, url):
    return client.get(url).content.decode()


def test_a_facility_is_found_by_name_and_description(client):
    assert 'href="/fasilitas/rumah-karya/"' in html(client, "/cari/?q=rumah+karya")
    assert 'href="/fasilitas/rumah-karya/"' in html(client, "/cari/?q=perajin")


@pytest.mark.parametrize("word", ["siniar", "podcast", "studio"])
def test_a_room_is_found_in_either_language(client, word):
    text = html(client, f"/cari/?q={word}")

    assert 'href="/fasilitas/rumah-karya/studio-siniar/"' in text
    assert "meja-1" not in text


def test_a_sample_room_says_so(client):
    assert "Aula Rakyat (contoh)" in html(client, "/cari/?q=aula")


def test_events_to_come_are_found_by_title_organiser_and_text(client):
    make_event("malam-gim", title="Malam Gim", organizer="Komunitas Brantas", summary="Mencoba purwarupa.")
    make_event("contoh", title="Kelas Gerabah", is_sample=True)
    for slug, fields in (
        ("lewat", {"days": -5}), ("batal", {"cancelled_at": timezone.now()}), ("draf", {"is_published": False}),
    ):  # fmt: skip
        make_event(slug, title=f"Malam Gim {slug}", **fields)
    for words in ("malam+gim", "brantas", "purwarupa"):
        assert re.findall(r'href="/agenda/([a-z-]+)/"', html(client, f"/cari/?q={words}")) == ["malam-gim"], (
            words
        )
    assert "Kelas Gerabah (contoh)" in html(client, "/cari/?q=gerabah")


def test_the_sitemap_names_facilities_and_published_rooms(client):
    text = html(client, "/sitemap.xml")

    for path in (
        "/fasilitas/",
        "/en/fasilitas/rumah-karya/",
        "/fasilitas/rumah-karya/studio-siniar/",
        "/agenda/",
    ):
        assert f"http://testserver{path}</loc>" in text
    assert "/aula/" not in text


def test_the_menu_and_the_home_page_lead_to_the_facilities(client):
    text = html(client, "/tentang-ini-tidak-ada/")

    assert 'href="/fasilitas/"' in text
    assert 'href="/agenda/"' in text
