"""Two people at the same moment: one wins. With the lock taken away the same race goes wrong, so it is a race."""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from roadmap.models import Measurement
from roadmap.services import measurements as service
from roadmap.services import targets
from tests.races import PATIENCE, at_once
from tests.roadmap.factories import IndicatorFactory, MeasurementFactory, PeriodFactory, TargetFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def meet_after_reading(monkeypatch):
    """Take the lock away, and let both read the row before either writes."""
    meeting = threading.Barrier(2)

    def read_without_lock(pk: int) -> Measurement:
        row = Measurement.objects.select_related("indicator", "period").get(pk=pk)
        meeting.wait(PATIENCE)
        return row

    monkeypatch.setattr(service, "lock_measurement", read_without_lock)


def verifications(measurement, *people):
    return [
        lambda person=person: service.verify_measurement(measurement.pk, by=person, version=1, now=NOW)[1]
        for person in people
    ]


def saves(measurement, **values):
    return [
        lambda person=person, value=value: (
            service.save_measurement(
                measurement.indicator,
                measurement.period,
                by=person,
                version=1,
                values={"value": value, "missing_reason": "", "note": "Rapat."},
                submit=False,
                now=NOW,
            ).value
        )
        for person, value in values.values()
    ]


@pytest.fixture
def people(make_user):
    return [make_user(f"orang{number}@example.org", "planner") for number in range(3)]


def test_of_two_verifiers_one_verifies_and_the_other_is_told(people):
    measurement = MeasurementFactory(submitted=True, entered_by=people[0])
    assert sorted(at_once(*verifications(measurement, *people[1:]))) == [False, True]
    assert Measurement.objects.get().version == 2


def test_without_the_lock_both_verifiers_would_win(people, meet_after_reading):
    measurement = MeasurementFactory(submitted=True, entered_by=people[0])
    assert at_once(*verifications(measurement, *people[1:])) == [True, True]


def test_of_two_savers_one_saves_and_the_other_sees_both_values(people):
    measurement = MeasurementFactory(entered_by=people[0])
    outcomes = at_once(*saves(measurement, a=(people[1], Decimal(6)), b=(people[2], Decimal(7))))
    stale = [outcome for outcome in outcomes if isinstance(outcome, service.StaleVersion)]
    saved = [outcome for outcome in outcomes if isinstance(outcome, Decimal)]
    assert (len(stale), len(saved)) == (1, 1)
    assert Measurement.objects.get().value == saved[0] == stale[0].current.value


def test_without_the_lock_one_save_would_be_lost(people, meet_after_reading):
    measurement = MeasurementFactory(entered_by=people[0])
    outcomes = at_once(*saves(measurement, a=(people[1], Decimal(6)), b=(people[2], Decimal(7))))
    assert sorted(outcomes) == [Decimal(6), Decimal(7)]
    assert Measurement.objects.get().version == 2, "two saves, one of them lost"


def test_of_two_people_who_enter_a_new_value_one_is_told_of_the_other(people):
    indicator, period = IndicatorFactory(), PeriodFactory(code="2025")
    unsaved = Measurement(indicator=indicator, period=period)
    jobs = [
        lambda person=person, value=value: service.save_measurement(
            unsaved.indicator,
            unsaved.period,
            by=person,
            version=0,
            values={"value": value, "missing_reason": "", "note": "Rapat."},
            submit=False,
            now=NOW,
        )
        for person, value in zip(people[1:], (Decimal(6), Decimal(7)), strict=True)
    ]
    kinds = sorted(type(outcome).__name__ for outcome in at_once(*jobs))
    assert kinds == ["Measurement", "StaleVersion"]
    assert Measurement.objects.count() == 1


def revisions(target, people):
    return [
        lambda person=person, value=value: targets.revise_target(
            target.indicator,
            target.period,
            by=person,
            number=1,
            values={"value": value, "reason": "Pandemi."},
        )[1]
        for person, value in zip(people[1:], (Decimal(6), Decimal(7)), strict=True)
    ]


def test_of_two_target_revisions_one_is_added_and_the_other_told(people):
    target = TargetFactory(period=PeriodFactory(code="2025"))
    outcomes = at_once(*revisions(target, people))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["StaleTarget", "bool"]
    assert target.revisions.count() == 2
