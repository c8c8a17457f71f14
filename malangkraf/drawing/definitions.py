"""One series after another whose definition it replaced: which points are drawn, and where the break lies.

Figures of two definitions cannot be compared, so no line joins them. Where both have a figure for a period, the
newer definition's is drawn; the older one stands in the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from malangkraf.drawing.plot import ChartPoint


def parts_without_overlap(definitions: Sequence[Sequence[ChartPoint]]) -> list[list[ChartPoint]]:
    """Return the points to draw per definition, oldest first; definitions without any are left out.

    A definition ends before the first period for which its successor has a figure. A successor's missing values
    count from then on, so that one period has one point.
    """
    ordered = [sorted(points, key=lambda point: point.on) for points in definitions]
    known = [points for points in ordered if _first_known(points) is not None]
    parts = known[-1:] or ordered[-1:]
    for older in reversed(known[:-1]):
        taken_over = _first_known(parts[0])
        kept = [point for point in older if taken_over is None or point.on < taken_over]
        if _first_known(kept) is None:
            continue
        parts[0] = [point for point in parts[0] if point.on > kept[-1].on]
        parts.insert(0, kept)
    return parts


def breaks_between(parts: Sequence[Sequence[ChartPoint]]) -> list[date]:
    """Return the day of each break, halfway between the last point before it and the first after it.

    A point on that very day still belongs to the older definition.
    """
    ends = [(older[-1].on, newer[0].on) for older, newer in pairwise(parts)]
    return [before + (after - before) // 2 for before, after in ends]


def _first_known(points: Sequence[ChartPoint]) -> date | None:
    return next((point.on for point in points if point.actual is not None), None)
