"""Indicators in the API: the series with targets, values and achievements, and the filters of the pages."""

import csv
import io
from decimal import Decimal

import pytest

from roadmap.models import Achievement, Measurement, MeasurementReopening
from roadmap.services.achievements import recompute
from tests.ecosystem.factories import SubsectorFactory
from tests.roadmap.factories import (
    EvidenceFactory,
    IndicatorFactory,
    IndicatorLinkFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    ProgrammeFactory,
    RatingScaleFactory,
    TargetFactory,
    TargetRevisionFactory,
)


@pytest.fixture
def growth(db):
    """An indicator with a revised target in 2022, a target without a value in 2023 and a value alone in 2021."""
    RatingScaleFactory()
    indicator = IndicatorFactory(code="PDRB-1", slug="pertumbuhan", growth=True)
    target = TargetFactory(indicator=indicator, revision__value=Decimal("8.7"))
    TargetRevisionFactory(target=target, number=2, value=Decimal("9.1"), decree_number="Perwali 1/2022")
    value = MeasurementFactory(
        indicator=indicator,
        historical=True,
        value=Decimal("10.01"),
        is_disputed=True,
        is_provisional=True,
        note="Sumber lain menulis 9,8.",
    )
    EvidenceFactory(measurement=value, title="Siaran pers")
    kept = EvidenceFactory(measurement=value, url="", file="evidence/x.pdf", sha256="c" * 64)
    MeasurementFactory(
        indicator=indicator, period=PeriodFactory(code="2021"), verified=True, value=Decimal("-8.85")
    )
    TargetFactory(indicator=indicator, period=PeriodFactory(code="2023"))
    recompute([indicator])
    indicator.kept = kept.pk
    return indicator


def series_of(client, key):
    row = client.get(f"/api/v1/indicators/{key}/").json()
    return {point["period"]["code"]: point for point in row["series"]}


def test_a_point_has_both_targets_the_value_its_source_and_both_achievements(growth, client):
    point = series_of(client, "PDRB-1")["2022"]
    assert (point["target"]["value"], point["target"]["version"]) == ("9.1", 2)
    assert (point["target_original"]["value"], point["target_original"]["version"]) == ("8.7", 1)
    actual = point["actual"]
    assert (actual["value"], actual["provenance"], actual["source_url"]) == (
        "10.01",
        "historical",
        "https://example.org/angka",
    )
    assert actual["is_disputed"] and actual["is_provisional"]
    assert actual["note"] == "Sumber lain menulis 9,8."
    assert [(one["title"], one["url"]) for one in actual["evidence"]] == [
        ("Siaran pers", "https://example.org/bukti"),
        ("Berita acara", f"http://testserver/bukti/{growth.kept}/"),
    ]
    assert point["achievement"]["percent"] == "110"
    assert point["achievement_original"]["percent"] == "115.06"
    assert point["achievement_original"]["raw"].startswith("115.0574712")
    assert point["achievement"]["capped"] == "100"
    assert point["achievement"]["band"] == "very_high"
    assert point["achievement"]["scale"] == "permendagri-86-2017"
    assert point["period"] == {
        "code": "2022",
        "kind": "year",
        "start": "2022-01-01",
        "end": "2022-12-31",
        "label": "2022",
        "label_en": "2022",
    }


def test_a_missing_half_is_null_and_the_reason_is_a_code(growth, client):
    series = series_of(client, "PDRB-1")
    assert list(series) == ["2021", "2022", "2023"]
    assert series["2021"]["target"] is None
    assert series["2021"]["actual"]["value"] == "-8.85"
    assert series["2021"]["achievement"]["reason"] == "no_target"
    assert series["2021"]["achievement"]["percent"] is None
    assert series["2021"]["achievement"]["band"] is None
    assert series["2023"]["actual"] is None
    assert series["2023"]["achievement"]["reason"] in ("no_actual", "not_due")


def test_code_and_address_lead_to_the_same_indicator(growth, client):
    assert (
        client.get("/api/v1/indicators/PDRB-1/").json()
        == client.get("/api/v1/indicators/pertumbuhan/").json()
    )


def test_the_sentence_stands_there_in_both_languages_whoever_asks(growth, client):
    first = client.get("/api/v1/indicators/PDRB-1/", headers={"Accept-Language": "en"}).json()
    second = client.get("/api/v1/indicators/PDRB-1/", headers={"Accept-Language": "id"}).json()
    assert first == second
    assert "10,01%" in first["message"]
    assert "10.01%" in first["message_en"]


def test_a_reopened_value_is_gone_with_its_percentage_even_before_the_new_sum(growth, client):
    value = Measurement.objects.get(indicator=growth, period__code="2022")
    MeasurementReopening.objects.create(
        measurement=value, reason="Angka BPS berubah.", previous_value=value.value
    )
    Measurement.objects.filter(pk=value.pk).update(state=Measurement.State.REOPENED)
    assert Achievement.objects.filter(measurement=value, percent__isnull=False).exists()
    point = series_of(client, "PDRB-1")["2022"]
    assert point["actual"] is None
    assert point["achievement"] is None and point["achievement_original"] is None
    assert point["under_review"] is True
    assert point["review_reason"] == "Angka BPS berubah."


def test_a_zero_is_a_value(client, db):
    indicator = IndicatorFactory()
    MeasurementFactory(indicator=indicator, verified=True, value=0)
    assert series_of(client, indicator.code)["2022"]["actual"]["value"] == "0"


def test_a_range_has_two_bounds(client, db):
    target = TargetFactory(revision__value=None, revision__low=3, revision__high=Decimal("5.5"))
    found = series_of(client, target.indicator.code)["2022"]["target"]
    assert (found["value"], found["low"], found["high"]) == (None, "3", "5.5")


def test_a_longer_series_costs_no_more_queries(growth, client, django_assert_max_num_queries):
    for year in range(2000, 2020):
        period = PeriodFactory(code=f"{year}")
        MeasurementFactory(indicator=growth, period=period, verified=True)
        TargetFactory(indicator=growth, period=period)
    recompute([growth])
    # Transaction, indicator, subsectors, links, three of the series, evidence, scales.
    with django_assert_max_num_queries(12):
        assert len(series_of(client, "PDRB-1")) == 23


@pytest.fixture
def many(db):
    """Indicators that differ in everything the pages filter by."""
    RatingScaleFactory()
    games = SubsectorFactory(code="gim-uji")
    phase, programme = PhaseFactory(), ProgrammeFactory(slug="talenta")
    for number in range(8):
        indicator = IndicatorFactory(is_headline=number % 2 == 0, lower=number % 3 == 0)
        if number % 2:
            indicator.subsectors.add(games)
            IndicatorLinkFactory(indicator=indicator, phase=phase)
        else:
            IndicatorLinkFactory(indicator=indicator, programme=programme)
        TargetFactory(indicator=indicator)
        MeasurementFactory(indicator=indicator, verified=True, value=40 + 10 * number)
        recompute([indicator])
    IndicatorFactory(name="Jumlah studio gim", definition="Studio yang membuat gim.")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=studio",
        "q=gim%20jumlah",
        "q=tidak-ada-ini",
        "phase=malang-mendunia",
        "programme=talenta",
        "subsector=gim-uji",
        "direction=lower",
        "band=very_high",
        "headline=true",
        "headline=false",
        "headline=true&direction=higher&programme=talenta",
    ],
)
def test_a_query_string_means_the_same_here_and_on_the_page(query, many, client):
    """The page's CSV is made from the page's own list."""
    page = csv.DictReader(io.StringIO(client.get(f"/kpi/data.csv?{query}").content.decode()))
    on_page = list(dict.fromkeys(row["code"] for row in page))
    rows = client.get(f"/api/v1/indicators/?{query}").json()["results"]
    # An indicator without any figure has no line in the CSV.
    assert [row["code"] for row in rows if series_of(client, row["code"])] == on_page
