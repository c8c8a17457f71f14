"""How many startups Malang has: now, month by month, and as others have said; pages, CSV and JSON."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from malangkraf.page_cache import public_page
from malangkraf.spreadsheets import neutral
from startups import code_lists
from startups.models import Startup, StatSnapshot
from startups.published_counts import published_counts
from startups.rules.freshness import Freshness
from startups.services.statistics import DIMENSIONS, NOT_SHOWN, canonical_text, last_day, live_counts
from startups.statistics_page import (
    labels_of,
    list_url,
    months_chart,
    quoted_chart,
    quoted_number,
    tables_of,
    tables_of_month,
)

# More names than this are read by nobody; the JSON has them all.
MOST_NAMES = 200


@public_page
def statistics_detail(request: HttpRequest) -> HttpResponse:
    """Show the number, what it is made of, its months, and what others have said; three queries."""
    counts = live_counts(timezone.localdate())
    months = list(StatSnapshot.objects.defer("entry_ids", "counts"))
    context = {
        "counts": counts,
        "tables": tables_of(counts, code_lists.load()),
        "list_url": reverse("startups:startup_list"),
        "dormant_url": list_url(kesegaran=Freshness.DORMANT),
        "months": months,
        "months_chart": months_chart(months),
        "are_months_samples": all(snapshot.is_sample for snapshot in months),
        "quoted": [(one, quoted_number(one)) for one in published_counts()],
        "quoted_chart": quoted_chart(counts),
    }
    return render(request, "startups/statistics.html", context)


@public_page
def statistics_csv(request: HttpRequest) -> HttpResponse:
    """Return the live figures as CSV; a hidden cell is empty."""
    counts, lists = live_counts(timezone.localdate()), code_lists.load()
    day = counts.on.isoformat()
    rows: list[Sequence[Any]] = [
        (day, "total", "", "", counts.total, counts.samples),
        (day, "dormant", "", "", counts.dormant, counts.dormant_samples),
    ]
    for name in DIMENSIONS:
        labels, samples = labels_of(name, lists), counts.sample_cells[name]
        for code, number in counts.shown(name).items():
            label = labels.get(code, code)
            of_samples = "" if number is None else samples.get(code, 0)
            rows.append((day, name, code, label, "" if number is None else number, of_samples))
    return _csv("statistics", ("day", "dimension", "code", "label", "entries", "of_them_samples"), rows)


@public_page
def statistics_months_csv(request: HttpRequest) -> HttpResponse:
    """Return the totals of all months as CSV."""
    rows = [
        (
            f"{one.month:%Y-%m}",
            one.total,
            one.method,
            timezone.localtime(one.taken_at).isoformat(timespec="seconds"),
            one.sha256,
            "yes" if one.is_sample else "no",
        )
        for one in StatSnapshot.objects.defer("entry_ids", "counts").order_by("month")
    ]
    return _csv("statistics-months", ("month", "entries", "method", "taken_at", "sha256", "sample"), rows)


@public_page
def statistics_quoted_csv(request: HttpRequest) -> HttpResponse:
    """Return the quoted figures with their sources as CSV."""
    rows = [
        (
            one.on.isoformat()[: 4 if one.precision == "year" else 7],
            one.number,
            "more than" if one.is_more else "",
            one.what_en,
            one.source_en,
            one.url,
            one.note_en,
        )
        for one in published_counts()
    ]
    return _csv("quoted-counts", ("when", "number", "relation", "what", "source", "address", "note"), rows)


@public_page
def snapshot_detail(request: HttpRequest, month: date) -> HttpResponse:
    """Show the figures of a month as they were kept, how to cite them, and the entries behind them; four queries."""
    snapshot = get_object_or_404(StatSnapshot, month=month)
    counted = Startup.objects.public().filter(uuid__in=snapshot.entry_ids).order_by("name", "pk")
    named = list(counted.only("name", "slug", "language", "lifecycle", "is_sample"))
    context = {
        "snapshot": snapshot,
        "tables": tables_of_month(snapshot, code_lists.load()),
        "last_day": last_day(snapshot.month),
        "days_late": (timezone.localdate(snapshot.taken_at) - last_day(snapshot.month)).days - 1,
        "dormant": snapshot.counts["dormant"][Freshness.DORMANT],
        "named": named[:MOST_NAMES],
        "more": max(0, len(named) - MOST_NAMES),
        "no_longer_public": snapshot.total - len(named),
        "address": f"{settings.SITE_URL}{reverse('startups:snapshot_detail', args=[month])}",
    }
    return render(request, "startups/statistics_month.html", context)


@public_page
def snapshot_json(request: HttpRequest, month: date) -> HttpResponse:
    """Return the very text that the month's sha256 is over."""
    response = HttpResponse(
        canonical_text(get_object_or_404(StatSnapshot, month=month)), content_type="application/json"
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response


@public_page
def snapshot_csv(request: HttpRequest, month: date) -> HttpResponse:
    """Return the figures of a month as CSV; a hidden cell is empty."""
    snapshot, lists = get_object_or_404(StatSnapshot, month=month), code_lists.load()
    name_of_month = f"{month:%Y-%m}"
    rows: list[Sequence[Any]] = [(name_of_month, "total", "", "", snapshot.total)]
    for name in DIMENSIONS:
        labels = labels_of(name, lists)
        rows += [
            (name_of_month, name, code, "" if code == NOT_SHOWN else labels.get(code, code), number)
            for code, number in snapshot.counts[name].items()
        ]
    rows.append((name_of_month, "dormant", "", "", snapshot.counts["dormant"][Freshness.DORMANT]))
    return _csv(f"statistics-{name_of_month}", ("month", "dimension", "code", "label", "entries"), rows)


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="malangkraf-{name}.csv"'
    writer = csv.writer(response, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow(
            ["" if cell is None else neutral(cell) if isinstance(cell, str) else cell for cell in row]
        )
    return response
