"""The list of the directory: what it says, filters, table, map, nothing found, weight, queries, bad input."""

import gzip
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.ecosystem.factories import KelurahanFactory, SubsectorFactory
from tests.startups.factories import (
    PauseNoticeFactory,
    ServiceTypeFactory,
    StartupFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
MOST_QUERIES, MOST_BYTES = 8, 60_000


@pytest.fixture
def games():
    return SubsectorFactory(code="pengembang-permainan", name="Pengembang Permainan")


@pytest.fixture
def directory(games):
    """Three entries in two kelurahan; one is a sample, one an agency."""
    apps = SubsectorFactory(code="aplikasi", name="Aplikasi")
    north = KelurahanFactory(code="35.73.02.1002", name="Oro-oro Dowo", latitude="-7.96", longitude="112.62")
    mobile = ServiceTypeFactory(code="aplikasi-seluler", name="Aplikasi seluler")
    return [
        StartupFactory(slug="arunika-games", name="Arunika Games", subsectors=[games], kelurahan=north),
        StartupFactory(
            slug="kopi-kode", name="Kopi Kode", kind="agency", subsectors=[apps], services=[mobile]
        ),
        StartupFactory(slug="rintik", name="Rintik", subsectors=[games], sample=True),
    ]


def text_of(address, **headers):
    response = Client().get(address, headers=headers)
    assert response.status_code == 200, address
    return response.content.decode()


def names(html):
    return re.findall(r'<h3><a href="/startup/([\w-]+)/">', html)


def test_the_list_says_how_many_there_are_and_how_many_are_samples(directory):
    html = text_of("/startup/")
    assert "<strong>3 startup, studio, dan komunitas</strong>" in html
    assert "1 di antaranya contoh rekaan" in html
    assert sorted(names(html)) == ["arunika-games", "kopi-kode", "rintik"]
    card = html[html.index("/startup/rintik/") :]
    assert "Contoh" in card[:1500]


def test_english_pages_speak_english(directory):
    html = text_of("/en/startup/")
    assert "<strong>3 startups, studios and communities</strong>" in html
    assert "1 of them is an invented sample." in html


def test_a_filter_narrows_counts_and_becomes_a_chip_that_can_be_taken_away(directory):
    html = text_of("/startup/?jenis=agency&kesegaran=fresh")
    assert names(html) == ["kopi-kode"]
    chip = re.search(r'<a class="chip" href="([^"]+)">([^<]+)<', html)
    assert chip[2] == "Agensi"
    assert chip[1] == "/startup/?kesegaran=fresh"
    # The facet's own filter does not touch its counts.
    assert re.search(r'id="jenis-game_studio"><span>[^<]+</span><span class="n">2<', html)


def test_several_values_of_one_facet_are_alternatives(directory):
    assert len(names(text_of("/startup/?jenis=agency&jenis=game_studio"))) == 3


def test_htmx_gets_the_content_alone_with_the_clean_address_and_the_count_for_screen_readers(directory):
    response = Client().get("/startup/?q=&jenis=agency&tampilan=", headers=HTMX)
    html = response.content.decode()
    assert response["HX-Push-Url"] == "/startup/?jenis=agency"
    assert "<html" not in html
    assert '<p id="kabar" hx-swap-oob="innerHTML"><strong>1 entri</strong>' in html
    assert "<title>" in html


def test_the_whole_list_is_for_search_engines_and_a_filtered_one_is_not(directory):
    html = text_of("/startup/")
    assert 'rel="canonical" href="http://localhost:8000/startup/"' in html
    assert "noindex" not in html
    filtered = text_of("/startup/?jenis=agency")
    assert 'rel="canonical" href="http://localhost:8000/startup/"' in filtered
    assert "noindex" in filtered
    assert 'type="application/atom+xml"' in filtered


def test_the_data_links_carry_the_same_query(directory):
    html = text_of("/startup/?jenis=agency&tampilan=tabel&page=1&urut=nama")
    for ending in ("data.csv", "data.xlsx", "data.geojson", "atom.xml"):
        assert f'href="/startup/{ending}?jenis=agency&amp;urut=nama"' in html


def test_the_table_shows_the_same_entries(directory):
    VerificationFactory(startup=directory[1])
    html = text_of("/startup/?tampilan=tabel")
    assert html.count('<th scope="row"><a href="/startup/') == 3
    assert 'name="tampilan" value="tabel"' in html


def test_the_map_draws_a_link_for_each_kelurahan_with_entries(directory):
    html = text_of("/startup/?tampilan=peta")
    drawing = html[html.index('<svg xmlns="http://www.w3.org/2000/svg" class="city-map"') :]
    drawing = drawing[: drawing.index("</svg>")]
    links = re.findall(r'<a class="bubble [^"]+" href="([^"]+)" aria-label="([^"]+)"', drawing)
    assert ("/startup/?tampilan=peta&amp;kelurahan=35.73.02.1002", "Oro-oro Dowo, ") in [
        (href, label[:14]) for href, label in links
    ]
    assert all("35.73.02.100" in href for href, _label in links)
    assert "Peta sebagai tabel" in html


def test_a_chosen_kelurahan_leaves_the_others_on_the_map(directory):
    html = text_of("/startup/?tampilan=peta&kelurahan=35.73.02.1002")
    assert 'class="bubble teal chosen"' in html
    assert "Arunika Games" in html
    assert "Kopi Kode" not in html


def test_tiles_are_named_before_they_load_and_can_be_switched_off(directory, settings):
    assert "tile.openstreetmap.org" in text_of("/startup/?tampilan=peta")
    cache.clear()
    settings.MAP_TILES_URL = ""
    html = text_of("/startup/?tampilan=peta")
    assert "tile.openstreetmap.org" not in html
    assert "Oro-oro Dowo" in html[html.index("data-wards") :]


def test_a_typing_error_finds_the_entry(directory):
    assert names(text_of("/startup/?q=arnuika")) == ["arunika-games"]


def test_nothing_found_says_why_and_shows_the_ways_on(directory):
    html = text_of("/startup/?jenis=agency&subsektor=pengembang-permainan")
    assert "Tidak ada yang cocok" in html
    assert (
        'href="/startup/?jenis=agency"' in html or 'href="/startup/?subsektor=pengembang-permainan"' in html
    )
    assert "/startup/daftar/" in html


def test_an_empty_directory_is_no_error(db):
    for query in ("", "?tampilan=peta", "?tampilan=tabel", "?q=gim"):
        assert Client().get(f"/startup/{query}").status_code == 200


def test_a_pause_of_the_coordinators_is_shown(directory):
    PauseNoticeFactory()
    assert "Stasion libur sampai Senin." in text_of("/startup/")


def test_dormant_entries_are_only_shown_when_asked_for(directory):
    StartupFactory(slug="lama", name="Lama Sekali", dormant=True)
    assert "lama" not in names(text_of("/startup/"))
    assert names(text_of("/startup/?kesegaran=dormant")) == ["lama"]


@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=-5",
        "page=99999999999",
        "jenis=tidak-ada",
        "urut=zzz&tampilan=zzz",
        "kelurahan=%00&kecamatan=%F0%9F%98%80",
        "q=" + "x" * 10_000,
        "q=%E2%80%AE%3Cscript%3E",
        "q=%25%26%7C!()%27",
        "&".join(f"subsektor=s{number}" for number in range(200)),
    ],
)
def test_bad_input_is_answered_with_the_page(directory, query):
    html = text_of(f"/startup/?{query}")
    assert "<script>" not in html
    assert "<h1>" in html


def test_an_unknown_filter_is_named_and_left_out(directory):
    html = text_of("/startup/?jenis=tidak-ada")
    assert "tidak-ada" in html
    assert "alert-warning" in html
    assert len(names(html)) == 3


def queries_of(address):
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(address).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


@pytest.mark.parametrize(
    "query",
    ["", "?tampilan=tabel", "?tampilan=peta", "?jenis=agency&terverifikasi=ya", "?q=kopi&jenis=agency"],
)
def test_few_queries_however_many_entries(directory, games, query):
    few = queries_of(f"/startup/{query}")
    for number in range(12):
        StartupFactory(name=f"Kopi {number}", kind="agency", subsectors=[games])
    assert queries_of(f"/startup/{query}") <= few <= MOST_QUERIES


@pytest.mark.parametrize("query", ["", "?tampilan=tabel", "?tampilan=peta", "?jenis=agency"])
def test_a_warm_page_needs_no_query(directory, query, django_assert_num_queries):
    text_of(f"/startup/{query}")
    with django_assert_num_queries(0):
        text_of(f"/startup/{query}")


@pytest.mark.parametrize("query", ["", "?tampilan=tabel", "?tampilan=peta"])
def test_the_page_stays_small_with_many_entries(directory, games, query):
    for number in range(30):
        area = KelurahanFactory(
            code=f"35.73.02.2{number:03d}", name=f"Kelurahan {number}",
            latitude=f"-7.9{number:02d}", longitude=f"112.6{number:02d}",
        )  # fmt: skip
        StartupFactory(
            name=f"Studio Nomor {number}", summary="Kalimat yang cukup panjang. " * 7, kelurahan=area
        )
    html = text_of(f"/startup/{query}")
    assert len(gzip.compress(html.encode())) < 30_000
    if "peta" in query:
        drawing = html[html.index('class="city-map"') :]
        assert len(drawing[: drawing.index("</svg>")]) < 30_000
