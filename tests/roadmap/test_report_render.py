"""PDF, XLSX and HTML of a report: the same figures, the same bytes, both languages, nothing invented."""

import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from html.parser import HTMLParser

import openpyxl
import pypdf
import pytest

from malangkraf.numbers import format_number, format_percent
from malangkraf.typesetting.pdf import TypesettingError
from roadmap.reporting.html import render_html
from roadmap.reporting.pdf import render_pdf
from roadmap.reporting.pictures import MOST_CHARTS
from roadmap.reporting.xlsx import render_xlsx
from tests.roadmap.snapshots import big_snapshot, both, digest, empty_snapshot, published_snapshot

ADDRESS = "https://malangkraf.example/laporan/periksa/{}/"
RENDERERS = {"pdf": render_pdf, "xlsx": render_xlsx, "html": render_html}
ANOTHER_PROCESS = """
import sys, django
django.setup()
from tests.roadmap.snapshots import published_snapshot
from tests.roadmap.test_report_render import fingerprint, render
for name in sys.argv[1:]:
    print(fingerprint(render(name, published_snapshot())))
"""


def render(name, snapshot, language="id"):
    """Return a report in one format."""
    sha256 = digest(snapshot)
    return RENDERERS[name](snapshot, language=language, sha256=sha256, verify_url=ADDRESS.format(sha256))


def fingerprint(result):
    """Return the sha256 of a report in any format."""
    return hashlib.sha256(result if isinstance(result, bytes) else result.encode()).hexdigest()


def pdf_of(snapshot, language="id"):
    return pypdf.PdfReader(io.BytesIO(render("pdf", snapshot, language)))


def text_of(reader):
    """Return the text of a PDF without any white space, for lines break where they like."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))


def workbook_of(snapshot, language="id"):
    return openpyxl.load_workbook(io.BytesIO(render("xlsx", snapshot, language)))


class TableReader(HTMLParser):
    """Collects the rows of the indicator tables: the first text of every cell."""

    def __init__(self, markup):
        super().__init__()
        self.rows, self.reading, self.cell = [], False, None
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.reading = "report-indicators" in dict(attributes).get("class", "")
        elif self.reading and tag == "tr":
            self.rows.append([])
        elif self.reading and tag in {"td", "th"}:
            self.rows[-1].append("")
            self.cell = self.rows[-1]

    def handle_endtag(self, tag):
        if tag in {"td", "th"}:
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None and not self.cell[-1]:
            self.cell[-1] = data.strip()


def figures_of(indicator, language):
    """Return target, actual and percent as the report must write them, worked out apart from its code."""
    decimals = indicator["decimals"]
    written = []
    for part in (indicator["target"], indicator["actual"]):
        value = Decimal(part["value"]) if part else None
        written.append(format_number(value, language, decimals=decimals))
    percent = indicator["achievement"]["percent"]
    return [*written, format_percent(percent and Decimal(percent), language)]


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_three_formats_carry_the_same_figures(language):
    snapshot = published_snapshot()
    text = text_of(pdf_of(snapshot, language))
    rows = {row[0]: row for row in TableReader(render("html", snapshot, language)).rows}
    sheet = workbook_of(snapshot, language).worksheets[1]
    head = [cell.value for cell in sheet[1]]
    assert len(rows) == len(snapshot["indicators"]) + 1
    for indicator in snapshot["indicators"]:
        name = indicator["name"][language]
        target, actual, percent = figures_of(indicator, language)
        assert rows[name][3:6] == [target, actual, percent]
        pattern = ".{0,60}?".join(re.escape(re.sub(r"\s", "", part)) for part in (target, actual, percent))
        assert re.search(re.escape(re.sub(r"\s", "", name)) + ".{0,200}?" + pattern, text), name
        cells = next(row for row in sheet.iter_rows(min_row=2, values_only=True) if row[1] == name)
        cells = dict(zip(head, cells, strict=True))
        keys = ["Target", "Realisasi", "Capaian"] if language == "id" else ["Target", "Actual", "Achievement"]
        values = [indicator["target"], indicator["actual"], {"value": indicator["achievement"]["percent"]}]
        for key, part in zip(keys, values, strict=True):
            expected = part and part["value"]
            found = cells[key]
            assert (found if found is None else Decimal(str(found))) == (expected and Decimal(expected)), (
                name,
                key,
            )


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_same_snapshot_gives_the_same_bytes(name, language):
    assert render(name, published_snapshot(), language) == render(name, published_snapshot(), language)


def test_another_process_gives_the_same_bytes():
    run = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, *RENDERERS],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "DEBUG": "1", "PYTHONHASHSEED": "7"},
    )
    assert run.stdout.split() == [fingerprint(render(name, published_snapshot())) for name in RENDERERS]


@pytest.mark.parametrize("name", RENDERERS)
def test_another_language_and_another_snapshot_give_other_bytes(name):
    changed = published_snapshot()
    changed["report"]["number"] = 2
    assert len({str(render(name, published_snapshot(), language)) for language in ("id", "en")}) == 2
    assert render(name, published_snapshot()) != render(name, changed)


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_period_without_any_data_gives_a_truthful_report(name, language):
    result = render(name, empty_snapshot(), language)
    if name == "pdf":
        content = text_of(pypdf.PdfReader(io.BytesIO(result)))
    elif name == "xlsx":
        content = str(
            [cell.value for row in openpyxl.load_workbook(io.BytesIO(result)).worksheets[0] for cell in row]
        )
    else:
        content = result
    expected = {"id": "Tidak ada angka untuk periode ini", "en": "There are no figures for this period"}[
        language
    ]
    assert expected.replace(" ", "") in re.sub(r"\s", "", content)
    assert "0,00%" not in TableReader(content).rows


@pytest.mark.parametrize("name", RENDERERS)
def test_an_unknown_language_is_refused(name):
    with pytest.raises(ValueError, match="unknown language"):
        render(name, published_snapshot(), "de")


def test_the_pdf_is_tagged_titled_and_in_its_language():
    for language in ("id", "en"):
        reader = pdf_of(published_snapshot(), language)
        catalog = reader.trailer["/Root"]
        assert catalog["/Lang"] == language
        assert catalog["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in catalog
        assert reader.metadata.title.startswith(published_snapshot()["report"]["title"][language])
        metadata = catalog["/Metadata"].get_data().decode()
        assert "pdfuaid:part>1<" in metadata
        assert "pdfaid:part>2<" in metadata


def test_the_pdf_numbers_its_pages_and_ends_with_its_fingerprint():
    snapshot = published_snapshot()
    reader = pdf_of(snapshot)
    pages = len(reader.pages)
    assert f"Halaman 3 dari {pages}" in reader.pages[2].extract_text()
    assert "Halaman" not in reader.pages[0].extract_text()
    last = re.sub(r"\s", "", reader.pages[-1].extract_text())
    assert digest(snapshot) in last
    assert ADDRESS.format(digest(snapshot)) in last


def test_a_long_title_keeps_the_cover_on_one_page():
    snapshot = published_snapshot()
    snapshot["report"]["title"] = both(
        "Laporan kemajuan KPI fase Malang Mendunia yang namanya panjang sekali 2022–2023"
    )
    reader = pdf_of(snapshot)
    assert "Ringkasnya" in reader.pages[1].extract_text()


@pytest.mark.parametrize("name", ["Malang Mendunia", "Malang Worldwide", "Malang goes out into the world"])
def test_the_years_of_a_title_stay_together_on_the_cover(name):
    snapshot = published_snapshot()
    title = f"Phase KPI progress report {name} 2022–2023"
    snapshot["report"]["title"] = both(title)
    lines = pdf_of(snapshot, "en").pages[0].extract_text().splitlines()
    assert [line[-9:] for line in lines if "2022–" in line] == ["2022–2023"]


def test_a_template_fault_is_told_and_gives_no_file(monkeypatch, tmp_path):
    broken = tmp_path / "broken.typ"
    broken.write_text("#unknown-word")
    monkeypatch.setattr("roadmap.reporting.pdf.TEMPLATE", broken)
    with pytest.raises(TypesettingError, match="unknown"):
        render("pdf", published_snapshot())


def test_the_pdf_uses_our_typeface_alone():
    fonts = set()
    for page in pdf_of(published_snapshot()).pages:
        fonts.update(str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values())
    assert fonts
    assert all("PlusJakartaSans" in font for font in fonts), fonts


def test_the_same_chart_stands_in_pdf_and_html_with_its_alternative():
    html = render("html", published_snapshot())
    assert html.count('class="chart chart--wide"') == html.count('class="chart chart--narrow"') > 3
    assert "2020: realisasi −8,85%, target 8,20%" in html


def test_the_yearly_report_compares_four_ways_and_others_do_not():
    yearly = render("html", published_snapshot())
    assert "(d) Standar nasional" in yearly
    assert "belum diterbitkan" in yearly
    assert "(d) Standar nasional" not in render("html", published_snapshot(2022, kind="quarter"))


def test_every_format_names_the_second_hand_regulation_and_the_missing_directory():
    snapshot = published_snapshot()
    book = workbook_of(snapshot)
    cells = " ".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    html, pdf = render("html", snapshot), text_of(pdf_of(snapshot))
    for sentence in ("Permendagri 86/2017 menurut kutipan sumber lain", "belum memiliki direktori startup"):
        assert sentence in cells
        assert sentence in html
        assert sentence.replace(" ", "") in pdf


def test_every_format_gives_the_figures_of_the_directory():
    snapshot = published_snapshot()
    kinds = [{"code": "game_studio", "name": {"id": "Studio gim", "en": "Game studio"}, "count": 35}]
    snapshot["directory"] = {"available": True, "as_of": "2022-12-31", "count": 35, "kinds": kinds}
    sentence = "35 entri terbit per 31 Desember 2022: Studio gim 35."
    assert sentence in render("html", snapshot)
    assert sentence.replace(" ", "") in text_of(pdf_of(snapshot))
    summary = workbook_of(snapshot)["Ringkasan"]
    assert sentence in [cell.value for row in summary for cell in row]


def test_a_directory_of_samples_gives_no_figures():
    snapshot = published_snapshot()
    snapshot["directory"] = {"available": False, "reason": "no_entries"}
    assert "belum punya entri terbit" in render("html", snapshot)


def test_the_sources_stand_with_their_whole_addresses():
    snapshot = published_snapshot()
    html, pdf = render("html", snapshot), text_of(pdf_of(snapshot))
    sheet = workbook_of(snapshot)["Sumber"]
    listed = [row[2] for row in sheet.iter_rows(min_row=2, values_only=True)]
    for source in snapshot["sources"]:
        assert source["url"] in listed
        assert f'href="{source["url"]}"' in html
        assert source["url"] in pdf


def test_the_workbook_has_its_sheets_charts_and_no_formula():
    book = workbook_of(published_snapshot())
    assert book.sheetnames == ["Ringkasan", "Indikator", "Deret", "Aksi", "Sumber", "Metode", "Periksa"]
    assert len(book["Ringkasan"]._charts) == 5
    assert book["Indikator"].freeze_panes == "C2"
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]
    archive = zipfile.ZipFile(io.BytesIO(render("xlsx", published_snapshot())))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert "2026-11-22T10:00:00Z" in archive.read("docProps/core.xml").decode()


HOSTILE = [
    '=HYPERLINK("http://x.example","y")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "#sys.inputs *_$",
]


def test_hostile_text_stays_text_in_every_format():
    snapshot = published_snapshot()
    for indicator, text in zip(snapshot["indicators"], HOSTILE, strict=False):
        indicator["name"] = both(text)
    snapshot["programmes"][0]["title"] = both(HOSTILE[4])
    snapshot["programmes"][1]["actions"][0]["title"] = both(HOSTILE[0])
    kinds = {cell.value: cell.data_type for row in workbook_of(snapshot)["Indikator"] for cell in row}
    archive = zipfile.ZipFile(io.BytesIO(render("xlsx", snapshot)))
    references = re.findall(r"<c:f>.*?</c:f>", archive.read("xl/charts/chart1.xml").decode())
    assert not [reference for reference in references if "HYPERLINK" in reference]
    assert "<script" not in render("html", snapshot)
    pdf = text_of(pdf_of(snapshot))
    for text in HOSTILE:
        assert kinds[text] == "s"
        assert re.sub(r"\s", "", text) in pdf


def test_the_page_fetches_and_runs_nothing():
    html = render("html", published_snapshot())
    assert not re.search(r"<(script|link|img|iframe|object|embed)\b", html)
    assert not re.search(r"\son\w+=|\sstyle=|url\(|@import", html)
    assert "INVALID" not in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_an_erratum_is_said_first():
    snapshot = published_snapshot()
    snapshot["report"].update(
        number=2, erratum=both("Angka 2021 diperbaiki.", "The 2021 figure was corrected.")
    )
    html = render("html", snapshot)
    assert html.index("Angka 2021 diperbaiki.") < html.index('id="report-summary"')
    assert "Angka2021diperbaiki." in text_of(pdf_of(snapshot))


def test_a_range_a_yes_and_a_long_number_are_written_as_they_are():
    snapshot = published_snapshot()
    first, second, third = snapshot["indicators"][:3]
    first["target"] = {
        "value": None,
        "low": "5",
        "high": "8",
        "original": None,
        "version": 2,
        "label": both("2022"),
    }
    second.update(value_type="yes_no", actual={**snapshot["indicators"][6]["actual"], "value": "1"})
    third.update(actual={**snapshot["indicators"][6]["actual"], "value": "123456789012345678"})
    rows = {row[0]: row for row in TableReader(render("html", snapshot)).rows}
    assert rows[first["name"]["id"]][3] == "5–8"
    assert rows[second["name"]["id"]][4] == "Ya"
    assert rows[third["name"]["id"]][4] == "123.456.789.012.345.678"
    found = [
        row[9] for row in workbook_of(snapshot)["Indikator"].iter_rows(values_only=True) if row[0] == "KPI-03"
    ]
    assert found == ["123456789012345678"]


def test_a_big_report_limits_its_charts_and_says_so():
    snapshot = big_snapshot(indicators=MOST_CHARTS + 5, quarters=8)
    html = render("html", snapshot, "en")
    assert html.count('<figure class="figure report-chart">') == MOST_CHARTS
    assert f"only {MOST_CHARTS} have a chart" in html
    assert f"only{MOST_CHARTS}haveachart" in text_of(pdf_of(snapshot, "en"))
    sheet = workbook_of(snapshot, "en")["Series"]
    assert sheet.max_row == (MOST_CHARTS + 5) * 8 + 1
