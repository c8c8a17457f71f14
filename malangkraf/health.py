"""/health/live says that the process answers; /health/ready that it can do its work."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from malangkraf import heartbeats

# The whole answer comes within 3 s, also when a service is frozen and its socket just hangs.
PATIENCE = 2.3

_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")
_running: dict[str, "Future[str]"] = {}


@cache
def _expected_migrations() -> frozenset[tuple[str, str]]:
    """Return the last migration of each app in this code; read from disk once per process."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def check_database() -> str:
    """Return "ok" or "migrations missing"; raise psycopg.Error when the database does not answer.

    Opens a connection of its own: the pool of the requests may be exhausted, or stuck with a frozen server.
    """
    parameters: dict[str, Any] = settings.DATABASES["default"]
    with psycopg.connect(
        dbname=connection.settings_dict["NAME"],
        user=parameters["USER"] or None,
        password=parameters["PASSWORD"] or None,
        host=parameters["HOST"] or None,
        port=parameters["PORT"] or None,
        connect_timeout=2,
        options="-c statement_timeout=1500",
        autocommit=True,
        **({"sslmode": mode} if (mode := parameters["OPTIONS"].get("sslmode")) else {}),
    ) as direct:
        applied = {(app, name) for app, name in direct.execute("SELECT app, name FROM django_migrations")}
    return "ok" if _expected_migrations() <= applied else "migrations missing"


def check_broker() -> str:
    """Return "ok"; raise redis.RedisError when the broker and cache does not answer."""
    with heartbeats.connect() as client:
        client.ping()
    return "ok"


def check_jobs() -> str:
    """Return "ok" or the parts that gave no sign of life; raise redis.RedisError as check_broker does."""
    late = [part for part, age in heartbeats.ages().items() if heartbeats.is_late(part, age)]
    return f"no sign of life: {', '.join(late)}" if late else "ok"


CHECKS: dict[str, Callable[[], str]] = {
    "database": check_database,
    "broker": check_broker,
    "jobs": check_jobs,
}
# Pages answer without worker and beat; restarting the web for them would help nobody.
NEEDED = ("database", "broker")


def _start(name: str) -> "Future[str]":
    """Return the running check of this name, or a new one: a frozen service never piles up threads."""
    running = _running.get(name)
    if running is None or running.done():
        running = _running[name] = _pool.submit(CHECKS[name])
    return running


def run_checks() -> dict[str, str]:
    """Return each check's outcome ("ok" or what is wrong) within PATIENCE seconds."""
    futures = {name: _start(name) for name in CHECKS}
    wait(futures.values(), timeout=PATIENCE)
    outcome = {}
    for name, future in futures.items():
        if not future.done():
            outcome[name] = "no answer in time"
        elif error := future.exception():
            outcome[name] = type(error).__name__
        else:
            outcome[name] = future.result()
    return outcome


@never_cache
@require_safe
@login_not_required
@transaction.non_atomic_requests
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
@login_not_required
@transaction.non_atomic_requests
def ready(request: HttpRequest) -> JsonResponse:
    outcome = run_checks()
    healthy = all(outcome[name] == "ok" for name in NEEDED)
    answer: dict[str, object] = {"status": "ok" if healthy else "unavailable"}
    # Who asks is looked up in the database, so only once that is known to answer.
    if outcome["database"] == "ok" and _asks_staff(request):
        answer["checks"] = outcome
    return JsonResponse(answer, status=200 if healthy else 503)


def _asks_staff(request: HttpRequest) -> bool:
    user = request.user
    return bool(user.is_authenticated and (user.is_staff or user.is_portal_staff))
