"""Draw the sign of an entry that has no logo: a painted house with its initials."""

import re
import zlib
from dataclasses import dataclass

from malangkraf.drawing.houses import PALETTE
from malangkraf.drawing.svg import escape

INK, WHITE = "#0b1f3a", "#ffffff"
# On these the ink is read more easily than white.
BRIGHT = frozenset(("#f2a900", "#4fb0c6", "#f6c85f", "#2a9d72", "#e4572e"))
# Outlines in a field of 64 × 64: a gable, two steps, one slope.
WALLS = (
    "M8 27 32 6 56 27V56a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4z",
    "M8 28 19 16h6l7-8 7 8h6l11 12V56a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4z",
    "M8 12 56 24V56a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4z",
)
ROOFS = ("M32 6 58 29H6z", "M19 16h6l7-8 7 8h6l13 13H6z", "M6 11 58 24v5H6z")


@dataclass(frozen=True, slots=True)
class Look:
    """How an entry without a logo looks: always the same for the same name."""

    initials: str
    paint: str
    ink: str
    roof: int


def look_of(name: str) -> Look:
    """Return initials (at most two), paint, the colour of the letters and the shape of the roof."""
    seed = zlib.crc32(name.encode())
    paint = PALETTE[seed % len(PALETTE)]
    ink = INK if paint in BRIGHT else WHITE
    return Look(initials_of(name), paint, ink, seed // 11 % len(WALLS))


def initials_of(name: str) -> str:
    """Return the first letters of the first two words, "?" for a name without letters or digits."""
    words = re.findall(r"[^\W_]+", name)
    return "".join(word[0] for word in words[:2]).upper() or "?"


def empty_plot() -> str:
    """Return the sign of what is only planned: the outline of a house, with a question mark."""
    return (
        '<svg class="tile tile-plot" viewBox="0 0 64 64" width="64" height="64" aria-hidden="true">'
        f'<path d="{WALLS[0]}" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="5 4"/>'
        '<text x="32" y="52" fill="currentColor">?</text></svg>'
    )


def initial_tile(name: str) -> str:
    """Return the sign as SVG; screen readers skip it, because the name stands beside it."""
    return _tile(look_of(name))


def numbered_tile(number: int, paint: str) -> str:
    """Return the sign of what has a number on a map, in its colour there."""
    return _tile(Look(str(number), paint, INK if paint in BRIGHT else WHITE, roof=0))


def _tile(look: Look) -> str:
    return (
        f'<svg class="tile" viewBox="0 0 64 64" width="64" height="64" aria-hidden="true">'
        f'<path d="{WALLS[look.roof]}" fill="{look.paint}"/>'
        f'<path d="{ROOFS[look.roof]}" fill="{INK}" opacity=".22"/>'
        f'<text x="32" y="52" fill="{look.ink}">{escape(look.initials)}</text></svg>'
    )
