"""Read a CSV or XLSX file into rows of text; what the bytes are decides, not the file's name."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from malangkraf.tables import workbook
from malangkraf.tables.messages import FileError, Note, RowError

MAXIMUM_BYTES = 32 * 1024 * 1024
MAXIMUM_ROWS = 200_000
# The last row of any spreadsheet: behind it, and in a heading of thousands of columns, stands no figure.
LAST_LINE = 1_048_576
MAXIMUM_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns an importer knows, by heading in lower case; `aliases` are other headings for the same."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    aliases: Mapping[str, str]


@dataclass
class Table:
    """The rows of a file: `rows` gives (row number, cells), `places` where each known column stands."""

    rows: list[tuple[int, Sequence[str]]]
    places: dict[str, int]
    width: int
    notes: list[Note] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def read_table(file: BinaryIO, columns: Columns) -> Table:
    """Return the table in the file; raise FileError when it cannot be read, before parsing if it is too large."""
    size = file.seek(0, io.SEEK_END)
    if size > MAXIMUM_BYTES:
        raise FileError("too_large", limit=MAXIMUM_BYTES // 1024 // 1024)
    if size == 0:
        raise FileError("empty_file")
    file.seek(0)
    content = file.read(MAXIMUM_BYTES + 1)
    notes: list[Note] = []
    errors: list[RowError] = []
    if content.startswith(workbook.ZIP_MAGIC):
        lines = workbook.read_rows(content, notes=notes, errors=errors)
    elif content.startswith(workbook.OLE_MAGIC):
        raise FileError(workbook.fault_of_ole(content))
    else:
        lines = _read_csv(content)
    return _table(lines, columns, notes=notes, errors=errors)


def _read_csv(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield (line number, cells); a row that runs over several lines has the number of its last line."""
    text = _decode(content)
    heading = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise FileError("bad_csv", line=reader.line_num) from error


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError("utf16")
    if b"\0" in content:
        # Text in UTF-16 without its mark has a zero in about every second byte.
        raise FileError("utf16" if content.count(b"\0") * 3 > len(content) else "binary")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError("not_utf8", line=content.count(b"\n", 0, error.start) + 1) from error


def _table(
    lines: Iterator[tuple[int, Sequence[str]]], columns: Columns, *, notes: list[Note], errors: list[RowError]
) -> Table:
    """Return the lines as a table; empty lines are left out, the first other one is the heading."""
    filled = ((number, cells) for number, cells in _within_a_sheet(lines) if any(cells))
    _number, heading = next(filled, (0, ()))
    if not heading:
        raise FileError("empty_file")
    if len(heading) > MAXIMUM_COLUMNS:
        raise FileError("too_many_columns", limit=MAXIMUM_COLUMNS)
    places = _places(heading, columns, notes)
    rows: list[tuple[int, Sequence[str]]] = []
    for number, cells in filled:
        if len(cells) > len(heading) and any(cells[len(heading) :]):
            errors.append(RowError(number, "", "too_many_cells"))
            continue
        rows.append((number, cells))
        if len(rows) > MAXIMUM_ROWS:
            raise FileError("too_many_rows", limit=MAXIMUM_ROWS)
    # What stands in a column that nobody reads is no fault: many sheets have one of percentages beside the figures.
    read = set(places.values())
    errors[:] = [error for error in errors if not error.column or workbook.place_of(error.column) in read]
    if not rows and not errors:
        raise FileError("no_rows")
    return Table(rows=rows, places=places, width=len(heading), notes=notes, errors=errors)


def _within_a_sheet(lines: Iterator[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the lines; raise FileError for one that no spreadsheet has (a file may claim a row of any number)."""
    for number, cells in lines:
        if number > LAST_LINE:
            raise FileError("too_many_rows", limit=MAXIMUM_ROWS)
        yield number, cells


def _places(heading: Sequence[str], columns: Columns, notes: list[Note]) -> dict[str, int]:
    """Return the place of each known column; raise FileError for one that is missing or appears twice."""
    places: dict[str, int] = {}
    for place, written in enumerate(heading):
        name = written.strip().casefold()
        name = columns.aliases.get(name, name)
        if not name:
            continue
        if name in places:
            raise FileError("duplicate_header", column=written.strip())
        places[name] = place
    missing = [name for name in columns.required if name not in places]
    if missing:
        raise FileError("missing_headers", columns=", ".join(missing))
    for name in [name for name in places if name not in columns.required + columns.optional]:
        notes.append(Note("ignored_column", {"column": name}))
        del places[name]
    return places
