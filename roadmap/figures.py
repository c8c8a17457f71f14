"""Which figure speaks for an indicator in a longer stretch of time: a report's period, a phase.

Pure selection and arithmetic over rows that the caller has loaded: no queries, no clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from roadmap import rules
from roadmap.models import Achievement, Indicator, Measurement, Period
from roadmap.periods import PeriodKind, period_containing, periods_within
from roadmap.rules import Aggregation, Entry, Frequency, Reason, Scale, TargetValue
from roadmap.services.achievements import actual_of


@dataclass(frozen=True, slots=True)
class Point:
    """One period of an indicator's series, as light as a series of thousands needs it."""

    period: Period
    value: Decimal | None
    target: TargetValue | None
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure of an indicator in a stretch of time, and the row it stands on (None for a combined one).

    `expected`: the indicator should have a value here by its frequency or because a target stands here. `missing`:
    the codes of the shorter periods without a value, when the figure is combined from `parts`. `full_target`: the
    target of the whole stretch, when a figure with missing periods is compared with the targets of the others.
    """

    achievement: rules.Achievement
    row: Achievement | None = None
    original: rules.Achievement | None = None
    actual: Decimal | None = None
    target: TargetValue | None = None
    original_target: TargetValue | None = None
    expected: bool = True
    missing: tuple[str, ...] = ()
    full_target: TargetValue | None = None
    parts: tuple[Measurement, ...] = ()
    stated: Achievement | None = None

    @property
    def target_row(self) -> Achievement | None:
        """Return the row whose target the figure is compared with, None for a target put together as well."""
        return self.row or self.stated

    @property
    def measurement(self) -> Measurement | None:
        """Return the value's row, for its source, note and narrative."""
        return measured(self.row) if self.row else None


def measured(row: Achievement) -> Measurement | None:
    """Return the verified value behind an achievement; a value that is being checked again is no figure."""
    measurement = row.measurement
    return measurement if measurement and measurement.state == Measurement.State.VERIFIED else None


def value_of(row: Achievement) -> Decimal | None:
    """Return the verified value behind an achievement, a ratio in percent."""
    return actual_of(measured(row))


def figure_in(
    indicator: Indicator, rows: Sequence[Achievement], start: date, end: date, *, scale: Scale | None
) -> Figure:
    """Return the figure of an indicator between two days.

    `rows` are the indicator's achievements on both bases with period, measurement and target revision loaded. A row
    for exactly these days wins. Else sums, means and ratios are combined from the shorter periods; for last values
    the latest period with a percentage speaks, else the latest with a value, else the latest that is due, else any;
    the longest if several end on one day. Pages and reports roll up these figures and no others.
    """
    inside = [row for row in rows if row.period.start >= start and row.period.end <= end]
    current = [row for row in inside if row.basis == Achievement.Basis.CURRENT]
    originals = {row.period_id: row for row in inside if row.basis == Achievement.Basis.ORIGINAL}
    expected = bool(current) or _is_due_within(indicator, start, end)
    exact = [row for row in current if (row.period.start, row.period.end) == (start, end)]
    with_value = [row for row in exact if measured(row)]
    if not with_value and _is_combined(indicator, start, end):
        return _combined(indicator, inside, start, end, scale=scale)
    chosen = _latest(with_value) or _speaking(current) or _latest(exact)
    if chosen is None:
        return Figure(rules.cannot_compute(Reason.NO_ACTUAL), expected=expected)
    return _of_row(chosen, originals.get(chosen.period_id), expected=expected)


def rollup_item(code: str, weight: Decimal | None, figure: Figure) -> rules.RollupItem:
    """Return a figure as a roll-up takes it: what is not due yet does not count as missing."""
    is_due = figure.achievement.reason != Reason.NOT_DUE
    return rules.RollupItem(code=code, weight=weight, achievement=figure.achievement, due=is_due)


def _latest(rows: Iterable[Achievement]) -> Achievement | None:
    """Return the row whose period ends last, of several the longest."""
    return max(rows, key=lambda row: (row.period.end, -row.period.start.toordinal()), default=None)


def _speaking(rows: Sequence[Achievement]) -> Achievement | None:
    """Return the latest row with a percentage, else with a value, else with one that is due, else any."""
    return (
        _latest(row for row in rows if row.percent is not None)
        or _latest(row for row in rows if value_of(row) is not None)
        or _latest(row for row in rows if row.reason != Reason.NOT_DUE)
        or _latest(rows)
    )


def _of_row(row: Achievement, original: Achievement | None, *, expected: bool) -> Figure:
    return Figure(
        achievement=as_rule(row),
        row=row,
        original=as_rule(original) if original else None,
        actual=value_of(row),
        target=row.target_revision.as_value if row.target_revision else None,
        original_target=original.target_revision.as_value if original and original.target_revision else None,
        expected=expected,
    )


def as_rule(row: Achievement) -> rules.Achievement:
    """Return a stored achievement as the rules speak of it."""
    return rules.Achievement(
        raw=row.raw,
        percent=row.percent,
        capped=row.capped,
        band=row.band or None,
        reason=Reason(row.reason) if row.reason else None,
        # "carried" is a note of the row, not of the rules.
        note=Reason(row.note) if row.note in set(Reason) else None,
    )


def _is_due_within(indicator: Indicator, start: date, end: date) -> bool:
    """Return whether at least one whole period of the indicator's frequency lies between the days."""
    if indicator.frequency == Frequency.IRREGULAR:
        return False
    first = max(start, indicator.valid_from or start)
    last = min(end, indicator.valid_to or end)
    return first <= last and bool(periods_within(PeriodKind(indicator.frequency), first, last))


def _is_combined(indicator: Indicator, start: date, end: date) -> bool:
    """Return whether the days hold several periods of an indicator whose periods add up."""
    if indicator.frequency == Frequency.IRREGULAR or indicator.aggregation == Aggregation.LAST:
        return False
    one = period_containing(PeriodKind(indicator.frequency), start)
    return one.end < end


@dataclass(frozen=True, slots=True)
class _Combination:
    """The parts of a longer stretch put together on one basis, and the target they are compared with.

    `stated` is the row of the whole stretch with a target of its own, `full` that target where the one compared with
    covers the reported parts alone.
    """

    total: rules.Aggregate
    achievement: rules.Achievement
    target: TargetValue | None
    stated: Achievement | None
    full: TargetValue | None


def _combined(
    indicator: Indicator, rows: Sequence[Achievement], start: date, end: date, *, scale: Scale | None
) -> Figure:
    """Return the figure put together from the parts, against the targets in force and against the first ones."""
    current, original = (
        _put_together(indicator, [row for row in rows if row.basis == basis], start, end, scale=scale)
        for basis in (Achievement.Basis.CURRENT, Achievement.Basis.ORIGINAL)
    )
    codes = {span.code for span in periods_within(PeriodKind(indicator.frequency), start, end)}
    parts = [row for row in rows if row.basis == Achievement.Basis.CURRENT and row.period.code in codes]
    return Figure(
        achievement=current.achievement,
        original=original.achievement,
        actual=current.total.value,
        target=current.target,
        original_target=original.target,
        full_target=current.full,
        missing=current.total.missing,
        parts=tuple(found for row in parts if (found := measured(row))),
        stated=current.stated,
    )


def _put_together(
    indicator: Indicator, rows: Sequence[Achievement], start: date, end: date, *, scale: Scale | None
) -> _Combination:
    by_code = {row.period.code: row for row in rows}
    entries = [
        _entry(span.code, span.end, by_code.get(span.code))
        for span in periods_within(PeriodKind(indicator.frequency), start, end)
    ]
    total = rules.aggregate(
        entries,
        aggregation=indicator.aggregation,
        meaning=indicator.entry_meaning,
        value_type=indicator.value_type,
        allow_carry=indicator.allow_carry,
    )
    whole = [row for row in rows if (row.period.start, row.period.end) == (start, end)]
    stated = next((row for row in whole if row.target_revision), None)
    full = stated.target_revision.as_value if stated and stated.target_revision else None
    reported = TargetValue(value=total.target_reported) if total.target_reported is not None else None
    # A sum of some parts against the target of all of them would look like a failure.
    is_partial = indicator.aggregation == Aggregation.SUM and total.reported < len(entries)
    target = (reported or full) if is_partial else (full or reported)
    achievement = rules.achieve(
        total.value,
        target,
        direction=indicator.direction,
        method=indicator.method,
        baseline=indicator.baseline_value,
        scale=scale,
        blocked=total.reason or (Reason.INCOMPLETE_PERIOD if is_partial and full and not reported else None),
    )
    is_whole = target is full
    return _Combination(total, achievement, target, stated if is_whole else None, None if is_whole else full)


def _entry(code: str, end: date, row: Achievement | None) -> Entry:
    measurement = measured(row) if row else None
    revision = row.target_revision if row else None
    return Entry(
        code=code,
        end=end,
        value=measurement.value if measurement else None,
        numerator=measurement.numerator if measurement else None,
        denominator=measurement.denominator if measurement else None,
        target=revision.value if revision else None,
        due=row is None or row.reason != Reason.NOT_DUE,
    )
