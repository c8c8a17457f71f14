"""Where the value of each dot is written, so that no label covers a dot, a box or another label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malangkraf.drawing.svg import Box, text_width

Position = tuple[float, float]


@dataclass(frozen=True)
class PlacedLabel:
    """A text with its anchor in the middle of its baseline, and the room it takes."""

    text: str
    x: float
    baseline: float
    box: Box


def place_value_labels(
    dots: Sequence[Position],
    texts: Sequence[str],
    *,
    size: float,
    bounds: Box,
    obstacles: Sequence[Box],
    lines: Sequence[tuple[Position, Position]],
) -> list[PlacedLabel]:
    """Return the labels that find room; the last, first, highest and lowest dots choose before the others.

    Lines are crossed only when a label has no other place.
    """
    dot_room = size * 0.42
    taken = list(obstacles) + [Box(x - dot_room, y - dot_room, x + dot_room, y + dot_room) for x, y in dots]
    placed: list[PlacedLabel] = []
    for index in _order(dots):
        best: PlacedLabel | None = None
        fewest = 0
        for candidate in _candidates(dots, texts[index], index, size=size, bounds=bounds):
            if not candidate.box.is_inside(bounds) or any(candidate.box.overlaps(box) for box in taken):
                continue
            crossings = sum(_crosses(line, candidate.box) for line in lines)
            if best is None or crossings < fewest:
                best, fewest = candidate, crossings
        if best is not None:
            placed.append(best)
            taken.append(best.box)
    return placed


def _order(dots: Sequence[Position]) -> list[int]:
    """Return the indexes of the dots, the most telling first."""
    if not dots:
        return []
    indexes = range(len(dots))
    telling = [
        len(dots) - 1,
        0,
        min(indexes, key=lambda index: dots[index][1]),
        max(indexes, key=lambda index: dots[index][1]),
    ]
    return list(dict.fromkeys([*telling, *reversed(indexes)]))


def _candidates(
    dots: Sequence[Position], text: str, index: int, *, size: float, bounds: Box
) -> list[PlacedLabel]:
    """Return places above, below and beside a dot; a valley is labelled below first."""
    x, y = dots[index]
    width = text_width(text, size)
    neighbours = [dots[near][1] for near in (index - 1, index + 1) if 0 <= near < len(dots)]
    is_valley = bool(neighbours) and all(y > other for other in neighbours)
    middle = min(max(x, bounds.left + width / 2), max(bounds.right - width / 2, bounds.left + width / 2))
    above, below = y - size * 0.72, y + size * 1.5
    spots = [(middle, below), (middle, above)] if is_valley else [(middle, above), (middle, below)]
    side = width / 2 + size * 0.6
    spots += [(x - side, above), (x + side, above), (x + side, below), (x - side, below)]
    spots += [(x + side, y + size * 0.35), (x - side, y + size * 0.35)]
    return [
        PlacedLabel(
            text,
            centre,
            baseline,
            Box(centre - width / 2, baseline - size * 0.82, centre + width / 2, baseline + size * 0.24),
        )
        for centre, baseline in spots
    ]


def _crosses(line: tuple[Position, Position], box: Box) -> bool:
    """Return whether a straight line passes through a rectangle (Liang and Barsky's clipping)."""
    (x0, y0), (x1, y1) = line
    enter, leave = 0.0, 1.0
    for delta, near, far in (
        (x1 - x0, box.left - x0, box.right - x0),
        (y1 - y0, box.top - y0, box.bottom - y0),
    ):
        if delta == 0:
            if near > 0 or far < 0:
                return False
            continue
        first, second = sorted((near / delta, far / delta))
        enter, leave = max(enter, first), min(leave, second)
    return enter < leave
