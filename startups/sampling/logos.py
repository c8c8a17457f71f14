"""Drawn logos of the samples: a tile in the portal's colours with a simple figure, another for each number."""

import io
from functools import cache

from PIL import Image, ImageDraw

COLOURS = ("#17769b", "#d1432b", "#f2a900", "#1f8a5f", "#7b4fa3", "#d9486e", "#0b2545", "#4fb0c6")
PAPER = "#fdfaf4"
FIGURES = ("roof", "circle", "rows", "diamond", "arch", "quarters", "steps", "petals")
# Drawn larger and made smaller, which smooths the edges.
SCALE = 3
SIDE = 192


def sample_logo(number: int, side: int = SIDE) -> bytes:
    """Return a square WebP of `side` pixels; the same number gives the same picture."""
    # Figures and colours repeat after so many.
    return _tile(number % len(COLOURS) ** 2, side)


@cache
def _tile(number: int, side: int) -> bytes:
    full = SIDE * SCALE
    ground = COLOURS[number % len(COLOURS)]
    accent = COLOURS[(number * 3 + 2) % len(COLOURS)]
    picture = Image.new("RGB", (full, full), ground)
    draw = ImageDraw.Draw(picture)
    _draw(
        draw,
        FIGURES[(number // len(COLOURS) + number) % len(FIGURES)],
        unit=full / 8,
        accent=_other(accent, ground),
    )
    target = io.BytesIO()
    picture.resize((side, side), Image.Resampling.LANCZOS).save(target, "WEBP", quality=82, method=4)
    return target.getvalue()


def _other(accent: str, ground: str) -> str:
    return "#f6c85f" if accent == ground else accent


def _draw(draw: ImageDraw.ImageDraw, figure: str, *, unit: float, accent: str) -> None:
    """Draw one of FIGURES on a grid of eight units."""

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return left * unit, top * unit, right * unit, bottom * unit

    def points(*pairs: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * unit, y * unit) for x, y in pairs]

    match figure:
        case "roof":
            draw.polygon(points((1.2, 4), (4, 1.4), (6.8, 4)), fill=accent)
            draw.rectangle(box(1.9, 4, 6.1, 6.7), fill=PAPER)
            draw.rectangle(box(3.4, 4.9, 4.6, 6.7), fill=accent)
        case "circle":
            draw.ellipse(box(1.4, 1.4, 6.6, 6.6), fill=PAPER)
            draw.pieslice(box(1.4, 1.4, 6.6, 6.6), 200, 20, fill=accent)
        case "rows":
            for row in range(3):
                draw.rounded_rectangle(
                    box(1.4, 1.6 + row * 1.7, 6.6 - row * 1.3, 2.8 + row * 1.7),
                    radius=unit * 0.6,
                    fill=accent if row == 1 else PAPER,
                )
        case "diamond":
            draw.polygon(points((4, 1.1), (6.9, 4), (4, 6.9), (1.1, 4)), fill=PAPER)
            draw.polygon(points((4, 2.6), (5.4, 4), (4, 5.4), (2.6, 4)), fill=accent)
        case "arch":
            draw.pieslice(box(1.5, 1.5, 6.5, 6.5), 180, 360, fill=PAPER)
            draw.rectangle(box(1.5, 3.99, 6.5, 6.6), fill=PAPER)
            draw.pieslice(box(2.8, 3, 5.2, 5.4), 180, 360, fill=accent)
            draw.rectangle(box(2.8, 4.19, 5.2, 6.6), fill=accent)
        case "quarters":
            draw.pieslice(box(0.6, 1.4, 7.4, 8.2), 180, 270, fill=PAPER)
            draw.rectangle(box(4.2, 1.4, 6.6, 4.7), fill=accent)
        case "steps":
            for step in range(4):
                draw.rectangle(
                    box(1.4 + step * 1.3, 5.4 - step * 1.2, 2.5 + step * 1.3, 6.6),
                    fill=accent if step == 3 else PAPER,
                )
        case _:
            for left, top in ((1.5, 2.9), (4.3, 2.9), (2.9, 1.5), (2.9, 4.3)):
                draw.ellipse(box(left, top, left + 2.2, top + 2.2), fill=PAPER)
            draw.ellipse(box(3.3, 3.3, 4.7, 4.7), fill=accent)
