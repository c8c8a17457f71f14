"""What the portal's own pages show of a report: its title, its card in the archive, its body."""

import json
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from malangkraf.drawing.houses import House, row_of_houses
from malangkraf.numbers import format_percent
from roadmap.models import Achievement, ReportFile, ReportRun
from roadmap.periods import period_label
from roadmap.reporting import html
from roadmap.reporting.titles import title_of
from roadmap.services.reports import verify_url

HOUSE_COLOURS = ("#f2a900", "#1f8a5f", "#d9486e", "#d1432b", "#7b4fa3", "#4fb0c6", "#17769b", "#f6c85f")

LANGUAGE_NAMES = {"id": "Bahasa Indonesia", "en": "English"}


def report_title(run: ReportRun, language: str) -> str:
    """Return the title of a run's report."""
    return title_of(run.report.period, language)


def file_links(run: ReportRun) -> list[dict[str, Any]]:
    """Return the finished files with format, language, size in kB and address; from the prefetched files."""
    return [
        {
            "format": file.get_format_display(),
            "language": file.language,
            "language_name": LANGUAGE_NAMES[file.language],
            "kilobytes": max(1, round(file.size / 1024)),
            "url": reverse(
                "roadmap:report_file", args=[run.report.slug, run.number, f"{file.format}-{file.language}"]
            ),
        }
        for file in run.files.all()
        if file.state == ReportFile.State.DONE
    ]


def missing_files(links: list[dict[str, Any]]) -> list[str]:
    """Return the files that a version was published without, "PDF (English)"; none when it never had any."""
    made = {(link["format"], link["language"]) for link in links}
    return [
        f"{label} ({name})"
        for label in ReportFile.Format.labels
        for language, name in LANGUAGE_NAMES.items()
        if made and (label, language) not in made
    ]


def cover_houses(snapshot: dict[str, Any], title: str, language: str) -> str:
    """Return the small row of houses of a report's cover: one per indicator, by its capped achievement.

    The height is limited to 0 to 100 %; the figure in the text alternative is the true one.
    """
    houses = []
    for place, indicator in enumerate(snapshot["indicators"][:14]):
        achievement = indicator["achievement"]
        percent = achievement["percent"]
        houses.append(
            House(
                label=indicator["name"][language] or indicator["name"]["id"],
                height=_height(achievement["capped"]),
                colour=HOUSE_COLOURS[place % len(HOUSE_COLOURS)],
                value="" if percent is None else format_percent(Decimal(percent), language),
            )
        )
    missing = _("no percentage yet")
    drawing = row_of_houses(houses, title=title, width=300, height=190, missing=missing)
    return mark_safe(drawing) if houses else ""


def _height(capped: str | None) -> float | None:
    return None if capped is None else float(max(Decimal("0.04"), Decimal(capped) / 100))


def report_card(run: ReportRun, language: str) -> dict[str, Any]:
    """Return what the archive's card of a published run shows; no query beyond the prefetched files."""
    snapshot = json.loads(run.snapshot)
    completeness = snapshot["completeness"]
    title = report_title(run, language)
    files = [link for link in file_links(run) if link["language"] == language]
    phase = snapshot["report"]["phase"]
    return {
        "title": title,
        "colour": phase["colour"] if phase else "leaf",
        "houses": cover_houses(snapshot, title, language),
        "url": reverse("roadmap:report_detail", args=[run.report.slug]),
        "text": _("%(measured)s of %(expected)s indicators have a figure. Figures as of %(date)s.")
        % {
            "measured": completeness["measured"],
            "expected": completeness["expected"],
            "date": period_label("date", run.cut_off.date(), run.cut_off.date(), language)
            if run.cut_off
            else "–",
        },
        "files": [(f"{link['format']} {link['kilobytes']} kB", link["url"]) for link in files],
        "published_at": run.published_at,
        "number": run.number,
    }


def _link_explanations(report: dict[str, Any], snapshot: dict[str, Any]) -> None:
    """Give each percentage that the portal can still explain the address of its explanation; one query.

    A percentage belongs to the point of the series with its period; one put together from shorter periods to none.
    """
    periods: dict[str, str] = {}
    for item in snapshot["indicators"]:
        percent, figure = item["achievement"]["percent"], item["actual"] or item["target"]
        for point in item["series"] if percent is not None else ():
            if point["percent"] == percent and point["label"] == figure["label"]:
                periods[item["code"]] = point["code"]
    known = Achievement.objects.filter(
        indicator__is_public=True,
        indicator__code__in=periods,
        period__code__in=periods.values(),
        basis=Achievement.Basis.CURRENT,
        percent__isnull=False,
    ).values_list("indicator__code", "indicator__slug", "period__code")
    explained = {(code, period): slug for code, slug, period in known}
    for row in [*report["headline"], *report["others"]]:
        period = periods.get(row["code"], "")
        if slug := explained.get((row["code"], period)):
            address = period.replace("/", "--")
            row["explain_url"] = reverse("roadmap:achievement_explain", args=[slug, address])


def report_context(run: ReportRun, language: str) -> dict[str, Any]:
    """Return what the report's page shows: the document in one language, files and versions; two queries."""
    snapshot = json.loads(run.snapshot)
    address = verify_url(run.sha256, language)
    context = html.report_context(snapshot, language=language, sha256=run.sha256, verify_url=address)
    _link_explanations(context["report"], snapshot)
    links = file_links(run)
    return context | {
        "run": run,
        "title": report_title(run, language),
        "snapshot": snapshot,
        # The reader's language first.
        "files": sorted(links, key=lambda link: link["language"] != language),
        "missing_files": missing_files(links),
        "cover": cover_houses(snapshot, report_title(run, language), language),
        "colour": snapshot["report"]["phase"]["colour"] if snapshot["report"]["phase"] else "leaf",
    }
