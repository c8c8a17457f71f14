"""Achievements of several indicators side by side: one horizontal bar each, with the target line at 100."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from malangkraf.drawing.plot import NARROW
from malangkraf.drawing.svg import (
    COLOURS,
    Attributes,
    coordinate,
    document,
    element,
    escape,
    text_width,
    wrap,
)

_BAND_COLOURS = {
    "very_high": "leaf",
    "high": "teal",
    "medium": "saffron",
    "low": "rose",
    "very_low": "brick",
}


# Why there is no percentage may take as many lines beside the bar.
MOST_LINES = 3


@dataclass(frozen=True)
class Bar:
    """One row: `percent` is the raw achievement or None, `text` what is written with the bar (number + word).

    Without a percent the text says why, and the bar is a dashed box.
    """

    label: str
    percent: Decimal | None
    text: str
    band: str | None = None


@dataclass(frozen=True)
class _Layout:
    """Where the parts of every row stand, in drawing units."""

    width: float
    size: float
    left: float
    right: float
    row: float
    thick: float
    narrow: bool
    names: int


def bar_row(
    bars: Sequence[Bar], *, title: str, description: str, width: int = 720, identifier: str = ""
) -> str:
    """Return the bars as one <svg>; each bar ends at 100, and an arrow says that the value goes beyond.

    Up to 400 units wide, name and text stand above and below the bar instead of beside it.
    """
    layout = _lay_out(bars, width)
    body = "".join(_row(bar, index * layout.row, layout) for index, bar in enumerate(bars))
    name = "chart--narrow" if layout.narrow else "chart--wide"
    return document(
        body,
        title=title,
        description=description,
        width=width,
        height=max(len(bars), 1) * layout.row,
        classes=f"chart chart--bars {name}",
        identifier=identifier,
    )


def _lay_out(bars: Sequence[Bar], width: int) -> _Layout:
    """Return the layout; on a wide drawing the longest text decides where the bars end."""
    narrow = width <= NARROW
    size = 15 if narrow else 14
    longest = max((text_width(bar.text, size) for bar in bars), default=0)
    right = width - 22 if narrow else width - min(longest + 28, width * 0.36)
    room = width - 4 if narrow else width - right - 20
    lines = max((len(wrap(bar.text, size, room, lines=MOST_LINES)) for bar in bars), default=1)
    names = max((len(wrap(bar.label, size, width - 8)) for bar in bars), default=1) if narrow else 1
    row = 48 + 18 * (names + lines) if narrow else max(42, 8 + 17 * lines)
    left = 4 if narrow else width * 0.36
    return _Layout(width, size=size, left=left, right=right, row=row, thick=16, narrow=narrow, names=names)


def _row(bar: Bar, top: float, layout: _Layout) -> str:
    """Return one row: its name, its bar or dashed box, and its text."""
    size = layout.size
    if layout.narrow:
        bar_top = top + 10 + 18 * layout.names
        lines = wrap(bar.label, size, layout.width - 8)
        first = bar_top - 9 - (len(lines) - 1) * 18
        text_x, text_y = layout.left, bar_top + layout.thick + size + 5
    else:
        bar_top = top + (layout.row - layout.thick) / 2
        lines = wrap(bar.label, size, layout.left - 12)
        middle = bar_top + layout.thick * 0.78
        first = middle - (len(lines) - 1) * size * 0.6
        text_x, text_y = layout.right + 20, middle
    texts = wrap(bar.text, size, layout.width - text_x, lines=MOST_LINES)
    if not layout.narrow:
        text_y -= (len(texts) - 1) * size * 0.6
    name_x = layout.left if layout.narrow else 0
    parts = [
        _text("chart__bar-name", line, name_x, first + index * size * 1.2, size=size, weight="600")
        for index, line in enumerate(lines)
    ]
    parts.append(_bar(bar, bar_top, layout))
    parts += [
        _text("chart__bar-value", line, text_x, text_y + index * size * 1.2, size=size, weight="700")
        for index, line in enumerate(texts)
    ]
    return "".join(parts)


def _bar(bar: Bar, top: float, layout: _Layout) -> str:
    """Return the track with the bar and the target line; a missing value is a dashed box."""
    place: Attributes = {"x": layout.left, "y": top, "height": layout.thick}
    room = layout.right - layout.left
    goal: Attributes = {
        "class": "chart__goal",
        "x1": layout.right,
        "x2": layout.right,
        "y1": top - 5,
        "y2": top + layout.thick + 5,
        "stroke": COLOURS["ink-2"],
        "stroke-width": 2,
    }
    if bar.percent is None or not bar.percent.is_finite():
        dashed: Attributes = {
            "fill": COLOURS["paper-2"],
            "stroke": COLOURS["ink-3"],
            "stroke-dasharray": "3 3",
        }
        return element("rect", {"class": "chart__missing", **place, "width": room - 6, "rx": 5, **dashed})
    track: Attributes = {"class": "chart__track", **place, "width": room, "fill": COLOURS["paper-2"]}
    # A value at or below zero keeps a sliver, so that the row is not mistaken for a missing one.
    share = float(min(max(bar.percent, Decimal(0)), Decimal(100))) / 100
    band = bar.band or "none"
    look: Attributes = {
        "class": f"chart__bar chart__bar--{band}",
        "fill": COLOURS[_BAND_COLOURS.get(band, "blue")],
    }
    parts = [
        element("rect", track),
        element("rect", {**look, **place, "width": max(room * share, 4)}),
        element("line", goal),
    ]
    if bar.percent > 100:
        start, middle, end = top, top + layout.thick / 2, top + layout.thick
        tip = f"{coordinate(layout.right + 15)},{coordinate(middle)}"
        base = coordinate(layout.right + 4)
        arrow = f"M{base},{coordinate(start)} L{tip} L{base},{coordinate(end)} Z"
        parts.append(element("path", {**look, "d": arrow}))
    return "".join(parts)


def _text(name: str, text: str, x: float, y: float, *, size: float, weight: str) -> str:
    """Return a text on its baseline, from x to the right."""
    attributes: Attributes = {
        "class": name,
        "x": x,
        "y": y,
        "font-size": size,
        "font-weight": weight,
        "fill": COLOURS["ink"],
    }
    return element("text", attributes, escape(text))
