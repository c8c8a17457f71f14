"""One page of the directory: the entries, how many there are, the facets with their counts, and a way out of nothing.

    found = StartupFilter(request.GET)
    result = search(found, page=request.GET.get("page"))

Five queries at most with words, three without. Counts are exact up to MOST matching entries; beyond it the result says
"more than", so that a directory of a million entries answers as quickly as one of ten thousand.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Q, QuerySet

from startups.code_lists import CodeLists
from startups.filters import CODED, FACETS, YES, StartupFilter
from startups.models import SearchEntry
from startups.rules.freshness import DORMANT_AFTER, DUE_AFTER, STALE_AFTER

if TYPE_CHECKING:
    Pages = Paginator[SearchEntry]
else:
    Pages = Paginator

PER_PAGE = 24
MOST = 10_000
_COLUMNS = ("codes", "is_sample", "last_confirmed_on", "verified_until")
_LEVEL = """CASE WHEN last_confirmed_on > %s THEN 'kesegaran:fresh' WHEN last_confirmed_on > %s THEN 'kesegaran:due'
    WHEN last_confirmed_on > %s THEN 'kesegaran:stale' ELSE 'kesegaran:dormant' END"""
# Facets whose values have an order of their own; the others come by their counts.
ORDERED = ("tahap", "tim", "kesegaran")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet; `count` is None when there are too many entries to count."""

    code: str
    label: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """What can be filtered by; counted as if nothing of this facet itself were chosen."""

    name: str
    label: str
    values: list[FacetValue]


@dataclass(frozen=True, slots=True)
class Drop:
    """The filter to take away that brings back the most entries."""

    name: str
    label: str
    count: int
    is_capped: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a page of the directory shows; `total` is MOST and `is_capped` set when there are more.

    `entries` have their startup loaded; `sample_total` of them all are samples.
    """

    page: "Page[SearchEntry]"
    total: int
    is_capped: bool
    sample_total: int
    facets: list[Facet]
    suggestion: str
    nearest_drop: Drop | None
    lists: CodeLists

    @property
    def entries(self) -> Sequence[SearchEntry]:
        """Return the entries of this page."""
        return list(self.page.object_list)


def search(found: StartupFilter, *, page: str | int | None = 1) -> SearchResult:
    """Return the page of the filter's entries; a page that does not exist becomes the nearest one."""
    counts = count(found)
    entries = found.qs.select_related("startup").defer("vector")
    return SearchResult(
        page=Counted(entries, PER_PAGE, total=counts.total).get_page(page),
        total=counts.total,
        is_capped=counts.is_capped,
        sample_total=counts.samples,
        facets=[_facet(found, counts, name) for name in FACETS],
        suggestion=found.text.suggestion if found.text else "",
        nearest_drop=None if counts.total else _nearest_drop(found, counts),
        lists=found.lists,
    )


class Counted(Pages):
    """Pages of rows that were counted before; no page lies beyond what was counted."""

    def __init__(self, rows: QuerySet[SearchEntry], per_page: int, *, total: int) -> None:
        super().__init__(rows, per_page)
        self.total = total

    @cached_property
    def count(self) -> int:
        """Return the number that is known already."""
        return self.total


@dataclass(slots=True)
class Counts:
    """How many entries there are: in all, by facet and code, and without each of the conditions."""

    total: int
    is_capped: bool
    samples: int
    codes: dict[str, dict[str, int]]
    # By facet: how many there are without its own filter, MOST + 1 standing for more.
    without: dict[str, int]


def count(found: StartupFilter) -> Counts:
    """Return all counts from one statement, in which each base looks at no more than MOST + 1 entries."""
    bases = {"": found.conditions}
    for name in FACETS:
        if name in found.conditions:
            bases[name] = {other: found.conditions[other] for other in found.conditions if other != name}
    sizes: dict[str, int] = {}
    codes: dict[str, dict[str, int]] = defaultdict(dict)
    samples = 0
    for base, kind, code, number in _run(found, bases):
        if kind == "size":
            sizes[base] = number
        elif kind == "samples":
            samples = number
        elif code:
            facet, _colon, value = code.partition(":")
            # What the whole result says about a facet in use is not that facet's count.
            if base == facet or (base == "" and facet not in bases):
                codes[facet][value] = number
    return Counts(
        total=min(sizes[""], MOST),
        is_capped=sizes[""] > MOST,
        samples=samples,
        codes=codes,
        without={name: sizes.get(name, sizes[""]) for name in FACETS},
    )


def _run(found: StartupFilter, bases: dict[str, dict[str, Q]]) -> list[tuple[str, str, str | None, int]]:
    """Return (base, kind of row, "facet:code", number) for each base; kinds are "size", "samples" and "code"."""
    tables, selects = [], []
    table_values, select_values = [], []
    for number, (name, conditions) in enumerate(bases.items()):
        entries = found.queryset.order_by().filter(*conditions.values()).values_list(*_COLUMNS)[: MOST + 1]
        statement, values = entries.query.sql_with_params()
        table = f"base_{number}"
        tables.append(f"{table} AS MATERIALIZED ({statement})")
        table_values += values
        selects.append(f"SELECT '{name}', 'size', NULL, count(*) FROM {table}")
        if not name:
            selects.append(f"SELECT '', 'samples', NULL, count(*) FROM {table} WHERE is_sample")
        if name in ("", *CODED):
            own = f"WHERE starts_with(code, '{name}:')" if name else ""
            selects.append(
                f"SELECT '{name}', 'code', code, count(*) FROM {table}, unnest(codes) AS code {own} GROUP BY code"
            )
        if name == "kesegaran":
            selects.append(
                f"SELECT '{name}', 'code', {_LEVEL} AS level, count(*) FROM {table} GROUP BY level"
            )
            select_values += [
                found.on - timedelta(days=days) for days in (DUE_AFTER, STALE_AFTER, DORMANT_AFTER)
            ]
        if name == "terverifikasi" or (not name and "terverifikasi" not in bases):
            selects.append(
                f"SELECT '{name}', 'code', 'terverifikasi:{YES}', count(*) FROM {table} WHERE verified_until > %s"
            )
            select_values.append(found.now)
    # Names and codes in the statement are our own; what somebody typed is among the values.
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {', '.join(tables)} {' UNION ALL '.join(selects)}", [*table_values, *select_values]
        )
        counted: list[tuple[str, str, str | None, int]] = cursor.fetchall()
    return counted


def _facet(found: StartupFilter, counts: Counts, name: str) -> Facet:
    """Return the facet with what can be chosen in it, and what is chosen even when it finds nothing."""
    labels = dict(found.form.fields[name].choices)
    chosen = found.values.get(name) or []
    numbers = counts.codes[name]
    is_counted = counts.without[name] <= MOST
    values = [
        FacetValue(code, str(label), numbers.get(code, 0) if is_counted else None, code in chosen)
        for code, label in labels.items()
        if numbers.get(code) or code in chosen
    ]
    if name not in ORDERED and is_counted:
        values.sort(key=lambda value: -(value.count or 0))
    return Facet(name, str(found.form.fields[name].label), values)


def _nearest_drop(found: StartupFilter, counts: Counts) -> Drop | None:
    """Return the one filter without which there are most entries, None when none alone would help."""
    without = {name: counts.without[name] for name in FACETS if found.values.get(name)}
    if "q" in found.conditions and len(found.conditions) > 1:
        others = [condition for name, condition in found.conditions.items() if name != "q"]
        without["q"] = len(found.queryset.filter(*others).values_list("pk")[: MOST + 1])
    best = max(without, key=lambda name: without[name], default=None)
    if best is None or not without[best]:
        return None
    label = str(found.form.fields[best].label)
    return Drop(best, label, min(without[best], MOST), is_capped=without[best] > MOST)
