"""The home page, the plain pages, robots.txt and the error pages."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.ecosystem.facility_factories import FacilityFactory, at, make_hours
from tests.ecosystem.factories import SubsectorFactory
from tests.roadmap.factories import PhaseFactory
from tests.roadmap.public_rows import growth_indicator, published_roadmap
from tests.startups.factories import StartupFactory


@pytest.fixture
def rows(db):
    return published_roadmap()


def test_the_home_page_shows_phases_and_headline_figures(rows):
    PhaseFactory(empowered=True)
    content = Client().get("/").content.decode()
    assert "2 babak menuju dunia" in content
    assert "1 dari 1 KPI terukur" in content
    assert "10,01%" in content
    assert 'action="/cari/"' in content


@pytest.mark.parametrize(
    ("hour", "badge", "sentence"),
    [(9, "Sedang buka", "sampai pukul 21.00 WIB"), (22, "Sedang tutup", "buka besok pukul 08.00 WIB")],
)
def test_the_home_page_says_which_house_is_open_now(db, monkeypatch, hour, badge, sentence):
    monkeypatch.setattr(timezone, "now", lambda: at(hour))
    make_hours(FacilityFactory(slug="mcc", name="MCC"), is_sample=True)
    FacilityFactory(slug="lowokwaru", name="Coworking Lowokwaru", stage="planned")
    page = Client().get("/").content.decode()
    house = page[page.index('href="/fasilitas/mcc/"') :]
    house = house[: house.index("</li>")]
    assert [text for text in (badge, sentence, "Jam contoh") if text not in house] == []
    assert "Belum ada yang dapat dipesan di sini" in page


def test_the_row_of_houses_is_the_data_and_says_so_in_words(db):
    games, apps = SubsectorFactory(code="gim", name="Gim"), SubsectorFactory(code="aplikasi", name="Aplikasi")
    SubsectorFactory(code="kriya", name="Kriya")
    StartupFactory(subsectors=[games])
    StartupFactory(subsectors=[games, apps])
    content = Client().get("/").content.decode()
    assert content.count('class="house"') == 3
    for words in ("Gim: 2 entri", "Aplikasi: 1 entri", "Kriya: belum ada entri"):
        assert words in content
    assert 'href="/startup/?subsektor=gim"' in content
    assert "/startup/?subsektor=kriya" not in content


def test_the_directory_stands_on_the_home_page_with_its_number_and_its_latest_entries(db):
    StartupFactory.create_batch(6)
    StartupFactory(slug="paling-baru", published_at=timezone.now())
    StartupFactory(slug="lama-tidak-dipastikan", dormant=True, published_at=timezone.now())
    content = Client().get("/").content.decode()
    assert '<a href="/startup/">7</a>' in content
    assert "Paling Baru" in content
    assert "Lama Tidak Dipastikan" not in content


def test_samples_are_marked_on_the_home_page(db):
    StartupFactory(sample=True, slug="studio-rekaan")
    content = Client().get("/").content.decode()
    assert "semuanya contoh" in content
    entry = content[content.index("Studio Rekaan") :]
    assert "Contoh" in entry[: entry.index("</li>")]


def test_the_home_page_stays_within_its_queries_and_its_weight(rows):
    for number in range(8):
        StartupFactory(subsectors=[SubsectorFactory(code=f"sub-{number}")])
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        response = Client().get("/", headers={"accept-encoding": "gzip"})
    assert sum("SAVEPOINT" not in query["sql"] for query in captured) <= 12
    assert len(response.content) <= 60_000


def test_english_has_its_own_home_page(rows):
    content = Client().get("/en/").content.decode()
    assert "known to the world" in content
    assert "10.01%" in content
    assert 'href="/en/kpi/pertumbuhan-pdrb/"' in content


def test_an_empty_portal_has_a_home_page(db):
    content = Client().get("/").content.decode()
    assert "Belum ada fase" in content
    assert "Belum ada laporan" in content


def test_only_headline_indicators_become_cards(db):
    growth_indicator(is_headline=False)
    assert "Belum ada KPI utama" in Client().get("/").content.decode()


def test_a_browser_that_prefers_english_gets_indonesian_at_the_plain_address(rows):
    response = Client(headers={"accept-language": "en"}).get("/")
    assert response["Content-Language"] == "id"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/privasi/", "Undang-Undang Nomor 27 Tahun 2022"),
        ("/en/privasi/", "Law 27 of 2022"),
        ("/aksesibilitas/", "WCAG 2.2"),
        ("/en/aksesibilitas/", "WCAG 2.2"),
    ],
)
def test_the_plain_pages_answer_in_both_languages(db, address, words):
    assert words in Client().get(address).content.decode()


def test_robots_keep_out_of_work_room_accounts_and_search(db):
    response = Client().get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    for path in ("/ruang-kerja/", "/en/ruang-kerja/", "/cari/", "/akun/"):
        assert f"Disallow: {path}" in response.content.decode()


def test_an_unknown_address_gets_a_friendly_404(db):
    response = Client().get("/tidak-ada/")
    assert response.status_code == 404
    assert "Tidak ada rumah" in response.content.decode() or "halaman" in response.content.decode()


def test_a_failure_gets_a_page_with_the_number_to_ask_by(db, monkeypatch):
    monkeypatch.setattr("malangkraf.views.pages.standing.measured_by_phase", lambda: 1 / 0)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert response["X-Request-Id"] in response.content.decode()
