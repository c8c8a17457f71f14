"""What holds for every public page: both languages, few queries, small, cached, and calm under bad input."""

import gzip

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roadmap.services.achievements import recompute
from tests.roadmap.factories import (
    ActionFactory,
    IndicatorFactory,
    IndicatorLinkFactory,
    MeasurementFactory,
    ProgrammeFactory,
    TargetFactory,
)
from tests.roadmap.public_rows import addresses, published_roadmap

MOST_QUERIES = 12
MOST_BYTES = 60_000


@pytest.fixture
def rows(db):
    return published_roadmap()


def more_rows(rows, count):
    """Add indicators, programmes and actions, so that a query for each row would show."""
    indicators = [IndicatorFactory(is_headline=True) for _ in range(count)]
    for indicator in indicators:
        TargetFactory(indicator=indicator)
        MeasurementFactory(indicator=indicator, historical=True)
        IndicatorLinkFactory(indicator=indicator, phase=rows.phase)
        IndicatorLinkFactory(indicator=indicator, programme=rows.programme)
        programme = ProgrammeFactory(phases=[rows.phase])
        ActionFactory(programme=programme, phase=rows.phase)
        ActionFactory(programme=rows.programme, phase=rows.phase)
    recompute(indicators)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_answers_in_both_languages_with_its_own_heading(rows, prefix):
    for address in addresses(rows):
        content = Client().get(prefix + address).content.decode()
        assert content.count("<h1") == 1, address
        assert f'<html lang="{"en" if prefix else "id"}">' in content


def test_no_page_sets_a_cookie_or_carries_inline_code(rows):
    for address in addresses(rows):
        response = Client().get(address)
        assert not response.cookies, address
        assert b" style=" not in response.content, address
        assert b"<script>" not in response.content, address


def queries_of(address):
    """Return how many queries a cold page makes; the test's own savepoints are not the page's."""
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(address).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


def test_a_cold_page_needs_at_most_twelve_queries_whatever_the_number_of_rows(rows):
    few = {address: queries_of(address) for address in addresses(rows)}
    more_rows(rows, 8)
    many = {address: queries_of(address) for address in addresses(rows)}
    assert max(many.values()) <= MOST_QUERIES, many
    # Rows may fill what was empty (one query for a kind of row), never a query for each.
    assert all(many[address] <= few[address] + 1 for address in few), (few, many)


def test_all_filters_at_once_stay_within_the_limit(rows):
    query = (
        "phase=malang-mendunia&programme=malang-creative-center&direction=higher&band=very_high&headline=true"
    )
    assert queries_of(f"/kpi/?{query}&q=pdrb") <= MOST_QUERIES


def test_a_warm_page_needs_no_query(rows, django_assert_num_queries):
    for address in addresses(rows):
        if "q=" in address:
            continue
        Client().get(address)
        with django_assert_num_queries(0):
            assert Client().get(address).status_code == 200


def test_pages_stay_small_with_many_rows(rows):
    more_rows(rows, 20)
    for address in addresses(rows):
        response = Client(headers={"accept-encoding": "gzip"}).get(address)
        assert response["Content-Encoding"] == "gzip"
        assert len(response.content) < MOST_BYTES, address
        assert gzip.decompress(response.content)


def test_signed_in_people_see_the_page_made_for_them(rows, planner, client_for):
    Client().get("/kpi/")
    response = client_for(planner).get("/kpi/")
    assert planner.email in response.content.decode()
    assert planner.email not in Client().get("/kpi/").content.decode()


def test_head_is_answered_and_post_refused(rows):
    for address in addresses(rows):
        assert Client().head(address).status_code == 200
        assert Client().post(address).status_code == 405


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=" + "x" * 10_000, "page=abc", "page=99999", "page=-1", "phase=%00", "dasar=%00", "a[]=1"],
)
def test_bad_parameters_never_break_a_page(rows, query):
    for address in addresses(rows):
        assert Client().get(address.partition("?")[0] + "?" + query).status_code == 200, address


@pytest.mark.parametrize(
    "address",
    [
        "/peta-jalan/fase/tidak-ada/",
        "/peta-jalan/program/tidak-ada/",
        "/peta-jalan/aksi/tidak-ada/",
        "/kpi/tidak-ada/",
        "/kpi/tidak-ada/data.csv",
        "/kpi/pertumbuhan-pdrb/1999/",
        "/kpi/pertumbuhan-pdrb/bukan-periode/",
        "/kpi/a%00b/",
    ],
)
def test_what_does_not_exist_is_404_in_both_languages(rows, address):
    for prefix in ("", "/en"):
        assert Client().get(prefix + address).status_code == 404


def test_what_is_not_published_is_404(rows):
    type(rows.phase).objects.update(is_published=False)
    type(rows.programme).objects.update(is_published=False)
    type(rows.indicator).objects.update(is_public=False)
    for address in addresses(rows)[6:9] + addresses(rows)[11:]:
        assert Client().get(address).status_code == 404, address
