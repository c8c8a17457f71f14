"""Counting when a period is over: the number, its rows and its value, once and all or nothing."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from roadmap.automatic import SOURCES
from roadmap.models import Achievement, Action, AutomaticSnapshot, Indicator, Measurement
from roadmap.services import automatic, measurements
from roadmap.services.achievements import reconcile
from tests.roadmap.factories import (
    ActionFactory,
    IndicatorFactory,
    MeasurementFactory,
    PeriodFactory,
    RatingScaleFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 1, 5, 0, tzinfo=UTC)


@pytest.fixture
def indicator():
    RatingScaleFactory()
    return IndicatorFactory(automatic_source="actions-done", valid_from=date(2025, 1, 1))


@pytest.fixture
def actions():
    return [
        ActionFactory(state=Action.State.DONE, actual_end=date(2025, month, 1), title=f"Aksi {month}")
        for month in (3, 6)
    ]


def take_all(now=NOON):
    taken = [automatic.take_snapshot(pk, code, now=now) for pk, code in automatic.due_snapshots(now)]
    return [snapshot for snapshot in taken if snapshot]


def test_the_count_keeps_its_rows_and_becomes_a_verified_value(indicator, actions):
    TargetFactory(indicator=indicator, period=PeriodFactory(code="2025"), revision__value=Decimal(4))
    (snapshot,) = take_all()
    assert (snapshot.value, snapshot.number, snapshot.source, snapshot.taken_at) == (
        2,
        1,
        "actions-done",
        NOON,
    )
    assert snapshot.rows == [["roadmap.action", action.pk] for action in actions]
    text = json.dumps(snapshot.rows, separators=(",", ":"))
    assert snapshot.sha256 == hashlib.sha256(text.encode()).hexdigest()
    value = Measurement.objects.get()
    assert (value.value, value.state, value.provenance) == (2, "verified", "automatic")
    assert (value.entered_by, value.verified_by, value.verified_at) == (None, None, NOON)
    achievement = Achievement.objects.get(basis=Achievement.Basis.CURRENT)
    assert (achievement.percent, achievement.measurement) == (50, value)
    assert reconcile(NOON) == []


def test_nothing_to_count_is_zero_and_not_missing(indicator):
    (snapshot,) = take_all()
    assert (snapshot.value, snapshot.rows) == (0, [])
    assert Measurement.objects.get().value == 0


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (datetime(2025, 12, 31, 16, 59, 59, tzinfo=UTC), []),  # the last second of 2025 in Malang
        (datetime(2025, 12, 31, 17, 0, tzinfo=UTC), ["2025"]),  # midnight there, still 31 December in UTC
        (datetime(2027, 6, 1, tzinfo=UTC), ["2025", "2026"]),  # after a long pause all that was missed
    ],
)
def test_a_period_is_due_at_midnight_in_malang(indicator, now, codes):
    assert automatic.due_snapshots(now) == [(indicator.pk, code) for code in codes]


def test_a_message_that_comes_too_early_counts_nothing(indicator):
    assert automatic.take_snapshot(indicator.pk, "2026", now=NOON) is None
    assert automatic.take_snapshot(indicator.pk, "2025-Q4", now=NOON) is None
    assert not AutomaticSnapshot.objects.exists()


def test_a_period_belongs_to_the_version_that_lives_on_its_last_day(indicator):
    Indicator.objects.filter(pk=indicator.pk).update(valid_to=date(2025, 6, 30))
    newer = IndicatorFactory(
        automatic_source="actions-done", valid_from=date(2025, 7, 1), supersedes=indicator
    )
    assert automatic.due_snapshots(NOON) == [(newer.pk, "2025")]


def test_months_and_quarters_have_their_own_ends(indicator):
    Indicator.objects.filter(pk=indicator.pk).update(frequency="quarter")
    codes = [code for _pk, code in automatic.due_snapshots(datetime(2025, 9, 30, 17, 0, tzinfo=UTC))]
    assert codes == ["2025-Q1", "2025-Q2", "2025-Q3"]


def test_counting_again_changes_nothing_even_when_the_rows_have_changed(indicator, actions):
    take_all()
    ActionFactory(state=Action.State.DONE, actual_end=date(2025, 8, 1))
    assert take_all() == []
    assert automatic.take_snapshot(indicator.pk, "2025", now=NOON) is None
    assert (AutomaticSnapshot.objects.count(), Measurement.objects.get().value) == (1, 2)


def test_a_reopened_value_is_counted_anew_and_the_first_count_stays(indicator, actions, planner):
    take_all()
    ActionFactory(state=Action.State.DONE, actual_end=date(2025, 8, 1))
    value = Measurement.objects.get()
    measurements.reopen_measurement(value.pk, by=planner, version=1, reason="Satu aksi tertinggal.")
    (again,) = take_all()
    assert (again.number, again.value) == (2, 3)
    assert list(AutomaticSnapshot.objects.values_list("value", flat=True)) == [2, 3]
    value.refresh_from_db()
    assert (value.value, value.state, value.version) == (3, "verified", 3)
    assert take_all() == []


def test_a_value_that_a_person_entered_is_never_counted_over(indicator):
    value = MeasurementFactory(indicator=indicator, period=PeriodFactory(code="2025"))
    assert automatic.due_snapshots(NOON) == []
    assert automatic.take_snapshot(indicator.pk, "2025", now=NOON) is None
    value.refresh_from_db()
    assert (value.value, value.state) == (80, "draft")


@pytest.mark.parametrize(
    "fields", [{"automatic_source": "gone"}, {"value_type": "currency"}, {"entry_meaning": "increment"}]
)
def test_a_source_that_cannot_serve_the_indicator_writes_nothing(indicator, fields):
    Indicator.objects.filter(pk=indicator.pk).update(**fields)
    with pytest.raises(automatic.SourceUnusable, match=indicator.code):
        take_all()
    assert not Measurement.objects.exists()


def test_a_count_that_breaks_off_leaves_neither_number_nor_value(indicator, actions, monkeypatch):
    def die(*_args, **_words):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(automatic.achievements, "recompute", die)
        take_all()
    assert not AutomaticSnapshot.objects.exists()
    assert not Measurement.objects.exists()
    assert len(take_all()) == 1, "the next beat finishes it"


def test_a_source_that_fails_leaves_the_indicator_due(indicator, monkeypatch):
    def fail(_span):
        raise ZeroDivisionError

    broken = replace(SOURCES.find("actions-done"), count=fail)
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setitem(SOURCES._sources, "actions-done", broken)
        take_all()
    assert automatic.due_snapshots(NOON) == [(indicator.pk, "2025")]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE roadmap_automaticsnapshot SET value = 9", "DELETE FROM roadmap_automaticsnapshot"],
)
def test_the_database_changes_and_removes_no_count(indicator, actions, statement):
    take_all()
    with (
        pytest.raises(ProgrammingError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AutomaticSnapshot.objects.get().value == 2


@pytest.mark.parametrize("fields", [{"valid_from": None}, {"frequency": "irregular"}])
def test_the_database_wants_a_calendar_for_an_automatic_indicator(indicator, fields):
    with pytest.raises(IntegrityError, match="indicator_automatic_has_calendar"), transaction.atomic():
        Indicator.objects.filter(pk=indicator.pk).update(**fields)


def test_the_source_is_frozen_with_the_definition(indicator, actions):
    take_all()
    with pytest.raises(IntegrityError, match="definition_frozen"), transaction.atomic():
        Indicator.objects.filter(pk=indicator.pk).update(automatic_source="values-verified")


def test_what_is_due_costs_two_queries_however_many_indicators(indicator, django_assert_num_queries):
    for _number in range(5):
        IndicatorFactory(automatic_source="actions-done", valid_from=date(2020, 1, 1))
    with django_assert_num_queries(2):
        assert len(automatic.due_snapshots(NOON)) == 31
