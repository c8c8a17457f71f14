"""Tags and filters of the portal; settings.py makes them built in, so no template loads them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from malangkraf import numbers
from malangkraf.logs import current_request_id
from malangkraf.moments import format_clock, format_moment, format_span
from malangkraf.translated import lacks_translation
from malangkraf.translated import translated as translated_text

register = template.Library()

# 24 × 24 outlines drawn for the portal; the style sheet gives the stroke its width and colour.
ICONS = {
    "check": "M4 13l5 5L20 7",
    "up": "M12 20V5M5 12l7-7 7 7",
    "down": "M12 4v15M5 12l7 7 7-7",
    "right": "M4 12h15M13 6l6 6-6 6",
    "left": "M20 12H5M11 6l-6 6 6 6",
    "warning": "M12 4L2.5 20h19zM12 10v4M12 17v.01",
    "info": "M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v6M12 7.5v.01",
    "error": "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16.5v.01",
    "question": "M9 9a3 3 0 115 2.2c-1.3.8-2 1.5-2 2.8M12 18v.01",
    "minus": "M5 12h14",
    "plus": "M12 5v14M5 12h14",
    "close": "M6 6l12 12M18 6L6 18",
    "search": "M11 4a7 7 0 100 14 7 7 0 000-14zM16 16l5 5",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "chevron": "M6 9l6 6 6-6",
    "copy": "M9 9h11v11H9zM5 15H4V4h11v1",
    "download": "M12 4v11M7 11l5 5 5-5M5 20h14",
    "edit": "M4 20l1-4L16 5l3 3L8 19z",
    "trash": "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
    "user": "M12 4a4 4 0 100 8 4 4 0 000-8zM4 21c0-4 4-6 8-6s8 2 8 6",
    "clock": "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3 2",
    "lock": "M6 11h12v9H6zM8 11V8a4 4 0 018 0v3",
    "filter": "M4 6h16M7 12h10M10 18h4",
    "pin": "M12 21c-4-5-7-8-7-11a7 7 0 0114 0c0 3-3 6-7 11zM12 8a2 2 0 100 4 2 2 0 000-4z",
    "cards": "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
    "table": "M4 5h16v14H4zM4 10h16M4 14.5h16M10 10v9",
    "map": "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14",
    "mail": "M3 6h18v12H3zM3 7l9 7 9-7",
    "phone": "M6 3h4l2 5-3 2a12 12 0 005 5l2-3 5 2v4a2 2 0 01-2 2A17 17 0 014 5a2 2 0 012-2z",
    "share": "M12 3v12M7 8l5-5 5 5M5 13v7h14v-7",
    "print": "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z",
    "flag": "M6 21V4h11l-2 4 2 4H6",
    "link": "M10 14a4 4 0 006 0l3-3a4 4 0 00-6-6l-1 1M14 10a4 4 0 00-6 0l-3 3a4 4 0 006 6l1-1",
    "document": "M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h7",
}
# The sign that each tone shows when the page names none: colour is never the only signal.
TONE_ICONS = {"good": "check", "warn": "warning", "bad": "down", "info": "info", "neutral": "minus"}
# The tone of each predicate of the achievement scale.
BAND_TONES = {"very_high": "good", "high": "good", "medium": "warn", "low": "bad", "very_low": "bad"}
BAND_ICONS = {"very_high": "up", "high": "check", "medium": "minus", "low": "down", "very_low": "down"}


@register.filter
def number(value: Decimal | int | None, decimals: int | None = None) -> str:
    """Return the number in the active language ("1.234,5"), "–" for None."""
    decimal = Decimal(value) if value is not None else None
    return numbers.format_number(decimal, get_language() or "id", decimals=decimals)


@register.filter
def percent(value: Decimal | int | None, decimals: int = 2) -> str:
    """Return a percentage given as 0-100 in the active language ("92,26%"), "–" for None."""
    decimal = Decimal(value) if value is not None else None
    return numbers.format_percent(decimal, get_language() or "id", decimals=decimals)


@register.filter
def moment(value: datetime | None) -> str:
    """Return an instant as Malang's clocks show it, "22 Nov 2026, 15.16" (15:16 in English), "–" for None."""
    return format_moment(value) if value else "–"


@register.filter
def clock(value: datetime) -> str:
    """Return the time of day in Malang, "15.16" (15:16 in English)."""
    return format_clock(value)


@register.simple_tag
def time_span(starts_at: datetime, ends_at: datetime) -> str:
    """Return from when to when in Malang, "Selasa, 1 Desember 2026, 10.00–12.00 WIB"."""
    return format_span(starts_at, ends_at)


@register.filter
def translated(obj: object, field: str) -> str:
    """Return the field in the active language, or in Indonesian when it has no translation."""
    return translated_text(obj, field)


@register.filter
def untranslated_lang(obj: object, field: str) -> SafeString:
    """Return ` lang="id"` for a field that an English page shows in Indonesian, else nothing."""
    return mark_safe(' lang="id"' if lacks_translation(obj, field) else "")


@register.simple_tag(takes_context=True)
def language_url(context: template.Context, language: str) -> str:
    """Return this page's address in the other language, or that language's home page where there is none."""
    request: HttpRequest | None = context.get("request")
    home = "/" if language == "id" else f"/{language}/"
    if request is None or getattr(request, "resolver_match", None) is None:
        return home
    # A page asks several times: the switch, the links for search engines.
    known: dict[str, str] = request.__dict__.setdefault("_urls_by_language", {})
    if language not in known:
        known[language] = translate_url(request.get_full_path(), language)
    return known[language]


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: object) -> str:
    """Return "?…" with these keys set, or removed where the value is None or ""; `page` starts again unless given."""
    query: QueryDict = context["request"].GET.copy()
    query.pop("page", None)
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def current_if(context: template.Context, url: str) -> SafeString:
    """Return ` aria-current="page"` on the page itself, ` aria-current="true"` on the pages under it."""
    request: HttpRequest | None = context.get("request")
    if request is None or not url or not request.path.startswith(url):
        return SafeString("")
    return mark_safe(f' aria-current="{"page" if request.path == url else "true"}"')


@register.simple_tag
def elided_pages(page: Page[Any]) -> list[int | str]:
    """Return the page numbers to show, with "…" where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return one drawn sign that screen readers skip; raise KeyError for an unknown name."""
    return format_html(
        '<svg class="icon icon-{}" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>',
        name,
        ICONS[name],
    )


@register.simple_tag
def static_or_plain(path: str) -> str:
    """Return a static file's address; when the list of hashed names cannot tell, the plain one instead of an error."""
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.simple_tag
def request_id() -> str:
    """Return the id of this request, which stands in the logs too; works without any context."""
    return current_request_id.get() or "-"


@register.inclusion_tag("components/_breadcrumb.html")
def breadcrumb(*parts: Any) -> dict[str, Any]:
    """Show `{% breadcrumb "KPI" kpi_url "Growth" %}`: pairs of label and address, then the page's own name."""
    *pairs, here = parts
    labels = pairs[0::2]
    return {"items": [*zip(labels, pairs[1::2], strict=True), (here, "")]}


@register.inclusion_tag("components/_badge.html")
def badge(text: object, tone: str = "neutral", icon: str = "") -> dict[str, Any]:
    """Show a status as sign and word; the tone is good, warn, bad, info or neutral."""
    return {"text": text, "tone": tone, "icon": icon or TONE_ICONS[tone]}


@register.inclusion_tag("components/_badge.html")
def band(code: str | None, text: object) -> dict[str, Any]:
    """Show the predicate of an achievement; no code = cannot be computed, and `text` says why."""
    if not code:
        return {"text": text, "tone": "neutral", "icon": "question"}
    # A planner may define a scale with other bands: they get a neutral badge, never an error.
    return {"text": text, "tone": BAND_TONES.get(code, "neutral"), "icon": BAND_ICONS.get(code, "minus")}
