"""The list of reports tells planners which published reports stand on figures that have changed since."""

from datetime import timedelta

import pytest
from django.utils import timezone

from roadmap.models import Measurement, ReportRun
from roadmap.services.achievements import recompute
from tests.roadmap.factories import (
    IndicatorFactory,
    MeasurementFactory,
    PeriodFactory,
    ReportRunFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db
MARK = "Figures changed since"


@pytest.fixture
def value():
    return MeasurementFactory(
        indicator=IndicatorFactory(), period=PeriodFactory(code="2022-Q1"), verified=True
    )


@pytest.fixture
def run(value):
    recompute([value.indicator])
    run = ReportRunFactory(report__period=PeriodFactory(code="2022"), published=True, cut_off=timezone.now())
    assert not is_marked(run)
    return run


def is_marked(run):
    return ReportRun.objects.with_figures_changed().get(pk=run.pk).figures_changed


def test_a_new_target_marks_the_report(run, value):
    TargetFactory(indicator=value.indicator, period=value.period)
    recompute([value.indicator])
    assert is_marked(run)


def test_a_value_verified_anew_marks_the_report_though_it_has_no_percentage(run, value):
    Measurement.objects.update(verified_at=timezone.now())
    assert is_marked(run)


def test_other_times_hidden_indicators_and_superseded_versions_are_not_marked(run, value):
    later = timezone.now() + timedelta(minutes=1)
    MeasurementFactory(period=PeriodFactory(code="2023"), verified=True, verified_at=later)
    MeasurementFactory(indicator=IndicatorFactory(is_public=False), verified=True, verified_at=later)
    assert not is_marked(run)
    ReportRun.objects.update(state="superseded")
    Measurement.objects.update(verified_at=later)
    assert not is_marked(run)


def test_the_list_shows_the_mark(run, value, client_for, planner):
    client = client_for(planner)
    assert MARK not in client.get("/en/ruang-kerja/laporan/").content.decode()
    Measurement.objects.update(verified_at=timezone.now())
    assert MARK in client.get("/en/ruang-kerja/laporan/").content.decode()
