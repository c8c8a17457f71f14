"""The search: words, synonyms, typing errors, nothing found, and nothing typed."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roadmap.search import search, words_of
from tests.ecosystem.factories import OrganizationFactory
from tests.roadmap.factories import IndicatorFactory, PeriodFactory, ReportFactory, ReportRunFactory
from tests.roadmap.public_rows import published_roadmap
from tests.startups.factories import StartupFactory


@pytest.fixture
def rows(db):
    rows = published_roadmap()
    IndicatorFactory(slug="gim", name="Jumlah studio aplikasi dan gim", name_en="Studios in apps and games")
    OrganizationFactory(
        slug="stasion", name="Stasion", role="Komunitas startup", website="https://example.org/stasion"
    )
    return rows


def page(query, prefix=""):
    return Client().get(f"{prefix}/cari/", {"q": query}).content.decode()


@pytest.mark.parametrize(
    "query", ["PDRB", "pdrp", "pertumbuhn", "pertumbuhan ekonomi", "GRDP", "growth", "MK-07", "pdrb kreatip"]
)
def test_the_growth_indicator_is_found_in_many_ways(rows, query):
    assert "/kpi/pertumbuhan-pdrb/" in page(query)


@pytest.mark.parametrize("query", ["gim", "game", "games", "studio gim", "app", "aplik"])
def test_synonyms_and_beginnings_are_found(rows, query):
    assert "/kpi/gim/" in page(query)


def test_results_stand_in_groups(rows):
    content = page("malang")
    programme = content.index("/peta-jalan/program/malang-creative-center/")
    assert programme < content.index("/peta-jalan/fase/malang-mendunia/")


def test_actions_phases_and_organizations_are_found(rows):
    assert "/peta-jalan/aksi/gedung-mcc/" in page("gedung")
    assert "/peta-jalan/fase/malang-mendunia/" in page("mendunia")
    assert "https://example.org/stasion" in page("stasion")


@pytest.mark.parametrize("query", ["arunika", "arnuika", "Arunika Gim"])
def test_startups_are_found_with_a_letter_typed_wrong_and_lead_to_the_directory(rows, query):
    StartupFactory(slug="arunika-gim", name="Arunika Gim", summary="Membuat gim kecil.")
    content = page(query)
    assert "/startup/arunika-gim/" in content
    assert "/startup/?q=" in content


def test_a_sample_is_marked_and_a_draft_not_found(rows):
    StartupFactory(name="Rekaan Satu", sample=True)
    StartupFactory(slug="rekaan-draf", name="Rekaan Draf", draft=True)
    content = page("rekaan")
    assert "Rekaan Satu (contoh)" in content
    assert "rekaan-draf" not in content


def test_a_search_of_everything_stays_within_thirteen_queries(rows):
    StartupFactory.create_batch(3, name="Studio Arunika")
    for query in ("arnuika", "studio", "pdrp", "zzzzqqq"):
        with CaptureQueriesContext(connection) as captured:
            page(query)
        # Savepoints and settings are no queries.
        queries = [
            row["sql"]
            for row in captured
            if not {"SAVEPOINT", "set_config"} & set(row["sql"].replace("(", " ").split())
        ]
        assert len(queries) <= 13, (query, len(queries))


def test_reports_are_found_by_title_once_published(rows):
    ReportRunFactory(published=True, report=ReportFactory(period=PeriodFactory(code="2022")))
    assert "/laporan/2022/" in page("laporan 2022")
    assert "/laporan/2022/" in page("report 2022", prefix="/en")


def test_what_is_not_published_is_not_found(rows):
    IndicatorFactory(slug="rahasia", name="Angka rahasia dapur", is_public=False)
    assert "/kpi/rahasia/" not in page("rahasia dapur")


def test_nothing_found_offers_places_to_begin(rows):
    content = page("zzzzqqq")
    assert "Tidak ada yang ditemukan" in content
    assert "/kpi/pertumbuhan-pdrb/" in content


def test_an_empty_question_offers_places_to_begin(rows):
    assert "Tempat yang baik untuk mulai" in page("")


@pytest.mark.parametrize(
    "query",
    ["x" * 10_000, "\x00", "a\x00b", "' OR 1=1 --", "& | ! ( ) :*", "<->", "\\", "%", "🏠", "dan", "a " * 90],
)
def test_no_input_breaks_the_search(rows, query):
    response = Client().get("/cari/", {"q": query})
    assert response.status_code == 200
    assert not response.cookies


def test_what_was_typed_is_escaped(rows):
    assert "<script>alert" not in page("<script>alert(1)</script>")


def test_a_search_is_not_kept_in_the_cache_but_the_empty_page_is(rows, django_assert_num_queries):
    page("")
    with django_assert_num_queries(0):
        page("")
    page("pdrb")
    type(rows.indicator).objects.update(is_public=False)
    assert "/kpi/pertumbuhan-pdrb/" not in page("pdrb")


def test_words_are_at_most_eight_and_without_signs():
    assert words_of("PDRB: 10,01%!") == ["pdrb", "10", "01"]
    assert len(words_of("kata " * 50)) == 8


def test_a_question_without_words_needs_no_query(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert search("!!! ???") == []
