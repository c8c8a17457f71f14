"""Signs of life of the worker and of beat, kept in Valkey and read by /health/ready and the work room.

The worker writes its own sign while it talks to the broker. Beat writes one each time it has handed its
minute task to the broker. Both expire, so a part that is gone has no sign at all.
"""

import socket
import time
from typing import Any

import redis
from celery.signals import after_task_publish, heartbeat_sent
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

BEAT_TASK = "ecosystem.tasks.beat_heartbeat"
WORKER = "worker"
BEAT = "beat"
# Celery's worker signals every two seconds; one write in twenty seconds is enough to be believed.
WRITE_EVERY = 20.0
LATE_AFTER = {WORKER: 90.0, BEAT: 150.0}
EXPIRES_AFTER = 3600


def connect(*, timeout: float = 1.0) -> redis.Redis:
    """Return a client that gives up after `timeout` seconds and never tries twice."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )


def _key(part: str, host: str) -> str:
    return f"mk:heartbeat:{part}:{host}"


def write(part: str) -> None:
    """Record that `part` of this machine lives; silent when the broker is away, as that is seen elsewhere."""
    try:
        with connect() as client:
            client.set(_key(part, socket.gethostname()), f"{time.time():.0f}", ex=EXPIRES_AFTER)
    except (redis.RedisError, OSError):
        return


def ages(*, host: str = "*") -> dict[str, float | None]:
    """Return the seconds since the freshest sign of each part, None for a part without one.

    Raises redis.RedisError when the broker is away.
    """
    now = time.time()
    found: dict[str, float | None] = {}
    with connect() as client:
        for part in (WORKER, BEAT):
            keys = list(client.scan_iter(match=_key(part, host), count=500))
            signs = [float(value) for value in (client.mget(keys) if keys else []) if value]
            found[part] = max(0.0, now - max(signs)) if signs else None
    return found


def is_late(part: str, age: float | None) -> bool:
    """Say whether a part with this age of its last sign must be taken for dead."""
    return age is None or age > LATE_AFTER[part]


class _Throttle:
    """Let one call through in `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.last = float("-inf")

    def lets_through(self, now: float) -> bool:
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True


_worker_throttle = _Throttle(WRITE_EVERY)


@heartbeat_sent.connect
def _worker_lives(**_: Any) -> None:
    if _worker_throttle.lets_through(time.monotonic()):
        write(WORKER)


@after_task_publish.connect
def _beat_lives(sender: str | None = None, **_: Any) -> None:
    if sender == BEAT_TASK and settings.PROCESS == "beat":
        write(BEAT)
