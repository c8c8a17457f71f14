"""Read an XLSX workbook that nobody vouches for: checked as a ZIP first, then cell by cell as text."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException

from malangkraf.tables.messages import FileError, Note, RowError

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The name of the stream that holds an encrypted workbook ([MS-OFFCRYPTO] 2.3.4.4), as such a file's directory has it.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MAXIMUM_UNPACKED = 20 * 1024 * 1024
MAXIMUM_RATIO = 100
MAXIMUM_ENTRIES = 200
# A row with one cell in the last column counts as 16,384 cells: 20 kB would unpack to hundreds of millions.
MAXIMUM_CELLS = 10_000_000
# Excel keeps 15 significant digits; what a float has beyond them is noise.
SIGNIFICANT = 15
# What a number format says literally: "text", \x, and the widths of _x and *x.
LITERAL = re.compile(r'"[^"]*"|[\\_*].')
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
# What reading a damaged or malicious workbook was seen to raise, in zipfile, openpyxl and below.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,  # an encrypted entry; also NotImplementedError for an unknown compression
    TypeError,
    ValueError,
    ParseError,
    InvalidFileException,
    DefusedXmlException,
)


def read_rows(
    content: bytes, *, notes: list[Note], errors: list[RowError]
) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield (row number, cells as text) of the first visible sheet; raise FileError for what must not be read."""
    check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except DAMAGED as error:
        raise FileError("bad_workbook") from error
    try:
        sheet = _first_visible(book, notes)
        _refuse_merged(sheet)
        # The size a file states for its sheet may be wrong by millions of rows.
        sheet.reset_dimensions()
        total = 0
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            total += len(cells)
            if total > MAXIMUM_CELLS:
                raise FileError("bomb", detail=f"> {MAXIMUM_CELLS} cells")
            yield number, [_text(cell, number, errors) for cell in cells]
    except FileError:
        raise
    except DAMAGED as error:
        raise FileError("bad_workbook") from error
    finally:
        book.close()


def fault_of_ole(content: bytes) -> str:
    """Return the code of a file in the older container: an encrypted workbook, or one of the old format."""
    return "password" if ENCRYPTED in content else "old_excel"


def check_archive(content: bytes) -> None:
    """Raise FileError for a ZIP that is no workbook, would unpack to too much, or carries macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_entries(archive)
    except FileError:
        raise
    except DAMAGED as error:
        raise FileError("bad_workbook") from error


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAXIMUM_ENTRIES:
        raise FileError("bomb", detail=f"{len(entries)} > {MAXIMUM_ENTRIES}")
    # zipfile never unpacks an entry beyond the size it states, so the stated sizes can be trusted.
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MAXIMUM_UNPACKED:
        raise FileError(
            "bomb", detail=f"{unpacked // 1024 // 1024} MB > {MAXIMUM_UNPACKED // 1024 // 1024} MB"
        )
    if unpacked > MAXIMUM_RATIO * max(packed, 1):
        raise FileError("bomb", detail=f"{unpacked // max(packed, 1)}x > {MAXIMUM_RATIO}x")
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileError("password")
    if len(set(names)) != len(names):
        raise FileError("bad_workbook")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise FileError("binary")
    has_code = any("vbaproject" in name.casefold() or "macrosheets/" in name.casefold() for name in names)
    if has_code or b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise FileError("macros")


def _first_visible(book: Any, notes: list[Note]) -> Any:
    """Return the first visible sheet, with a note for each sheet that is not read."""
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise FileError("no_visible_sheet")
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            notes.append(Note("hidden_sheet", {"sheet": sheet.title}))
        elif sheet is not visible[0]:
            notes.append(Note("other_sheet", {"sheet": sheet.title}))
    return visible[0]


def _refuse_merged(sheet: Any) -> None:
    """Raise FileError for merged cells: only their first cell would have a value, the others none."""
    # openpyxl does not tell of merged cells when it reads row by row.
    with sheet._get_source() as part:
        found = MERGED.search(part.read())
    if found:
        raise FileError("merged", cell=found[1].decode())


def _text(cell: Any, number: int, errors: list[RowError]) -> str:
    """Return what the cell says, as the person would have typed it into a CSV file."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise FileError("formula", cell=cell.coordinate)
    if isinstance(value, str) and cell.data_type != "e":
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Such a cell holds 0.082 where the person sees 8.2 %: nobody can know which of the two is meant.
        if _is_percent(cell.number_format):
            params = {"shown": f"{_digits(value * 100)} %", "value": _digits(value)}
            errors.append(RowError(number, cell.coordinate, "percent_format", params))
        return _digits(value)
    errors.append(RowError(number, cell.coordinate, "not_text"))
    return ""


def place_of(coordinate: str) -> int:
    """Return which column a cell stands in, counted from 0."""
    return int(coordinate_to_tuple(coordinate)[1]) - 1


@cache
def _is_percent(number_format: str) -> bool:
    return "%" in LITERAL.sub("", number_format)


def _digits(value: int | float) -> str:
    """Return a number of a cell so that it has one reading only: "9.1250", never "9.125" or an exponent."""
    number = Decimal(f"{value:.{SIGNIFICANT}g}")
    written = f"{number:f}"
    whole, point, decimals = written.partition(".")
    return f"{whole}.{decimals}0" if point and len(decimals) == 3 else written
