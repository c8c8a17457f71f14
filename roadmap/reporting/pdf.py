"""The report as PDF: tagged for screen readers (PDF/UA-1), fit for the archive (PDF/A-2a), drawn by Typst."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from malangkraf.fonts import build_static_font, source_file, static_file
from roadmap.reporting import pictures
from roadmap.reporting.document import build_document
from roadmap.reporting.glyphs import glyphs_of, printable
from roadmap.reporting.wording import Snapshot, Wording

TEMPLATE = Path(__file__).parent / "typst" / "report.typ"
TYPESETTER = Path(__file__).parent / "typesetter.py"
SECONDS = 60
WEIGHTS = (400, 600, 700, 800)


class TypesettingError(RuntimeError):
    """Typst could not set the PDF; the message says where in the template."""


class TypesetterStopped(TypesettingError):
    """Typst was stopped before it had finished: too slow on a busy machine, or killed for its memory."""


def render_pdf(snapshot: Snapshot, *, language: str, sha256: str, verify_url: str) -> bytes:
    """Return the PDF of a snapshot; the same snapshot gives the same bytes, for the clock is the cut-off.

    Uses our own typeface alone: no font of the machine, no package from the network. Raise TypesettingError when
    the PDF cannot be made, TypesetterStopped when it takes longer than SECONDS or its process is killed.
    """
    document = build_document(snapshot, language=language, sha256=sha256, verify_url=verify_url)
    fonts = _font_folder()
    glyphs = glyphs_of(static_file(Path(settings.BUILD_DIR), WEIGHTS[0]))
    inputs = printable({"document": document, "pictures": _pictures(snapshot, document)}, glyphs)
    job = {
        "template": str(TEMPLATE),
        "root": str(TEMPLATE.parent),
        "fonts": fonts,
        "inputs": {name: json.dumps(value, ensure_ascii=False) for name, value in inputs.items()},
        "moment": snapshot["report"]["cut_off"],
    }
    try:
        run = subprocess.run(
            # -I: whatever the environment says, the typesetter reads nothing but its job.
            [sys.executable, "-I", str(TYPESETTER)],
            input=json.dumps(job).encode(),
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise TypesetterStopped(f"no PDF within {SECONDS} seconds") from error
    if run.returncode < 0:
        raise TypesetterStopped(f"killed by signal {-run.returncode}")
    if run.returncode != 0:
        raise TypesettingError(run.stderr.decode(errors="replace").strip() or f"exit code {run.returncode}")
    return run.stdout


def _pictures(snapshot: Snapshot, document: dict[str, Any]) -> dict[str, Any]:
    """Return the drawings: cover, QR code, a chart by indicator code, bars by phase with their alternative."""
    language = document["language"]
    wording = Wording(language)
    by_code = {item["code"]: item for item in snapshot["indicators"]}
    with translation.override(language):
        return {
            "cover": pictures.houses_of(snapshot, wording, title=document["title"], width=794, height=330),
            "qr": pictures.code_of(document["verify_url"]),
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


@cache
def _font_folder() -> str:
    """Return the folder of the typeface; a weight that `manage.py build_fonts` has not made is made now."""
    build = Path(settings.BUILD_DIR)
    for weight in WEIGHTS:
        file = static_file(build, weight)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            build_static_font(source_file(), file, weight=weight)
    return str(static_file(build, WEIGHTS[0]).parent)
