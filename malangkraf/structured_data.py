"""Data blocks of pages for machines (JSON-LD)."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

# A text of a data block must not end it.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def data_block(values: Any) -> SafeString:
    """Return the values as JSON, safe inside a script element: signs that could end it are written as numbers."""
    return mark_safe(json.dumps(values, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308
