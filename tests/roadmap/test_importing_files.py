"""Files that cannot be read are refused as a whole, with a sentence that says what to do."""

import io
import zipfile

import pytest

from malangkraf.tables import reader as reader_module
from roadmap.importing import FileError, plan_import
from tests.roadmap.factories import IndicatorFactory
from tests.roadmap.import_files import (
    HEADING,
    SOURCE,
    book,
    csv_bytes,
    csv_file,
    encrypted_workbook,
    repacked,
    row,
    xlsx_file,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def indicator():
    return IndicatorFactory(code="UJI", name="Jumlah studio")


def code_of(file):
    with pytest.raises(FileError) as caught:
        plan_import(file)
    assert caught.value.message, "every refusal says something"
    assert "%(" not in caught.value.message
    return caught.value.code


class NeverRead(io.BytesIO):
    def read(self, *_arguments):
        raise AssertionError("a file that is too large must not be read")


def test_a_file_of_200_mb_is_refused_before_it_is_read():
    file = NeverRead()
    file.seek(200 * 1024 * 1024)
    file.write(b"x")
    assert code_of(file) == "too_large"


@pytest.mark.parametrize("content", [b"", b"\n\n", b" \r\n"])
def test_an_empty_file(content):
    assert code_of(io.BytesIO(content)) in {"empty_file", "missing_headers"}


def test_a_heading_without_rows():
    assert code_of(csv_file()) == "no_rows"


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(reader_module, "MAXIMUM_ROWS", 2)
    assert code_of(csv_file(*[row(period=str(year)) for year in (2018, 2019, 2020)])) == "too_many_rows"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_and_without_its_mark(encoding):
    plan = plan_import(csv_file(row(note="café – Ø"), encoding=encoding))
    assert plan.changes[0].source.about[1] == "café – Ø"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_by_name(encoding):
    assert code_of(csv_file(row(), encoding=encoding)) == "utf16"


def test_windows_1252_is_refused_with_the_line():
    file = csv_file(row(period="2021"), row(note="café"), encoding="cp1252")
    with pytest.raises(FileError) as caught:
        plan_import(file)
    assert caught.value.code == "not_utf8"
    assert caught.value.params["line"] == 3


def test_bytes_that_are_no_text():
    assert code_of(io.BytesIO(b"%PDF-1.7\n\x00\x01\x02" + b"abcdefgh" * 100)) == "binary"


def test_an_old_workbook_and_one_with_a_password():
    assert code_of(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)) == "old_excel"
    assert code_of(io.BytesIO(encrypted_workbook())) == "password"


def test_an_archive_with_a_password():
    content = bytearray(xlsx_file(book(row())).getvalue())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert code_of(io.BytesIO(bytes(content))) == "password"


def test_a_quotation_mark_that_is_never_closed():
    assert code_of(io.BytesIO(csv_bytes(row()) + b'UJI,unit,"never closed\n')) == "bad_csv"


def test_missing_headers_are_all_named():
    with pytest.raises(FileError) as caught:
        plan_import(io.BytesIO(b"indicator,period\nUJI,2022\n"))
    assert caught.value.code == "missing_headers"
    assert caught.value.params["columns"] == "kind, value, source_url"


@pytest.mark.parametrize("second", ["value", "Value ", "nilai"])
def test_duplicate_headers_are_refused_in_any_spelling(second):
    assert code_of(csv_file(row(), heading=[*HEADING, second])) == "duplicate_header"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiters_that_spreadsheets_write(delimiter):
    plan = plan_import(csv_file(row(value="1.234,5", indicator="UJI"), delimiter=delimiter))
    assert [error.code for error in plan.errors] == ["value.fractional_count"]


def test_indonesian_headings_are_understood():
    text = f"Indikator;Jenis;Periode;Nilai;Sumber;Catatan\nUJI;realisasi;2022;7;{SOURCE};dari kota\n"
    plan = plan_import(io.BytesIO(text.encode()))
    assert not plan.errors
    assert plan.changes[0].source.value == 7


def test_an_unknown_column_is_ignored_with_a_note():
    plan = plan_import(csv_file(row(), heading=[*HEADING, "warna"]))
    assert [note.code for note in plan.notes] == ["ignored_column"]
    assert not plan.errors


# --- workbooks -------------------------------------------------------------------------------------------


def test_a_workbook_is_read_like_a_csv_file():
    file = xlsx_file(book(row(value=12, period=2021), row(value=12.0, period="2022")))
    plan = plan_import(file)
    assert not plan.errors
    assert [change.source.value for change in plan.changes] == [12, 12]


def test_numbers_of_a_workbook_have_one_reading_only():
    IndicatorFactory(code="TUMBUH", name="Pertumbuhan", growth=True)
    file = xlsx_file(
        book(row(indicator="TUMBUH", value=9.125), row(indicator="TUMBUH", period=2021, value=0.1 + 0.2))
    )
    plan = plan_import(file)
    assert not plan.errors
    assert [str(change.source.value) for change in plan.changes] == ["9.1250", "0.3"]


def test_what_the_bytes_are_decides_and_not_the_name():
    assert plan_import(xlsx_file(book(row())), name="angka.csv").changes


@pytest.mark.parametrize("number_format", ["0%", "0.00%", "[Red]-0.0%;0.0%", '0.0%" per tahun"'])
def test_a_cell_with_a_percent_format_is_refused_not_divided_by_a_hundred(number_format):
    IndicatorFactory(code="TUMBUH", name="Pertumbuhan", growth=True)
    workbook = book(row(indicator="TUMBUH", value=0.082))
    workbook.active["F2"].number_format = number_format
    plan = plan_import(xlsx_file(workbook))
    (error,) = plan.errors
    assert (error.row, error.column, error.code) == (2, "F2", "percent_format")
    assert "8.2 %" in error.message
    assert "0.082" in error.message


@pytest.mark.parametrize("number_format", ['0.0"%"', "0.0\\%", "General", "#,##0.00"])
def test_a_percent_sign_that_is_only_written_beside_the_number_is_none(number_format):
    IndicatorFactory(code="TUMBUH", name="Pertumbuhan", growth=True)
    workbook = book(row(indicator="TUMBUH", value=8.2))
    workbook.active["F2"].number_format = number_format
    plan = plan_import(xlsx_file(workbook))
    assert not plan.errors
    assert str(plan.changes[0].source.value) == "8.2"


def test_a_percent_format_in_a_column_that_is_not_read_is_no_fault():
    workbook = book(row(value=12) | {"capaian": 0.82}, heading=[*HEADING, "capaian"])
    workbook.active["K2"].number_format = "0%"
    plan = plan_import(xlsx_file(workbook))
    assert not plan.errors
    assert plan.changes[0].source.value == 12


def test_a_formula_is_refused_with_its_cell():
    with pytest.raises(FileError) as caught:
        plan_import(xlsx_file(book(row(), row(period="2021", value="=1+1"))))
    assert caught.value.code == "formula"
    assert caught.value.params["cell"] == "F3"


def test_merged_cells_are_refused_with_their_place():
    workbook = book(row(), row(period="2021"))
    workbook.active.merge_cells("A2:A3")
    with pytest.raises(FileError) as caught:
        plan_import(xlsx_file(workbook))
    assert (caught.value.code, caught.value.params["cell"]) == ("merged", "A2:A3")


def test_hidden_sheets_are_not_read_and_that_is_said():
    workbook = book(row())
    hidden = workbook.create_sheet("Rahasia", 0)
    hidden.sheet_state = "hidden"
    hidden.append(["=1+1"])
    workbook.active = 1
    plan = plan_import(xlsx_file(workbook))
    assert [(note.code, note.params["sheet"]) for note in plan.notes] == [("hidden_sheet", "Rahasia")]
    assert len(plan.changes) == 1


def test_a_second_visible_sheet_is_not_read_and_that_is_said():
    workbook = book(row())
    workbook.create_sheet("Lain")
    assert [note.code for note in plan_import(xlsx_file(workbook)).notes] == ["other_sheet"]


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_macros_are_refused(name):
    assert code_of(repacked(xlsx_file(book(row())), add={name: b"code"})) == "macros"


def test_a_workbook_that_says_it_has_macros_is_refused():
    names = {
        "[Content_Types].xml": lambda old: old.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
    }
    assert code_of(repacked(xlsx_file(book(row())), change=names)) == "macros"


def test_a_zip_bomb_is_refused_unread():
    assert code_of(repacked(xlsx_file(book(row())), add={"xl/bomb.xml": b"0" * (21 * 1024 * 1024)})) == "bomb"


def test_a_ratio_that_no_honest_workbook_has_is_refused():
    assert code_of(repacked(xlsx_file(book(row())), add={"xl/bomb.xml": b"0" * (5 * 1024 * 1024)})) == "bomb"


def test_too_many_entries_are_refused():
    many = {f"xl/part{number}.xml": b"x" for number in range(201)}
    assert code_of(repacked(xlsx_file(book(row())), add=many)) == "bomb"


def test_an_entity_bomb_in_the_sheet_is_refused():
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    change = {
        "xl/worksheets/sheet1.xml": lambda old: head + old.partition(b"?>")[2].replace(b"actual", b"&b;")
    }
    assert code_of(repacked(xlsx_file(book(row())), change=change)) == "bad_workbook"


def test_a_cut_off_workbook_is_refused():
    content = xlsx_file(book(row())).getvalue()
    assert code_of(io.BytesIO(content[: len(content) // 2])) == "bad_workbook"


def test_a_zip_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", b"<document/>")
    assert code_of(file) == "binary"


def test_a_cell_with_an_error_or_a_truth_value_is_a_row_error():
    plan = plan_import(xlsx_file(book(row(value=True), row(period="2021", value="#DIV/0!"))))
    assert {(error.row, error.code) for error in plan.errors} >= {(2, "not_text"), (3, "not_text")}
