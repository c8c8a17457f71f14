"""Historical is what was over before the portal's first day, however late somebody first uses the period."""

from datetime import UTC, date, datetime

import pytest

from roadmap.importing import apply_import, plan_import
from roadmap.models import Measurement, Period
from roadmap.periods import parse_period
from roadmap.services.periods import find_period, go_live, save_phase_period
from roadmap.services.schedule import ensure_period
from tests.roadmap.factories import IndicatorFactory, PhaseFactory, go_live_on
from tests.roadmap.import_files import csv_file, row

FIRST_DAY = date(2026, 11, 22)
A_YEAR_LATER = date(2027, 12, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_day():
    go_live_on(FIRST_DAY)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2022-01", True),
        ("2026-11-21", True),
        ("2026-11-22", False),
        ("2026-11", False),
        ("2027-03-15", False),
        ("2027-01/2027-08", False),
        ("2019-01/2019-08", True),
    ],
)
def test_every_way_to_a_period_agrees(code, expected):
    assert go_live() == FIRST_DAY
    assert find_period(code).is_historical == expected
    assert ensure_period(parse_period(code)).is_historical == expected
    Period.objects.all().delete()
    IndicatorFactory(code="UJI", frequency="irregular")
    apply_import(plan_import(csv_file(row(period=code)), on=A_YEAR_LATER))
    assert Period.objects.get().is_historical == expected


def test_a_phase_is_historical_by_its_own_end():
    assert save_phase_period(PhaseFactory()).is_historical
    later = PhaseFactory(slug="nanti", name="Nanti", start=date(2025, 1, 1), end=date(2026, 12, 31))
    assert not save_phase_period(later).is_historical


def test_a_day_long_past_its_close_but_after_go_live_waits_for_a_second_person():
    IndicatorFactory(code="UJI", frequency="irregular")
    plan = plan_import(csv_file(row(period="2027-03-15")), on=A_YEAR_LATER)
    apply_import(plan, now=datetime(2027, 12, 1, 3, 0, tzinfo=UTC))
    value = Measurement.objects.get()
    assert (value.state, value.provenance) == ("submitted", "imported")
