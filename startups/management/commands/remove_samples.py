"""Remove every sample of the demonstration: entries, rooms, bookings; they do not come back at the next start."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ecosystem.sampling import MARK
from ecosystem.sampling.removal import remove_facility_samples
from startups.sampling.removal import remove_samples


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        rooms = remove_facility_samples()
        count = remove_samples()
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        (settings.DATA_DIR / MARK).touch()
        if verbosity:
            self.stdout.write(f"{count} samples removed, and {rooms} rooms and desks of the facilities")
