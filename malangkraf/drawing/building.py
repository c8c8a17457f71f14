"""Draw a building floor by floor: each room is a window, lit while it is free. Pure; the words stand on the floors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from malangkraf.drawing.houses import INK, LIT
from malangkraf.drawing.svg import coordinate, escape, shorten

WIDTH = 360
LEFT, RIGHT = 26, 334
STOREY, ROOF, GROUND = 46, 40, 10
LABEL_X, LABEL_ROOM = 40, 100
FIRST_WINDOW, LAST_WINDOW = 150, 322
PANE, STEP = 20.0, 30.0
FREE, TAKEN, BLIND = "free", "taken", "blind"
# In the order of the floors in the list beside the drawing; the ink is what can be read on the paint.
PAINTS = (("#17769b", "#ffffff"), ("#f2a900", INK), ("#d1432b", "#ffffff"), ("#7b4fa3", "#ffffff"))


@dataclass(frozen=True, slots=True)
class Storey:
    """A floor: its name, a short note under it, what its link says, where it leads, and its rooms.

    `windows` are free (lit), taken (dark) or blind (nobody can book the room).
    """

    name: str
    note: str
    label: str
    href: str
    windows: Sequence[str] = ()
    is_below: bool = False


def building(storeys: Sequence[Storey], *, title: str) -> str:
    """Return the building as SVG, a group of links; the storeys come from the lowest to the highest."""
    below = sum(storey.is_below for storey in storeys)
    above = len(storeys) - below
    street = ROOF + above * STOREY
    height = street + below * STOREY + GROUND
    parts = [
        f'<svg class="building" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'xmlns="http://www.w3.org/2000/svg" role="group" aria-label="{escape(title)}">',
        f'<rect class="earth" y="{street}" width="{WIDTH}" height="{height - street}" fill="#e5dccb"/>',
        _roof(ROOF),
    ]
    tops = [street + (below - 1 - place) * STOREY for place in range(below)]
    tops += [street - (place + 1) * STOREY for place in range(above)]
    for place, (storey, top) in enumerate(zip(storeys, tops, strict=True)):
        paint, ink = PAINTS[place % len(PAINTS)]
        parts.append(_storey(storey, top, paint, ink))
    parts.append(f'<path class="street" d="M0 {street}H{WIDTH}" stroke="{INK}" stroke-width="3"/></svg>')
    return "".join(parts)


def _roof(bottom: int) -> str:
    """Return a broad joglo roof."""
    outline = f"M{LEFT - 14} {bottom}L{LEFT + 44} 20L150 4H210L{RIGHT - 44} 20L{RIGHT + 14} {bottom}Z"
    return f'<path class="roof" d="{outline}" fill="#9c3122"/>'


def _storey(storey: Storey, top: int, paint: str, ink: str) -> str:
    lines = (
        f'<text x="{LABEL_X}" y="{top + (20 if storey.note else 28)}" font-size="14" font-weight="800" fill="{ink}">'
        f"{escape(shorten(storey.name, 14, LABEL_ROOM))}</text>"
    )
    if storey.note:
        note = escape(shorten(storey.note, 13, LABEL_ROOM))
        lines += (
            f'<text x="{LABEL_X}" y="{top + 36}" font-size="13" font-weight="600" fill="{ink}">{note}</text>'
        )
    return (
        f'<a href="{escape(storey.href)}" aria-label="{escape(storey.label)}"><title>{escape(storey.label)}</title>'
        f'<rect class="storey" x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" height="{STOREY}" fill="{paint}"/>'
        f'<path d="M{LEFT} {top}H{RIGHT}" stroke="{INK}" stroke-opacity=".35" stroke-width="2"/>'
        f"{lines}{''.join(_windows(storey.windows, top))}</a>"
    )


def _windows(windows: Sequence[str], top: int) -> Iterator[str]:
    """Yield the windows from left to right; many of them are narrower."""
    step = min(STEP, (LAST_WINDOW - FIRST_WINDOW) / len(windows)) if windows else STEP
    pane = min(PANE, step * 0.7)
    for place, kind in enumerate(windows):
        x, y = coordinate(FIRST_WINDOW + place * step), top + 11
        shape = f'x="{x}" y="{y}" width="{coordinate(pane)}" height="24" rx="2"'
        if kind == FREE:
            yield f'<rect class="lit" {shape} fill="{LIT}" stroke="{INK}" stroke-width="1.5"/>'
        elif kind == TAKEN:
            yield f'<rect class="dark" {shape} fill="{INK}" fill-opacity=".72"/>'
        else:
            yield f'<rect class="blind" {shape} fill="{INK}" fill-opacity=".14" stroke="{INK}" stroke-opacity=".45"/>'
