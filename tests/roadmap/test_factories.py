"""Every factory makes a row that the database accepts."""

from decimal import Decimal

import pytest

from tests.ecosystem import factories as ecosystem
from tests.roadmap import factories as roadmap

pytestmark = pytest.mark.django_db


def test_phases_and_periods_exist_once():
    assert roadmap.PhaseFactory() == roadmap.PhaseFactory()
    assert roadmap.PhaseFactory(empowered=True).start.year == 2020
    assert roadmap.PeriodFactory(code="2023-Q2").kind == "quarter"
    assert roadmap.PeriodFactory(phase=roadmap.PhaseFactory()).code == "malang-mendunia"


def test_a_target_comes_with_its_first_revision():
    target = roadmap.TargetFactory(revision__value=Decimal("8.2"))
    assert target.current == target.original
    assert target.current.value == Decimal("8.2")
    assert roadmap.TargetRevisionFactory(target=target, number=2).reason


@pytest.mark.parametrize("traits", [{}, {"verified": True}, {"historical": True}, {"missing": True}])
def test_measurements_are_accepted_in_every_state(traits):
    assert roadmap.MeasurementFactory(**traits).pk


def test_the_other_factories_make_rows():
    assert roadmap.ActionFactory(delayed=True).reason
    assert roadmap.ProgressUpdateFactory().pk
    assert roadmap.EvidenceFactory().pk
    assert roadmap.ReportRunFactory(published=True).sha256
    assert roadmap.RatingScaleFactory().bands.count() == 5
    assert roadmap.ProgrammeFactory(phases=[roadmap.PhaseFactory()]).phases.count() == 1
    assert roadmap.IndicatorLinkFactory(phase=roadmap.PhaseFactory()).pk
    assert ecosystem.UserFactory(roles=["planner"]).has_role("planner")
    assert ecosystem.KelurahanFactory().kecamatan.pk
    assert ecosystem.HelixActorFactory().pk
    assert ecosystem.SubsectorFactory().pk
