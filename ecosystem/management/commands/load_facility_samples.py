"""Fill the demonstration's facilities with invented rooms, hours, rules and bookings, each marked as a sample; once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ecosystem.models import User
from ecosystem.sampling import MARK
from ecosystem.sampling.load import load_facility_samples


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--manager", default="", help="address of the account that manages two of them")
        parser.add_argument(
            "--founder", default="", help="address of the account that has some of the bookings"
        )

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Samples are for the demonstration: they are loaded only with MALANGKRAF_DEMO=1."
            )
        if (settings.DATA_DIR / MARK).exists():
            return
        manager = User.objects.filter(email=options["manager"]).first()
        founder = User.objects.filter(email=options["founder"]).first()
        made = load_facility_samples(now=timezone.now(), manager=manager, founder=founder)
        if verbosity and made:
            self.stdout.write(f"samples: {made} facilities with rooms, hours and bookings, all marked")
