"""Draw the city as a schematic map: one cell for each kelurahan, tinted by kecamatan, with a bubble where something is.

The kelurahan stand where their middles lie, moved apart a little so that no two bubbles touch; the cells between them
show neighbours, not borders. No map data are needed beyond the centroids.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from malangkraf.drawing.svg import coordinate, escape

WIDTH, HEIGHT = 640.0, 700.0
# Between two middles: on a phone, where the drawing is half as wide, a finger still hits the right bubble.
APART = 62.0
MARGIN = 53.0
REACH = 50.0
STEPS = 90
LARGEST, SMALLEST = 29.0, 15.0
# One colour and one shape for each kecamatan, in the order of their codes.
TINTS = ("teal", "brick", "plum", "leaf", "saffron")
PAINTS = ("#17769b", "#d1432b", "#7b4fa3", "#1f8a5f", "#f2a900")
SHAPES = ("circle", "square", "diamond", "hexagon", "house")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ward:
    """A kelurahan: its code, name, the code of its kecamatan, and its middle in degrees."""

    code: str
    name: str
    district: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Bubble:
    """What was found in a kelurahan: how many, the link's text for screen readers, where it leads, whether chosen.

    `sign` is written into it instead of the number; one that is `is_rough` has a dashed edge.
    """

    count: int
    label: str
    href: str
    is_chosen: bool = False
    sign: str = ""
    is_rough: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each kelurahan's middle and cell stand in the drawing."""

    middles: tuple[Point, ...]
    cells: tuple[tuple[Point, ...], ...]


def tint_of(district: str, districts: Sequence[str]) -> str:
    """Return the colour name of a kecamatan; beyond five they repeat."""
    return TINTS[districts.index(district) % len(TINTS)]


def paint_of(district: str) -> str:
    """Return the same colour for drawings that do not follow the page's light or dark; codes end in 01, 02, …"""
    number = int(district[-2:]) if district[-2:].isdigit() else 1
    return PAINTS[(number - 1) % len(PAINTS)]


def districts_of(wards: Sequence[Ward]) -> list[str]:
    """Return the codes of the kecamatan, each once, in their order."""
    return sorted({ward.district for ward in wards})


def bubble_map(wards: Sequence[Ward], bubbles: Mapping[str, Bubble], *, title: str, description: str) -> str:
    """Return the map as SVG: a group of links, one for each kelurahan with something in it.

    `bubbles` are by the kelurahan's code; a kelurahan without one is drawn as an empty cell.
    """
    plan = layout(tuple(wards))
    districts = districts_of(wards)
    most = max((bubble.count for bubble in bubbles.values()), default=1)
    # The chosen ones last, so that no neighbour covers their edge.
    shapes: tuple[list[str], list[str]] = ([], [])
    for ward, middle, cell in zip(wards, plan.middles, plan.cells, strict=True):
        bubble = bubbles.get(ward.code)
        if bubble is None:
            continue
        place = districts.index(ward.district) % len(TINTS)
        size = SMALLEST + (LARGEST - SMALLEST) * math.sqrt(bubble.count / max(most, 1))
        shapes[bubble.is_chosen].append(_link(bubble, middle, cell, size=size, place=place))
    return _frame(
        _ground(wards, plan, districts) + "".join(shapes[0] + shapes[1]), title, description, role="group"
    )


def locator_map(wards: Sequence[Ward], code: str, *, title: str) -> str:
    """Return a small map that shows where one kelurahan, or one whole kecamatan, lies."""
    plan = layout(tuple(wards))
    districts = districts_of(wards)
    here = {ward.code for ward in wards if code in (ward.code, ward.district)}
    return _frame(_ground(wards, plan, districts, here=here), title, "", role="img")


def shape_path(place: int, middle: Point, size: float) -> str:
    """Return the outline of the kecamatan's shape around a point; all five have about the same area."""
    x, y = middle
    kind = SHAPES[place % len(SHAPES)]
    if kind == "circle":
        return f"M{coordinate(x - size)} {coordinate(y)}a{coordinate(size)} {coordinate(size)} 0 1 1 0 .1z"
    corners: list[Point]
    if kind == "square":
        half = size * 0.9
        corners = [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    elif kind == "diamond":
        half = size * 1.22
        corners = [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
    elif kind == "hexagon":
        corners = [
            (
                x + size * 1.08 * math.cos(math.pi / 3 * step),
                y + size * 1.08 * math.sin(math.pi / 3 * step),
            )
            for step in range(6)
        ]
    else:
        half = size * 0.92
        corners = [
            (x, y - size * 1.35), (x + half, y - size * 0.5), (x + half, y + half), (x - half, y + half),
            (x - half, y - size * 0.5),
        ]  # fmt: skip
    return _outline(corners)


@lru_cache(maxsize=8)
def layout(wards: tuple[Ward, ...]) -> Layout:
    """Return where everything stands: true to the map, then moved apart. Always the same for the same wards."""
    start = _projected(wards)
    middles = _moved_apart(start)
    cells = tuple(_cell(middle, middles) for middle in middles)
    return Layout(tuple(middles), cells)


def _projected(wards: Sequence[Ward]) -> list[Point]:
    """Return the middles in drawing units, north up; over so small a city a degree is the same everywhere."""
    if not wards:
        return []
    shrink = math.cos(math.radians(sum(ward.latitude for ward in wards) / len(wards)))
    xs = [ward.longitude * shrink for ward in wards]
    ys = [-ward.latitude for ward in wards]
    scale = min(
        (WIDTH - 2 * MARGIN) / ((max(xs) - min(xs)) or 1), (HEIGHT - 2 * MARGIN) / ((max(ys) - min(ys)) or 1)
    )
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return [
        (WIDTH / 2 + (x - middle_x) * scale, HEIGHT / 2 + (y - middle_y) * scale)
        for x, y in zip(xs, ys, strict=True)
    ]


def _moved_apart(start: list[Point]) -> list[Point]:
    """Return the points with at least about APART between any two, each as near to its start as that allows."""
    points = [list(point) for point in start]
    for step in range(STEPS):
        # At first they are drawn home as well; towards the end only the distance counts.
        home = 0.06 * (1 - step / STEPS)
        for point, (x, y) in zip(points, start, strict=True):
            point[0] += (x - point[0]) * home
            point[1] += (y - point[1]) * home
        for place, one in enumerate(points):
            for other in points[place + 1 :]:
                _push(one, other, turn=place)
        for point in points:
            point[0] = min(max(point[0], MARGIN), WIDTH - MARGIN)
            point[1] = min(max(point[1], MARGIN), HEIGHT - MARGIN)
    return [(x, y) for x, y in points]


def _push(one: list[float], other: list[float], *, turn: int) -> None:
    """Move two points that are too near away from each other; two at the same place go where `turn` says."""
    across, down = other[0] - one[0], other[1] - one[1]
    if abs(across) >= APART or abs(down) >= APART:
        return
    distance = math.hypot(across, down)
    if distance >= APART:
        return
    if distance < 0.01:
        across, down, distance = math.cos(turn), math.sin(turn), 1.0
    push = (APART - min(distance, APART)) / 2 / distance or 0.5
    one[0] -= across * push
    one[1] -= down * push
    other[0] += across * push
    other[1] += down * push


def _cell(middle: Point, others: Sequence[Point]) -> tuple[Point, ...]:
    """Return the part of the city that is nearest to this middle, no farther away than REACH."""
    corners = [
        (middle[0] + REACH * math.cos(math.pi / 8 * step), middle[1] + REACH * math.sin(math.pi / 8 * step))
        for step in range(16)
    ]
    for other in others:
        if other != middle and math.dist(other, middle) < 2 * REACH:
            corners = _nearer(corners, middle, other)
    return tuple(corners)


def _nearer(corners: list[Point], one: Point, other: Point) -> list[Point]:
    """Return the polygon cut to its side that is nearer to one point than to the other."""
    across, down = other[0] - one[0], other[1] - one[1]
    limit = (across * (one[0] + other[0]) + down * (one[1] + other[1])) / 2
    beyond = [x * across + y * down - limit for x, y in corners]
    kept: list[Point] = []
    for place, corner in enumerate(corners):
        last, before, now = corners[place - 1], beyond[place - 1], beyond[place]
        if (before < 0) != (now < 0):
            share = before / (before - now)
            kept.append((last[0] + (corner[0] - last[0]) * share, last[1] + (corner[1] - last[1]) * share))
        if now <= 0:
            kept.append(corner)
    return kept


def _ground(
    wards: Sequence[Ward], plan: Layout, districts: Sequence[str], *, here: set[str] | None = None
) -> str:
    """Return the cells, one path for each kecamatan; those that are `here` stand out in a path of their own."""
    parts = []
    here = here or set()
    for place, district in enumerate(districts):
        outlines = {False: "", True: ""}
        for ward, cell in zip(wards, plan.cells, strict=True):
            if ward.district == district:
                outlines[ward.code in here] += _outline(cell, digits=0)
        tint = TINTS[place % len(TINTS)]
        for is_here, outline in outlines.items():
            if outline:
                parts.append(f'<path class="ward {tint}{" here" if is_here else ""}" d="{outline}"/>')
    return "".join(parts)


def _link(bubble: Bubble, middle: Point, cell: Sequence[Point], *, size: float, place: int) -> str:
    """Return the bubble as a link; its whole cell can be tapped."""
    tint, sign = TINTS[place], escape(bubble.sign) or str(bubble.count)
    classes = f"bubble {tint}{' chosen' if bubble.is_chosen else ''}{' rough' if bubble.is_rough else ''}"
    return (
        f'<a class="{classes}" href="{escape(bubble.href)}" aria-label="{escape(bubble.label)}">'
        f'<title>{escape(bubble.label)}</title><path class="cell" d="{_outline(cell, digits=0)}"/>'
        f'<path d="{shape_path(place, middle, size)}"/>'
        f'<text x="{coordinate(middle[0])}" y="{coordinate(middle[1])}">{sign}</text></a>'
    )


def _outline(corners: Sequence[Point], *, digits: int = 1) -> str:
    texts = [f"{round(x, digits):g} {round(y, digits):g}" for x, y in corners]
    return f"M{'L'.join(texts)}z" if texts else ""


def _frame(body: str, title: str, description: str, *, role: str) -> str:
    about = f"<desc>{escape(description)}</desc>" if description else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="city-map" role="{role}" aria-label="{escape(title)}"'
        f' viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" width="{WIDTH:.0f}" height="{HEIGHT:.0f}">'
        f"<title>{escape(title)}</title>{about}{body}</svg>"
    )
