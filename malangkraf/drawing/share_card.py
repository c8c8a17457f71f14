"""Draw the picture that messengers and networks show for a shared link (Open Graph, 1200 × 630)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from malangkraf.drawing.houses import PALETTE
from malangkraf.drawing.tiles import Look

SIZE = (1200, 630)
DEEP, DEEP_2, SAFFRON, WHITE, SOFT, INK = "#0b2545", "#12335c", "#f2a900", "#ffffff", "#cfdcee", "#0b1f3a"
LEFT, SIGN, TEXT_LEFT, TEXT_RIGHT = 76, 248, 380, 1124
GROUND = 566
# Share of the tallest, so that the row at the foot looks like a town.
TOWN = (0.5, 0.8, 0.35, 1, 0.6, 0.45, 0.9, 0.4, 0.7, 0.55, 0.3, 0.85, 0.5, 0.65, 0.4, 0.95, 0.5, 0.75)
Font = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on the picture; `logo` is the content of an image file, `mark` a label such as "Sample"."""

    name: str
    lines: Sequence[str]
    look: Look
    logo: bytes = b""
    mark: str = ""


def share_card(card: Card, *, bold: Path, medium: Path) -> bytes:
    """Return the picture as PNG, drawn with two fonts; a logo that cannot be read gives way to the drawn sign."""
    picture = Image.new("RGB", SIZE, DEEP)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, SIZE[0], 14), fill=SAFFRON)
    _town(pen)
    if not (card.logo and _put_logo(picture, card.logo)):
        _house(pen, card.look, bold)
    y = 108
    if card.mark:
        y = _label(pen, card.mark, bold, y) + 22
    size, lines = _fitted(card.name, bold)
    font = ImageFont.truetype(str(bold), size)
    for line in lines:
        pen.text((TEXT_LEFT, y), line, font=font, fill=WHITE)
        y += round(size * 1.12)
    y += 18
    small = ImageFont.truetype(str(medium), 34)
    for line in card.lines[:2]:
        pen.text((TEXT_LEFT, y), _shortened(line, small), font=small, fill=SOFT)
        y += 48
    pen.text((TEXT_RIGHT, 590), "MalangKraf", font=ImageFont.truetype(str(bold), 30), fill=WHITE, anchor="rm")
    target = io.BytesIO()
    picture.quantize(128).save(target, "PNG", optimize=True)
    return target.getvalue()


def _fitted(name: str, bold: Path) -> tuple[int, list[str]]:
    """Return the largest size at which the name stands in at most three lines, and the lines."""
    for size in (88, 72, 60, 50):
        font = ImageFont.truetype(str(bold), size)
        lines = _wrapped(name, font)
        if len(lines) <= (2 if size > 60 else 3):
            return size, lines
    return 50, [*lines[:2], _shortened(" ".join(lines[2:]), font)]


def _wrapped(text: str, font: Font) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= TEXT_RIGHT - TEXT_LEFT:
            lines[-1] = longer
        else:
            lines.append(_shortened(word, font))
    return [line for line in lines if line]


def _shortened(text: str, font: Font) -> str:
    room = TEXT_RIGHT - TEXT_LEFT
    if font.getlength(text) <= room:
        return text
    # From the front, because a text may be ten thousand letters long.
    kept = ""
    for letter in text:
        if font.getlength(f"{kept}{letter}…") > room:
            break
        kept += letter
    return f"{kept.rstrip()}…"


def _label(pen: ImageDraw.ImageDraw, text: str, bold: Path, y: int) -> int:
    """Draw a label and return where it ends."""
    font = ImageFont.truetype(str(bold), 30)
    width = font.getlength(text)
    pen.rounded_rectangle((TEXT_LEFT, y, TEXT_LEFT + width + 40, y + 52), 26, fill=SAFFRON)
    pen.text((TEXT_LEFT + 20, y + 26), text, font=font, fill=INK, anchor="lm")
    return y + 52


def _put_logo(picture: Image.Image, content: bytes) -> bool:
    """Put the logo on a white field and return whether it could be read."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            logo = opened.convert("RGBA")
    except Exception:  # whatever a damaged file makes the reader do
        return False
    ImageDraw.Draw(picture).rounded_rectangle((LEFT, 108, LEFT + SIGN, 108 + SIGN), 36, fill=WHITE)
    logo.thumbnail((SIGN - 36, SIGN - 36), Image.Resampling.LANCZOS)
    if logo.width < SIGN - 36 and logo.height < SIGN - 36:
        scale = (SIGN - 36) / max(logo.size)
        logo = logo.resize((round(logo.width * scale), round(logo.height * scale)), Image.Resampling.LANCZOS)
    corner = (LEFT + (SIGN - logo.width) // 2, 108 + (SIGN - logo.height) // 2)
    picture.paste(logo, corner, logo)
    return True


def _house(pen: ImageDraw.ImageDraw, look: Look, bold: Path) -> None:
    left, right, top, eaves, bottom = LEFT, LEFT + SIGN, 96, 196, 376
    middle = (left + right) // 2
    pen.rounded_rectangle((left + 10, eaves - 10, right - 10, bottom), 18, fill=look.paint)
    pen.polygon([(left - 8, eaves), (middle, top), (right + 8, eaves)], fill=look.paint)
    shade = Image.new("RGB", (1, 1), look.paint).getpixel((0, 0))
    assert isinstance(shade, tuple)  # an RGB picture's pixels are
    darker = tuple(round(part * 0.78) for part in shade[:3])
    pen.polygon([(left - 8, eaves), (middle, top), (right + 8, eaves)], fill=darker)
    font = ImageFont.truetype(str(bold), 104)
    pen.text((middle, (eaves + bottom) // 2 - 4), look.initials, font=font, fill=look.ink, anchor="mm")


def _town(pen: ImageDraw.ImageDraw) -> None:
    """Draw the row of houses at the foot, and the river before it."""
    pen.rectangle((0, GROUND, SIZE[0], SIZE[1]), fill=DEEP_2)
    for place, share in enumerate(TOWN):
        left = 76 + place * 44
        height = round(26 + 54 * share)
        paint = PALETTE[place % len(PALETTE)]
        pen.rectangle((left, GROUND - height, left + 40, GROUND), fill=paint)
        pen.polygon(
            [(left, GROUND - height), (left + 20, GROUND - height - 16), (left + 40, GROUND - height)],
            fill=paint,
        )
        for row in range(height // 20):
            for column in (8, 24):
                y = GROUND - height + 6 + row * 20
                pen.rectangle((left + column, y, left + column + 8, y + 9), fill="#fff6da")
