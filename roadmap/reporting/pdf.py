"""The report as PDF: tagged for screen readers (PDF/UA-1), fit for the archive (PDF/A-2a), drawn by Typst."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from malangkraf.drawing.qr import qr_svg
from malangkraf.typesetting.pdf import typeset
from roadmap.reporting import pictures
from roadmap.reporting.document import build_document
from roadmap.reporting.wording import Snapshot, Wording

TEMPLATE = Path(__file__).parent / "typst" / "report.typ"


def render_pdf(snapshot: Snapshot, *, language: str, sha256: str, verify_url: str) -> bytes:
    """Return the PDF of a snapshot; the same snapshot gives the same bytes, for the clock is the cut-off.

    Raise what malangkraf.typesetting.pdf.typeset raises.
    """
    document = build_document(snapshot, language=language, sha256=sha256, verify_url=verify_url)
    inputs = {"document": document, "pictures": _pictures(snapshot, document)}
    return typeset(TEMPLATE, inputs, moment=snapshot["report"]["cut_off"])


def _pictures(snapshot: Snapshot, document: dict[str, Any]) -> dict[str, Any]:
    """Return the drawings: cover, QR code, a chart by indicator code, bars by phase with their alternative."""
    language = document["language"]
    wording = Wording(language)
    by_code = {item["code"]: item for item in snapshot["indicators"]}
    with translation.override(language):
        return {
            "cover": pictures.houses_of(snapshot, wording, title=document["title"], width=794, height=330),
            "qr": qr_svg(document["verify_url"]),
            "charts": {
                code: pictures.chart_of(by_code[code], snapshot, wording, width=480, height=255)
                for code in pictures.charted_codes(snapshot)
            },
            "bars": [_bars(phase, by_code, wording) for phase in document["phases"]],
        }


def _bars(phase: dict[str, Any], by_code: dict[str, Any], wording: Wording) -> dict[str, str] | str:
    """Return the bars of a phase and what they say, or an empty text when the phase has no indicator."""
    indicators = [by_code[code] for code in phase["codes"]]
    if not indicators:
        return ""
    title = _("Achievement of the indicators of %(phase)s") % {"phase": phase["name"]}
    told = pictures.bars_alternative(indicators, wording)
    return {"svg": pictures.bars_of(indicators, wording, title=title), "alt": f"{title}. {told}"}
