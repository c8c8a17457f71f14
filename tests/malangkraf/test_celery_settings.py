"""What the jobs rely on when a worker dies, a message is lost or the broker stands still."""

import importlib

import pytest

from malangkraf.celery import app
from roadmap import tasks
from roadmap.services import reports


def test_messages_come_back_when_their_worker_dies():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_every_task_has_both_limits_and_the_message_waits_longer_than_the_longest():
    visibility = app.conf.broker_transport_options["visibility_timeout"]
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if name.startswith(("roadmap.", "ecosystem."))]
    assert len(ours) >= 6
    for task in ours:
        hard = task.time_limit or app.conf.task_time_limit
        soft = task.soft_time_limit or app.conf.task_soft_time_limit
        assert soft < hard < visibility, task.name


def test_the_sweep_waits_until_the_hard_limit_has_ended_whoever_held_a_row():
    assert tasks.make_report_snapshot.time_limit < reports.STALE_AFTER.total_seconds()
    assert tasks.render_report_file.time_limit < reports.STALE_AFTER.total_seconds()


def test_lost_messages_are_looked_for_often():
    assert app.conf.broker_transport_options["unacked_restore_interval"] <= 10


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("roadmap.tasks.make_report_snapshot", "reports"),
        ("roadmap.tasks.render_report_file", "reports"),
        ("ecosystem.tasks.beat_heartbeat", "housekeeping"),
        ("roadmap.tasks.sweep_report_runs", "housekeeping"),
        ("roadmap.tasks.queue_due_reports", "housekeeping"),
        ("roadmap.tasks.roll_periods", "housekeeping"),
        ("roadmap.tasks.reconcile_achievements", "housekeeping"),
    ],
)
def test_long_work_and_housekeeping_wait_in_separate_queues(task, queue):
    assert app.amqp.router.route({}, task)["queue"].name == queue


def test_a_page_never_waits_two_seconds_for_the_broker(monkeypatch, settings):
    from malangkraf import settings as module

    monkeypatch.setenv("MALANGKRAF_PROCESS", "web")
    try:
        web = importlib.reload(module)
        options = web.CELERY_BROKER_TRANSPORT_OPTIONS
        tries = 1 + web.CELERY_TASK_PUBLISH_RETRY_POLICY["max_retries"]
        # The old connection, the new one, and the one retry.
        assert (tries + 1) * options["socket_timeout"] < 2
        assert (tries + 1) * options["socket_connect_timeout"] < 2
    finally:
        monkeypatch.delenv("MALANGKRAF_PROCESS")
        importlib.reload(module)
