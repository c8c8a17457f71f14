"""Setting a PDF: texts that the typeface can print go to Typst in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from malangkraf.fonts import build_static_font, source_file, static_file
from malangkraf.typesetting.glyphs import glyphs_of, printable

TYPESETTER = Path(__file__).parent / "typesetter.py"
SECONDS = 60
WEIGHTS = (400, 600, 700, 800)


class TypesettingError(RuntimeError):
    """Typst could not set the PDF; the message says where in the template."""


class TypesetterStopped(TypesettingError):
    """Typst was stopped before it had finished: too slow on a busy machine, or killed for its memory."""


def typeset(template: Path, inputs: Mapping[str, Any], *, moment: str) -> bytes:
    """Return the PDF of a Typst template; each input is JSON there. The same input and moment give the same bytes.

    Uses our own typeface alone: no font of the machine, no package from the network. Raise TypesettingError when
    the PDF cannot be made, TypesetterStopped when it takes longer than SECONDS or its process is killed.
    """
    fonts = _font_folder()
    glyphs = glyphs_of(static_file(Path(settings.BUILD_DIR), WEIGHTS[0]))
    job = {
        "template": str(template),
        "root": str(template.parent),
        "fonts": fonts,
        "inputs": {
            name: json.dumps(value, ensure_ascii=False)
            for name, value in printable(dict(inputs), glyphs).items()
        },
        "moment": moment,
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
