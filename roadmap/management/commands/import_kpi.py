"""Import KPI figures from a CSV or XLSX file; without --write only show what would change.

Columns: indicator, kind (actual or target), period, value, source_url; optional: indicator_en, unit, direction,
note, note_id, disputed. All rows are written or none.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import transaction

from ecosystem.models import Organization, User
from malangkraf import page_cache
from malangkraf.numbers import Style, format_number
from roadmap.importing import (
    Action,
    Change,
    FileError,
    ImportOutdated,
    ImportPlan,
    apply_import,
    plan_import,
)
from roadmap.services import achievements

SHOWN = 200
HEADING = ("row", "change", "indicator", "period", "kind", "old", "new")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--write", action="store_true", help="write the changes")
        parser.add_argument(
            "--reason",
            "--reopen",
            default="",
            help="replace verified values, targets and what others entered, for this reason (the public reads it)",
        )
        parser.add_argument(
            "--by", metavar="EMAIL", help="who enters the values: another person has to verify them"
        )
        parser.add_argument(
            "--create-indicators",
            action="store_true",
            help="make indicators that the portal does not know, hidden",
        )
        parser.add_argument(
            "--owner", default="bappeda", help="address of the organization that answers for them"
        )
        parser.add_argument(
            "--numbers", choices=get_args(Style), help="how numbers are written, if it is known"
        )

    # The portal's Indonesian messages would stand between the command's own English ones.
    @no_translations
    def handle(self, *args: Any, file: Path, write: bool, **options: Any) -> None:
        plan = self.plan(file, options)
        for note in plan.notes:
            self.stderr.write(note.message)
        if plan.errors:
            count = len(plan.errors)
            lines = "\n".join(
                f"  row {one.row}, {one.column or 'row'}: {one.message}" for one in plan.errors[:SHOWN]
            )
            if count > SHOWN:
                lines += f"\n... and {count - SHOWN} more"
            raise CommandError(f"{count} error{'' if count == 1 else 's'}, nothing was written:\n{lines}")
        for line in table_of(plan.effective[:SHOWN]):
            self.stdout.write(line)
        if len(plan.effective) > SHOWN:
            self.stdout.write(f"... and {len(plan.effective) - SHOWN} more")
        if write:
            if plan.waits_for_a_check and plan.by is None:
                raise CommandError(
                    "A second person has to verify these values. Say with --by who enters them."
                )
            self.apply(plan)
        counts = plan.counts
        self.stdout.write(
            f"{counts[Action.CREATE]} new, {counts[Action.UPDATE]} changed,"
            f" {counts[Action.REOPEN]} opened again and changed, {counts[Action.UNCHANGED]} as they were."
        )
        if not write:
            self.stdout.write("Nothing was written. Run again with --write.")

    def plan(self, file: Path, options: dict[str, Any]) -> ImportPlan:
        owner = None
        if options["create_indicators"]:
            owner = Organization.objects.filter(slug=options["owner"]).values_list("pk", flat=True).first()
            if owner is None:
                raise CommandError(f"No organization has the address {options['owner']}.")
        by = None
        if options["by"] and not (
            by := User.objects.filter(email__iexact=options["by"], is_active=True).first()
        ):
            raise CommandError(f"No account has the address {options['by']}.")
        try:
            # Opening a pipe would wait for a writer for ever.
            if file.exists() and not file.is_file():
                raise CommandError(f"{file}: this is no ordinary file.")
            with file.open("rb") as stream:
                return plan_import(
                    stream,
                    name=file.name,
                    number_style=options["numbers"],
                    reason=options["reason"],
                    by=by,
                    create_indicators_for=owner,
                )
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except FileError as error:
            raise CommandError(f"{file}: {error.message}") from error

    def apply(self, plan: ImportPlan) -> None:
        try:
            # Together: after a crash in between, a second run would find nothing to do and leave old percentages.
            with transaction.atomic():
                achievements.recompute(apply_import(plan).indicator_ids)
                page_cache.bump()
        except ImportOutdated as error:
            raise CommandError(
                "A value changed in the meantime, nothing was written. Run it again."
            ) from error


def table_of(changes: list[Change]) -> Iterator[str]:
    """Yield the lines of a table of the changes, aligned; nothing for no changes."""
    if not changes:
        return
    rows = [HEADING, *(cells_of(change) for change in changes)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADING))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def cells_of(change: Change) -> tuple[str, ...]:
    source = change.source
    return (
        str(source.number),
        change.action.value,
        source.definition.code,
        source.period.code,
        source.kind.value,
        format_number(change.old, "en"),
        format_number(source.value, "en"),
    )
