"""Targets: set once, revised with a reason, never overwritten."""

from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction

from roadmap.models import Indicator, TargetRevision
from roadmap.services import targets as service
from tests.roadmap.factories import IndicatorFactory, PeriodFactory, PhaseFactory, TargetFactory

pytestmark = pytest.mark.django_db


def revise(indicator, period, by, *, number=0, **values):
    return service.revise_target(indicator, period, by=by, number=number, values=values)


@pytest.fixture
def indicator():
    return IndicatorFactory()


@pytest.fixture
def period():
    return PeriodFactory(code="2025")


def test_a_revision_keeps_the_original_and_its_reason(indicator, period, planner):
    first, added = revise(indicator, period, planner, value=Decimal(10))
    assert added
    second, _added = revise(
        indicator,
        period,
        planner,
        number=1,
        value=Decimal(8),
        reason="Pandemi.",
        decree_number="188.45/1/2025",
    )
    target = second.target
    assert (target.original.value, target.current.value) == (10, 8)
    assert (second.reason, second.decree_number, second.created_by) == ("Pandemi.", "188.45/1/2025", planner)
    assert first.target_id == target.pk


@pytest.mark.parametrize("change", [{"value": Decimal(1)}, {"reason": "lain"}, {"number": 7}])
def test_not_even_raw_updates_change_a_revision(indicator, period, planner, change):
    revision, _added = revise(indicator, period, planner, value=Decimal(10))
    with pytest.raises(ProgrammingError), transaction.atomic():
        TargetRevision.objects.filter(pk=revision.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        TargetRevision.objects.filter(pk=revision.pk).delete()


def test_pressing_twice_adds_one_revision(indicator, period, planner):
    revise(indicator, period, planner, value=Decimal(10))
    assert not revise(indicator, period, planner, value=Decimal(10))[1]
    change = {"number": 1, "value": Decimal(8), "reason": "Pandemi."}
    assert revise(indicator, period, planner, **change)[1]
    assert not revise(indicator, period, planner, **change)[1]
    assert TargetRevision.objects.count() == 2


def test_a_stale_revision_is_refused_and_shows_the_one_in_force(indicator, period, planner, other_planner):
    revise(indicator, period, planner, value=Decimal(10))
    revise(indicator, period, other_planner, number=1, value=Decimal(9), reason="Anggaran.")
    with pytest.raises(service.StaleTarget) as caught:
        revise(indicator, period, planner, number=1, value=Decimal(8), reason="Pandemi.")
    assert caught.value.current.value == 9


@pytest.mark.parametrize(
    ("traits", "code", "values", "field"),
    [
        ({}, "2025-Q1", {"value": Decimal(1)}, "period"),
        ({}, "2025-05-01", {"value": Decimal(1)}, "period"),
        ({}, "2025-01/2025-08", {"value": Decimal(1)}, "period"),
        ({"quarterly": True}, "2025-05", {"value": Decimal(1)}, "period"),
        ({}, "2025", {}, "value"),
        ({}, "2025", {"value": Decimal(-4)}, "value"),
        ({}, "2025", {"value": Decimal(0)}, "value"),
        ({"growth": True, "is_share": True}, "2025", {"value": Decimal(101)}, "value"),
        ({"direction": "range"}, "2025", {"low": Decimal(5)}, "high"),
        ({"direction": "range"}, "2025", {"low": Decimal(5), "high": Decimal(3)}, "high"),
    ],
)
def test_impossible_targets_are_refused_beside_their_field(planner, traits, code, values, field):
    with pytest.raises(service.InvalidTarget) as caught:
        revise(IndicatorFactory(**traits), PeriodFactory(code=code), planner, **values)
    assert set(caught.value.problems) == {field}
    assert not TargetRevision.objects.exists()


@pytest.mark.parametrize("code", ["2025", "2025-Q3"])
def test_a_target_may_cover_a_longer_period_than_the_indicator_is_measured(planner, code):
    assert revise(IndicatorFactory(quarterly=True), PeriodFactory(code=code), planner, value=Decimal(5))[1]


def test_a_phase_and_a_period_of_an_irregular_indicator_are_fine(planner, indicator):
    assert revise(indicator, PeriodFactory(phase=PhaseFactory()), planner, value=Decimal(5))[1]
    irregular = IndicatorFactory(frequency=Indicator.Frequency.IRREGULAR)
    assert revise(irregular, PeriodFactory(code="2025-05-01"), planner, value=Decimal(5))[1]


def test_a_revision_needs_a_reason_and_a_change(indicator, period, planner):
    revise(indicator, period, planner, value=Decimal(10))
    for values, field in (
        ({"value": Decimal(8), "reason": ""}, "reason"),
        ({"value": Decimal(10), "reason": "Tetap."}, "value"),
    ):
        with pytest.raises(service.InvalidTarget) as caught:
            revise(indicator, period, planner, number=1, **values)
        assert set(caught.value.problems) == {field}


def test_only_planners_set_targets(indicator, period, task_force_member):
    with pytest.raises(service.NotAllowed):
        revise(indicator, period, task_force_member, value=Decimal(1))


def test_quarters_that_do_not_make_the_year_are_pointed_out(planner):
    indicator = IndicatorFactory(quarterly=True, aggregation="sum", entry_meaning="increment")
    for number in range(1, 5):
        period = PeriodFactory(code=f"2025-Q{number}")
        TargetFactory(indicator=indicator, period=period, revision__value=Decimal(5))
    year = TargetFactory(indicator=indicator, period=PeriodFactory(code="2025"), revision__value=Decimal(20))
    assert service.disagreements(indicator) == []
    revise(indicator, year.period, planner, number=1, value=Decimal(25), reason="Naik.")
    (found,) = service.disagreements(indicator)
    assert (found.whole, len(found.parts)) == (year.period, 4)
