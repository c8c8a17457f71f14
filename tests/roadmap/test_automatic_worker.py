"""Two beats at once, and real workers of which one is killed half-way, make one count and one value."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import timezone

from malangkraf.celery import app
from roadmap import tasks
from roadmap.models import Action, AutomaticSnapshot, Indicator, Measurement
from roadmap.services import automatic
from tests.patience import wait_until
from tests.races import at_once
from tests.roadmap.factories import ActionFactory, IndicatorFactory, PeriodFactory, RatingScaleFactory
from tests.roadmap.test_report_worker import PATIENCE, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def indicator():
    """An indicator with one year that is over."""
    RatingScaleFactory()
    # Otherwise making the period would let only one of two beats through, whatever else they do.
    PeriodFactory(code=str(timezone.localdate().year - 1))
    ActionFactory(state=Action.State.DONE, actual_end=date(2020, 5, 1))
    first = date(timezone.localdate().year - 1, 1, 1)
    return IndicatorFactory(automatic_source="actions-done", valid_from=first)


def two_beats(indicator):
    ((_pk, code),) = automatic.due_snapshots(timezone.now())
    job = [lambda: automatic.take_snapshot(indicator.pk, code, now=timezone.now())]
    return [type(outcome) for outcome in at_once(*job * 2)]


def counted_once():
    return (
        AutomaticSnapshot.objects.count() == 1
        and Measurement.objects.filter(state="verified", version=1, value=Decimal(1)).count() == 1
    )


def test_of_two_beats_one_counts_and_the_other_finds_it_done(indicator):
    assert sorted(two_beats(indicator), key=str) == [type(None), AutomaticSnapshot]
    assert counted_once()


def test_without_the_lock_both_would_count_and_the_database_has_to_stop_one(indicator, monkeypatch):
    """The negative control of the test above."""
    meeting = threading.Barrier(2)

    def text_of(rows):
        # Both have looked for earlier counts by now, and neither has written.
        meeting.wait(20)
        return canonical_rows(rows)

    canonical_rows = automatic.canonical_rows
    monkeypatch.setattr(automatic, "lock_indicator", lambda pk: Indicator.objects.get(pk=pk))
    monkeypatch.setattr(automatic, "canonical_rows", text_of)
    assert sorted(two_beats(indicator), key=str) == [IntegrityError, AutomaticSnapshot]
    assert counted_once()


def test_the_next_beat_finishes_what_a_killed_worker_left(indicator):
    tasks.sweep_automatic_snapshots()
    with worker("automatic") as dying:
        wait_until(lambda: dying.poll() is not None, seconds=PATIENCE, what="the worker dying at the count")
    assert dying.returncode == -9
    assert not AutomaticSnapshot.objects.exists()
    assert not Measurement.objects.exists()
    # The messages of the dead worker are gone with it: only the beat can know.
    app.control.purge()
    for _beat in range(2):
        tasks.sweep_automatic_snapshots()
    with worker():
        wait_until(counted_once, seconds=PATIENCE, what="the count")
    assert automatic.due_snapshots(timezone.now()) == []
