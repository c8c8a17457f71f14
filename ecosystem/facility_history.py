"""How a facility came about: milestones and progress reports as one timeline, and the progress as a chart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecosystem.models import Facility, Milestone, ProgressReport
from malangkraf.drawing.charts import ChartPoint, responsive_chart
from malangkraf.numbers import format_percent
from malangkraf.translated import lacks_translation, translated

# Fewer reports make no line.
FEWEST_POINTS = 2
LONGEST_WORDS = 60
PATTERNS = {"day": "j F Y", "month": "F Y", "year": "Y"}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, with its source; `percent` and `planned` are written out, "" for none."""

    on: date
    when: str
    kind: str
    title: str
    detail: str
    source_url: str
    source: str
    percent: str = ""
    planned: str = ""
    lang: str = ""
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """The building's progress: what to say of it, the chart, and the reports as a table (the oldest first)."""

    sentence: str
    chart: SafeString
    reports: list[Step]


def steps_of(facility: Facility, published: Sequence[ProgressReport]) -> list[Step]:
    """Return what happened, the oldest first; two queries."""
    milestones = [_milestone(row) for row in facility.milestones.all()]
    corrected = _corrections(facility)
    reports = [replace(_report(row), corrected=corrected.get(row.pk, "")) for row in published]
    return sorted([*milestones, *reports], key=lambda step: step.on)


def progress_of(published: Sequence[ProgressReport]) -> Progress | None:
    """Return the progress of the building, None without a report."""
    if not published:
        return None
    return Progress(_sentence(published), _chart(published), [_report(row) for row in published])


def published_reports(facility: Facility) -> list[ProgressReport]:
    """Return the reports that everybody may see, the oldest first; one query."""
    return list(facility.progress_reports.filter(is_published=True))


def _corrections(facility: Facility) -> dict[int, str]:
    """Return for each report whose published figures were changed later when, and what they were; one query."""
    told: dict[int, str] = {}
    before: dict[int, Any] = {}
    events = ProgressReport.pgh_event_model.objects.filter(facility=facility.pk)  # type: ignore[attr-defined]
    for event in events.order_by("pgh_id"):
        old = before.get(event.pgh_obj_id)
        figures = (event.actual_percent, event.planned_percent)
        if old and old.is_published and (old.actual_percent, old.planned_percent) != figures:
            told[event.pgh_obj_id] = _("Corrected on %(day)s; before: %(figures)s.") % {
                "day": date_format(timezone.localdate(event.pgh_created_at), "j F Y"),
                "figures": _figures(old),
            }
        before[event.pgh_obj_id] = event
    return told


def _figures(row: ProgressReport) -> str:
    if row.planned_percent is None:
        return _percent(row.actual_percent)
    return _("%(actual)s (planned %(planned)s)") % {
        "actual": _percent(row.actual_percent),
        "planned": _percent(row.planned_percent),
    }


def host_of(url: str) -> str:
    """Return where an address leads, short: "detik.com"."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def words_of(url: str) -> str:
    """Return the last part of an address as words, "gedung mcc proyek prestisius"; two of one host are told apart."""
    address = urlsplit(url)
    last = address.path.rstrip("/").rpartition("/")[2] or address.query
    return Truncator(unquote(last).replace("-", " ")).chars(LONGEST_WORDS)


def _milestone(row: Milestone) -> Step:
    return Step(
        on=row.happened_on,
        when=date_format(row.happened_on, PATTERNS[row.precision]),
        kind=row.get_kind_display(),
        title=translated(row, "title"),
        detail=translated(row, "detail"),
        source_url=row.source_url,
        source=host_of(row.source_url),
        lang="id" if lacks_translation(row, "title") else "",
    )


def _report(row: ProgressReport) -> Step:
    return Step(
        on=row.as_of,
        when=date_format(row.as_of, "j F Y"),
        kind=_("Progress of the building"),
        title="",
        detail=translated(row, "note"),
        source_url=row.source_url,
        source=host_of(row.source_url),
        percent=_percent(row.actual_percent),
        planned=_percent(row.planned_percent) if row.planned_percent is not None else "",
        lang="id" if lacks_translation(row, "note") else "",
    )


def _sentence(reports: Sequence[ProgressReport]) -> str:
    """Return the newest figure, and how the newest planned one compared."""
    newest = reports[-1]
    text = _("%(percent)s of the work was done on %(day)s.") % {
        "percent": _percent(newest.actual_percent),
        "day": date_format(newest.as_of, "j F Y"),
    }
    compared = next((row for row in reversed(reports) if row.planned_percent is not None), None)
    if compared is None or compared.planned_percent is None:
        return text
    ahead = compared.actual_percent - compared.planned_percent
    pattern = _("On %(day)s it was %(points)s points ahead of the plan of %(planned)s.")
    if ahead < 0:
        pattern = _("On %(day)s it was %(points)s points behind the plan of %(planned)s.")
    elif not ahead:
        pattern = _("On %(day)s it was as planned: %(planned)s.")
    values = {
        "day": date_format(compared.as_of, "j F Y"),
        "points": _percent(abs(ahead)).rstrip("%"),
        "planned": _percent(compared.planned_percent),
    }
    return f"{text} {pattern % values}"


def _chart(reports: Sequence[ProgressReport]) -> SafeString:
    if len(reports) < FEWEST_POINTS:
        return mark_safe("")
    points = [
        ChartPoint(date_format(row.as_of, "M Y"), row.as_of, row.actual_percent, row.planned_percent)
        for row in reports
    ]
    details = "; ".join(
        f"{date_format(row.as_of, 'j M Y')}: {_percent(row.actual_percent)}" for row in reports
    )
    drawing = responsive_chart(
        points,
        title=_("Progress of the building, planned and actual"),
        description=_("The strong line is what was done, the dashed mark what was planned: %(details)s.")
        % {"details": details},
        format_value=_percent,
        format_tick=lambda value: format_percent(value, get_language() or "id", decimals=0),
    )
    return mark_safe(drawing)  # noqa: S308 (escaped in the drawing)


def _percent(value: Decimal) -> str:
    """Return the percentage with the decimals it was published with."""
    plain = value.normalize()
    decimals = max(0, -int(plain.as_tuple().exponent))
    return format_percent(value, get_language() or "id", decimals=decimals)
