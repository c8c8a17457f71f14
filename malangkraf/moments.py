"""Instants as the clocks in Malang show them."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def format_moment(value: datetime) -> str:
    """Return "22 Nov 2026, 15.16" in the active language; English writes 15:16."""
    clock = "H:i" if (get_language() or "id").startswith("en") else "H.i"
    return date_format(timezone.localtime(value), f"j M Y, {clock}")
