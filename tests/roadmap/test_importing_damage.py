"""Whatever happens to a file on its way, the answer is a plan or a refusal, never an exception of a parser."""

import io
import random
import zipfile
from datetime import date

import pytest

from roadmap.importing import FileError, plan_import
from tests.roadmap.factories import IndicatorFactory
from tests.roadmap.import_files import book, csv_bytes, row, xlsx_file

ROUNDS = 150
SHEET = "xl/worksheets/sheet1.xml"
XML = [b"<", b">", b'"', b'r="ZZZZZZ9"', b'r="0"', b"<f/>", b"&#0;", b'<row r="1048577">', b"9" * 400]
CELLS = [
    b't="s"><v>99999</v>',
    b't="n"><v>1e999</v>',
    b't="n"><v>NaN</v>',
    b't="n"><v>1e300</v>',
    b't="d"><v>2022-13-45</v>',
    b't="inlineStr"><is/>',
]
TEXT = [b'"', b",", b"\n", b"\r", b"\x1c", b"\x00", b";", b"\xe2\x80\xa8", b"\xff", b"1" * 50]

# openpyxl warns of some damage and reads on.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")]


@pytest.fixture(autouse=True)
def indicator():
    return IndicatorFactory(code="UJI")


@pytest.fixture
def chance():
    return random.Random(20_221_122)


def answer(content):
    try:
        plan = plan_import(io.BytesIO(content), on=date(2026, 11, 22))
    except FileError as error:
        return error.message
    return [error.message for error in plan.errors]


def workbook_bytes():
    return xlsx_file(book(row(value=12), row(period="2021", value="x"))).getvalue()


def workbook_with(name, change):
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook_bytes())) as old, zipfile.ZipFile(result, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            new.writestr(entry, change(content) if entry == name else content)
    return result.getvalue()


def test_flipped_bytes_in_the_archive(chance):
    for _round in range(ROUNDS):
        content = bytearray(workbook_bytes())
        for _flip in range(chance.randint(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        answer(bytes(content))


@pytest.mark.parametrize(("offset", "word"), [(10, 99), (6, 200)])
def test_an_unknown_compression_or_version_of_the_archive(offset, word):
    first, *entries = workbook_bytes().split(b"PK\x01\x02")
    entries = [entry[: offset - 4] + bytes([word]) + entry[offset - 3 :] for entry in entries]
    assert isinstance(answer(b"PK\x01\x02".join([first, *entries])), str)


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"])
def test_broken_markup(chance, name):
    def break_it(content):
        place = chance.randrange(len(content))
        return content[:place] + chance.choice(XML) + content[place + chance.choice([0, 1, 9]) :]

    for _round in range(ROUNDS // 3):
        answer(workbook_with(name, break_it))


@pytest.mark.parametrize("cell", CELLS)
def test_cells_that_no_spreadsheet_writes(cell):
    content = workbook_with(SHEET, lambda old: old.replace(b't="n"><v>12</v>', cell))
    assert content != workbook_bytes()
    assert answer(content)


def test_damaged_text(chance):
    whole = csv_bytes(row(), row(period="2021", note='a"b\nc'))
    for _round in range(ROUNDS):
        content = bytearray(whole)
        for _damage in range(chance.randint(1, 5)):
            place = chance.randrange(len(content))
            content[place : place + chance.choice([0, 1, 3])] = chance.choice(TEXT)
        answer(bytes(content))
