"""Request the yearly reports 2019-2023 and the phase reports at the first start."""

from typing import Any

from django.core.management.base import BaseCommand

from roadmap import tasks
from roadmap.services import schedule


class Command(BaseCommand):
    """Queue the reports that a newcomer finds in the archive; those that exist are left alone."""

    help = "Queue the yearly reports 2019-2023 and the three phase reports that do not exist yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Request the runs and wake the worker."""
        runs = schedule.request_first_reports()
        tasks.wake(runs)
        self.stdout.write(f"{len(runs)} reports queued")
