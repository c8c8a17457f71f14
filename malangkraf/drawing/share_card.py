"""Draw the picture that messengers and networks show for a shared link (Open Graph, 1200 × 630)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from malangkraf.drawing.houses import PALETTE
from malangkraf.drawing.tiles import Look

WIDTH, HEIGHT = 1200, 630
# Drawn larger and made smaller, so that no edge is jagged.
SCALE = 2
DEEP, DEEP_2, SAFFRON, WHITE, SOFT, INK = "#0b2545", "#12335c", "#f2a900", "#ffffff", "#cfdcee", "#0b1f3a"
LIT = "#fff6da"
LEFT, TOP, SIGN, TEXT_LEFT, TEXT_RIGHT, GROUND = 76, 96, 248, 376, 1124, 566
# Share of the tallest, so that the row at the foot looks like a town.
TOWN = (
    0.5,
    0.8,
    0.35,
    1,
    0.6,
    0.45,
    0.9,
    0.4,
    0.7,
    0.55,
    0.3,
    0.85,
    0.5,
    0.65,
    0.4,
    0.95,
    0.5,
    0.75,
    0.3,
    0.6,
)
PLOT = 52.7
Font = ImageFont.FreeTypeFont
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on the picture; `logo` is the content of an image file, `mark` a label such as "Sample"."""

    name: str
    lines: Sequence[str]
    look: Look
    logo: bytes = b""
    mark: str = ""


class Sheet:
    """A picture in the units of its final size."""

    def __init__(self, *, bold: Path, medium: Path) -> None:
        self.picture = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), DEEP)
        self.pen = ImageDraw.Draw(self.picture)
        self.files = {"bold": str(bold), "medium": str(medium)}

    def font(self, size: float, weight: str = "bold") -> Font:
        """Return the font at a size."""
        return ImageFont.truetype(self.files[weight], round(size * SCALE))

    def width(self, text: str, font: Font) -> float:
        """Return how wide a text is."""
        return font.getlength(text) / SCALE

    def box(
        self, left: float, top: float, right: float, bottom: float, *, fill: str, radius: float = 0
    ) -> None:
        """Draw a rectangle."""
        corners = [side * SCALE for side in (left, top, right, bottom)]
        self.pen.rounded_rectangle(corners, radius * SCALE, fill=fill)

    def shape(self, corners: Sequence[Spot], fill: str) -> None:
        """Draw a polygon."""
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in corners], fill=fill)

    def text(self, spot: Spot, text: str, font: Font, *, fill: str, anchor: str = "la") -> None:
        """Write one line."""
        self.pen.text((spot[0] * SCALE, spot[1] * SCALE), text, font=font, fill=fill, anchor=anchor)

    def png(self) -> bytes:
        """Return the picture as PNG in its final size."""
        target = io.BytesIO()
        final = self.picture.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
        final.quantize(192, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)
        return target.getvalue()


def share_card(card: Card, *, bold: Path, medium: Path) -> bytes:
    """Return the picture as PNG, drawn with two fonts; a logo that cannot be read gives way to the drawn sign."""
    sheet = Sheet(bold=bold, medium=medium)
    sheet.box(0, 0, WIDTH, 14, fill=SAFFRON)
    _town(sheet)
    if not (card.logo and _put_logo(sheet, card.logo)):
        _house(sheet, card.look)
    y: float = TOP
    if card.mark:
        font = sheet.font(28)
        sheet.box(
            TEXT_LEFT, y, TEXT_LEFT + sheet.width(card.mark, font) + 40, y + 50, fill=SAFFRON, radius=25
        )
        sheet.text((TEXT_LEFT + 20, y + 25), card.mark, font, fill=INK, anchor="lm")
        y += 64
    size, lines = _fitted(sheet, card.name)
    for line in lines:
        sheet.text((TEXT_LEFT, y), line, sheet.font(size), fill=WHITE)
        y += size * 1.14
    y += size * 0.3
    small = sheet.font(34, "medium")
    for line in card.lines[:2]:
        sheet.text((TEXT_LEFT, y), _shortened(sheet, line, small), small, fill=SOFT)
        y += 48
    sheet.text((LEFT, 598), "MalangKraf", sheet.font(30), fill=WHITE, anchor="lm")
    return sheet.png()


def _fitted(sheet: Sheet, name: str) -> tuple[float, list[str]]:
    """Return the largest size at which the name stands in two lines, or three small ones, and the lines."""
    for size in (88, 72, 60):
        lines = _wrapped(sheet, name, sheet.font(size))
        if len(lines) <= 2:
            return size, lines
    lines = _wrapped(sheet, name, sheet.font(50))
    return 50, [*lines[:2], _shortened(sheet, " ".join(lines[2:]), sheet.font(50))]


def _wrapped(sheet: Sheet, text: str, font: Font) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if sheet.width(longer, font) <= TEXT_RIGHT - TEXT_LEFT:
            lines[-1] = longer
        else:
            lines.append(_shortened(sheet, word, font))
    return [line for line in lines if line]


def _shortened(sheet: Sheet, text: str, font: Font) -> str:
    room = TEXT_RIGHT - TEXT_LEFT
    if sheet.width(text, font) <= room:
        return text
    kept = ""
    for letter in text:
        if sheet.width(f"{kept}{letter}…", font) > room:
            break
        kept += letter
    return f"{kept.rstrip()}…"


def _put_logo(sheet: Sheet, content: bytes) -> bool:
    """Put the logo on a white field and return whether it could be read."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            logo = opened.convert("RGBA")
    except Exception:  # whatever a damaged file makes the reader do
        return False
    sheet.box(LEFT, TOP, LEFT + SIGN, TOP + SIGN, fill=WHITE, radius=36)
    side = (SIGN - 36) * SCALE
    share = side / max(logo.size)
    logo = logo.resize((max(1, round(logo.width * share)), max(1, round(logo.height * share))))
    corner = (
        LEFT * SCALE + (SIGN * SCALE - logo.width) // 2,
        TOP * SCALE + (SIGN * SCALE - logo.height) // 2,
    )
    sheet.picture.paste(logo, corner, logo)
    return True


def _house(sheet: Sheet, look: Look) -> None:
    left, right, middle, eaves, foot = LEFT, LEFT + SIGN, LEFT + SIGN / 2, TOP + 92, TOP + 268
    sheet.box(left + 12, eaves - 16, right - 12, foot, fill=look.paint, radius=18)
    parts = [int(look.paint[place : place + 2], 16) for place in (1, 3, 5)]
    roof = "#" + "".join(f"{round(part * 0.78):02x}" for part in parts)
    sheet.shape([(left - 8, eaves), (middle, TOP - 4), (right + 8, eaves)], roof)
    sheet.text((middle, (eaves + foot) / 2), look.initials, sheet.font(100), fill=look.ink, anchor="mm")


def _town(sheet: Sheet) -> None:
    """Draw the row of houses at the foot, and the river before it."""
    sheet.box(0, GROUND, WIDTH, HEIGHT, fill=DEEP_2)
    for place, share in enumerate(TOWN):
        left = LEFT + place * PLOT
        right, top = left + PLOT - 4, GROUND - 24 - 52 * share
        paint = PALETTE[place % len(PALETTE)]
        sheet.box(left, top, right, GROUND, fill=paint)
        sheet.shape([(left, top), ((left + right) / 2, top - 18), (right, top)], paint)
        y = top + 8
        while y < GROUND - 14:
            for column in (0.2, 0.6):
                x = left + (right - left) * column
                sheet.box(x, y, x + 10, y + 10, fill=LIT)
            y += 20
