"""Load subsectors, areas, helix actors and organisations; without --write only say what would change."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ecosystem.services.reference import load_reference


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write the changes")

    def handle(self, *args: Any, write: bool, verbosity: int, **options: Any) -> None:
        for outcome in load_reference(write=write):
            if verbosity:
                self.stdout.write(
                    f"{outcome.kind}: {outcome.created} created, {outcome.updated} changed,"
                    f" {outcome.unchanged} as they were"
                )
        if verbosity and not write:
            self.stdout.write("Nothing was written. Run again with --write.")
