"""What the roadmap says of a facility, and a facility of the roadmap: actions, indicators, progress."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from ecosystem.facility_history import Progress, progress_of, published_reports
from ecosystem.facility_parts import FacilityPart, PartLink
from ecosystem.models import Facility
from malangkraf.translated import lacks_translation, translated
from roadmap.models import Action, Indicator
from roadmap.presentation import load_series
from roadmap.standing import action_row


@dataclass(frozen=True, slots=True)
class Building:
    """A facility that an action is about, with its progress (None without a report)."""

    facility: Facility
    url: str
    progress: Progress | None


def roadmap_parts(facility: Facility) -> list[FacilityPart]:
    """Return the public actions and indicators of the roadmap that are about a facility."""
    return [
        FacilityPart(_("In the roadmap"), _actions(facility)),
        FacilityPart(_("KPIs of this facility"), _indicators(facility)),
    ]


def buildings_of(action: Action) -> list[Building]:
    """Return the facilities that an action is about; two queries and one for each of them."""
    facilities = Facility.objects.filter(roadmap_links__action=action).select_related("kecamatan")
    return [
        Building(
            row,
            reverse("ecosystem:facility_detail", args=[row.slug]),
            progress_of(published_reports(row)),
        )
        for row in facilities
    ]


def _actions(facility: Facility) -> list[PartLink]:
    actions: QuerySet[Action] = Action.objects.published().filter(facility_links__facility=facility)
    rows = [action_row(action) for action in actions.order_by("order", "pk")]
    return [PartLink(row.title, row.url, row.state, _language(row.action, "title")) for row in rows]


def _indicators(facility: Facility) -> list[PartLink]:
    found = Indicator.objects.public().filter(facility_links__facility=facility).order_by("order", "pk")
    links = []
    for series in load_series(found).values():
        row, name = series.latest, translated(series.indicator, "name")
        detail = f"{row.label}: {row.actual_text}" if row else _("No figure has been published")
        links.append(PartLink(name, series.url, detail, _language(series.indicator, "name")))
    return links


def _language(row: Action | Indicator, field: str) -> str:
    return "id" if lacks_translation(row, field) else ""
