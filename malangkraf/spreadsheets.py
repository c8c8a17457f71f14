"""Texts of strangers in files that people open with a spreadsheet."""

import re

# A spreadsheet takes a text that begins with one of these for a formula, some of them full-width ones too, and a
# program of Indonesia begins a new cell at a semicolon.
FORMULA = re.compile(r"(^|[;\r\n])(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
# What neither XML nor a spreadsheet takes.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def neutral(text: str) -> str:
    """Return the text as no spreadsheet will run it: an apostrophe stands before what begins like a formula."""
    return FORMULA.sub(r"\1'", text)


def without_controls(text: str) -> str:
    """Return the text without the characters that XML forbids."""
    return CONTROLS.sub("", text)
