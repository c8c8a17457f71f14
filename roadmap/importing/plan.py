"""Work out what an import would change, with every error of the file, and change nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

from django.utils import timezone

from malangkraf.numbers import Style
from malangkraf.tables.reader import Columns, Table, read_table
from roadmap.importing.messages import Note, RowError
from roadmap.importing.new_indicators import infer_indicators
from roadmap.importing.rows import Definition, ImportRow, Interpreter, Kind
from roadmap.models import Indicator, Measurement, Period, Phase, Target
from roadmap.periods import PeriodSpan, wib_date
from roadmap.services.periods import go_live, is_historical

COLUMNS = Columns(
    required=("indicator", "kind", "period", "value", "source_url"),
    optional=("indicator_en", "unit", "direction", "note", "note_id", "disputed"),
    # Headings as Indonesian spreadsheets have them.
    aliases={
        "indikator": "indicator",
        "satuan": "unit",
        "arah": "direction",
        "jenis": "kind",
        "periode": "period",
        "nilai": "value",
        "sumber": "source_url",
        "catatan": "note_id",
        "beda": "disputed",
    },
)


class Action(StrEnum):
    """What happens to a row of the database."""

    CREATE = "create"
    UPDATE = "update"
    REOPEN = "reopen"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Change:
    """What one row of the file does; `version` is that of the value or target it starts from, 0 for none."""

    source: ImportRow
    action: Action
    old: Decimal | None = None
    version: int = 0
    pk: int | None = None


@dataclass
class ImportPlan:
    """Everything an import would do. It can be applied when `errors` is empty."""

    name: str
    changes: list[Change] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    reopen_reason: str = ""
    new_indicators: list[Indicator] = field(default_factory=list)
    spans: dict[str, PeriodSpan] = field(default_factory=dict)
    on: date = date.min
    live_since: date = date.min

    @property
    def counts(self) -> Counter[str]:
        """Return how many rows of the file do what, by Action."""
        return Counter(change.action.value for change in self.changes)

    @property
    def effective(self) -> list[Change]:
        """Return the changes that write something."""
        return [change for change in self.changes if change.action not in (Action.UNCHANGED, Action.CONFLICT)]

    def keep_only_new(self) -> None:
        """Drop everything that would change a row that stands already, and the conflicts with it."""
        self.changes = [change for change in self.changes if change.action is Action.CREATE]
        self.errors = [error for error in self.errors if error.code != "conflict"]

    @property
    def indicator_codes(self) -> set[str]:
        """Return the codes of the indicators that would change."""
        return {change.source.definition.code for change in self.effective}


def plan_import(
    file: BinaryIO,
    *,
    name: str = "",
    number_style: Style | None = None,
    reopen_reason: str = "",
    create_indicators_for: int | None = None,
    on: date | None = None,
) -> ImportPlan:
    """Return what importing the file would do, with all its errors; raise FileError when it cannot be read.

    `reopen_reason` allows verified values to be replaced. `create_indicators_for` is the key of the organization
    that answers for indicators the portal does not know yet; without it they are errors. `on` is the day in
    Malang. The plan remembers the versions it saw, so that applying it later never overwrites a newer value.
    """
    plan = ImportPlan(
        name=PurePath(name).name or "file",
        reopen_reason=reopen_reason.strip(),
        on=on or wib_date(timezone.now()),
        live_since=go_live(),
    )
    table = read_table(file, COLUMNS)
    plan.notes, plan.errors = table.notes, table.errors
    definitions = [Definition.of(indicator) for indicator in Indicator.objects.all()]
    if create_indicators_for is not None:
        plan.new_indicators = infer_indicators(
            table, known=definitions, owner=create_indicators_for, number_style=number_style
        )
        definitions += [Definition.of(indicator) for indicator in plan.new_indicators]
    rows = _interpret(table, plan, definitions, number_style=number_style)
    plan.spans = {row.period.code: row.period for row in rows}
    plan.changes = _compare(rows, plan)
    plan.errors.sort(key=lambda error: (error.row, error.column))
    return plan


def _interpret(
    table: Table, plan: ImportPlan, definitions: list[Definition], *, number_style: Style | None
) -> list[ImportRow]:
    phases = {phase.slug: (phase.start, phase.end) for phase in Phase.objects.all()}
    interpreter = Interpreter(
        table.places, definitions=definitions, phases=phases, on=plan.on, number_style=number_style
    )
    rows = []
    seen: dict[tuple[str, str, Kind], int] = {}
    for number, cells in table.rows:
        row = interpreter.read(number, cells)
        if row is None:
            continue
        key = (row.definition.code, row.period.code, row.kind)
        if (first := seen.setdefault(key, number)) != number:
            interpreter.errors.append(
                RowError(number, "period", "duplicate_row", {"first": first, "kind": row.kind.value})
            )
        else:
            rows.append(row)
    plan.errors.extend(interpreter.errors)
    return rows


def _compare(rows: list[ImportRow], plan: ImportPlan) -> list[Change]:
    """Return one change per row, by what the database holds now; three queries."""
    keys = {row.definition.pk for row in rows if row.definition.pk is not None}
    historical = {code: is_historical(span, live_since=plan.live_since) for code, span in plan.spans.items()}
    historical |= dict(Period.objects.filter(code__in=plan.spans).values_list("code", "is_historical"))
    values = _known_values(keys)
    targets = _known_targets(keys)
    changes = []
    for row in rows:
        place = (row.definition.code, row.period.code)
        if row.kind is Kind.TARGET:
            changes.append(_target_change(row, targets.get(place)))
        else:
            is_old = historical[row.period.code]
            changes.append(_value_change(row, values.get(place), plan, is_historical=is_old))
    return changes


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value that stands in the database."""

    pk: int
    value: Decimal | None
    state: str
    version: int
    about: tuple[str, str, str, bool]


def _known_values(keys: Iterable[int]) -> dict[tuple[str, str], KnownValue]:
    rows = Measurement.objects.filter(indicator__in=keys).values_list(
        "indicator__code",
        "period__code",
        "pk",
        "value",
        "state",
        "version",
        "source_url",
        "note",
        "note_en",
        "is_disputed",
    )
    return {
        (code, period): KnownValue(pk, value, state, version, (url, note, note_en, disputed))
        for code, period, pk, value, state, version, url, note, note_en, disputed in rows.iterator()
    }


def _known_targets(keys: Iterable[int]) -> dict[tuple[str, str], tuple[int, int, Decimal | None]]:
    """Return (key of the target, number of its latest revision, its value) by indicator and period."""
    rows = Target.objects.filter(indicator__in=keys).order_by("revisions__number")
    fields = ("indicator__code", "period__code", "pk", "revisions__number", "revisions__value")
    # Later revisions come later and replace the earlier ones.
    return {
        (code, period): (pk, number or 0, value)
        for code, period, pk, number, value in rows.values_list(*fields)
    }


def _target_change(row: ImportRow, known: tuple[int, int, Decimal | None] | None) -> Change:
    if known is None:
        return Change(row, Action.CREATE)
    pk, number, value = known
    if number and value == row.value:
        return Change(row, Action.UNCHANGED, old=value, version=number, pk=pk)
    return Change(row, Action.UPDATE, old=value, version=number, pk=pk)


def _value_change(
    row: ImportRow, known: KnownValue | None, plan: ImportPlan, *, is_historical: bool
) -> Change:
    """Return what the row does to the value; a verified one changes only with a reason."""
    if known is None:
        return Change(row, Action.CREATE)
    is_verified = known.state == Measurement.State.VERIFIED
    if known.value == row.value:
        is_settled = is_verified or (not is_historical and known.state != Measurement.State.REOPENED)
        action = Action.UNCHANGED if is_settled and known.about == row.about else Action.UPDATE
    elif not is_verified:
        action = Action.UPDATE
    elif plan.reopen_reason:
        action = Action.REOPEN
    else:
        action = Action.CONFLICT
        new, old = f"{row.value:f}", "–" if known.value is None else f"{known.value.normalize():f}"
        plan.errors.append(RowError(row.number, "value", "conflict", {"old": old, "new": new}))
    return Change(row, action, old=known.value, version=known.version, pk=known.pk)
