"""The KPI dashboard: filters in the address, chips, fragment, paging, houses and CSV."""

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client

from roadmap.services.achievements import recompute
from tests.ecosystem.factories import SubsectorFactory
from tests.roadmap.factories import IndicatorFactory, MeasurementFactory
from tests.roadmap.public_rows import published_roadmap


@pytest.fixture
def rows(db):
    rows = published_roadmap()
    rows.other = IndicatorFactory(
        code="MK-99", slug="tingkat-pengangguran", name="Tingkat pengangguran", lower=True
    )
    return rows


def page(query="", **headers):
    return Client(headers=headers).get(f"/kpi/{query}").content.decode()


def test_a_card_has_the_number_target_band_and_sentence(rows):
    content = page()
    assert "10,01%" in content
    assert "2022, target 8,70%" in content
    assert "115,06%" in content
    assert "melampaui target 8,70%, setelah turun 8,85% pada 2020." in content
    assert "/kpi/pertumbuhan-pdrb/2022/" in content


def test_headline_indicators_come_first(rows):
    content = page()
    assert content.index("Pertumbuhan PDRB") < content.index("Tingkat pengangguran")


@pytest.mark.parametrize(
    "query",
    [
        "?phase=malang-mendunia",
        "?programme=malang-creative-center",
        "?direction=higher",
        "?band=very_high",
        "?headline=true",
        "?q=pdrb",
        "?q=ekonomi+kreatif",
        "?q=GRDP",
    ],
)
def test_each_filter_narrows_the_list_and_can_be_taken_away(rows, query):
    content = page(query)
    assert "Pertumbuhan PDRB" in content
    assert "Tingkat pengangguran" not in content
    assert 'class="chip" href="/kpi/"' in content


def test_the_subsector_filter_uses_the_code(rows):
    subsector = SubsectorFactory(code="aplikasi", name="Aplikasi")
    rows.other.subsectors.add(subsector)
    content = page("?subsector=aplikasi")
    assert "Tingkat pengangguran" in content
    assert "Pertumbuhan PDRB" not in content


@pytest.mark.parametrize("query", ["?phase=zzz", "?direction=sideways", "?band=best", "?phase=%00"])
def test_an_unknown_filter_value_is_said_and_left_out(rows, query):
    content = page(query)
    assert "Tingkat pengangguran" in content
    if "%00" not in query:
        assert "diabaikan" in content


def test_nothing_found_offers_a_way_out(rows):
    content = page("?q=zzzz")
    assert "Tidak ada KPI yang cocok" in content
    assert 'href="/kpi/"' in content


def test_htmx_gets_only_the_results_and_the_history_gets_the_page(rows):
    fragment = page("?q=pdrb", HX_Request="true")
    assert fragment.lstrip().startswith('<div id="hasil"')
    assert "<html" not in fragment
    response = Client(headers={"HX-Request": "true"}).get("/kpi/?q=&direction=higher&page=")
    assert response["HX-Push-Url"] == "/kpi/?direction=higher"
    assert "<html" in page("?q=pdrb", HX_Request="true", HX_History_Restore_Request="true")


def test_a_page_beyond_the_last_shows_the_last(rows):
    for _ in range(15):
        IndicatorFactory()
    assert "13–17" in page("?page=99")
    assert "1–12" in page("?page=abc")


def test_the_picture_names_every_house_and_every_empty_plot(rows):
    content = page()
    assert "Pertumbuhan PDRB ekonomi kreatif: 115,06%" in content
    assert "Tingkat pengangguran: belum ada persentase" in content


def test_private_indicators_do_not_appear_anywhere(rows):
    IndicatorFactory(name="Angka rahasia", is_public=False)
    assert "Angka rahasia" not in page()
    assert "Angka rahasia" not in Client().get("/kpi/data.csv").content.decode()


def read_csv(address):
    response = Client().get(address)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_the_csv_has_the_same_rows_as_the_page_with_sources(rows):
    found = read_csv("/kpi/data.csv?phase=malang-mendunia")
    assert [row["period"] for row in found] == ["2020", "2021", "2022"]
    assert found[0]["actual"] == "-8.85"
    assert found[2]["target"] == "8.7"
    assert found[2]["achievement_percent"] == "115.06"
    assert found[2]["provenance"] == "historical"
    assert found[2]["source_url"] == "https://example.org/angka"


def test_the_csv_runs_no_formula(rows):
    MeasurementFactory(
        indicator=rows.other, historical=True, value=Decimal(-1), note='=HYPERLINK("http://x")'
    )
    recompute([rows.other])
    row = next(row for row in read_csv("/kpi/data.csv") if row["code"] == "MK-99")
    assert row["note"].startswith("'=")
    assert row["actual"] == "-1"


def test_the_csv_of_one_indicator_holds_only_its_rows(rows):
    assert {row["code"] for row in read_csv("/kpi/pertumbuhan-pdrb/data.csv")} == {"MK-07"}
