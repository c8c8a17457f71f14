"""The public roadmap: phases, programmes and actions, what was promised and what happened."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Max, Model, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from malangkraf.page_cache import public_page
from malangkraf.translated import translated
from roadmap import pictures, standing
from roadmap.facility_links import buildings_of
from roadmap.models import Action, Evidence, Indicator, Phase, Programme, ProgressUpdate
from roadmap.presentation import Series, SeriesRow, band_text, load_series, reason_text
from roadmap.services.rollups import rollup_details


def neighbours(rows: Sequence[Model], row: Model, *, route: str, field: str) -> dict[str, str]:
    """Return addresses and names of the rows before and after one of a list, "" at its ends."""
    place = next((place for place, other in enumerate(rows) if other.pk == row.pk), None)
    around: dict[str, Model | None] = {"previous": None, "next": None}
    if place is not None:
        around["previous"] = rows[place - 1] if place else None
        around["next"] = rows[place + 1] if place + 1 < len(rows) else None
    found = {}
    for name, other in around.items():
        found[f"{name}_url"] = reverse(f"roadmap:{route}", args=[other.slug]) if other else ""  # type: ignore[attr-defined]
        found[f"{name}_text"] = translated(other, field) if other else ""
    return found


def public_actions() -> QuerySet[Action]:
    """Return the published actions with what lists show and the day of their newest update."""
    return (
        Action.objects.published()
        .select_related("programme", "phase", "lead_organization")
        .annotate(latest_update=Max("updates__as_of", filter=Q(updates__is_published=True)))
    )


@public_page
def roadmap_detail(request: HttpRequest) -> HttpResponse:
    """Show all phases with their programmes and how far both are."""
    programmes = Programme.objects.published().select_related("lead_organization").prefetch_related("phases")
    actions = list(public_actions())
    measured = standing.measured_by_phase()
    context = {
        **_together(None),
        "phases": [
            {
                "phase": phase,
                "measured": measured.get(phase.pk, standing.Measured()),
                "meter": _meter(measured.get(phase.pk, standing.Measured())),
                "programmes": [one for one in programmes if phase in one.phases.all()],
                "states": standing.state_counts(action for action in actions if action.phase_id == phase.pk),
            }
            for phase in Phase.objects.published()
        ],
        "programmes": [
            {
                "programme": programme,
                "states": standing.state_counts(a for a in actions if a.programme_id == programme.pk),
            }
            for programme in programmes
        ],
    }
    return render(request, "roadmap/roadmap_detail.html", context)


def _together(
    scope: Phase | Programme | None, indicators: Iterable[Indicator] | None = None
) -> dict[str, Any]:
    """Return the roll-up of a scope with its band, or the reason why there is no number, and what went into it."""
    details = rollup_details(scope)
    rollup = details.rollup
    text = band_text(rollup.band) if rollup.band else reason_text(rollup.reason or "")
    if indicators is None:
        indicators = Indicator.objects.filter(code__in=details.weights)
    inputs = standing.rollup_inputs(details, indicators)
    return {"rollup": rollup, "rollup_text": text, "rollup_inputs": inputs}


def _meter(measured: standing.Measured) -> str:
    words = {"measured": measured.measured, "expected": measured.expected}
    return _("%(measured)s of %(expected)s KPIs measured") % words if measured.expected else ""


@public_page
def phase_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a phase: its promise, its programmes and actions, its indicators within it."""
    phases = list(Phase.objects.published().select_related("lead_organization"))
    phase = next((phase for phase in phases if phase.slug == slug), None)
    phase = phase or get_object_or_404(Phase.objects.published(), slug=slug)
    indicators = Indicator.objects.public().filter(links__phase=phase).distinct()
    loaded = load_series(indicators).values()
    figures = [figure_between(series, phase.start, phase.end) for series in loaded]
    actions = [standing.action_row(action) for action in public_actions().filter(phase=phase)]
    measured = standing.Measured(
        sum(row is not None and row.actual is not None for _one, row in figures), len(figures)
    )
    context: dict[str, Any] = {
        "phase": phase,
        **neighbours(phases, phase, route="phase_detail", field="name"),
        **_together(phase, [series.indicator for series in loaded]),
        "figures": figures,
        "houses": _houses(figures),
        "measured": measured,
        "done": sum(row.action.state == Action.State.DONE for row in actions),
        "total": len(actions),
        "programmes": _programmes_with(actions, phase),
    }
    return render(request, "roadmap/phase_detail.html", context)


def figure_between(series: Series, start: date, end: date) -> tuple[Series, SeriesRow | None]:
    """Return the series with its newest row inside the days: with a percentage, else a value, else any."""
    rows = [row for row in series.rows if row.period.end >= start and row.period.end <= end]
    with_percent = [row for row in rows if row.percent is not None]
    with_value = [row for row in rows if row.actual is not None]
    chosen = with_percent or with_value or rows
    return series, chosen[-1] if chosen else None


def _houses(figures: Sequence[tuple[Series, SeriesRow | None]]) -> str:
    rows = {series.indicator.pk: row.achievement for series, row in figures if row and row.achievement}
    if not figures:
        return ""
    indicators = [series.indicator for series, _row in figures]
    return pictures.houses(rows, indicators, width=460, height=220)


def _programmes_with(actions: Sequence[standing.ActionRow], phase: Phase) -> list[dict[str, Any]]:
    """Return the phase's programmes, each with its actions in the phase."""
    return [
        {
            "programme": programme,
            "actions": [row for row in actions if row.action.programme_id == programme.pk],
        }
        for programme in Programme.objects.published().filter(phases=phase)
    ]


@public_page
def programme_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a programme: its promise, its actions phase by phase, its indicators."""
    programmes = list(
        Programme.objects.published()
        .select_related("lead_organization")
        .prefetch_related(Prefetch("phases", Phase.objects.published()), "subsectors")
    )
    programme = next((programme for programme in programmes if programme.slug == slug), None)
    programme = programme or get_object_or_404(Programme.objects.published(), slug=slug)
    actions = list(public_actions().filter(programme=programme).order_by("phase__start", "order", "title"))
    indicators = Indicator.objects.public().filter(links__programme=programme).distinct()
    series = list(load_series(indicators).values())
    context = {
        "programme": programme,
        **neighbours(programmes, programme, route="programme_detail", field="title"),
        **_together(programme, [one.indicator for one in series]),
        "actions": [standing.action_row(action) for action in actions],
        "states": standing.state_counts(actions),
        "last_update": max((action.updated_at for action in actions), default=programme.updated_at),
        "figures": [(one, one.latest_percent or one.latest) for one in series],
    }
    return render(request, "roadmap/programme_detail.html", context)


@public_page
def action_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an action: its promise, state and dates, and what happened, update by update."""
    action = get_object_or_404(public_actions().prefetch_related("partners"), slug=slug)
    siblings = list(Action.objects.published().filter(programme=action.programme_id))
    evidence = Evidence.objects.filter(is_public=True)
    updates = (
        ProgressUpdate.objects.filter(action=action)
        .published()
        .select_related("organization")
        .prefetch_related(Prefetch("evidence", queryset=evidence, to_attr="public_evidence"))
    )
    indicators = Indicator.objects.public().filter(links__action=action).distinct()
    context = {
        "action": action,
        "row": standing.action_row(action),
        **neighbours(siblings, action, route="action_detail", field="title"),
        "updates": list(updates.order_by("-as_of", "-pk")),
        "figures": [(one, one.latest_percent or one.latest) for one in load_series(indicators).values()],
        "title": translated(action, "title"),
        "buildings": buildings_of(action),
    }
    return render(request, "roadmap/action_detail.html", context)
