"""Jobs that run at the same moment, each on a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection

PATIENCE = 60


def at_once(*jobs: Callable[[], object]) -> list[object]:
    """Return what the jobs return or raise, run in threads that start together, each with its own connection."""
    start = threading.Barrier(len(jobs))
    results: list[object] = [None] * len(jobs)

    def run(number: int, job: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            results[number] = job()
        except Exception as error:  # the outcome under test
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, job)) for number, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return results
