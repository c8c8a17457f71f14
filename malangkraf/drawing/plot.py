"""The layout of a line chart: which points stand where, in which sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from malangkraf.drawing.scales import TimeScale, ValueScale, nice_ticks, value_range
from malangkraf.drawing.svg import Box, text_width
from malangkraf.drawing.value_labels import Position

Formatter = Callable[[Decimal], str]

# Up to this width the drawing is meant for a phone.
NARROW = 400


@dataclass(frozen=True)
class ChartPoint:
    """One period of a series; `actual` None means the value is missing, `target` None that none was set."""

    label: str
    on: date
    actual: Decimal | None
    target: Decimal | None = None
    band: str | None = None


@dataclass(frozen=True)
class PhaseBand:
    """A phase of the roadmap, drawn as a strip of its colour (a token name or "#rrggbb") above the plot."""

    label: str
    start: date
    end: date
    colour: str


@dataclass(frozen=True)
class Style:
    """Sizes of one variant of the chart, in drawing units."""

    width: float
    height: float
    tick: float
    value: float
    radius: float
    stroke: float
    compact: bool = False


@dataclass(frozen=True)
class Plot:
    """The points with everything needed to place them; `ticks` is empty when no value is known."""

    style: Style
    points: tuple[ChartPoint, ...]
    ticks: tuple[Decimal, ...]
    times: TimeScale
    values: ValueScale
    area: Box
    breaks: tuple[date, ...] = ()

    def is_older(self, point: ChartPoint) -> bool:
        """Return whether the point belongs to a definition that another one replaced."""
        return bool(self.breaks) and point.on <= self.breaks[-1]

    @property
    def crosses_zero(self) -> bool:
        """Return whether the axis has values on both sides of zero."""
        return bool(self.ticks) and self.ticks[0] < 0 < self.ticks[-1]

    def position(self, point: ChartPoint, value: Decimal) -> Position:
        """Return where a value of a point stands."""
        return self.times.x(point.on), self.values.y(value)

    def known(self) -> list[tuple[ChartPoint, Decimal]]:
        """Return the points that have an actual value, with it."""
        return [(point, point.actual) for point in self.points if point.actual is not None]

    def definitions(self) -> list[list[ChartPoint]]:
        """Return the points between the breaks, oldest first."""
        edges = [date.min, *self.breaks, date.max]
        return [
            [point for point in self.points if (after < point.on or after == date.min) and point.on <= until]
            for after, until in pairwise(edges)
        ]

    def targets(self) -> list[list[Position]]:
        """Return the positions of the targets of each definition, in time order."""
        return [
            [self.position(point, point.target) for point in points if point.target is not None]
            for points in self.definitions()
        ]

    def runs(self, *, older: bool) -> list[list[Position]]:
        """Return the runs of known values, of the definition in force or of the older ones.

        A missing value ends a run, as nobody knows what lies there; so does a changed definition.
        """
        definitions = self.definitions()
        runs: list[list[Position]] = []
        for points in definitions[:-1] if older else definitions[-1:]:
            runs.append([])
            for point in points:
                if point.actual is not None:
                    runs[-1].append(self.position(point, point.actual))
                else:
                    runs.append([])
        return [run for run in runs if run]

    def missing_boxes(self) -> list[Box]:
        """Return a box for each missing value, on the zero line or else on the ground; dense ones shrink."""
        high = self.style.tick * (1.2 if self.style.compact else 1.5)
        middle = self.values.y(Decimal(0)) if self.crosses_zero else self.area.bottom - high / 2
        places = [self.times.x(point.on) for point in self.points if point.actual is None]
        gaps = [right - left for left, right in pairwise(places) if right > left]
        half = min(high * 0.58, max(min(gaps, default=high * 2) / 2 - 1, 2))
        return [Box(x - half, middle - high / 2, x + half, middle + high / 2) for x in places]


def chart_style(width: int | None, height: int | None, *, compact: bool) -> Style:
    """Return the sizes; a phone shows 340 units on about 290 px, so its text is drawn larger."""
    if compact:
        return Style(width or 320, height or 128, tick=15, value=15, radius=4.5, stroke=3, compact=True)
    if width is not None and width <= NARROW:
        return Style(width, height or 300, tick=15, value=16, radius=5.5, stroke=3.2)
    return Style(width or 720, height or 330, tick=14, value=16, radius=6, stroke=3.4)


def lay_out(
    points: tuple[ChartPoint, ...], style: Style, format_tick: Formatter, *, breaks: Sequence[date] = ()
) -> Plot:
    """Return the layout of points in any order: margins follow the widest tick, the plot fills the rest."""
    ordered = tuple(sorted((_finite(point) for point in points), key=lambda point: point.on))
    amounts = [value for point in ordered for value in (point.actual, point.target) if value is not None]
    whole = all(value == value.to_integral_value() for value in amounts)
    ticks = nice_ticks(*value_range(amounts), most=3 if style.compact else 5, whole=whole) if amounts else []
    if style.compact:
        area = Box(2, style.radius + 8, style.width - 2, style.height - style.tick - 14)
        inset = 11.0
    else:
        widest = max((text_width(format_tick(tick), style.tick) for tick in ticks), default=0)
        left = min(widest + 10, style.width * 0.4)
        # Above the plot: the phase strip, its names, and the label of the highest value.
        area = Box(left, 52, style.width - 4, style.height - style.tick - style.value - 18)
        inset = min(30.0 if style.width > NARROW else 22.0, (area.right - area.left) / 6)
    low, high = (ticks[0], ticks[-1]) if ticks else (Decimal(0), Decimal(1))
    first = ordered[0].on if ordered else date.min
    last = ordered[-1].on if ordered else date.min
    return Plot(
        style=style,
        points=ordered,
        ticks=tuple(ticks),
        times=TimeScale(first, last, area.left + inset, area.right - inset),
        values=ValueScale(low, high, area.top, area.bottom),
        area=area,
        breaks=tuple(breaks),
    )


def _finite(point: ChartPoint) -> ChartPoint:
    """Return the point with a value that is not a finite number treated as missing."""
    actual = point.actual if point.actual is not None and point.actual.is_finite() else None
    target = point.target if point.target is not None and point.target.is_finite() else None
    return ChartPoint(point.label, point.on, actual, target, point.band)
