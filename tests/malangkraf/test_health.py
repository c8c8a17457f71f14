"""/health/live and /health/ready, and the signs of life of worker and beat."""

import threading
import time

import psycopg
import pytest

from malangkraf import health, heartbeats

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def no_running_checks():
    yield health._running.clear()
    health._running.clear()


pytestmark = pytest.mark.usefixtures("no_running_checks")


def test_live_answers_without_database_and_cache(client, settings):
    # No `db` here: a query would fail the test.
    settings.REDIS_URL = NOWHERE
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_is_ok_with_both_services_and_tells_strangers_nothing_more(client):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["planner", "admin_user"])
def test_ready_shows_the_details_to_staff(role, request, client_for):
    answer = client_for(request.getfixturevalue(role)).get("/health/ready").json()
    assert answer["checks"] == {"database": "ok", "broker": "ok", "jobs": "no sign of life: worker, beat"}


@pytest.mark.django_db
def test_ready_shows_no_details_to_a_founder(founder, client_for):
    assert client_for(founder).get("/health/ready").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_refuses_when_the_broker_is_away(client, settings):
    settings.REDIS_URL = NOWHERE
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


@pytest.mark.django_db
def test_ready_refuses_when_a_migration_is_missing(client, monkeypatch):
    monkeypatch.setattr(health, "_expected_migrations", lambda: frozenset({("roadmap", "9999_later")}))
    assert client.get("/health/ready").status_code == 503


def test_ready_refuses_when_the_database_is_away_and_asks_nobody_who_they_are(client, monkeypatch):
    def away():
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setitem(health.CHECKS, "database", away)
    client.cookies["sessionid"] = "anything"
    assert client.get("/health/ready").status_code == 503


def test_a_frozen_service_costs_one_thread_and_less_than_three_seconds(client, monkeypatch):
    thawed = threading.Event()
    started = []

    def frozen():
        started.append(1)
        thawed.wait(30)
        return "ok"

    monkeypatch.setitem(health.CHECKS, "database", frozen)
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    try:
        for _ in range(3):
            began = time.monotonic()
            assert client.get("/health/ready").status_code == 503
            assert time.monotonic() - began < 3
        assert len(started) == 1
    finally:
        thawed.set()


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_can_only_be_read(client, path):
    assert client.post(path).status_code == 405


def test_a_sign_of_life_is_found_again_with_its_age():
    assert heartbeats.ages() == {"worker": None, "beat": None}
    heartbeats.write(heartbeats.WORKER)
    found = heartbeats.ages()
    assert found["worker"] is not None
    assert found["worker"] < 5
    assert found["beat"] is None
    assert heartbeats.ages(host="another-machine") == {"worker": None, "beat": None}


@pytest.mark.parametrize(
    ("part", "age", "late"),
    [
        ("worker", None, True),
        ("worker", 89, False),
        ("worker", 91, True),
        ("beat", 149, False),
        ("beat", 151, True),
    ],
)
def test_a_part_is_late_after_its_own_time(part, age, late):
    assert heartbeats.is_late(part, age) is late


def test_beat_gives_a_sign_when_it_hands_over_its_minute_task_and_only_then(settings):
    heartbeats._beat_lives(sender=heartbeats.BEAT_TASK)
    settings.PROCESS = "beat"
    heartbeats._beat_lives(sender="another.task")
    assert heartbeats.ages()["beat"] is None
    heartbeats._beat_lives(sender=heartbeats.BEAT_TASK)
    assert heartbeats.ages()["beat"] is not None


def test_the_worker_writes_its_sign_only_now_and_then():
    throttle = heartbeats._Throttle(20)
    assert [throttle.lets_through(now) for now in (0, 1, 19, 20, 39, 40)] == [
        True,
        False,
        False,
        True,
        False,
        True,
    ]


def test_a_missing_broker_does_not_disturb_the_part_that_gives_a_sign(settings):
    settings.REDIS_URL = NOWHERE
    heartbeats.write(heartbeats.WORKER)


def test_the_minute_task_of_the_schedule_is_the_one_that_counts():
    from ecosystem.tasks import beat_heartbeat
    from malangkraf.celery import app

    assert heartbeats.BEAT_TASK in {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert beat_heartbeat.name == heartbeats.BEAT_TASK
