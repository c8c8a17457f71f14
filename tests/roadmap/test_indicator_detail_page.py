"""The page of one indicator: message, chart, table, definition, evidence, history and breaks."""

from decimal import Decimal

import pytest
from django.test import Client

from roadmap.models import Measurement, MeasurementReopening
from roadmap.services.achievements import recompute
from tests.roadmap.factories import (
    EvidenceFactory,
    IndicatorFactory,
    MeasurementFactory,
    PeriodFactory,
    TargetFactory,
    TargetRevisionFactory,
)
from tests.roadmap.public_rows import published_roadmap


@pytest.fixture
def rows(db):
    return published_roadmap()


def page(slug="pertumbuhan-pdrb", prefix=""):
    return Client().get(f"{prefix}/kpi/{slug}/").content.decode()


def test_the_page_begins_with_the_message_in_both_languages(rows):
    assert "Tahun 2022 tumbuh 10,01%, melampaui target 8,70%, setelah turun 8,85% pada 2020." in page()
    assert "In 2022, it grew by 10.01%, more than the target of 8.70%" in page(prefix="/en")


def test_the_pandemic_year_is_shown_as_it_was(rows):
    content = page()
    assert "−8,85%" in content
    assert "−107,93%" in content
    assert "Sangat rendah" in content or "Sangat Rendah" in content


def test_the_sum_of_the_newest_percentage_stands_beside_the_chart(rows):
    content = page()
    assert "10,01 ÷ 8,70 × 100 = 115,0575 → 115,06%" in content
    assert "chart--wide" in content
    assert "chart--narrow" in content


def test_each_source_is_linked_and_a_disagreement_is_said(rows):
    Measurement.objects.filter(period__code="2021").update(is_disputed=True, note="laporan lain menulis 3,47")
    content = page()
    assert 'href="https://example.org/angka"' in content
    assert "laporan lain menulis 3,47" in content
    assert "Sumber berbeda-beda" in content


def test_a_missing_value_says_why_and_is_no_zero(rows):
    TargetFactory(indicator=rows.indicator, period=PeriodFactory(code="2019"))
    MeasurementFactory(
        indicator=rows.indicator,
        period=PeriodFactory(code="2019"),
        historical=True,
        value=None,
        missing_reason="Tidak diterbitkan.",
    )
    recompute([rows.indicator])
    content = page()
    assert "Tidak diterbitkan." in content
    assert "bisa dihitung" in content
    assert ">0,00%" not in content


def test_a_revised_target_shows_both_targets_and_both_percentages(rows):
    target = rows.indicator.targets.get(period__code="2022")
    TargetRevisionFactory(target=target, number=2, value=Decimal("9.10"), reason="RPJMD diubah.")
    recompute([rows.indicator])
    content = page()
    assert "semula 8,70%" in content
    assert "115,06% dari target semula" in content
    assert "110,00%" in content
    assert "RPJMD diubah." in content


def test_a_value_under_review_leaves_the_series_and_says_why(rows):
    value = rows.indicator.measurements.get(period__code="2022")
    MeasurementReopening.objects.create(
        measurement=value, reason="BPS merevisi angka.", previous_value=value.value
    )
    Measurement.objects.filter(pk=value.pk).update(state="reopened")
    recompute([rows.indicator])
    content = page()
    assert "sedang diperiksa" in content
    assert "BPS merevisi angka." in content
    assert "10,01%" not in content.split('id="riwayat"')[0]


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_a_value_that_nobody_verified_is_nowhere(rows, state):
    MeasurementFactory(
        indicator=rows.indicator, period=PeriodFactory(code="2023"), value=Decimal("77.7"), state=state
    )
    assert "77,7" not in page()


def test_public_evidence_is_listed_and_private_evidence_is_not(rows):
    value = rows.indicator.measurements.get(period__code="2022")
    EvidenceFactory(measurement=value, title="Berita resmi statistik")
    EvidenceFactory(measurement=value, title="Notulen rapat", is_public=False)
    content = page()
    assert "Berita resmi statistik" in content
    assert "Notulen rapat" not in content


def test_no_person_is_named_in_the_history(rows, planner, other_planner):
    value = rows.indicator.measurements.get(period__code="2022")
    Measurement.objects.filter(pk=value.pk).update(entered_by=planner, verified_by=other_planner)
    content = page()
    assert "diambil dari sumber yang sudah terbit" in content
    assert planner.email not in content
    assert planner.name not in content


def test_a_changed_definition_links_both_ways(rows):
    successor = IndicatorFactory(name="Pertumbuhan cara baru", slug="cara-baru", supersedes=rows.indicator)
    assert f"/kpi/{successor.slug}/" in page()
    assert "/kpi/pertumbuhan-pdrb/" in page("cara-baru")


def test_a_successor_that_is_not_public_is_not_named(rows):
    IndicatorFactory(name="Belum umum", supersedes=rows.indicator, is_public=False)
    assert "Belum umum" not in page()


def test_an_indicator_without_any_figure_has_a_page_that_says_so(db):
    IndicatorFactory(slug="baru")
    assert "Belum ada angka yang diterbitkan" in page("baru")


def test_eight_months_and_one_month_are_not_joined_by_a_line(db):
    indicator = IndicatorFactory(slug="acara", entry_meaning="increment", aggregation="sum")
    for code, value in (("2023-01--2023-08", 2000), ("2024-05", 770)):
        MeasurementFactory(indicator=indicator, period=PeriodFactory(code=code), historical=True, value=value)
    recompute([indicator])
    content = page("acara")
    assert "chart-pair" not in content
    assert "terlalu sedikit" in content.casefold()
    assert "2.000 unit" in content
    assert "770 unit" in content


def test_texts_without_translation_are_marked_as_indonesian(rows):
    type(rows.indicator).objects.filter(pk=rows.indicator.pk).update(limitations="Hanya proyeksi.")
    assert '<dd lang="id">Hanya proyeksi.</dd>' in page(prefix="/en")
