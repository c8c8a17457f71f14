"""What every template may need."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return site-wide template variables; no query."""
    return {"SITE_URL": settings.SITE_URL, "DEMO": settings.DEMO}
