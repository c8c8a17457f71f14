"""The parts of a line chart, each as markup: phases, axis, target, actual, breaks, missing boxes, dots, labels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from malangkraf.drawing.plot import Formatter, PhaseBand, Plot
from malangkraf.drawing.scales import thin_labels
from malangkraf.drawing.svg import COLOURS, Attributes, Box, colour, coordinate, element, escape, text_width
from malangkraf.drawing.value_labels import Position, place_value_labels


def phase_strip(plot: Plot, phases: Sequence[PhaseBand]) -> str:
    """Return the strip of phase colours, each with its name where there is room."""
    if not plot.points:
        return ""
    height = 4 if plot.style.compact else 6
    size = plot.style.tick - 1
    parts = []
    for phase in phases:
        left = max(plot.times.x(phase.start), plot.area.left)
        # A phase lasts until the end of its last day.
        day_after = phase.end + timedelta(days=1) if phase.end < date.max else phase.end
        right = min(plot.times.x(day_after), plot.area.right)
        if right - left < 1:
            continue
        strip: Attributes = {
            "class": "chart__phase",
            "x": left,
            "y": 0,
            "width": right - left,
            "height": height,
            "fill": colour(phase.colour),
        }
        parts.append(element("rect", strip, f"<title>{escape(phase.label)}</title>"))
        if not plot.style.compact and text_width(phase.label, size) <= right - left - 8:
            middle = (left + right) / 2
            parts.append(_text("chart__phase-name", phase.label, middle, height + size + 2, size=size))
    return "".join(parts)


def axis(plot: Plot, format_tick: Formatter) -> str:
    """Return the grid with rounded numbers, or only the ground line when no value is known."""
    if not plot.ticks:
        return _horizontal(plot, "chart__grid", plot.area.bottom)
    if plot.style.compact:
        level = Decimal(0) if plot.crosses_zero else plot.ticks[0]
        return _horizontal(plot, "chart__zero" if plot.crosses_zero else "chart__grid", plot.values.y(level))
    parts = []
    for tick in plot.ticks:
        y = plot.values.y(tick)
        is_zero_line = tick == 0 and plot.crosses_zero
        parts.append(_horizontal(plot, "chart__zero" if is_zero_line else "chart__grid", y))
        written, size = format_tick(tick), plot.style.tick
        # A number that does not fit is left out: cut off, it would be another number.
        if text_width(written, size) <= plot.area.left - 8:
            middle = y + size * 0.34
            parts.append(_text("chart__tick", written, plot.area.left - 8, middle, size=size, anchor="end"))
    return "".join(parts)


def target_line(plot: Plot) -> str:
    """Return the dashed target line; a single target is a short dash, for a line needs two ends."""
    lines = [
        [(run[0][0] - 16, run[0][1]), (run[0][0] + 16, run[0][1])] if len(run) == 1 else run
        for run in plot.targets()
        if run
    ]
    if not lines:
        return ""
    attributes: Attributes = {
        "class": "chart__target",
        "d": " ".join(_path(line) for line in lines),
        "fill": "none",
        "stroke": COLOURS["ink-3"],
        "stroke-width": plot.style.stroke * 0.6,
        "stroke-dasharray": "5 5",
    }
    return element("path", attributes)


def actual_line(plot: Plot) -> str:
    """Return the strong line of actual values, in pieces where values are missing; older definitions are dotted."""
    lines = []
    for older in (True, False):
        pieces = " ".join(_path(run) for run in plot.runs(older=older) if len(run) > 1)
        attributes: Attributes = {
            "class": "chart__actual chart__actual--older" if older else "chart__actual",
            "d": pieces,
            "fill": "none",
            "stroke": COLOURS["blue"],
            "stroke-width": plot.style.stroke,
            "stroke-linejoin": "round",
            "stroke-linecap": "round",
        }
        if older:
            # With round ends, dashes of no length are dots.
            attributes["stroke-dasharray"] = f"0 {coordinate(plot.style.stroke * 2.2)}"
        if pieces:
            lines.append(element("path", attributes))
    return "".join(lines)


def definition_breaks(plot: Plot, label: str) -> str:
    """Return a dashed rule where a definition changed, with its label where there is room."""
    parts = []
    for on in plot.breaks:
        x = plot.times.x(on)
        attributes: Attributes = {
            "class": "chart__break",
            "x1": x,
            "x2": x,
            "y1": plot.area.top,
            "y2": plot.area.bottom,
            "stroke": COLOURS["ink-2"],
            "stroke-width": 1.6,
            "stroke-dasharray": "7 5",
        }
        parts.append(element("line", attributes, f"<title>{escape(label)}</title>"))
    size = plot.style.tick
    for box in _break_labels(plot, label):
        middle = (box.left + box.right) / 2
        parts.append(
            _text(
                "chart__break-label",
                label,
                middle,
                box.bottom - size * 0.3,
                size=size,
                weight=700,
                fill=COLOURS["ink-2"],
            )
        )
    return "".join(parts)


def _break_labels(plot: Plot, label: str) -> list[Box]:
    """Return the room of each label above its rule; of labels too close to each other the later one stays."""
    size = plot.style.tick
    labels = [(plot.times.x(on), label) for on in plot.breaks]
    shown = thin_labels(labels, size=size, left=0, right=plot.style.width)
    half = text_width(label, size) / 2
    bottom = plot.area.top - 3
    return [Box(centre - half, bottom - size * 1.2, centre + half, bottom) for _index, centre in shown]


def missing_boxes(plot: Plot) -> str:
    """Return the dashed boxes that stand for values nobody has reported."""
    size = plot.style.tick
    parts = []
    for box in plot.missing_boxes():
        width = box.right - box.left
        attributes: Attributes = {
            "class": "chart__missing",
            "x": box.left,
            "y": box.top,
            "width": width,
            "height": box.bottom - box.top,
            "rx": min(6, width / 3),
            "fill": COLOURS["paper-2"],
            "stroke": COLOURS["ink-3"],
            "stroke-width": 1,
            "stroke-dasharray": "3 3",
        }
        parts.append(element("rect", attributes))
        if width >= size * 0.8:
            middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2 + size * 0.36)
            parts.append(_text("chart__missing-sign", "?", *middle, size=size, weight=700))
    return "".join(parts)


def dots(plot: Plot, format_value: Formatter) -> str:
    """Return a dot per known value; negative ones are brick, and each tells its value when pointed at."""
    known = plot.known()
    room = (plot.area.right - plot.area.left) / max(len(known), 1)
    radius = min(plot.style.radius, max(2.5, room / 3))
    parts = []
    for point, actual in known:
        x, y = plot.position(point, actual)
        names = ["chart__dot"]
        if actual < 0:
            names.append("chart__dot--negative")
        if point.band:
            names.append(f"chart__dot--{point.band}")
        paint = COLOURS["brick"] if actual < 0 else COLOURS["blue"]
        older = plot.is_older(point)
        if older:
            names.append("chart__dot--older")
        attributes: Attributes = {
            "class": " ".join(names),
            "cx": x,
            "cy": y,
            "r": radius,
            "fill": COLOURS["card"] if older else paint,
            "stroke": paint if older else COLOURS["card"],
            "stroke-width": radius * 0.42,
        }
        told = escape(f"{point.label}: {format_value(actual)}")
        parts.append(element("circle", attributes, f"<title>{told}</title>"))
    return "".join(parts)


def value_labels(plot: Plot, format_value: Formatter, *, break_label: str = "") -> str:
    """Return the values written at the dots, as many as find room beside boxes, lines and the breaks."""
    size = plot.style.value
    known = plot.known()
    runs = [*plot.runs(older=True), *plot.runs(older=False), *plot.targets()]
    rules = [(plot.times.x(on), plot.area.top, plot.area.bottom) for on in plot.breaks]
    placed = place_value_labels(
        [plot.position(point, actual) for point, actual in known],
        [format_value(actual) for _, actual in known],
        size=size,
        bounds=Box(plot.area.left, 25, plot.style.width, plot.area.bottom + size + 6),
        obstacles=[*plot.missing_boxes(), *_break_labels(plot, break_label)],
        lines=[segment for run in runs for segment in pairwise(run)]
        + [((x, top), (x, bottom)) for x, top, bottom in rules],
    )
    return "".join(
        element(
            "text",
            {
                "class": "chart__value",
                "x": label.x,
                "y": label.baseline,
                "font-size": size,
                "font-weight": "800",
                "text-anchor": "middle",
                "fill": COLOURS["ink"],
                # A rim in the colour of the paper keeps the number legible where a line passes.
                "stroke": COLOURS["card"],
                "stroke-width": 4,
                "stroke-linejoin": "round",
                "paint-order": "stroke",
            },
            escape(label.text),
        )
        for label in sorted(placed, key=lambda label: (label.x, label.baseline))
    )


def period_labels(plot: Plot) -> str:
    """Return the names of the periods under the plot, thinned until none overlap."""
    size = plot.style.tick
    labels = [(plot.times.x(point.on), point.label) for point in plot.points]
    shown = thin_labels(labels, size=size, left=0, right=plot.style.width)
    baseline = plot.style.height - 5
    return "".join(
        _text("chart__period", labels[index][1], centre, baseline, size=size, fill=COLOURS["ink-2"])
        for index, centre in shown
    )


def _path(positions: Sequence[Position]) -> str:
    """Return the path data of a line through the positions."""
    return "M" + " L".join(f"{coordinate(x)},{coordinate(y)}" for x, y in positions)


def _horizontal(plot: Plot, name: str, y: float) -> str:
    """Return a line across the plot; the zero line is stronger than the grid."""
    is_zero_line = name == "chart__zero"
    attributes: Attributes = {
        "class": name,
        "x1": plot.area.left,
        "x2": plot.area.right,
        "y1": y,
        "y2": y,
        "stroke": COLOURS["ink-3" if is_zero_line else "line"],
        "stroke-width": 1.4 if is_zero_line else 1,
    }
    return element("line", attributes)


def _text(
    name: str,
    text: str,
    x: float,
    y: float,
    *,
    size: float,
    anchor: str = "middle",
    weight: int = 600,
    fill: str = COLOURS["ink-3"],
) -> str:
    """Return a text on its baseline."""
    attributes: Attributes = {
        "class": name,
        "x": x,
        "y": y,
        "font-size": size,
        "font-weight": str(weight),
        "text-anchor": anchor,
        "fill": fill,
    }
    return element("text", attributes, escape(text))
