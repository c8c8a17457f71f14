"""Load the roadmap, the indicators and the KPI figures that were published before the portal existed.

Only adds what is missing, so it may run at every start. Automatic indicators are counted at once.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ecosystem.models import Organization
from roadmap.importing import ImportRefused
from roadmap.periods import wib_date
from roadmap.services import automatic
from roadmap.services.facility_links import load_facility_links
from roadmap.services.published import load_published


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        if not Organization.objects.exists():
            raise CommandError("Load the reference data first: manage.py load_reference --write")
        try:
            loaded = load_published(on=wib_date(timezone.now()))
        except ImportRefused as error:
            raise CommandError(
                "published-kpi.csv has errors: check it with manage.py import_kpi roadmap/data/published-kpi.csv"
            ) from error
        load_facility_links()
        now = timezone.now()
        for indicator_id, code in automatic.due_snapshots(now):
            automatic.take_snapshot(indicator_id, code, now=now)
        if verbosity:
            counts = ", ".join(f"{name} {count}" for name, count in loaded.counts.items())
            self.stdout.write(f"{loaded.added_figures} figures added. Now there: {counts}")
