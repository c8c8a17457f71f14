"""The first load: the roadmap, the indicators and the KPI figures that the city had published before the portal.

Rows are only ever added. What a planner has changed since in the work room stays as it is.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models, transaction

from ecosystem.models import Organization, Subsector
from roadmap.importing import apply_import, plan_import
from roadmap.models import (
    Action,
    Indicator,
    IndicatorLink,
    Measurement,
    Period,
    Phase,
    Programme,
    ProgressUpdate,
    TargetRevision,
)
from roadmap.periods import PeriodKind, PeriodSpan, periods_within, phase_span
from roadmap.services import achievements
from roadmap.services.periods import go_live, new_period

FOLDER = Path(__file__).resolve().parent.parent / "data"
FIRST_YEAR, LAST_YEAR = 2017, 2026
KINDS = (PeriodKind.YEAR, PeriodKind.QUARTER)


@dataclass(frozen=True)
class Loaded:
    """How many rows of each kind there are now, by English name in the order of loading."""

    counts: dict[str, int]
    added_figures: int


@transaction.atomic
def load_published(*, on: date) -> Loaded:
    """Load what is missing of the published roadmap and figures and return the counts; `on` is today in Malang.

    Needs the reference data (`load_reference`). Running it again adds nothing.
    """
    roadmap = _read("roadmap.json")
    organizations = dict(Organization.objects.values_list("slug", "pk"))
    phases = _add_phases(roadmap["phases"], organizations)
    _add_periods(phases.values())
    programmes = _add_programmes(roadmap["programmes"], phases, organizations)
    _add_indicators(_read("indicators.json"), phases, programmes, organizations=organizations)
    added = _add_figures(on)
    models_in_order: tuple[type[models.Model], ...] = (
        Phase,
        Programme,
        Action,
        ProgressUpdate,
        Indicator,
        Period,
        TargetRevision,
        Measurement,
    )
    counts = {str(model._meta.model_name): model._default_manager.count() for model in models_in_order}
    return Loaded(counts=counts, added_figures=added)


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _add_phases(rows: Iterable[Mapping[str, Any]], organizations: Mapping[str, int]) -> dict[str, Phase]:
    """Return the phases of the file by slug; a phase that overlaps one made by a planner is an IntegrityError."""
    phases = {}
    for row in rows:
        values = _without(row, "slug", "lead_organization", "start", "end")
        phases[row["slug"]], _created = Phase.objects.get_or_create(
            slug=row["slug"],
            defaults={
                **values,
                "start": date.fromisoformat(row["start"]),
                "end": date.fromisoformat(row["end"]),
                "lead_organization_id": organizations[row["lead_organization"]],
            },
        )
    return phases


def _add_periods(phases: Iterable[Phase]) -> None:
    """Make the years, quarters and phases."""
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    spans: list[tuple[PeriodSpan, Phase | None]] = [
        (span, None) for kind in KINDS for span in periods_within(kind, first, last)
    ]
    spans += [(phase_span(phase.slug, phase.start, phase.end), phase) for phase in phases]
    since = go_live()
    periods = (new_period(span, phase=phase, live_since=since) for span, phase in spans)
    Period.objects.bulk_create(periods, ignore_conflicts=True)


def _add_programmes(
    rows: Iterable[Mapping[str, Any]], phases: Mapping[str, Phase], organizations: Mapping[str, int]
) -> dict[str, Programme]:
    """Return the programmes of the file by slug, with their actions and progress updates."""
    programmes = {}
    for row in rows:
        programme, created = Programme.objects.get_or_create(
            slug=row["slug"],
            defaults={
                **_without(row, "slug", "phases", "subsectors", "actions", "lead_organization"),
                "lead_organization_id": organizations[row["lead_organization"]],
            },
        )
        if created:
            programme.phases.set(phases[slug] for slug in row["phases"])
            programme.subsectors.set(Subsector.objects.filter(code__in=row["subsectors"]))
        programmes[row["slug"]] = programme
        for action in row["actions"]:
            _add_action(action, programme, phases, organizations=organizations)
    return programmes


def _add_action(
    row: Mapping[str, Any],
    programme: Programme,
    phases: Mapping[str, Phase],
    *,
    organizations: Mapping[str, int],
) -> None:
    """Make an action with its updates, unless it is there: then a planner looks after it."""
    days = {
        name: date.fromisoformat(row[name])
        for name in ("planned_start", "planned_end", "actual_start", "actual_end")
        if name in row
    }
    action, created = Action.objects.get_or_create(
        slug=row["slug"],
        defaults={
            **_without(row, "slug", "phase", "partners", "updates", "lead_organization"),
            **days,
            "programme": programme,
            "phase": phases[row["phase"]],
            "lead_organization_id": organizations[row["lead_organization"]],
        },
    )
    if not created:
        return
    action.partners.set(organizations[slug] for slug in row.get("partners", ()))
    for update in row["updates"]:
        ProgressUpdate.objects.create(
            **_without(update, "organization", "as_of"),
            action=action,
            as_of=date.fromisoformat(update["as_of"]),
            organization_id=organizations[update["organization"]],
        )


def _add_indicators(
    rows: Iterable[Mapping[str, Any]],
    phases: Mapping[str, Phase],
    programmes: Mapping[str, Programme],
    *,
    organizations: Mapping[str, int],
) -> None:
    """Make the indicators with their links, unless they are there."""
    periods = dict(Period.objects.values_list("code", "pk"))
    for row in rows:
        indicator, created = Indicator.objects.get_or_create(
            code=row["code"],
            defaults={
                **_without(row, "code", "links", "subsectors", "owner_organization", "baseline_period"),
                "owner_organization_id": organizations[row["owner_organization"]],
                "baseline_period_id": periods[row["baseline_period"]] if "baseline_period" in row else None,
            },
        )
        if not created:
            continue
        indicator.subsectors.set(Subsector.objects.filter(code__in=row["subsectors"]))
        IndicatorLink.objects.bulk_create(
            IndicatorLink(
                indicator=indicator,
                phase=phases[link["phase"]] if "phase" in link else None,
                programme=programmes[link["programme"]] if "programme" in link else None,
                level=link["level"],
            )
            for link in row["links"]
        )


def _add_figures(on: date) -> int:
    """Import the published figures that the portal does not have and return how many rows of the file that were."""
    with (FOLDER / "published-kpi.csv").open("rb") as file:
        plan = plan_import(file, name="published-kpi.csv", on=on)
    plan.keep_only_new()
    result = apply_import(plan)
    achievements.recompute(Indicator.objects.all(), on=on)
    return result.created
