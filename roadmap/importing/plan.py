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

from ecosystem.models import User
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


# Errors that a reason removes.
CONFLICTS = ("conflict", "conflict_note", "conflict_person", "conflict_target")


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
    reason: str = ""
    by: User | None = None
    new_indicators: list[Indicator] = field(default_factory=list)
    spans: dict[str, PeriodSpan] = field(default_factory=dict)
    on: date = date.min
    live_since: date = date.min
    historical: dict[str, bool] = field(default_factory=dict)

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
        self.errors = [error for error in self.errors if error.code not in CONFLICTS]

    @property
    def waits_for_a_check(self) -> bool:
        """Return whether a second person has to verify one of the values: it is of no historical period."""
        return any(
            change.source.kind is Kind.ACTUAL and not self.historical[change.source.period.code]
            for change in self.effective
        )

    @property
    def indicator_codes(self) -> set[str]:
        """Return the codes of the indicators that would change."""
        return {change.source.definition.code for change in self.effective}


def plan_import(
    file: BinaryIO,
    *,
    name: str = "",
    number_style: Style | None = None,
    reason: str = "",
    by: User | None = None,
    create_indicators_for: int | None = None,
    on: date | None = None,
) -> ImportPlan:
    """Return what importing the file would do, with all its errors; raise FileError when it cannot be read.

    `reason` allows to replace verified values, targets and what somebody other than `by` entered; `by` is None for
    what the city had published before the portal. `create_indicators_for` is the key of the organization
    that answers for indicators the portal does not know yet; without it they are errors. `on` is the day in
    Malang. The plan remembers the versions it saw, so that applying it later never overwrites a newer value.
    """
    plan = ImportPlan(
        name=PurePath(name).name or "file",
        reason=reason.strip(),
        by=by,
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
    known = Period.objects.filter(code__in=plan.spans).values_list("code", "is_historical")
    plan.historical = {
        code: is_historical(span, live_since=plan.live_since) for code, span in plan.spans.items()
    } | dict(known)
    values = _known_values(keys)
    targets = _known_targets(keys)
    changes = []
    for row in rows:
        place = (row.definition.code, row.period.code)
        if row.kind is Kind.TARGET:
            changes.append(_target_change(row, targets.get(place), plan))
        else:
            changes.append(_value_change(row, values.get(place), plan))
    return changes


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value that stands in the database."""

    pk: int
    value: Decimal | None
    state: str
    version: int
    about: tuple[str, str, str, bool]
    entered_by: int | None
    person: str


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
        "entered_by",
        "entered_by__name",
        "entered_by__email",
    )
    return {
        (code, period): KnownValue(
            pk, value, state, version, (url, note, note_en, disputed), person, name or email or ""
        )
        for (
            code, period, pk, value, state, version, url, note, note_en, disputed, person, name, email
        ) in rows.iterator()
    }  # fmt: skip


def _known_targets(keys: Iterable[int]) -> dict[tuple[str, str], tuple[int, int, Decimal | None]]:
    """Return (key of the target, number of its latest revision, its value) by indicator and period."""
    rows = Target.objects.filter(indicator__in=keys).order_by("revisions__number")
    fields = ("indicator__code", "period__code", "pk", "revisions__number", "revisions__value")
    # Later revisions come later and replace the earlier ones.
    return {
        (code, period): (pk, number or 0, value)
        for code, period, pk, number, value in rows.values_list(*fields)
    }


def _target_change(row: ImportRow, known: tuple[int, int, Decimal | None] | None, plan: ImportPlan) -> Change:
    """Return what the row does to the target; one that is set changes only with a reason, which the public sees."""
    if known is None:
        return Change(row, Action.CREATE)
    pk, number, value = known
    if number and value == row.value:
        return Change(row, Action.UNCHANGED, old=value, version=number, pk=pk)
    action = Action.UPDATE
    if number and not plan.reason:
        action = _conflict("conflict_target", row, value, plan)
    return Change(row, action, old=value, version=number, pk=pk)


def _value_change(row: ImportRow, known: KnownValue | None, plan: ImportPlan) -> Change:
    """Return what the row does to the value; a verified one and what somebody else entered need a reason."""
    if known is None:
        return Change(row, Action.CREATE)
    is_historical = plan.historical[row.period.code]
    is_verified = known.state == Measurement.State.VERIFIED
    is_same = known.value == row.value
    is_settled = is_verified or (not is_historical and known.state != Measurement.State.REOPENED)
    if is_same and is_settled and known.about == row.about:
        return Change(row, Action.UNCHANGED, old=known.value, version=known.version, pk=known.pk)
    # With another source or note a historical value stays in force; any other waits for its check again.
    action = Action.UPDATE if not is_verified or (is_same and is_historical) else Action.REOPEN
    if not plan.reason:
        if action is Action.REOPEN:
            action = _conflict("conflict_note" if is_same else "conflict", row, known.value, plan)
        elif known.entered_by not in (None, plan.by.pk if plan.by else None):
            action = _conflict("conflict_person", row, known.value, plan, person=known.person)
    return Change(row, action, old=known.value, version=known.version, pk=known.pk)


def _conflict(code: str, row: ImportRow, old: Decimal | None, plan: ImportPlan, **params: str) -> Action:
    """Return the action CONFLICT after noting the error: what stands there needs a reason to be replaced."""
    written = {"old": "–" if old is None else f"{old.normalize():f}", "new": f"{row.value:f}"}
    plan.errors.append(RowError(row.number, "value", code, written | params))
    return Action.CONFLICT
