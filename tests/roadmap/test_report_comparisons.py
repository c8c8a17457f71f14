"""What a snapshot compares: earlier years, the end of the phase, and the version before a correction."""

import json
from decimal import Decimal

import pytest

from roadmap import tasks
from roadmap.models import Achievement, Indicator, Measurement, ReportRun
from roadmap.reporting.html import render_html
from roadmap.services import achievements, reports
from roadmap.services import targets as target_service
from tests.roadmap.factories import (
    IndicatorFactory,
    IndicatorLinkFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    TargetFactory,
)
from tests.roadmap.test_report_runs import NOW, carry_through, quick_files, request  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_files")]


@pytest.fixture
def growth():
    """An indicator of the phase 2022-2023 with targets for both years and values for 2021 and 2022."""
    phase = PhaseFactory()
    indicator = IndicatorFactory(growth=True)
    IndicatorLinkFactory(indicator=indicator, phase=phase)
    for code, value in (("2021", "2.91"), ("2022", "10.01")):
        MeasurementFactory(
            indicator=indicator, period=PeriodFactory(code=code), value=Decimal(value), verified=True
        )
    for code, value in (("2022", "8.7"), ("2023", "8.93")):
        TargetFactory(indicator=indicator, period=PeriodFactory(code=code), revision__value=Decimal(value))
    achievements.recompute(Indicator.objects.all(), on=NOW.date())
    return indicator


def entry_of(run):
    (entry,) = json.loads(run.snapshot)["indicators"]
    return entry


def test_a_year_is_compared_with_the_year_before_and_the_end_of_its_phase(growth):
    comparison = entry_of(carry_through(request(PeriodFactory(code="2022"))))["comparison"]
    assert comparison["previous"]["actual"] == "2.91"
    assert comparison["previous"]["label"]["id"] == "2021"
    assert comparison["medium_term"] == {
        "label": {"id": "2023", "en": "2023"},
        "target": "8.93",
        "percent": "112.09",
    }
    assert comparison["standard"] is None


def test_the_series_of_a_report_ends_with_its_period(growth):
    series = entry_of(carry_through(request(PeriodFactory(code="2022"))))["series"]
    assert [point["code"] for point in series] == ["2021", "2022"]


def test_the_last_year_of_a_phase_is_compared_with_its_own_target(growth):
    medium_term = entry_of(carry_through(request(PeriodFactory(code="2023"))))["comparison"]["medium_term"]
    assert (medium_term["target"], medium_term["percent"]) == ("8.93", None)


def test_a_correction_names_what_changed_and_keeps_the_version_before(growth, planner):
    period = PeriodFactory(code="2022")
    first = reports.publish_run(carry_through(request(period)), by=planner, now=NOW)
    assert json.loads(first.snapshot)["changes"] == []
    Measurement.objects.filter(indicator=growth, period=period).update(state="reopened")
    Measurement.objects.filter(indicator=growth, period=period).update(value=Decimal("9.5"), state="verified")
    target_service.revise_target(
        growth,
        period,
        by=planner,
        number=1,
        values={"value": Decimal(9), "reason": "Keputusan baru."},
    )
    achievements.recompute(Indicator.objects.all(), on=NOW.date())
    second = carry_through(request(period, erratum="Angka PDRB diperbaiki.", erratum_en="Corrected."))
    snapshot = json.loads(second.snapshot)
    assert [(change["kind"], change["text"]["en"]) for change in snapshot["changes"]] == [
        ("revised_value", "The value changed from 10.01 to 9.5."),
        ("revised_target", "The target changed from 8.7 to 9."),
    ]
    assert snapshot["report"]["erratum"] == {"id": "Angka PDRB diperbaiki.", "en": "Corrected."}
    assert snapshot["report"]["previous"] == {"number": 1, "sha256": first.sha256}
    entry = entry_of(second)
    assert (entry["target"]["original"], entry["target"]["value"]) == ("8.7", "9")
    assert entry["achievement"]["original_percent"] != entry["achievement"]["percent"]
    first.refresh_from_db()
    reports.publish_run(second, by=planner, now=NOW)
    kept = ReportRun.objects.get(pk=first.pk)
    assert (kept.state, kept.snapshot) == (ReportRun.State.SUPERSEDED, first.snapshot)


def test_a_first_version_names_what_is_new_since_the_report_of_the_period_before(growth, planner):
    reports.publish_run(carry_through(request(PeriodFactory(code="2021"))), by=planner, now=NOW)
    Measurement.objects.filter(indicator=growth, period__code="2021").update(state="reopened")
    Measurement.objects.filter(indicator=growth, period__code="2021").update(
        value=Decimal("3.47"), state="verified"
    )
    achievements.recompute(Indicator.objects.all(), on=NOW.date())
    snapshot = json.loads(carry_through(request(PeriodFactory(code="2022"))).snapshot)
    assert [(change["kind"], change["text"]["id"]) for change in snapshot["changes"]] == [
        ("revised_value", "2021: angka berubah dari 2,91 menjadi 3,47."),
        ("new_value", "2022: angka ditambahkan, 10,01."),
    ]
    assert snapshot["report"]["previous"] is None
    assert (snapshot["report"]["earlier"]["slug"], snapshot["report"]["earlier"]["number"]) == ("2021", 1)
    words = {"sha256": "0" * 64, "verify_url": "http://localhost/"}
    assert "Compared with the report before it" in render_html(snapshot, language="en", **words)


def test_the_nightly_reconcile_logs_differences_and_changes_nothing(growth, caplog):
    tasks.reconcile_achievements()
    assert "differs" not in caplog.text
    wrong = Achievement.objects.filter(percent__isnull=False, basis="current")
    wrong.update(percent=Decimal(1))
    before = list(wrong.values_list("pk", "percent"))
    tasks.reconcile_achievements()
    assert "achievement differs from its recomputation" in caplog.text
    assert list(wrong.values_list("pk", "percent")) == before


@pytest.mark.parametrize(
    ("language", "words"),
    [("id", "Ini versi pertama laporan ini"), ("en", "This is the first version of this report")],
)
def test_a_first_version_does_not_claim_that_nothing_changed(growth, language, words):
    run = carry_through(request(PeriodFactory(code="2022")))
    page = render_html(
        json.loads(run.snapshot), language=language, sha256=run.sha256, verify_url="https://x.test/"
    )
    assert words in page
