"""Filters of the roadmap's pages: `{% load roadmap %}`."""

from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlsplit

from django import template
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from malangkraf.numbers import format_percent
from roadmap.models import Period, Phase
from roadmap.periods import period_label
from roadmap.presentation import label_of

register = template.Library()


@register.filter
def years(phase: Phase) -> str:
    """Return the years of a phase, "2018–2019"."""
    return period_label("span", phase.start, phase.end, get_language() or "id")


@register.filter
def day(value: date | datetime | None) -> str:
    """Return a day of Asia/Jakarta as "20 Jul 2022", "–" for None."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return period_label("date", value, value, get_language() or "id")


@register.filter
def exact_percent(value: Decimal | None) -> str:
    """Return a percentage with the decimals it has: "98,3%", "100%"."""
    return format_percent(value, get_language() or "id", decimals=None)


@register.filter
def label(period: Period) -> str:
    """Return the name of a period in the active language."""
    return label_of(period)


@register.simple_tag
def dates(start: date | None, end: date | None) -> str:
    """Return "27 Mei 2021 – 20 Jul 2022", "from …", "until …" or "not stated"."""
    if start and end:
        return day(start) if start == end else f"{day(start)} – {day(end)}"
    if start:
        return _("from %(day)s") % {"day": day(start)}
    if end:
        return _("until %(day)s") % {"day": day(end)}
    return _("not stated")


@register.filter
def host(url: str) -> str:
    """Return the name of the site that an address leads to, without "www."."""
    return (urlsplit(url).hostname or url).removeprefix("www.")
