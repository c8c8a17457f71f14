"""The search of the portal: words in three dictionaries, everyday synonyms, and a letter typed wrong.

PostgreSQL full text with the Indonesian, English and plain dictionary, and trigrams beside it. The tables are small
(hundreds of rows), so that the text vectors are made while searching.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import (
    CombinedSearchVector,
    SearchQuery,
    SearchRank,
    SearchVector,
    TrigramWordSimilarity,
)
from django.db.models import Case, F, FloatField, Model, Q, QuerySet, When
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecosystem.models import AgendaEvent, Organization, Space
from malangkraf.moments import format_span
from malangkraf.translated import named, translated
from roadmap.models import Action, Indicator, Phase, Programme, ReportRun
from roadmap.reporting.titles import title_of

MOST_WORDS = 8
PER_GROUP = 20
TEXT_LENGTH = 170
# "pdrp" and "PDRB" share 0.6 of their trigrams, unrelated words hardly ever more than 0.3.
NEAR = 0.5
SYNONYMS = {
    "gim": ["game"],
    "game": ["gim"],
    "aplikasi": ["app"],
    "app": ["aplikasi"],
    "fesyen": ["fashion"],
    "fashion": ["fesyen"],
    "ekraf": ["ekonomi <-> kreatif"],
    "pengangguran": ["unemployment"],
    "mcc": ["malang <-> creative <-> center"],
    "pdrb": ["grdp"],
    "capaian": ["achievement"],
    "siniar": ["podcast"],
    "podcast": ["siniar"],
    "ruang": ["room"],
    "laporan": ["report"],
    "report": ["laporan"],
}


@dataclass(frozen=True, slots=True)
class Result:
    """One thing found; `url` is "" for an organization without a page of its own and without website."""

    title: str
    text: str
    url: str
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `more_url` leads to a search of this kind alone, "" for none."""

    label: str
    results: list[Result]
    more_url: str = ""


def words_of(text: str) -> list[str]:
    """Return the words of what somebody typed, lower case, at most eight."""
    return re.findall(r"\w+", text.casefold())[:MOST_WORDS]


def search(text: str) -> list[Group]:
    """Return the groups with at least one result, in a fixed order; eight queries, none without a word."""
    words = words_of(text)
    if not words:
        return []
    facilities, spaces = _places(words)
    groups = [
        Group(_("KPIs"), list(_indicators(words))),
        Group(_("Programmes"), list(_programmes(words))),
        Group(_("Actions"), list(_actions(words))),
        Group(_("Phases"), list(_phases(words))),
        Group(_("Reports"), list(_reports(words))),
        Group(_("Facilities"), facilities),
        Group(_("Spaces"), spaces),
        Group(_("Agenda"), list(_events(words))),
        Group(_("Organizations"), list(_organizations(words))),
    ]
    return [group for group in groups if group.results]


def _query(words: Sequence[str]) -> SearchQuery:
    """Return the query: each word or one of its synonyms, by its beginning, in any of the dictionaries."""
    # Only letters, digits and underscores are left in a word, so that nothing can break the query's grammar.
    parts = [" | ".join([f"{word}:*", *SYNONYMS.get(word, [])]) for word in words]
    raw = " & ".join(f"({part})" for part in parts)
    configs = ("simple", "indonesian", "english")
    return reduce(or_, (SearchQuery(raw, config=config, search_type="raw") for config in configs))


def _vector(heavy: Sequence[str], light: Sequence[str]) -> SearchVector | CombinedSearchVector:
    vectors = [
        SearchVector(*fields, weight=weight, config=config)
        for weight, fields in (("A", heavy), ("C", light))
        if fields
        for config in ("simple", "indonesian", "english")
    ]
    return reduce(lambda left, right: left + right, vectors)  # type: ignore[arg-type, return-value]


def _ranked(
    queryset: QuerySet[Model], words: Sequence[str], *, heavy: Sequence[str], light: Sequence[str]
) -> QuerySet[Model]:
    """Return the rows that match, the best first; names count more than texts."""
    text = " ".join(words)
    near = [TrigramWordSimilarity(text, field) for field in heavy]
    query = _query(words)
    vector = _vector(heavy, light)
    found: QuerySet[Model] = (
        queryset.annotate(
            vector=vector,
            rank=SearchRank(vector, query),
            near=Greatest(*near, output_field=FloatField()) if len(near) > 1 else near[0],
        )
        .filter(Q(vector=query) | Q(near__gte=NEAR))
        .order_by(-(F("rank") + F("near")), "pk")[:PER_GROUP]
    )
    return found


def _short(obj: object, *fields: str) -> str:
    """Return the beginning of the first of the fields that says something."""
    text = next((found for field in fields if (found := translated(obj, field))), "")
    return Truncator(text).chars(TEXT_LENGTH)


def _indicators(words: Sequence[str]) -> Iterator[Result]:
    found = _ranked(
        Indicator.objects.public(),
        words,
        heavy=("name", "name_en", "code"),
        light=("definition", "definition_en"),
    )
    for row in found:
        url = reverse("roadmap:indicator_detail", args=[row.slug])  # type: ignore[attr-defined]
        yield Result(translated(row, "name"), _short(row, "definition", "unit"), url)


def _programmes(words: Sequence[str]) -> Iterator[Result]:
    light = ("promise", "promise_en", "outcome", "outcome_en")
    for row in _ranked(Programme.objects.published(), words, heavy=("title", "title_en"), light=light):
        url = reverse("roadmap:programme_detail", args=[row.slug])  # type: ignore[attr-defined]
        yield Result(translated(row, "title"), _short(row, "promise"), url)


def _actions(words: Sequence[str]) -> Iterator[Result]:
    light = ("promise", "promise_en", "outcome", "outcome_en")
    for row in _ranked(Action.objects.published(), words, heavy=("title", "title_en"), light=light):
        url = reverse("roadmap:action_detail", args=[row.slug])  # type: ignore[attr-defined]
        yield Result(translated(row, "title"), _short(row, "outcome", "promise"), url)


def _phases(words: Sequence[str]) -> Iterator[Result]:
    light = ("promise", "promise_en", "outcome", "outcome_en")
    for row in _ranked(Phase.objects.published(), words, heavy=("name", "name_en"), light=light):
        url = reverse("roadmap:phase_detail", args=[row.slug])  # type: ignore[attr-defined]
        yield Result(translated(row, "name"), _short(row, "promise"), url)


def _reports(words: Sequence[str]) -> Iterator[Result]:
    """Yield the published reports whose title, in either language, holds every word; titles are no rows."""
    runs = ReportRun.objects.filter(state=ReportRun.State.PUBLISHED).select_related("report__period__phase")
    language = get_language() or "id"
    for run in runs.defer("snapshot").order_by("-report__period__end"):
        titles = " ".join(title_of(run.report.period, tongue) for tongue in ("id", "en")).casefold()
        if all(word in titles for word in words):
            url = reverse("roadmap:report_detail", args=[run.report.slug])
            yield Result(title_of(run.report.period, language), "", url)


def _places(words: Sequence[str]) -> tuple[list[Result], list[Result]]:
    """Return the facilities and the rooms that fit; one query, in which a facility's whole stands for the facility."""

    def text_of(field: str) -> Case:
        return Case(When(parent=None, then=F(f"facility__{field}")), default=F(field))

    rooms = Space.objects.filter(is_active=True).exclude(kind=Space.Kind.DESK).select_related("facility")
    names = {f"label{suffix}": text_of(f"name{suffix}") for suffix in ("", "_en")}
    texts = {f"text{suffix}": text_of(f"description{suffix}") for suffix in ("", "_en")}
    heavy, light = list(names), list(texts)
    facilities, spaces = [], []
    found: Any = _ranked(rooms.annotate(**names, **texts), words, heavy=heavy, light=light)
    for row in found:
        name, place = translated(row, "label"), row.facility
        if row.parent_id is None:
            url = reverse("ecosystem:facility_detail", args=[place.slug])
            facilities.append(Result(name, _short(row, "text"), url))
            continue
        title = _("%(name)s (sample)") % {"name": name} if row.is_sample else name
        text = " · ".join(part for part in (translated(place, "name"), _short(row, "text")) if part)
        spaces.append(Result(title, text, reverse("ecosystem:space_detail", args=[place.slug, row.slug])))
    return facilities, spaces


def _events(words: Sequence[str]) -> Iterator[Result]:
    """Yield the public events that are still to come and take place."""
    rows = AgendaEvent.objects.public().upcoming(at=timezone.now()).filter(cancelled_at=None)
    heavy, light = ("title", "title_en", "organizer"), ("summary", "summary_en")
    found: Any = _ranked(rows.select_related("facility"), words, heavy=heavy, light=light)
    for row in found:
        text = f"{format_span(row.starts_at, row.ends_at)} · {translated(row.facility, 'name')}"
        url = reverse("ecosystem:event_detail", args=[row.slug])
        yield Result(named(row, "title"), text, url)


def _organizations(words: Sequence[str]) -> Iterator[Result]:
    found = _ranked(
        Organization.objects.all(),
        words,
        heavy=("name", "name_en", "short_name", "also_known_as"),
        light=("role", "role_en"),
    )
    for row in found:
        yield Result(
            translated(row, "name"),
            _short(row, "role"),
            row.website,  # type: ignore[attr-defined]
            is_external=True,
        )
