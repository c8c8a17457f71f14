"""A day as a bar: when something is open and when it is taken. Pure; the words stand beside it."""

from collections.abc import Iterable

from malangkraf.drawing.svg import coordinate

WIDTH, HEIGHT = 240, 16
HOURS = 24


def day_bar(hours: Iterable[tuple[float, float]], busy: Iterable[tuple[float, float]]) -> str:
    """Return the bar as SVG that screen readers skip; spans are hours since midnight, cut at 0 and 24."""
    marks = "".join(f'<path class="day-bar__hour" d="M{x} 0v{HEIGHT}"/>' for x in range(60, WIDTH, 60))
    parts = _parts(hours, "day-bar__open") + _parts(busy, "day-bar__taken")
    return (
        f'<svg class="day-bar" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' preserveAspectRatio="none" aria-hidden="true">{parts}{marks}</svg>'
    )


def _parts(spans: Iterable[tuple[float, float]], name: str) -> str:
    found = []
    for start, end in spans:
        left, right = (min(max(value, 0), HOURS) / HOURS * WIDTH for value in (start, end))
        if right > left:
            found.append(
                f'<rect class="{name}" x="{coordinate(left)}" y="0"'
                f' width="{coordinate(right - left)}" height="{HEIGHT}"/>'
            )
    return "".join(found)
