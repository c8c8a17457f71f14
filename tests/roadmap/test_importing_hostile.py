"""Files made to hang or to flood: refused early, with a sentence that says what to do."""

import io
import os

import pytest
from django.core.management import CommandError, call_command

from malangkraf.tables import workbook as workbook_module
from roadmap.importing import FileError, plan_import
from tests.roadmap.factories import IndicatorFactory
from tests.roadmap.import_files import HEADING, book, csv_bytes, csv_file, repacked, row, xlsx_file

pytestmark = pytest.mark.django_db
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def indicator():
    return IndicatorFactory(code="UJI", name="Jumlah studio")


def code_of(file):
    with pytest.raises(FileError) as caught:
        plan_import(file)
    assert "%(" not in caught.value.message
    return caught.value.code


def with_rows(markup):
    """A workbook whose sheet has these rows behind its own."""
    return repacked(
        xlsx_file(book(row())),
        change={SHEET: lambda sheet: sheet.replace(b"</sheetData>", markup + b"</sheetData>")},
    )


def test_a_row_with_the_number_of_no_spreadsheet_is_no_endless_file():
    assert (
        code_of(with_rows(b'<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>'))
        == "too_many_rows"
    )


def test_rows_that_reach_to_the_last_column_are_counted_by_their_cells(monkeypatch):
    monkeypatch.setattr(workbook_module, "MAXIMUM_CELLS", 50_000)
    markup = b"".join(
        b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (number, number) for number in range(3, 9)
    )
    assert code_of(with_rows(markup)) == "bomb"


def test_a_heading_of_a_hundred_thousand_columns():
    heading = HEADING + [f"kolom {number}" for number in range(100_000)]
    assert code_of(csv_file(row(), heading=heading)) == "too_many_columns"


def test_empty_lines_without_end():
    assert code_of(io.BytesIO(csv_bytes(row()) + b"\n" * 1_100_000)) == "too_many_rows"


@pytest.mark.parametrize("kind", ["document", "entity", "external"])
def test_declarations_in_the_workbook_are_refused(kind):
    declaration = {
        "document": b'<!DOCTYPE a [<!ENTITY b "c">]>',
        "entity": b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]>',
        "external": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
    }[kind]
    assert (
        code_of(repacked(xlsx_file(book(row())), change={SHEET: lambda sheet: declaration + sheet}))
        == "bad_workbook"
    )


def test_links_to_other_files_are_not_followed():
    target = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    target += b'<Relationship Id="rId1" Type="x" Target="file:///etc/hostname" TargetMode="External"/></Relationships>'
    links = {"xl/externalLinks/_rels/externalLink1.xml.rels": target}
    assert not plan_import(repacked(xlsx_file(book(row())), add=links)).errors


@pytest.mark.parametrize("value", ["=1+1", "\uff1d1+1", "@SUM(1)", "\u202e12", "1\u200b0", "\uff11\uff12e9"])
def test_a_value_in_disguise_is_no_number(value):
    plan = plan_import(csv_file(row(value=value)))
    assert [error.column for error in plan.errors] == ["value"]


def test_a_pipe_or_a_folder_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipa.csv")
    for path in (tmp_path / "pipa.csv", tmp_path):
        with pytest.raises(CommandError, match="no ordinary file"):
            call_command("import_kpi", str(path))


def test_thousands_of_errors_are_counted_and_the_first_ones_shown(tmp_path):
    path = tmp_path / "salah.csv"
    path.write_bytes(
        csv_bytes(*[row(indicator="Tidak ada", period=str(year)) for year in range(1900, 2020)] * 5)
    )
    with pytest.raises(CommandError, match=r"and \d+ more") as caught:
        call_command("import_kpi", str(path))
    assert len(str(caught.value).splitlines()) == 202
