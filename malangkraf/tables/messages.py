"""What a table in a file can have wrong, in words for the person who made the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext


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
    "old_excel": gettext_noop("This is an old Excel file (.xls). Save it as .xlsx."),
    "password": gettext_noop("The workbook is protected with a password. Save it again without one."),
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
    "not_text": gettext_noop("This cell cannot be read. Write it as text or as a number."),
    "percent_format": gettext_noop(
        "The cell has a percent format: it shows %(shown)s, but holds %(value)s. "
        "Set its format to a plain number and write the figure as it is meant."
    ),
}

NOTES = {
    "hidden_sheet": gettext_noop("The hidden sheet “%(sheet)s” was not read."),
    "other_sheet": gettext_noop("Only the first sheet was read, not “%(sheet)s”."),
    "ignored_column": gettext_noop("The column “%(column)s” is not known and was not read."),
}

# An importer adds what its own rows can have wrong.
MESSAGES: dict[str, str] = {**FILE_MESSAGES, **ROW_MESSAGES, **NOTES}


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
