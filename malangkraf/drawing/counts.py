"""How many there are of each: one horizontal bar for each count, the longest count the longest bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malangkraf.drawing.plot import NARROW
from malangkraf.drawing.svg import COLOURS, Attributes, document, element, escape, shorten, text_width, wrap

WIDTHS = (720, 340)


@dataclass(frozen=True)
class CountBar:
    """One row; `number` None is drawn as a dashed box, `text` is written after the bar.

    `is_quoted` marks what others have said: an empty bar with a dashed edge, for no rows stand behind it.
    """

    label: str
    number: int | None
    text: str
    is_quoted: bool = False


@dataclass(frozen=True)
class _Layout:
    """Where the parts of every row stand, in drawing units; `most` is the count of a bar that fills the room."""

    width: float
    size: float
    left: float
    room: float
    row: float
    thick: float
    is_narrow: bool
    most: int


def count_bars(bars: Sequence[CountBar], *, title: str, description: str, width: int = 720) -> str:
    """Return the bars as one <svg>; up to 400 units wide the names stand above the bars instead of beside them."""
    layout = _lay_out(bars, width)
    body = "".join(_row(bar, index * layout.row, layout) for index, bar in enumerate(bars))
    name = "chart--narrow" if layout.is_narrow else "chart--wide"
    return document(
        body,
        title=title,
        description=description,
        width=width,
        height=max(len(bars), 1) * layout.row,
        classes=f"chart chart--counts {name}",
    )


def responsive_counts(bars: Sequence[CountBar], *, title: str, description: str) -> str:
    """Return the wide and the narrow drawing in one <div class="chart-pair">; the style sheet shows one."""
    drawings = [count_bars(bars, title=title, description=description, width=width) for width in WIDTHS]
    return f'<div class="chart-pair">{"".join(drawings)}</div>'


def _lay_out(bars: Sequence[CountBar], width: int) -> _Layout:
    most = max((bar.number for bar in bars if bar.number is not None), default=0)
    texts = max((text_width(bar.text, 14) for bar in bars), default=0)
    if width <= NARROW:
        room = width - min(texts, width * 0.4) - 14
        return _Layout(width, size=15, left=0, room=room, row=54, thick=16, is_narrow=True, most=most)
    names = max((text_width(bar.label, 14) for bar in bars), default=0)
    left = min(names + 12, width * 0.44)
    room = width - left - min(texts, width * 0.3) - 14
    return _Layout(width, size=14, left=left, room=room, row=32, thick=18, is_narrow=False, most=most)


def _row(bar: CountBar, top: float, layout: _Layout) -> str:
    """Return one row: its name, its bar or dashed box, and its number."""
    size = layout.size
    if layout.is_narrow:
        bar_top = top + 26
        lines, first = [shorten(bar.label, size, layout.width - 8)], top + 18
    else:
        bar_top = top + (layout.row - layout.thick) / 2
        lines = wrap(bar.label, size, layout.left - 10)
        # Two lines fit a row only when they are smaller.
        size = size if len(lines) == 1 else 12
        first = bar_top + layout.thick * 0.76 - (len(lines) - 1) * size * 0.58
    drawn, end = _bar(bar, bar_top, layout)
    return (
        "".join(
            _text("chart__bar-name", line, 0, first + index * size * 1.16, size=size, weight="600")
            for index, line in enumerate(lines)
        )
        + drawn
        + _text(
            "chart__bar-value",
            bar.text,
            end + 8,
            bar_top + layout.thick * 0.76,
            size=layout.size,
            weight="700",
        )
    )


def _bar(bar: CountBar, top: float, layout: _Layout) -> tuple[str, float]:
    """Return the bar and where it ends; nothing at all is a thin line, so that the row is not taken for a gap."""
    place: Attributes = {"x": layout.left, "y": top, "height": layout.thick}
    if bar.number is None:
        look: Attributes = {
            "fill": COLOURS["paper-2"],
            "stroke": COLOURS["ink-3"],
            "stroke-dasharray": "3 3",
            "rx": 4,
        }
        wide = layout.room * 0.16
        return element(
            "rect", {"class": "chart__missing", **place, "width": wide, **look}
        ), layout.left + wide
    wide = max(layout.room * bar.number / (layout.most or 1), 2)
    if bar.is_quoted:
        look = {
            "fill": COLOURS["card"],
            "stroke": COLOURS["ink-3"],
            "stroke-width": 1.6,
            "stroke-dasharray": "5 3",
        }
        name = "chart__quoted"
    else:
        look, name = {"fill": COLOURS["blue"]}, "chart__count"
    return element("rect", {"class": name, **place, "width": wide, "rx": 3, **look}), layout.left + wide


def _text(name: str, text: str, x: float, y: float, *, size: float, weight: str) -> str:
    attributes: Attributes = {
        "class": name,
        "x": x,
        "y": y,
        "font-size": size,
        "font-weight": weight,
        "fill": COLOURS["ink"],
    }
    return element("text", attributes, escape(text))
