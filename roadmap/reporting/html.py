"""The report as a web page: accessible tables, drawings inline, nothing fetched and nothing executed."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from malangkraf.drawing.qr import qr_svg
from roadmap.reporting import pictures
from roadmap.reporting.document import build_document
from roadmap.reporting.wording import Part, Snapshot, Wording

WIDE = (720, 330)
NARROW = (340, 300)


def render_html(snapshot: Snapshot, *, language: str, sha256: str, verify_url: str) -> str:
    """Return a page of its own that can be saved and sent; the same snapshot gives the same text."""
    context = report_context(snapshot, language=language, sha256=sha256, verify_url=verify_url)
    with translation.override(language):
        return render_to_string("roadmap/report_document.html", context)


def report_context(snapshot: Snapshot, *, language: str, sha256: str, verify_url: str) -> dict[str, Any]:
    """Return what roadmap/_report_body.html needs, so that a page of the portal can show the report too.

    The one key "report" holds the document (see build_document) with the drawings put in as safe markup.
    """
    document = build_document(snapshot, language=language, sha256=sha256, verify_url=verify_url)
    wording = Wording(language)
    by_code = {item["code"]: item for item in snapshot["indicators"]}
    with translation.override(language):
        cover = pictures.houses_of(snapshot, wording, title=document["cover_alt"], width=794, height=300)
        document["cover"] = _safe(cover)
        document["qr"] = _safe(qr_svg(verify_url))
        for phase in document["phases"]:
            phase["bars"] = _bars([by_code[code] for code in phase["codes"]], phase["name"], wording)
        charts = [chart for programme in document["programmes"] for chart in programme["charts"]]
        for chart in [*charts, *document["more_charts"]]:
            chart["drawing"] = _chart(by_code[chart["code"]], snapshot, wording)
    return {"report": document}


def _bars(indicators: list[Part], name: str, wording: Wording) -> SafeString:
    """Return the bars of a phase for wide and narrow screens, or nothing."""
    title = _("Achievement of the indicators of %(phase)s") % {"phase": name}
    drawings = [
        pictures.bars_of(indicators, wording, title=title, width=width) for width, _height in (WIDE, NARROW)
    ]
    return _pair(drawings)


def _chart(indicator: Part, snapshot: Snapshot, wording: Wording) -> SafeString:
    """Return the chart of an indicator for wide and narrow screens."""
    return _pair(
        [
            pictures.chart_of(indicator, snapshot, wording, width=width, height=height)
            for width, height in (WIDE, NARROW)
        ]
    )


def _pair(drawings: list[str]) -> SafeString:
    """Return both drawings; the style sheet shows one of them."""
    joined = "".join(drawings)
    return _safe(f'<div class="chart-pair">{joined}</div>' if joined else "")


def _safe(drawing: str) -> SafeString:
    """Mark a drawing of ours as markup: malangkraf.drawing and segno escape every text they are given."""
    return mark_safe(drawing)
