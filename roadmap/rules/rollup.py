"""Many achievements into one: weighted, with what is left out named."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from roadmap.rules.achievement import DEFAULT_SCALE, Achievement, Scale, precisely, round_percent
from roadmap.rules.terms import Reason

DEFAULT_MINIMUM = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class RollupItem:
    """One indicator of a programme, phase or roadmap; `due` False keeps it out without counting as missing."""

    code: str
    weight: Decimal | None
    achievement: Achievement
    due: bool = True


@dataclass(frozen=True, slots=True)
class Excluded:
    """An indicator that is not in the number, and why."""

    code: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Rollup:
    """The weighted mean of capped achievements in percent, always with "included of expected" beside it.

    `percent` is rounded once from `raw`; both are None when there is a `reason`. `excluded` is in order of code.
    """

    percent: Decimal | None
    included: int
    expected: int
    excluded: tuple[Excluded, ...]
    reason: Reason | None
    band: str | None
    raw: Decimal | None = None


@precisely
def roll_up(
    items: Iterable[RollupItem],
    *,
    minimum_completeness: Decimal = DEFAULT_MINIMUM,
    scale: Scale | None = DEFAULT_SCALE,
) -> Rollup:
    """Return the weighted mean of the items that have a percentage, if at least this share (0-1) of them has.

    Weights are divided by their sum over the included items, so that any unit of weight gives the same number.
    """
    weighted: list[tuple[Fraction, Fraction]] = []
    excluded: list[Excluded] = []
    expected = 0
    for item in items:
        expected += item.due
        reason = _reason_to_exclude(item)
        bounded = item.achievement.bounded
        if reason is None and bounded is not None and item.weight is not None:
            # Fractions are exact: the order of the items cannot show in the last digit.
            weighted.append((Fraction(item.weight), Fraction(bounded)))
        else:
            excluded.append(Excluded(item.code, reason or Reason.NO_ACTUAL))
    excluded.sort(key=lambda item: (item.code, item.reason))
    reason = _reason_for_none(len(weighted), expected, excluded, minimum=minimum_completeness)
    raw = None if reason else _mean(weighted)
    percent = None if raw is None else round_percent(raw)
    return Rollup(
        percent=percent,
        included=len(weighted),
        expected=expected,
        excluded=tuple(excluded),
        reason=reason,
        band=scale.band_for(percent) if scale and percent is not None else None,
        raw=raw,
    )


def _mean(weighted: list[tuple[Fraction, Fraction]]) -> Decimal:
    """Return the weighted mean; the weights are positive and there is at least one."""
    total = sum(weight for weight, _percent in weighted)
    mean = sum((weight * percent for weight, percent in weighted), Fraction(0)) / total
    return Decimal(mean.numerator) / Decimal(mean.denominator)


def _reason_to_exclude(item: RollupItem) -> Reason | None:
    """Return why an item does not count, or None if it does."""
    if not item.due:
        return Reason.NOT_DUE
    if item.achievement.raw is None:
        return item.achievement.reason or Reason.NO_ACTUAL
    if item.weight is None or item.weight <= 0:
        return Reason.NO_WEIGHT
    return None


def _reason_for_none(
    included: int, expected: int, excluded: list[Excluded], *, minimum: Decimal
) -> Reason | None:
    """Return why no number may be shown, or None if it may."""
    if expected == 0:
        return Reason.NOT_DUE if excluded else Reason.NO_ACTUAL
    if included and included >= minimum * expected:
        return None
    counted = {item.reason for item in excluded} - {Reason.NOT_DUE}
    return Reason.NO_WEIGHT if counted == {Reason.NO_WEIGHT} else Reason.BELOW_COMPLETENESS


def weights_need_warning(weights: Iterable[Decimal]) -> bool:
    """Return whether someone who sets up weights should be told that they do not make 100.

    Equal weights need no warning: they only say that all count alike. The roll-up is right in any case.
    """
    listed = list(weights)
    return len(set(listed)) > 1 and sum(listed) != 100
