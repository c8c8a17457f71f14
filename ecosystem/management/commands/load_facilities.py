"""Load the published facilities that are not there yet; what managers have changed since stays as it is."""

from typing import Any

from django.core.management.base import BaseCommand

from ecosystem.services.facility_data import load_facilities


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        made = load_facilities()
        if verbosity:
            self.stdout.write(f"{made} facilities created")
