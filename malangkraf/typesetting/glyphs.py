"""Texts as the PDF's typeface can print them.

PDF/UA forbids a sign without a glyph: one emoji in a note would leave the whole report without its PDF.
"""

import re
import unicodedata
from collections.abc import Callable, Set
from functools import cache
from pathlib import Path
from typing import Any

REPLACEMENT = "\N{WHITE SQUARE}"
# They lay lines out and need no glyph.
LAYOUT = frozenset("\n\t")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@cache
def glyphs_of(font: Path) -> frozenset[int]:
    """Return the code points that the font can print."""
    # fontTools takes half a second to import, which only a worker that makes PDFs should pay.
    from fontTools.ttLib import TTFont

    with TTFont(font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def printable(value: Any, glyphs: Set[int]) -> Any:
    """Return the value (dictionaries, lists, texts) with every sign in its texts that has no glyph replaced."""

    def clean(text: str) -> str:
        return text if all(_is_printable(sign, glyphs) for sign in text) else _text(text, glyphs)

    return _walk(value, clean)


def without_controls(value: Any) -> Any:
    """Return the value with its texts as XML can hold them: a control sign would leave a damaged workbook."""
    return _walk(value, lambda text: _NOT_IN_XML.sub("", text))


def _walk(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _walk(item, clean) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(item, clean) for item in value]
    return value


def _is_printable(sign: str, glyphs: Set[int]) -> bool:
    return ord(sign) in glyphs or sign in LAYOUT


def _text(text: str, glyphs: Set[int]) -> str:
    return "".join(
        sign if _is_printable(sign, glyphs) else _substitute(sign, glyphs)
        for sign in unicodedata.normalize("NFC", text)
    )


def _substitute(sign: str, glyphs: Set[int]) -> str:
    """Return the plain form of a sign ("１" is "1"), nothing for what is invisible, else a mark that one is missing."""
    category = unicodedata.category(sign)
    if category in ("Cc", "Cf", "Mn", "Me", "Sk"):
        return ""
    plain = unicodedata.normalize("NFKC", sign)
    if all(_is_printable(part, glyphs) for part in plain):
        return plain
    # Spaces and dashes of every width have an everyday sister.
    return {"Zs": " ", "Zl": " ", "Zp": " ", "Pd": "-"}.get(category, REPLACEMENT)
