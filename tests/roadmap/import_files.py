"""CSV and XLSX files for the tests of the import, good and bad."""

import csv
import io
import zipfile

import openpyxl

HEADING = [
    "indicator",
    "unit",
    "direction",
    "kind",
    "period",
    "value",
    "source_url",
    "note",
    "note_id",
    "disputed",
]
SOURCE = "https://example.org/kabar"


def row(**cells):
    """A row of a value in 2022; `cells` replace or add columns."""
    return {
        "indicator": "UJI",
        "kind": "actual",
        "period": "2022",
        "value": "10",
        "source_url": SOURCE,
        **cells,
    }


def csv_bytes(*rows, heading=None, delimiter=",", encoding="utf-8"):
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=heading or HEADING, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def csv_file(*rows, **options):
    return io.BytesIO(csv_bytes(*rows, **options))


def book(*rows, heading=None):
    """An openpyxl workbook with the rows on its first sheet."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(heading or HEADING)
    for cells in rows:
        sheet.append([cells.get(name) for name in heading or HEADING])
    return workbook


def xlsx_file(workbook):
    file = io.BytesIO()
    workbook.save(file)
    file.seek(0)
    return file


def encrypted_workbook():
    """The outside of a workbook with a password: the older container, whose directory names its streams."""
    names = [name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", "EncryptedPackage")]
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + b"".join(names)


def repacked(file, *, add=None, change=None):
    """The workbook with entries added ({name: bytes}) or changed ({name: function of its bytes})."""
    result = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, (change or {}).get(name, lambda same: same)(content))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    result.seek(0)
    return result
