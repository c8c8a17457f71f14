"""Draw a row of painted houses in which every house stands for one thing and its height for that thing's value.

The drawing uses presentation attributes and class names only: the same text goes into a page (where the style sheet
may change it) and into the PDF. Nothing is random: the windows, the roof and the width follow from the label.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from malangkraf.drawing.svg import colour, escape

PALETTE = ("#f2a900", "#2a9d72", "#d9486e", "#e4572e", "#7b4fa3", "#4fb0c6", "#17769b", "#f6c85f")
INK = "#0b1f3a"
LIT = "#fff6da"
WIDEST_HOUSE = 58.0
LOWEST_HOUSE = 34.0
GROUND_MARGIN = 30.0
STREET_MARGIN = 1.0
SKY_MARGIN = 14.0
GAP = 3.0
EMPTY_PLOT_HEIGHT = 46.0


@dataclass(frozen=True)
class House:
    """One house: what it stands for, how tall (0 to 1; None = no data, drawn as an empty plot), and where it leads.

    `colour` is "#rrggbb" or a token name of svg.COLOURS; `value` is the formatted figure for the text
    alternative ("115,06%").
    """

    label: str
    height: float | None
    colour: str
    href: str = ""
    value: str = ""


@dataclass(frozen=True)
class _Plot:
    """Where a house stands: left edge, width, ground line and the tallest possible height, in drawing units."""

    x: float
    width: float
    ground: float
    tallest: float


def row_of_houses(
    houses: Sequence[House],
    *,
    title: str,
    width: int = 680,
    height: int = 330,
    missing: str = "?",
    scenery: bool = True,
) -> str:
    """Return an SVG of the houses side by side, with `title` and a description that gives every label and value.

    `missing` is what the description says of a house without data. Houses with an `href` become links; the picture
    is then a group of named links instead of one image. `scenery` adds Malang's mountains and the river.
    """
    ground = height - (GROUND_MARGIN if scenery else STREET_MARGIN)
    has_links = any(house.href for house in houses)
    description = "; ".join(f"{house.label}: {_value_text(house, missing)}" for house in houses)
    parts = [
        f'<svg class="houses" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'xmlns="http://www.w3.org/2000/svg" role="{"group" if has_links else "img"}" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>",
    ]
    if scenery:
        parts.append(_mountains(width, ground))
    parts.append('<g class="houses-row">')
    for house, plot in zip(houses, _plots(houses, width=width, ground=ground), strict=True):
        parts.append(_linked(house, _house_or_plot(house, plot), missing=missing))
    parts.append("</g>")
    parts.append(_river(width, ground) if scenery else _ground_line(width, ground))
    parts.append("</svg>")
    return "".join(parts)


def relative_heights(values: Sequence[float | None]) -> list[float | None]:
    """Return each value as a share of the largest one (0 to 1); negatives count as 0 and None stays None."""
    largest = max((value for value in values if value is not None), default=0.0)
    if largest <= 0:
        return [None if value is None else 0.0 for value in values]
    return [None if value is None else max(0.0, value) / largest for value in values]


def _value_text(house: House, missing: str) -> str:
    """Return what the description says of the house's value."""
    if house.value:
        return house.value
    return missing if house.height is None else f"{house.height * 100:.0f}%"


def _seed(label: str) -> int:
    """Return a number that is the same for the same label on every machine (unlike `hash`)."""
    return zlib.crc32(label.encode())


def _plots(houses: Sequence[House], *, width: int, ground: float) -> list[_Plot]:
    """Share the width among the houses: a little wider or narrower each, never wider than a house looks right."""
    shares = [1.0 + (_seed(house.label) % 7 - 3) / 20 for house in houses]
    total = sum(shares) or 1.0
    usable = width - 12 - GAP * (len(houses) - 1)
    scale = min(usable / total, WIDEST_HOUSE)
    used = scale * total + GAP * (len(houses) - 1)
    x = (width - used) / 2
    plots = []
    for share in shares:
        plots.append(_Plot(x=x, width=scale * share, ground=ground, tallest=ground - SKY_MARGIN))
        x += scale * share + GAP
    return plots


def _linked(house: House, drawing: str, *, missing: str) -> str:
    """Return the drawing with its tooltip, inside a named link when the house leads somewhere."""
    name = f"{house.label}: {_value_text(house, missing)}"
    group = f'<g class="house"><title>{escape(name)}</title>{drawing}</g>'
    if not house.href:
        return group
    return f'<a href="{escape(house.href)}" aria-label="{escape(name)}">{group}</a>'


def _house_or_plot(house: House, plot: _Plot) -> str:
    """Return the house, or a dashed empty plot with a question mark when there are no data."""
    if house.height is None:
        return _empty_plot(plot)
    share = min(1.0, max(0.0, house.height))
    roof = _roof_height(plot.width)
    wall_top = plot.ground - LOWEST_HOUSE - share * (plot.tallest - LOWEST_HOUSE - roof)
    wall = _wall(plot.x, plot.x + plot.width, wall_top, plot.ground)
    shade = _wall(plot.x + plot.width * 0.8, plot.x + plot.width, wall_top, plot.ground)
    roof_path = _roof(plot, wall_top, kind=_seed(house.label) // 7 % 3)
    return (
        f'<path d="{roof_path}{wall}" fill="{colour(house.colour)}"/>'
        f'<path d="{roof_path}" fill="{INK}" opacity=".2"/><path d="{shade}" fill="{INK}" opacity=".1"/>'
        f"{_windows(house.label, plot, wall_top)}"
    )


def _wall(left: float, right: float, top: float, ground: float) -> str:
    """Return the outline of a wall, or of its shaded part."""
    return f"M{left:.1f} {top:.1f}H{right:.1f}V{ground:.1f}H{left:.1f}Z"


def _roof_height(width: float) -> float:
    """Return how tall the roof of a house of this width is."""
    return min(24.0, width * 0.46)


def _roof(plot: _Plot, wall_top: float, *, kind: int) -> str:
    """Return the roof's outline: a gable, a two-step joglo or a single slope."""
    left, right, middle = plot.x, plot.x + plot.width, plot.x + plot.width / 2
    rise = _roof_height(plot.width)
    if kind == 0:
        return f"M{left:.1f} {wall_top:.1f}L{middle:.1f} {wall_top - rise:.1f}L{right:.1f} {wall_top:.1f}Z"
    if kind == 1:
        step = plot.width * 0.24
        return (
            f"M{left:.1f} {wall_top:.1f}L{left + step:.1f} {wall_top - rise * 0.42:.1f}"
            f"L{middle - 2:.1f} {wall_top - rise:.1f}H{middle + 2:.1f}"
            f"L{right - step:.1f} {wall_top - rise * 0.42:.1f}L{right:.1f} {wall_top:.1f}Z"
        )
    high, low = wall_top - rise * 0.86, wall_top - rise * 0.2
    return f"M{left:.1f} {wall_top:.1f}V{high:.1f}L{right:.1f} {low:.1f}V{wall_top:.1f}Z"


def _windows(label: str, plot: _Plot, wall_top: float) -> str:
    """Return two paths, lit and dark windows, and a door; the pattern follows from the label."""
    columns = max(1, min(4, int((plot.width - 4) // 11)))
    pane = min(6.5, plot.width / (columns * 1.9))
    step = plot.width / (columns + 1)
    door_column = columns // 2
    lights = _lights(label)
    lit: list[str] = []
    dark: list[str] = []
    y = wall_top + 8
    while y + 8 <= plot.ground - 4:
        is_ground_floor = y + 17 + 8 > plot.ground - 4
        for column in range(columns):
            x = plot.x + step * (column + 1) - pane / 2
            if is_ground_floor and column == door_column:
                continue
            shape = f"M{x:.1f} {y:.1f}h{pane:.1f}v8h-{pane:.1f}z"
            (lit if next(lights) else dark).append(shape)
        y += 17
    door_x = plot.x + step * (door_column + 1) - pane / 2 - 1
    dark.append(f"M{door_x:.1f} {plot.ground - 14:.1f}h{pane + 2:.1f}v14h-{pane + 2:.1f}z")
    lit_path = f'<path class="lit" d="{"".join(lit)}" fill="{LIT}"/>' if lit else ""
    return f'{lit_path}<path d="{"".join(dark)}" fill="{INK}" opacity=".42"/>'


def _lights(label: str) -> Iterator[bool]:
    """Yield whether the next window is lit: about two of three, always the same for a label."""
    state = _seed(label)
    while True:
        state = (state * 1103515245 + 12345) % 2**31
        yield (state >> 16) % 3 != 0


def _empty_plot(plot: _Plot) -> str:
    """Return a dashed outline with a question mark: something belongs here and is not known."""
    top = plot.ground - EMPTY_PLOT_HEIGHT
    return (
        f'<rect class="plot" x="{plot.x + 1:.1f}" y="{top:.1f}" width="{plot.width - 2:.1f}" '
        f'height="{EMPTY_PLOT_HEIGHT:.1f}" rx="4" fill="#8fa0ba" fill-opacity=".12" stroke="#8fa0ba" '
        f'stroke-width="1.6" stroke-dasharray="4 4"/>'
        f'<text class="plot-sign" x="{plot.x + plot.width / 2:.1f}" y="{plot.ground - 17:.1f}" text-anchor="middle" '
        f'font-family="Plus Jakarta Sans, sans-serif" font-size="16" font-weight="700" fill="#8fa0ba">?</text>'
    )


def _mountains(width: int, ground: float) -> str:
    """Return Arjuno and Semeru far behind the town."""

    ridge = [(0, 0), (0.1, 0.24), (0.15, 0.22), (0.29, 0.66), (0.34, 0.58), (0.56, 0.2), (0.63, 0.28)]
    volcano = [(0.775, 0.74), (0.795, 0.76), (0.815, 0.74), (0.93, 0.2), (1, 0)]
    outline = "L".join(f"{width * x:.0f} {ground * (1 - y):.0f}" for x, y in ridge + volcano)
    return f'<path class="mountains" d="M{outline}V{ground:.0f}H0Z" fill="#12335c"/>'


def _ground_line(width: int, ground: float) -> str:
    """Return the street the houses stand on."""
    return f'<path class="street" d="M0 {ground:.1f}H{width}" stroke="#8fa0ba" stroke-width="2"/>'


def _river(width: int, ground: float) -> str:
    """Return the quay and two lines of the Brantas in front of the houses."""
    waves = []
    for row, (start, opacity) in enumerate(((0, 0.75), (24, 0.4))):
        y = ground + 10 + row * 9
        swings = "t28 0" * (width // 28 + 1)
        waves.append(
            f'<path class="river" d="M{start - 28} {y:.1f}q14 -5 28 0{swings}" fill="none" stroke="#4fb0c6" '
            f'stroke-width="2" opacity="{opacity}"/>'
        )
    quay = f'<path class="street" d="M0 {ground + 1:.1f}H{width}" stroke="#2b4b78" stroke-width="3"/>'
    return quay + "".join(waves)
