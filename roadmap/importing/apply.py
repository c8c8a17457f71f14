"""Write what an import plan says: all of it or nothing, in a handful of statements however many rows there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pghistory
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from ecosystem.models import User
from roadmap.importing.plan import Action, Change, ImportPlan
from roadmap.importing.rows import Kind
from roadmap.models import Indicator, Measurement, MeasurementReopening, Period, Phase, Target, TargetRevision
from roadmap.services.periods import new_period

INCOMING = "import_incoming"
# The columns of an incoming row; the other columns of a value are empty in every import.
COLUMNS = (
    "indicator_id",
    "period_id",
    "value",
    "as_of",
    "source_url",
    "note",
    "note_en",
    "is_disputed",
    "state",
    "provenance",
    "entered_by_id",
    "submitted_at",
    "verified_at",
    "version",
)
# Not replaced when the value exists: which row it is.
KEYS = ("indicator_id", "period_id")
EMPTY = (
    "missing_reason",
    "supporting",
    "supporting_en",
    "obstacles",
    "obstacles_en",
    "follow_up",
    "follow_up_en",
    "review_comment",
)


class ImportRefused(Exception):
    """The plan has errors and must not be applied."""


class ImportOutdated(Exception):
    """Somebody changed one of the values since the plan was made; nothing was written. Plan again."""


@dataclass(frozen=True)
class ImportResult:
    """What was written, and the keys of the indicators whose achievements must be computed again."""

    created: int
    updated: int
    reopened: int
    unchanged: int
    indicator_ids: tuple[int, ...]


@transaction.atomic
def apply_import(plan: ImportPlan, *, now: datetime | None = None) -> ImportResult:
    """Write the plan and return what was written. The caller then recomputes the achievements.

    Values of historical periods become verified with the provenance "historical"; others are submitted, so that
    a second person verifies them. Raise ImportRefused for a plan with errors, ImportOutdated when a value or a
    target is no longer what the plan saw.
    """
    if plan.errors:
        raise ImportRefused
    indicators: dict[str, int] = {}
    if effective := plan.effective:
        # The context tells the history which file a row came from.
        with pghistory.context(imported_file=plan.name, reason=plan.reason):
            indicators = _indicators(plan)
            rows = Rows(indicators, _save_periods(plan), by=plan.by, moment=now or timezone.now())
            values = [change for change in effective if change.source.kind is Kind.ACTUAL]
            _reopen([change for change in values if change.action is Action.REOPEN], plan)
            _write_values(values, rows)
            _write_targets([change for change in effective if change.source.kind is Kind.TARGET], plan, rows)
    counts = plan.counts
    return ImportResult(
        created=counts[Action.CREATE],
        updated=counts[Action.UPDATE],
        reopened=counts[Action.REOPEN],
        unchanged=counts[Action.UNCHANGED],
        indicator_ids=tuple(sorted(indicators.values())),
    )


@dataclass(frozen=True)
class Rows:
    """What turns a change into the columns of a value."""

    indicators: dict[str, int]
    periods: dict[str, Period]
    by: User | None
    moment: datetime

    @property
    def author(self) -> int | None:
        return self.by.pk if self.by else None

    def columns(self, change: Change) -> Sequence[Any]:
        """Return the values of COLUMNS."""
        source, period = change.source, self.periods[change.source.period.code]
        address, note, note_en, is_disputed = source.about
        is_historical = period.is_historical
        # Opening a value again has already raised its version by one.
        version = change.version + (2 if change.action is Action.REOPEN else 1)
        return (
            self.indicators[source.definition.code],
            period.pk,
            source.value,
            period.end if period.kind == Period.Kind.DATE else None,
            address,
            note,
            note_en,
            is_disputed,
            Measurement.State.VERIFIED.value if is_historical else Measurement.State.SUBMITTED.value,
            (Measurement.Provenance.HISTORICAL if is_historical else Measurement.Provenance.IMPORTED).value,
            self.author,
            self.moment,
            self.moment if is_historical else None,
            version,
        )


def _indicators(plan: ImportPlan) -> dict[str, int]:
    """Return the keys of the plan's indicators by code, locked, after making those that are new."""
    for indicator in plan.new_indicators:
        indicator.pk = None
        indicator._state.adding = True
        indicator.save()
    codes = plan.indicator_codes
    locked = Indicator.objects.select_for_update(of=("self",)).filter(code__in=codes).order_by("pk")
    keys = dict(locked.values_list("code", "pk"))
    if keys.keys() != codes:
        raise ImportOutdated
    return keys


def _save_periods(plan: ImportPlan) -> dict[str, Period]:
    """Return the plan's periods by code, after making those that are missing."""
    spans = plan.spans
    known = set(Period.objects.filter(code__in=spans).values_list("code", flat=True))
    missing = [span for code, span in spans.items() if code not in known]
    phases = {phase.slug: phase for phase in Phase.objects.filter(slug__in=[span.code for span in missing])}
    fresh = [new_period(span, phase=phases.get(span.code), live_since=plan.live_since) for span in missing]
    # Somebody else may make the same period at this moment.
    Period.objects.bulk_create(fresh, ignore_conflicts=True)
    return {period.code: period for period in Period.objects.filter(code__in=spans)}


def _reopen(changes: list[Change], plan: ImportPlan) -> None:
    """Open verified values again, which the database demands before they change."""
    if not changes:
        return
    seen = {change.pk: change.version for change in changes if change.pk is not None}
    found = dict(
        Measurement.objects.select_for_update(of=("self",)).filter(pk__in=seen).values_list("pk", "version")
    )
    if found != seen:
        raise ImportOutdated
    MeasurementReopening.objects.bulk_create(
        MeasurementReopening(
            measurement_id=change.pk, reason=plan.reason, previous_value=change.old, by=plan.by
        )
        for change in changes
        if change.pk is not None
    )
    Measurement.objects.filter(pk__in=seen).update(state=Measurement.State.REOPENED, version=F("version") + 1)


def _write_values(changes: list[Change], rows: Rows) -> None:
    """Copy the rows into a temporary table and merge them; raise ImportOutdated if one of them was too late."""
    if not changes:
        return
    table = connection.ops.quote_name(Measurement._meta.db_table)
    names = ", ".join(COLUMNS)
    updates = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in KEYS)
    empty = ", ".join(EMPTY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {INCOMING} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"
        )
        with cursor.copy(f"COPY {INCOMING} ({names}) FROM STDIN") as copy:
            for values in _columns(changes, rows):
                copy.write_row(values)
        cursor.execute(
            f"""
            INSERT INTO {table} ({names}, {empty}, is_provisional, is_late, created_at, updated_at)
            SELECT {names}, {", ".join(["''"] * len(EMPTY))}, false, false, %s, %s FROM {INCOMING}
            ON CONFLICT (indicator_id, period_id) DO UPDATE
            SET {updates}, missing_reason = '', numerator = NULL, denominator = NULL, verified_by_id = NULL,
                updated_at = excluded.updated_at
            WHERE {table}.version = excluded.version - 1
            """,
            [rows.moment, rows.moment],
        )
        written = cursor.rowcount
        cursor.execute(f"DROP TABLE {INCOMING}")
    if written != len(changes):
        raise ImportOutdated


def _columns(changes: list[Change], rows: Rows) -> Iterator[Sequence[Any]]:
    for change in changes:
        yield rows.columns(change)


def _write_targets(changes: list[Change], plan: ImportPlan, rows: Rows) -> None:
    """Add a revision to each target, and the target itself where there is none; raise ImportOutdated if too late."""
    if not changes:
        return
    places = {
        (rows.indicators[change.source.definition.code], rows.periods[change.source.period.code].pk): change
        for change in changes
    }
    Target.objects.bulk_create(
        (Target(indicator_id=indicator, period_id=period) for indicator, period in places),
        ignore_conflicts=True,
    )
    targets = Target.objects.filter(indicator__in={place[0] for place in places}).prefetch_related(
        "revisions"
    )
    revisions = []
    for target in targets:
        change = places.get((target.indicator_id, target.period_id))
        if change is None:
            continue
        current = target.current
        if (current.number if current else 0) != change.version:
            raise ImportOutdated
        address, note, note_en, _is_disputed = change.source.about
        revisions.append(
            TargetRevision(
                target=target,
                number=change.version + 1,
                value=change.source.value,
                reason=plan.reason if change.version else "",
                source_url=address,
                note=note,
                note_en=note_en,
                created_by=rows.by,
            )
        )
    TargetRevision.objects.bulk_create(revisions)
