"""Fill the demonstration directory with 120 invented entries, each marked as a sample; once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ecosystem.models import User
from ecosystem.sampling import MARK
from startups.models import Startup
from startups.sampling.load import load_samples


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="even after remove_samples")
        parser.add_argument("--founder", default="", help="address of the account that owns the first two")

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Samples are for the demonstration: they are loaded only with MALANGKRAF_DEMO=1."
            )
        mark = settings.DATA_DIR / MARK
        if options["again"]:
            mark.unlink(missing_ok=True)
        elif mark.exists() or Startup.objects.filter(is_sample=True).exists():
            return
        made = load_samples(User.objects.filter(email=options["founder"]).first())
        if verbosity:
            self.stdout.write(
                f"samples: {made} entries, all marked; manage.py remove_samples takes them away"
            )
