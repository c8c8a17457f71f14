"""Instants as the clocks in Malang show them."""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def format_moment(value: datetime) -> str:
    """Return "22 Nov 2026, 15.16" in the active language; English writes 15:16."""
    clock = "H:i" if (get_language() or "id").startswith("en") else "H.i"
    return date_format(timezone.localtime(value), f"j M Y, {clock}")


def format_clock(value: datetime) -> str:
    """Return "15.16" as Malang's clocks show it; English writes 15:16."""
    clock = "H:i" if (get_language() or "id").startswith("en") else "H.i"
    return date_format(timezone.localtime(value), clock)


def format_span(starts_at: datetime, ends_at: datetime) -> str:
    """Return "Selasa, 1 Desember 2026, 10.00–12.00 WIB", with both days when it ends on a later one."""
    return _span(starts_at, ends_at, get_language() or "id", timezone.get_current_timezone())


# A page names the same time in several places, and many ask for the same times.
@lru_cache(maxsize=2048)
def _span(starts_at: datetime, ends_at: datetime, language: str, zone: tzinfo) -> str:
    clock = "H:i" if language.startswith("en") else "H.i"
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if start.date() == end.date() or end == start.replace(hour=0, minute=0) + timedelta(days=1):
        closing = (
            "24" + date_format(end, clock)[2:] if start.date() != end.date() else date_format(end, clock)
        )
        return f"{date_format(start, 'l, j F Y')}, {date_format(start, clock)}–{closing} WIB"
    return f"{date_format(start, f'j F Y, {clock}')} – {date_format(end, f'j F Y, {clock}')} WIB"
