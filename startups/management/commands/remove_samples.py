"""Remove every sample of the demonstration directory; they do not come back at the next start."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from startups.sampling.removal import remove_samples

# A file in the data folder says that nobody wants the samples again.
MARK = "samples-removed"


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        count = remove_samples()
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        (settings.DATA_DIR / MARK).touch()
        if verbosity:
            self.stdout.write(f"{count} samples removed")
