"""What the day decides follows the day: nobody has to touch a value for a figure to fall due."""

from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache

from malangkraf import page_cache
from roadmap import tasks
from roadmap.models import Achievement
from roadmap.services.achievements import recompute, recompute_due, reconcile
from roadmap.services.periods import save_phase_period
from roadmap.services.rollups import rollup_for
from tests.roadmap.factories import (
    IndicatorLinkFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    TargetFactory,
)

LAST_DAY = date(2026, 1, 31)
NIGHT_BEFORE = datetime(2026, 1, 30, 17, 10, tzinfo=UTC)  # 00:10 WIB on 31 January
NIGHT_AFTER = datetime(2026, 1, 31, 17, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def target():
    """A target without a value, due on 31 January 2026 and computed on that day."""
    target = TargetFactory(period=PeriodFactory(code="2025", due_at=LAST_DAY))
    recompute([target.indicator], on=LAST_DAY)
    return target


def reasons():
    return set(Achievement.objects.values_list("reason", flat=True))


def test_the_night_after_its_last_day_a_figure_is_missing(target):
    assert recompute_due(NIGHT_BEFORE) == 0
    assert reasons() == {"not_due"}
    assert recompute_due(NIGHT_AFTER) == 2
    assert reasons() == {"no_actual"}
    assert reconcile(NIGHT_AFTER) == []
    assert recompute_due(NIGHT_AFTER) == 0


def test_what_fell_due_counts_among_the_expected(target):
    phase = PhaseFactory(slug="kini", name="Kini", start=date(2025, 1, 1), end=date(2025, 12, 31))
    IndicatorLinkFactory(indicator=target.indicator, phase=phase)
    assert rollup_for(phase, on=LAST_DAY).expected == 0
    recompute_due(NIGHT_AFTER)
    assert rollup_for(phase, on=date(2026, 2, 1)).expected == 1


def test_carrying_forward_begins_with_the_due_day(target):
    target.indicator.allow_carry = True
    target.indicator.save()
    earlier = PeriodFactory(code="2024")
    MeasurementFactory(indicator=target.indicator, period=earlier, value=80, verified=True)
    recompute([target.indicator], on=LAST_DAY)
    recompute_due(NIGHT_AFTER)
    assert set(Achievement.objects.filter(period=target.period).values_list("note", flat=True)) == {"carried"}


def test_the_job_at_midnight_does_it_and_drops_cached_pages(target, django_capture_on_commit_callbacks):
    cache.set(page_cache.VERSION_KEY, "before", None)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.roll_periods()
    assert reasons() == {"no_actual"}
    assert cache.get(page_cache.VERSION_KEY) != "before"


def test_a_phase_that_is_made_longer_is_not_due_any_more(django_capture_on_commit_callbacks):
    phase = PhaseFactory()
    target = TargetFactory(period=save_phase_period(phase))
    recompute([target.indicator])
    assert reasons() == {"no_actual"}
    phase.end = date(2099, 12, 31)
    with django_capture_on_commit_callbacks(execute=True):
        save_phase_period(phase)
    assert reasons() == {"not_due"}
