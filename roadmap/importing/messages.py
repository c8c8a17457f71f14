"""What an import file can have wrong, in words for the person who made the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from malangkraf.numbers import MESSAGES as NUMBER_MESSAGES
from roadmap.periods import MESSAGES as PERIOD_MESSAGES
from roadmap.rules import PROBLEM_MESSAGES, REASON_LABELS


def gettext_noop(message: str) -> str:
    """Return the message itself: marks it for the catalogue; it is translated when it is shown."""
    return message


FILE_MESSAGES = {
    "too_large": gettext_noop("The file is larger than %(limit)s MB. Split it into several files."),
    "empty_file": gettext_noop("The file is empty."),
    "no_rows": gettext_noop("The file has a heading but no rows."),
    "too_many_rows": gettext_noop("The file has more than %(limit)s rows. Split it into several files."),
    "too_many_columns": gettext_noop(
        "The heading has more than %(limit)s columns. Keep only the columns that the portal knows."
    ),
    "utf16": gettext_noop("The file is written in UTF-16. Save it again as “CSV UTF-8”."),
    "not_utf8": gettext_noop(
        "Line %(line)s has characters that are not UTF-8, as older programs write them. "
        "Save the file again as “CSV UTF-8”."
    ),
    "binary": gettext_noop("This is neither a CSV file nor an XLSX workbook."),
    "bad_csv": gettext_noop("Line %(line)s is not well-formed CSV. A quotation mark may be missing."),
    "old_excel": gettext_noop(
        "This is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password."
    ),
    "bad_workbook": gettext_noop("The workbook is damaged and cannot be read. Save it again as .xlsx."),
    "macros": gettext_noop("The workbook holds macros. Save it as .xlsx, without macros."),
    "bomb": gettext_noop(
        "The workbook unpacks to far more than it should (%(detail)s). Copy the values into a new workbook."
    ),
    "formula": gettext_noop("Cell %(cell)s holds a formula. Paste its value instead."),
    "merged": gettext_noop(
        "The cells %(cell)s are merged. Unmerge them and write each value in its own row."
    ),
    "no_visible_sheet": gettext_noop("The workbook has no visible sheet."),
    "missing_headers": gettext_noop("These columns are missing: %(columns)s."),
    "duplicate_header": gettext_noop("The column “%(column)s” appears twice."),
}

ROW_MESSAGES = {
    "too_many_cells": gettext_noop("The row has more cells than the heading has columns."),
    "unknown_indicator": gettext_noop("No indicator has this name or code: “%(value)s”."),
    "unknown_indicator_close": gettext_noop(
        "No indicator has this name or code: “%(value)s”. Did you mean: %(closest)s?"
    ),
    "unit_differs": gettext_noop("The indicator is measured in “%(expected)s”, the row says “%(value)s”."),
    "unknown_direction": gettext_noop("The direction is increase, decrease or range."),
    "direction_differs": gettext_noop(
        "The indicator has the direction “%(expected)s”, the row says “%(value)s”."
    ),
    "unknown_kind": gettext_noop("The kind is “actual” or “target”."),
    "period_outside_life": gettext_noop("The indicator is not measured in this period."),
    "period_too_short": gettext_noop("The period is shorter than the indicator's frequency (%(frequency)s)."),
    "period_in_future": gettext_noop("This period has not begun yet, so it cannot have a value."),
    "missing_source": gettext_noop("A published value needs the address of its source."),
    "bad_source": gettext_noop("This is not a web address that begins with http:// or https://."),
    "too_long": gettext_noop("The text is too long: at most %(limit)s characters."),
    "control_character": gettext_noop("The text holds a control character. Write it anew."),
    "not_yes_or_no": gettext_noop("Write yes or leave it empty."),
    "not_text": gettext_noop("This cell cannot be read. Write it as text or as a number."),
    "ratio_needs_parts": gettext_noop(
        "This indicator needs a numerator and a denominator. Enter its values in the work room."
    ),
    "counted_by_portal": gettext_noop(
        "The portal counts this indicator itself. A file may give its targets, not its values."
    ),
    "duplicate_row": gettext_noop("Row %(first)s already gives this %(kind)s for the same period."),
    "conflict": gettext_noop(
        "A verified value stands here: %(old)s. To replace it by %(new)s, give a reason for opening it again."
    ),
}

NOTES = {
    "hidden_sheet": gettext_noop("The hidden sheet “%(sheet)s” was not read."),
    "other_sheet": gettext_noop("Only the first sheet was read, not “%(sheet)s”."),
    "ignored_column": gettext_noop("The column “%(column)s” is not known and was not read."),
}

MESSAGES: Mapping[str, str] = {
    **{f"number.{code}": text for code, text in NUMBER_MESSAGES.items()},
    **{f"period.{code}": text for code, text in PERIOD_MESSAGES.items()},
    **{f"value.{code}": text for code, text in PROBLEM_MESSAGES.items()},
    **{f"target.{code}": text for code, text in REASON_LABELS.items()},
    **FILE_MESSAGES,
    **ROW_MESSAGES,
    **NOTES,
}


def say(code: str, params: Mapping[str, Any]) -> str:
    """Return the message in the active language."""
    text = gettext(MESSAGES[code])
    # A message without placeholders may hold a plain percent sign.
    return text % params if params else text


class FileError(ValueError):
    """A file that cannot be read at all; `message` is in the active language."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    @property
    def message(self) -> str:
        return say(self.code, self.params)

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a cell: the row as a spreadsheet counts it, the column's name, and why."""

    row: int
    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return say(self.code, self.params)

    def __str__(self) -> str:
        return f"{self.row}, {self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the file that the person should know, but that stops nothing."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return say(self.code, self.params)
