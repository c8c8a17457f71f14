"""The rows behind a counted figure as the public may read them: named and linked, or only counted."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from ecosystem.models import Facility, Subsector
from malangkraf.translated import translated
from roadmap.automatic.registry import RowReference
from roadmap.models import Action, Measurement, ProgressUpdate
from roadmap.presentation import label_of
from startups.models import Startup
from startups.statistics_page import list_url


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row that has a public page; `day` is when it happened, where a row has one such day."""

    title: str
    url: str
    day: date | None = None


def _actions(keys: list[int]) -> Iterator[NamedRow]:
    for action in Action.objects.published().filter(pk__in=keys).order_by("actual_end", "pk"):
        url = reverse("roadmap:action_detail", args=[action.slug])
        yield NamedRow(translated(action, "title"), url, action.actual_end)


def _updates(keys: list[int]) -> Iterator[NamedRow]:
    updates = ProgressUpdate.objects.published().filter(pk__in=keys, action__in=Action.objects.published())
    for update in updates.select_related("action"):
        url = reverse("roadmap:action_detail", args=[update.action.slug])
        yield NamedRow(translated(update.action, "title"), url, update.as_of)


def _values(keys: list[int]) -> Iterator[NamedRow]:
    values = Measurement.objects.public().filter(pk__in=keys)
    for value in values.select_related("indicator", "period__phase").order_by("indicator__order", "pk"):
        title = f"{translated(value.indicator, 'name')} · {label_of(value.period)}"
        url = reverse("roadmap:achievement_explain", args=[value.indicator.slug, value.period.address])
        yield NamedRow(title, url)


def _startups(keys: list[int]) -> Iterator[NamedRow]:
    for startup in Startup.objects.public().filter(pk__in=keys).order_by("name", "pk"):
        published = timezone.localdate(startup.published_at) if startup.published_at else None
        yield NamedRow(startup.name, reverse("startups:startup_detail", args=[startup.slug]), published)


def _subsectors(keys: list[int]) -> Iterator[NamedRow]:
    for subsector in Subsector.objects.filter(pk__in=keys):
        yield NamedRow(translated(subsector, "name"), list_url(subsektor=subsector.code))


def _facilities(keys: list[int]) -> Iterator[NamedRow]:
    for facility in Facility.objects.filter(pk__in=keys):
        url = reverse("ecosystem:facility_detail", args=[facility.slug])
        yield NamedRow(translated(facility, "name"), url, facility.opens_on)


# Only models that are named here ever show a name; the rows of others are counted.
NAMERS: dict[str, Callable[[list[int]], Iterator[NamedRow]]] = {
    "roadmap.action": _actions,
    "roadmap.progressupdate": _updates,
    "roadmap.measurement": _values,
    "startups.startup": _startups,
    "ecosystem.subsector": _subsectors,
    "ecosystem.facility": _facilities,
}


def public_rows(references: Iterable[RowReference]) -> list[NamedRow]:
    """Return the rows that are public today, in the active language; one query for each model."""
    keys: dict[str, list[int]] = defaultdict(list)
    for label, key in references:
        keys[label].append(key)
    return [row for label, namer in NAMERS.items() if label in keys for row in namer(keys[label])]
