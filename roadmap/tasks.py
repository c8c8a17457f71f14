"""Jobs of the roadmap app: keys in, rows claimed by the services, nothing returned."""

import logging
from collections.abc import Iterable
from typing import Any

from celery import Task, shared_task
from celery.contrib.django.task import DjangoTask
from django.utils import timezone
from kombu.exceptions import OperationalError

from malangkraf import page_cache
from roadmap.models import ReportRun
from roadmap.services import achievements, automatic, measurements, reports, schedule

logger = logging.getLogger(__name__)

# Seconds; reports.STALE_AFTER stands a little above the hard limit.
REPORT_LIMITS: dict[str, Any] = {"soft_time_limit": 60, "time_limit": 90}


def claim_of(task: "Task[Any, Any]") -> str:
    """Return the task's id as the 32 hexadecimal digits that fit the row."""
    return str(task.request.id).replace("-", "")


@shared_task(base=DjangoTask, bind=True, ignore_result=True, **REPORT_LIMITS)
def make_report_snapshot(self: "Task[[int], None]", run_id: int) -> None:
    """Freeze the figures of a run and wake the renderers; may run twice, works once."""
    for file_id in reports.take_snapshot(run_id, claim=claim_of(self), now=timezone.now()):
        render_report_file.delay(file_id)


@shared_task(base=DjangoTask, bind=True, ignore_result=True, **REPORT_LIMITS)
def render_report_file(self: "Task[[int], None]", file_id: int) -> None:
    """Render one format in one language; may run twice, writes the same bytes."""
    reports.render_file(file_id, claim=claim_of(self), now=timezone.now())


def wake(runs: Iterable[ReportRun]) -> bool:
    """Return whether the broker took a message for each run; if not, the minute sweep sends it later."""
    try:
        for run in runs:
            make_report_snapshot.delay(run.pk)
    except OperationalError:
        logger.warning("the broker is away; the sweep will send the report runs later")
        return False
    return True


@shared_task(base=DjangoTask, ignore_result=True, expires=300)
def sweep_report_runs() -> None:
    """Finish what a killed worker, a lost message or an absent broker left undone; harmless to run twice."""
    now = timezone.now()
    reports.park_hopeless(now)
    for run_id in reports.runs_to_wake(now):
        make_report_snapshot.delay(run_id)
    for file_id in reports.files_to_wake(now):
        render_report_file.delay(file_id)
    for run_id in reports.runs_to_finish():
        reports.finish_run(run_id, now=now)


@shared_task(base=DjangoTask, ignore_result=True)
def queue_due_reports() -> None:
    """Request the reports that are due today; a slot row per due time keeps several beats to one report."""
    wake(schedule.request_due_reports(timezone.now()))


@shared_task(base=DjangoTask, ignore_result=True)
def roll_periods() -> None:
    """Make the current periods, end re-openings, compute what fell due last night; harmless to run twice."""
    now = timezone.now()
    schedule.roll_periods(now)
    measurements.close_reopenings(now)
    if achievements.recompute_due(now):
        page_cache.bump()


@shared_task(base=DjangoTask, ignore_result=True, expires=3000)
def sweep_automatic_snapshots() -> None:
    """Wake a worker for each period that is over and not counted, also after a kill; harmless to run twice."""
    for indicator_id, code in automatic.due_snapshots(timezone.now()):
        take_automatic_snapshot.delay(indicator_id, code)


@shared_task(base=DjangoTask, ignore_result=True, soft_time_limit=60, time_limit=90)
def take_automatic_snapshot(indicator_id: int, code: str) -> None:
    """Count one indicator for one period; may run twice, counts once."""
    automatic.take_snapshot(indicator_id, code, now=timezone.now())


@shared_task(base=DjangoTask, ignore_result=True)
def reconcile_achievements() -> None:
    """Recompute every achievement in memory, log each difference and show it to the planners; changes no figure."""
    for difference in achievements.keep_differences(timezone.now()):
        logger.error("achievement differs from its recomputation: %s", difference)
