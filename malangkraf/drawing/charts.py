"""Charts of a KPI: actual as a strong line, target dashed, missing values drawn as boxes with "?".

Drawn as SVG on the server from the figures alone: the same figures give the same bytes. The names of the CSS
classes all begin with `chart`; presentation attributes carry the light palette for the PDF.
"""

from __future__ import annotations

from collections.abc import Sequence

from malangkraf.drawing import plot_parts
from malangkraf.drawing.bars import Bar, bar_row
from malangkraf.drawing.definitions import breaks_between, parts_without_overlap
from malangkraf.drawing.plot import NARROW, ChartPoint, Formatter, PhaseBand, chart_style, lay_out
from malangkraf.drawing.svg import document

__all__ = ["Bar", "ChartPoint", "PhaseBand", "bar_row", "line_chart", "responsive_chart"]


def line_chart(
    points: Sequence[ChartPoint],
    *,
    title: str,
    description: str,
    format_value: Formatter,
    format_tick: Formatter | None = None,
    phases: Sequence[PhaseBand] = (),
    earlier: Sequence[Sequence[ChartPoint]] = (),
    break_label: str = "",
    width: int | None = None,
    height: int | None = None,
    compact: bool = False,
    identifier: str = "",
) -> str:
    """Return the chart as an <svg> element named by title and description.

    720 × 330 units unless told. Up to 400 units wide it is laid out for a phone (larger text, fewer labels);
    `compact` is the small drawing for a card (320 × 128), without axis and values. Dates may be irregular:
    positions are true to time. `format_tick` writes the axis, when its numbers need fewer decimals than the
    values; `identifier` tells two equal charts on one page apart. `earlier` holds what stood under older
    definitions, oldest first, drawn dotted and hollow before a rule named `break_label`.
    """
    style = chart_style(width, height, compact=compact)
    write_tick = format_tick or format_value
    parts_of_series = parts_without_overlap([*earlier, points])
    drawn = tuple(point for part in parts_of_series for point in part)
    plot = lay_out(drawn, style, write_tick, breaks=breaks_between(parts_of_series))
    parts = [
        plot_parts.phase_strip(plot, phases),
        plot_parts.axis(plot, write_tick),
        plot_parts.definition_breaks(plot, break_label),
        plot_parts.target_line(plot),
        plot_parts.actual_line(plot),
        plot_parts.missing_boxes(plot),
        plot_parts.dots(plot, format_value),
        "" if compact else plot_parts.value_labels(plot, format_value, break_label=break_label),
        plot_parts.period_labels(plot),
    ]
    name = "chart--compact" if compact else "chart--narrow" if style.width <= NARROW else "chart--wide"
    return document(
        "".join(parts),
        title=title,
        description=description,
        width=style.width,
        height=style.height,
        classes=f"chart {name}",
        identifier=identifier,
    )


def responsive_chart(
    points: Sequence[ChartPoint],
    *,
    title: str,
    description: str,
    format_value: Formatter,
    format_tick: Formatter | None = None,
    phases: Sequence[PhaseBand] = (),
    earlier: Sequence[Sequence[ChartPoint]] = (),
    break_label: str = "",
    identifier: str = "",
) -> str:
    """Return the wide and the narrow chart in one <div class="chart-pair">; the style sheet shows one."""
    drawings = [
        line_chart(
            points,
            title=title,
            description=description,
            format_value=format_value,
            format_tick=format_tick,
            phases=phases,
            earlier=earlier,
            break_label=break_label,
            width=width,
            height=height,
            identifier=identifier,
        )
        for width, height in ((720, 330), (340, 300))
    ]
    return f'<div class="chart-pair">{"".join(drawings)}</div>'
