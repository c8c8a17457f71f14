"""Many short periods into one long one: sums, last values, means and ratios, with what is missing said."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from roadmap.rules.achievement import precisely, ratio_value
from roadmap.rules.terms import Aggregation, EntryMeaning, Problem, Reason, ValueType

RUNNING_TOTALS = (EntryMeaning.RUNNING_TOTAL_YEAR, EntryMeaning.RUNNING_TOTAL_PHASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One expected period of the longer one: its last day, its value and target (None = missing, 0 = zero).

    A ratio has `numerator` and `denominator`. `due` False: nothing is missing yet. `definition` names the
    indicator version: values of two versions are never combined.
    """

    code: str
    end: date
    value: Decimal | None = None
    target: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    due: bool = True
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The value of the longer period, and both targets to compare it with.

    `target_reported` covers the periods that have a value (compare with it to judge the work so far),
    `target_full` the whole period, due or not. `reported` of `expected` due periods have a value; `missing`
    lists the codes of the others. `carried`: the value is an earlier one, carried forward.
    """

    value: Decimal | None = None
    target_reported: Decimal | None = None
    target_full: Decimal | None = None
    reported: int = 0
    expected: int = 0
    missing: tuple[str, ...] = ()
    carried: bool = False
    reason: Reason | None = None

    @property
    def is_complete(self) -> bool:
        """Return whether every due period has a value of its own."""
        return not self.missing and not self.carried


def definition_problem(
    *,
    value_type: ValueType | str,
    meaning: EntryMeaning | str,
    aggregation: Aggregation | str,
) -> Problem | None:
    """Return why an indicator must not be defined so, or None when its periods can be combined."""
    if aggregation == Aggregation.SUM:
        if value_type in (ValueType.DIRECT_PERCENT, ValueType.RATIO):
            return Problem.PERCENT_SUMMED
        if meaning == EntryMeaning.SNAPSHOT:
            return Problem.SNAPSHOT_SUMMED
    if aggregation == Aggregation.RATIO_OF_SUMS and value_type != ValueType.RATIO:
        return Problem.NOT_A_RATIO
    return None


@precisely
def aggregate(
    entries: Iterable[Entry],
    *,
    aggregation: Aggregation | str,
    meaning: EntryMeaning | str,
    value_type: ValueType | str = ValueType.COUNT,
    allow_carry: bool = False,
) -> Aggregate:
    """Return the value of a longer period from its parts (one Entry per expected part, in any order).

    SUM adds increments, and takes the last of running totals (of each year, for totals of the year). LAST
    takes the last expected period; if that is missing, an earlier value only with `allow_carry`, marked.
    MEAN is the plain mean of what is reported; RATIO_OF_SUMS divides the sums. Without a value: `reason`.
    """
    ordered = sorted(entries, key=lambda entry: entry.end)
    reported = [entry for entry in ordered if _is_reported(entry, aggregation)]
    expected = [entry for entry in ordered if entry.due or entry in reported]
    counts = Aggregate(
        reported=len(reported),
        expected=len(expected),
        missing=tuple(entry.code for entry in expected if entry not in reported),
    )
    if definition_problem(value_type=value_type, meaning=meaning, aggregation=aggregation):
        return _because(counts, Reason.NO_METHOD)
    if len({entry.definition for entry in ordered}) > 1:
        return _because(counts, Reason.DEFINITION_BREAK)
    if not reported:
        return _because(counts, Reason.NO_ACTUAL if expected else Reason.NOT_DUE)
    combine = _combination(aggregation, meaning)
    # A running total that stopped is incomplete, not carried: what it says of its own day is still true.
    is_last_value = aggregation == Aggregation.LAST and meaning not in RUNNING_TOTALS
    carried = is_last_value and reported[-1] is not expected[-1]
    if carried and not allow_carry:
        return _because(counts, Reason.INCOMPLETE_PERIOD)
    value, reason = _value_of(reported, aggregation, combine)
    return Aggregate(
        value=value,
        target_reported=combine(reported, [entry.target for entry in reported]),
        target_full=combine(ordered, [entry.target for entry in ordered]),
        reported=counts.reported,
        expected=counts.expected,
        missing=counts.missing,
        carried=carried,
        reason=reason,
    )


Combination = Callable[[Sequence[Entry], Sequence[Decimal | None]], Decimal | None]


def _combination(aggregation: Aggregation | str, meaning: EntryMeaning | str) -> Combination:
    """Return how numbers of several periods, values or targets, become one."""
    if aggregation == Aggregation.MEAN:
        return _mean
    if aggregation == Aggregation.SUM and meaning == EntryMeaning.INCREMENT:
        return _sum
    if aggregation == Aggregation.SUM and meaning == EntryMeaning.RUNNING_TOTAL_YEAR:
        return _sum_of_years
    return _last


def _value_of(
    reported: Sequence[Entry], aggregation: Aggregation | str, combine: Combination
) -> tuple[Decimal | None, Reason | None]:
    if aggregation != Aggregation.RATIO_OF_SUMS:
        return combine(reported, [entry.value for entry in reported]), None
    figure = ratio_value(
        _sum(reported, [entry.numerator for entry in reported]),
        _sum(reported, [entry.denominator for entry in reported]),
    )
    return figure.value, figure.reason


def _is_reported(entry: Entry, aggregation: Aggregation | str) -> bool:
    """Return whether the entry has what the aggregation needs: zero counts, missing does not."""
    if aggregation == Aggregation.RATIO_OF_SUMS:
        return entry.numerator is not None and entry.denominator is not None
    return entry.value is not None


def _because(counts: Aggregate, reason: Reason) -> Aggregate:
    return Aggregate(
        reported=counts.reported, expected=counts.expected, missing=counts.missing, reason=reason
    )


def _sum(_entries: Sequence[Entry], numbers: Sequence[Decimal | None]) -> Decimal | None:
    """Return the sum, or None if one number is missing: a partial sum would pass for the whole."""
    present = [number for number in numbers if number is not None]
    return sum(present, Decimal(0)) if present and len(present) == len(numbers) else None


def _mean(entries: Sequence[Entry], numbers: Sequence[Decimal | None]) -> Decimal | None:
    total = _sum(entries, numbers)
    return None if total is None else total / len(numbers)


def _last(_entries: Sequence[Entry], numbers: Sequence[Decimal | None]) -> Decimal | None:
    return numbers[-1] if numbers else None


def _sum_of_years(entries: Sequence[Entry], numbers: Sequence[Decimal | None]) -> Decimal | None:
    """Return the sum of the last number of each year: running totals within a year are not added up."""
    last_of_year = {entry.end.year: number for entry, number in zip(entries, numbers, strict=True)}
    return _sum(entries, list(last_of_year.values()))


def running_total_fell(previous: Decimal | None, current: Decimal | None) -> bool:
    """Return whether a running total went down within its year or phase, which needs a reason in words."""
    return previous is not None and current is not None and current < previous


@precisely
def targets_agree(
    parts: Iterable[Entry],
    whole: Decimal | None,
    *,
    aggregation: Aggregation | str,
    meaning: EntryMeaning | str,
) -> bool | None:
    """Return whether the targets of the parts make the separately stated target of the whole period.

    None when one of them is missing: then there is nothing to compare.
    """
    ordered = sorted(parts, key=lambda entry: entry.end)
    combined = _combination(aggregation, meaning)(ordered, [entry.target for entry in ordered])
    return None if combined is None or whole is None else combined == whole
