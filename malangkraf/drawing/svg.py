"""Small pieces that every drawing shares: colours, escaping, numbers, text widths, boxes.

Drawings are strings of SVG. They carry class names, so that the style sheet can theme them on the web, and
presentation attributes with the light palette, so that the same drawing looks right in a PDF.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

COLOURS = {
    "ink": "#0b1f3a",
    "ink-2": "#3d4f68",
    "ink-3": "#5b6980",
    "deep": "#0b2545",
    "blue": "#0f4c81",
    "paper": "#fdfaf4",
    "paper-2": "#f5efe3",
    "card": "#ffffff",
    "line": "#e5dccb",
    "saffron": "#f2a900",
    "brick": "#d1432b",
    "teal": "#17769b",
    "leaf": "#1f8a5f",
    "violet": "#7b4fa3",
    "rose": "#d9486e",
    "sky": "#4fb0c6",
    "straw": "#f6c85f",
}

FONT_FAMILY = "Plus Jakarta Sans, system-ui, sans-serif"

# XML 1.0 forbids most control characters even when they are escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}")
Attributes = dict[str, str | float]

_NARROW = frozenset(" .,:;'|!ijlI()[]·/")
_WIDE = frozenset("mwMW%@—…")


class Box(NamedTuple):
    """A rectangle of the drawing, in its own units."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Return whether the two rectangles share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def is_inside(self, other: Box) -> bool:
        """Return whether this rectangle lies wholly within the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


def escape(text: str) -> str:
    """Return text that is safe in XML content and in a double-quoted attribute."""
    clean = _FORBIDDEN.sub("", text)
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def colour(token: str) -> str:
    """Return the light-palette colour of a token name; a hex colour is passed on, anything else is ink."""
    if _HEX_COLOUR.fullmatch(token):
        return token
    return COLOURS.get(token, COLOURS["ink-3"])


def coordinate(value: float) -> str:
    """Return a coordinate with at most one decimal, never "-0" and never an exponent."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(name: str, attributes: Attributes, content: str = "") -> str:
    """Return one element; numbers become coordinates, texts are escaped, content is markup already."""
    written = "".join(
        f' {key}="{escape(value) if isinstance(value, str) else coordinate(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text_width(text: str, size: float) -> float:
    """Return a width that the text does not exceed in Plus Jakarta Sans ExtraBold, in drawing units."""
    width = 0.0
    for character in text:
        if character in _NARROW:
            width += 0.34
        elif character in _WIDE:
            width += 0.95
        elif character.isupper():
            width += 0.76
        else:
            width += 0.655
    return width * size


def shorten(text: str, size: float, room: float) -> str:
    """Return the text, cut with an ellipsis when it is wider than the room."""
    if text_width(text, size) <= room:
        return text
    kept = text
    while kept and text_width(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrap(text: str, size: float, room: float, *, lines: int = 2) -> list[str]:
    """Return the text broken after spaces and slashes into at most so many lines, the last cut if need be."""
    result: list[str] = []
    pieces = re.findall(r"[^\s/]*/|[^\s/]+\s*", " ".join(text.split()))
    while pieces and len(result) < lines:
        line = pieces.pop(0)
        while pieces and text_width((line + pieces[0]).rstrip(), size) <= room:
            line += pieces.pop(0)
        result.append(line)
    if pieces and result:
        result[-1] += pieces[0]
    return [shorten(line.rstrip(), size, room) for line in result]


def document(
    body: str,
    *,
    title: str,
    description: str,
    width: float,
    height: float,
    classes: str,
    identifier: str = "",
) -> str:
    """Return a whole <svg> element with a name and a description for people who do not see it.

    The ids come from the content, so the same drawing is always the same bytes; give an identifier when the
    very same drawing stands twice on one page.
    """
    content = f"{body}\x1f{title}\x1f{description}\x1f{classes}\x1f{identifier}"
    name = f"drawing-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{escape(classes)}" role="img"'
        f' viewBox="0 0 {coordinate(width)} {coordinate(height)}" width="{coordinate(width)}"'
        f' height="{coordinate(height)}" font-family="{FONT_FAMILY}"'
        f' aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f"{body}</svg>"
    )
