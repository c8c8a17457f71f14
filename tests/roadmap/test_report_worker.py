"""Report runs with the real broker and real workers, some of which are killed half-way."""

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from kombu import Connection

from malangkraf.celery import app
from roadmap import tasks
from roadmap.models import ReportFile, ReportRun, ScheduleSlot
from roadmap.services import reports, schedule
from tests.patience import wait_until
from tests.roadmap.factories import PeriodFactory, PhaseFactory, RatingScaleFactory

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60


def database_url():
    parts = connection.settings_dict
    return (
        f"postgresql://{parts['USER']}:{parts['PASSWORD']}@/{parts['NAME']}?host={parts['HOST']}"
        if parts["HOST"].startswith("/")
        else f"postgresql://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"
    )


@contextmanager
def worker(step=""):
    """A worker process of this test's database and broker; it is ended by its own process id."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "MALANGKRAF_DEMO": "1",
        "MALANGKRAF_PROCESS": "worker",
        "PYTHONWARNINGS": "ignore",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.roadmap.dying_worker", *([step] if step else [])],
        env=environment,
        cwd=Path(settings.BASE_DIR),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=20)


@pytest.fixture
def run():
    RatingScaleFactory()
    period = PeriodFactory(code="2022")
    return reports.request_report(period, by=None, trigger=ReportRun.Trigger.MANUAL)[0]


def state_of(run):
    run.refresh_from_db()
    return run.state


def let_time_pass(run):
    """Make the rows as old as they are two minutes after the worker's death."""
    long_ago = timezone.now() - timedelta(minutes=2)
    ReportRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago, requested_at=long_ago)
    ReportFile.objects.filter(run=run, state="running").update(claimed_at=long_ago)


def test_a_worker_takes_a_run_to_its_draft(run):
    assert tasks.wake([run])
    with worker():
        wait_until(lambda: state_of(run) == ReportRun.State.DRAFT, seconds=PATIENCE, what="the draft")
    assert run.files.filter(state="done").count() == 6


@pytest.mark.parametrize("step", ["snapshot", "after-snapshot", "pdf", "xlsx"])
def test_the_sweep_finishes_what_a_killed_worker_left(run, step):
    tasks.wake([run])
    with worker(step) as dying:
        wait_until(lambda: dying.poll() is not None, seconds=PATIENCE, what=f"the worker dying at {step}")
    assert dying.returncode == -9
    assert state_of(run) in ReportRun.UNFINISHED
    # The messages of the dead worker are gone with it: only the sweep can know.
    app.control.purge()
    let_time_pass(run)
    tasks.sweep_report_runs()
    with worker():
        wait_until(lambda: state_of(run) == ReportRun.State.DRAFT, seconds=PATIENCE, what="the draft")
    assert run.files.filter(state="done").count() == 6
    assert ReportRun.objects.count() == 1


def test_without_the_sweep_a_killed_run_stays_undone(run):
    """The negative control of the test above."""
    tasks.wake([run])
    with worker("pdf") as dying:
        wait_until(lambda: dying.poll() is not None, seconds=PATIENCE, what="the worker dying")
    app.control.purge()
    let_time_pass(run)
    other = reports.request_report(PeriodFactory(code="2021"), by=None, trigger=ReportRun.Trigger.MANUAL)[0]
    tasks.wake([other])
    with worker():
        wait_until(lambda: state_of(other) == ReportRun.State.DRAFT, seconds=PATIENCE, what="the other draft")
    assert state_of(run) == ReportRun.State.RENDERING


def test_a_message_sent_twice_makes_one_draft(run):
    for _ in range(3):
        tasks.wake([run])
    with worker(), worker():
        wait_until(lambda: state_of(run) == ReportRun.State.DRAFT, seconds=PATIENCE, what="the draft")
    assert ReportFile.objects.filter(run=run).count() == 6
    assert set(run.files.values_list("attempts", flat=True)) == {1}


def test_three_beats_at_once_make_each_report_once():
    """Each beat sends its message, and two workers take them at the same time."""
    RatingScaleFactory()
    due = sorted(span.code.lower() for span, _phase in schedule.due_spans(timezone.now()))
    for _ in range(3):
        tasks.queue_due_reports.delay()
    drafts = ReportRun.objects.filter(state=ReportRun.State.DRAFT)
    with worker(), worker():
        wait_until(lambda: drafts.count() >= len(due), seconds=2 * PATIENCE, what="the drafts")
    assert sorted(ReportRun.objects.values_list("report__slug", flat=True)) == due
    assert ScheduleSlot.objects.count() == len(due)


def test_with_the_broker_away_the_planner_is_told_and_the_sweep_sends_it_later(
    planner, client_for, monkeypatch
):
    RatingScaleFactory()
    PhaseFactory()
    with Connection("redis://127.0.0.1:1/0", transport_options={"socket_connect_timeout": 1}) as nobody:
        monkeypatch.setattr(
            tasks.make_report_snapshot,
            "delay",
            lambda *args: tasks.make_report_snapshot.apply_async(args, connection=nobody),
        )
        answer = client_for(planner).post("/en/ruang-kerja/laporan/buat/", {"period": "2022"}, follow=True)
        monkeypatch.undo()
    assert answer.status_code == 200
    assert "the job queue does not answer" in answer.content.decode()
    run = ReportRun.objects.get()
    assert run.state == ReportRun.State.QUEUED
    let_time_pass(run)
    tasks.sweep_report_runs()
    with worker():
        wait_until(lambda: state_of(run) == ReportRun.State.DRAFT, seconds=PATIENCE, what="the draft")
