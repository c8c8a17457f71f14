"""What people type into a report must not cost the report a file, whatever alphabet or keyboard it comes from."""

import io

import openpyxl
import pypdf
import pytest

from malangkraf.typesetting.glyphs import REPLACEMENT, printable
from roadmap.reporting.html import render_html
from roadmap.reporting.pdf import render_pdf
from roadmap.reporting.xlsx import render_xlsx
from tests.roadmap.snapshots import both, digest, published_snapshot

ODD = (
    "Acara \U0001f3e0\U0001f469\U0001f3fd\u200d\U0001f4bb \u0642\u064a\u0645\u0629 \ua9a9"
    "\x1b\x7f\ufffe \uff11\u2011\u202e selesai"
)
ASCII = set(range(0x20, 0x7F)) | {ord(REPLACEMENT)}


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("8,2 persen", "8,2 persen"),
        ("a\nb\tc", "a\nb\tc"),
        ("\U0001f3e0", REPLACEMENT),
        ("\U0001f469\U0001f3fd\u200d\U0001f4bb", REPLACEMENT * 2),
        ("\uff11\uff12", "12"),
        ("a\u2011b\u2003c\u2028d", "a-b c d"),
        ("a\x1b\u202eb", "ab"),
    ],
)
def test_a_sign_without_a_glyph_gives_way_to_its_plain_form(typed, printed):
    assert printable({"key \U0001f3e0": [typed, 3]}, ASCII) == {"key \U0001f3e0": [printed, 3]}


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_format_is_made_of_texts_with_emoji_other_alphabets_and_control_signs(language):
    snapshot = published_snapshot()
    snapshot["report"] |= {"erratum": both(ODD), "number": 2}
    for indicator in snapshot["indicators"]:
        indicator["name"] = indicator["unit"] = both(ODD)
        if indicator["actual"]:
            indicator["actual"]["note"] = both(ODD)
    keys = {"language": language, "sha256": digest(snapshot), "verify_url": "https://portal.example/x"}
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(snapshot, **keys))).pages
    assert "selesai" in "".join(page.extract_text() for page in pages)
    assert "selesai" in render_html(snapshot, **keys)
    sheets = openpyxl.load_workbook(io.BytesIO(render_xlsx(snapshot, **keys))).worksheets
    assert any("selesai" in str(cell) for sheet in sheets for row in sheet.values for cell in row)
