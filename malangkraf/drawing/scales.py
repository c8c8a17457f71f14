"""Axes: rounded ticks for values, true time for dates, and labels thinned until none overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from malangkraf.drawing.svg import text_width

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


def value_range(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Return the range an axis must cover; it starts at zero unless that would flatten the line.

    A series that stays within the upper half of its range (7,267 to 7,801) keeps its own floor; all others,
    and every flat series, are shown from zero, so that a height can be read as an amount.
    """
    if not values:
        return Decimal(0), Decimal(1)
    low, high = min(values), max(values)
    if low == high:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
        return (low, high) if low != high else (Decimal(0), Decimal(1))
    if 0 < low < high / 2:
        low = Decimal(0)
    if low / 2 < high < 0:
        high = Decimal(0)
    return low, high


def nice_ticks(low: Decimal, high: Decimal, *, most: int = 5, whole: bool = False) -> list[Decimal]:
    """Return ticks at 1, 2, 2.5 or 5 times a power of ten around the range, at most so many intervals.

    With `whole` no tick lies between two whole numbers, for things that are counted.
    """
    if high <= low:
        high = low + 1
    rough = (high - low) / most
    exponent = rough.adjusted()
    for power in (exponent, exponent + 1):
        for base in _STEPS:
            step = base.scaleb(power)
            if step < rough or (whole and step != step.to_integral_value()):
                continue
            first = (low / step).to_integral_value(ROUND_FLOOR)
            last = (high / step).to_integral_value(ROUND_CEILING)
            if last - first <= most:
                return [_plain((first + index) * step) for index in range(int(last - first) + 1)]
    # Only reached for counted things in a range below one: then whole steps are the answer.
    first, last = low.to_integral_value(ROUND_FLOOR), high.to_integral_value(ROUND_CEILING)
    return [first, last if last > first else first + 1]


def _plain(value: Decimal) -> Decimal:
    """Return the same number without trailing zeros and without an exponent."""
    return Decimal(f"{value.normalize():f}") + 0


@dataclass(frozen=True)
class ValueScale:
    """Maps a value to a height; larger values are higher up."""

    low: Decimal
    high: Decimal
    top: float
    bottom: float

    def y(self, value: Decimal) -> float:
        """Return the vertical position of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - float(share) * (self.bottom - self.top)


@dataclass(frozen=True)
class TimeScale:
    """Maps a date to a position, true to the number of days; a single date stands in the middle."""

    first: date
    last: date
    left: float
    right: float

    def x(self, on: date) -> float:
        """Return the horizontal position of a date, which may lie outside the range."""
        span = (self.last - self.first).days
        days = (on - self.first).days
        # With one date only, the drawing stands for the year around it.
        share = days / span if span else 0.5 + days / 365
        return self.left + share * (self.right - self.left)


def thin_labels(
    labels: Sequence[tuple[float, str]], *, size: float, left: float, right: float, gap: float = 10
) -> list[tuple[int, float]]:
    """Return (index, centre) of the labels that can be written without overlapping, the last one always.

    Evenly spaced labels are thinned evenly, counted from the last; uneven ones are then filled in where room
    is left. A label at the edge is moved inwards as far as it must.
    """
    spans: list[tuple[float, float, float]] = []
    for centre, text in labels:
        half = text_width(text, size) / 2
        placed = min(max(centre, left + half), max(right - half, left + half))
        spans.append((placed - half - gap / 2, placed + half + gap / 2, placed))
    count = len(spans)
    chosen: list[int] = []
    for stride in range(1, count + 1):
        chosen = list(range(count - 1, -1, -stride))
        if all(_apart(spans[a], spans[b]) for a, b in pairwise(chosen)):
            break
    for index in range(count):
        if index not in chosen and all(_apart(spans[index], spans[other]) for other in chosen):
            chosen.append(index)
    return [(index, spans[index][2]) for index in sorted(chosen)]


def _apart(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    """Return whether two horizontal spans do not touch."""
    return one[1] <= other[0] or other[1] <= one[0]
