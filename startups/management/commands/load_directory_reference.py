"""Load services, technologies and synonyms of the directory; rows that are right already are not touched."""

from typing import Any

from django.core.management.base import BaseCommand

from startups.services.reference import load_directory_reference


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        for outcome in load_directory_reference():
            if verbosity:
                self.stdout.write(
                    f"{outcome.kind}: {outcome.created} created, {outcome.updated} changed,"
                    f" {outcome.unchanged} as they were"
                )
