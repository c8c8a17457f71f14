"""Pages of the portal that belong to no app: home, search, plain pages and errors."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ecosystem.agenda_page import next_events
from ecosystem.facility_list_page import today
from malangkraf.page_cache import LONGEST_VALUE, never_store, public_page
from malangkraf.translated import translated
from roadmap import pictures, standing
from roadmap.models import Indicator, Phase, ReportFile, ReportRun
from roadmap.presentation import load_series
from roadmap.reporting.page import report_card
from roadmap.search import Group, Result, words_of
from roadmap.search import search as find
from startups import code_lists, overview
from startups.privacy_table import privacy_rows
from startups.services.statistics import live_counts
from startups.statistics_page import list_url, table_of_kinds

MOST_CARDS = 6
MOST_CHIPS = 2
MOST_LATEST = 5
MOST_FOUND = 20
MOST_EVENTS = 3


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Show what the city wants and how far it is."""
    headline = list(Indicator.objects.public().headline().order_by("order", "name")[:MOST_CARDS])
    series = load_series(headline)
    measured, now = standing.measured_by_phase(), timezone.now()
    context = {
        **_directory(),
        "phases": [
            {"phase": phase, "measured": measured.get(phase.pk, standing.Measured())}
            for phase in Phase.objects.published()
        ],
        "cards": [pictures.kpi_card(series[indicator.pk]) for indicator in headline],
        "report": _latest_report(),
        "facilities": today(now=now),
        "events": next_events(now=now, most=MOST_EVENTS),
    }
    return render(request, "malangkraf/home.html", context)


def _directory() -> dict[str, Any]:
    """Return the number of the directory, its houses and its latest entries; three queries."""
    counts = live_counts(timezone.localdate())
    lists = code_lists.load()
    return {
        "counts": counts,
        "houses": overview.subsector_houses(counts, lists),
        "subsectors": overview.largest_subsectors(counts, lists, most=MOST_CHIPS),
        "kinds": table_of_kinds(counts, lists),
        "latest": overview.latest_entries(on=counts.on, most=MOST_LATEST),
    }


def _latest_report() -> dict[str, Any] | None:
    """Return the card of the report that was published last; two queries."""
    done = ReportFile.objects.filter(state=ReportFile.State.DONE)
    run = (
        ReportRun.objects.filter(state=ReportRun.State.PUBLISHED)
        .select_related("report__period__phase")
        .prefetch_related(Prefetch("files", queryset=done))
        .order_by("-report__period__end", "-published_at")
        .first()
    )
    return report_card(run, get_language() or "id") if run else None


@public_page(params=("q",))
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, by kind; an empty question gets ways in."""
    text = request.GET.get("q", "")
    is_too_long = len(text) > LONGEST_VALUE
    groups = [] if is_too_long else [*_startups(text), *find(text)]
    context = {
        "asked": text[:LONGEST_VALUE],
        "is_too_long": is_too_long,
        "has_words": bool(words_of(text)),
        "groups": groups,
        "count": sum(len(group.results) for group in groups),
        "suggestions": [] if groups else Indicator.objects.public().headline()[:MOST_CARDS],
        "phases": [] if text else Phase.objects.published(),
    }
    response = render(request, "malangkraf/search.html", context)
    # What people type is endless: only the empty page is kept.
    return never_store(response) if text else response


def _startups(text: str) -> list[Group]:
    """Return the entries of the directory that fit, with the way to the others; five queries at most."""
    found = overview.find_entries(text, most=MOST_FOUND) if words_of(text) else []
    results = [
        Result(
            title=_("%(name)s (sample)") % {"name": entry.name} if entry.is_sample else entry.name,
            text=translated(entry.startup, "summary"),
            url=reverse("startups:startup_detail", args=[entry.startup.slug]),
        )
        for entry in found
    ]
    return [Group(_("Startups"), results, more_url=list_url(q=text))] if results else []


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    """Say which data the portal keeps."""
    context = {
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "DATA_CONTROLLER": settings.DATA_CONTROLLER,
        "rows": privacy_rows(),
        "map_tiles_host": urlsplit(settings.MAP_TILES_URL).hostname,
    }
    return render(request, "malangkraf/privacy.html", context)


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how the portal is made usable for all."""
    return render(request, "malangkraf/accessibility.html")


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep crawlers out of the work room, the accounts and the endless search."""
    closed = ("/ruang-kerja/", "/akun/", "/cari/", "/api/", "/pengelola/")
    lines = ["User-agent: *", *(f"Disallow: {prefix}{path}" for path in closed for prefix in ("", "/en"))]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def bad_request(
    request: HttpRequest, exception: Exception | None = None, *, status: int = 400
) -> HttpResponse:
    """Say that the request could not be read; render() would ask context processors, which read it."""
    return HttpResponse(render_to_string("400.html"), status=status)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the page is not for this account."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing at this address."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the portal failed, with the number to ask by."""
    return render(request, "500.html", status=500)
