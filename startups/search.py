"""One page of the directory: the entries, how many there are, the facets with their counts, and a way out of nothing.

    found = StartupFilter(request.GET)
    result = search(found, page=request.GET.get("page"))

Six queries at most with words, three without a filter. Counts are exact up to MOST matching entries (MOST_OF_MANY in a
large directory); beyond it the result says "more than", so that a directory of a million entries answers as quickly as
one of ten thousand.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from startups import text_search
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
MOST_OF_MANY = 1_000
_COLUMNS = ("pk", "codes", "is_sample", "last_confirmed_on", "verified_until")
_LEVEL = """CASE WHEN last_confirmed_on > %s THEN 'kesegaran:fresh' WHEN last_confirmed_on > %s THEN 'kesegaran:due'
    WHEN last_confirmed_on > %s THEN 'kesegaran:stale' ELSE 'kesegaran:dormant' END"""
_VERIFIED = f"CASE WHEN verified_until > %s THEN 'terverifikasi:{YES}' END"
_SAMPLE = f"CASE WHEN is_sample THEN 'contoh:{YES}' END"
_AMONG = f"{SearchEntry._meta.db_table}.startup_id = ANY(%s)"
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
    """What a page of the directory shows; `is_capped` says that there are more than `total`.

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
    counts = count(found, most=limit(found.lists))
    chosen = found.queryset.filter(*found.conditions.values())
    if counts.codes["id"] and (counts.is_capped or counts.total <= MOST_OF_MANY):
        # Found already. To rank a million entries takes seconds: the best of those that were counted have to do.
        keys = [int(pk) for pk in counts.codes["id"]][: counts.total]
        # One value: a thousand of them would take Django longer to write than PostgreSQL to find.
        chosen = found.queryset.filter(RawSQL(_AMONG, [keys], BooleanField()))
    entries = (
        found.ordered(chosen if counts.total else chosen.none()).select_related("startup").defer("vector")
    )
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


def limit(lists: CodeLists) -> int:
    """Return up to how many entries are counted: fewer where the directory is large by the database's estimate."""
    return MOST_OF_MANY if text_search.is_large(lists) else MOST


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
    # By facet: how many there are without its own filter, most + 1 standing for more.
    without: dict[str, int]
    most: int


def count(found: StartupFilter, *, most: int) -> Counts:
    """Return all counts; two statements at most, in which each base looks at no more than one entry beyond `most`."""
    bases = {
        name: {other: condition for other, condition in found.conditions.items() if other != name}
        for name in FACETS
        if name in found.conditions
    }
    # By default the dormant ones are counted by their freshness alone, in the same pass as the others.
    whole = found.conditions if found.values.get("kesegaran") else bases.pop("kesegaran")
    rows = _run(found, {"": whole}, most + 1)
    total = sum(number for _base, code, number in rows if code == "")
    seen = sum(number for _base, code, number in rows if code and code.startswith("kesegaran:")) or total
    sizes = {"kesegaran": seen}
    if bases and seen <= most:
        # Without a filter there are only more: if the whole is too much to count, so is each of these.
        rows += _run(found, bases, most + 1)
        sizes |= dict.fromkeys(bases, 0)
    codes: dict[str, dict[str, int]] = defaultdict(dict)
    for base, code, number in rows:
        facet, _colon, value = (code or ":").partition(":")
        if code == "":
            sizes[base] = number if base else max(number, seen if seen > most else 0)
        # What the whole result says about a facet in use is not that facet's count.
        elif base == facet or facet not in bases:
            codes[facet][value] = number
    return Counts(
        total=min(total, most),
        is_capped=seen > most,
        samples=codes["contoh"].get(YES, 0),
        codes=codes,
        without={name: sizes.get(name, sizes.get("", 0)) for name in FACETS},
        most=most,
    )


def _run(
    found: StartupFilter, bases: dict[str, dict[str, Q]], size: int
) -> list[tuple[str, str | None, int]]:
    """Return (base, "facet:code", number) for each code of each base, and (base, "", how many entries it has).

    Of the whole, which is ordered by how well it fits, also ("", "id:" and the entry's key, 0).
    """
    selects, params = [], []
    days = [found.on - timedelta(days=days) for days in (DUE_AFTER, STALE_AFTER, DORMANT_AFTER)]
    for name, conditions in bases.items():
        entries = found.queryset.order_by().filter(*conditions.values()).values_list(*_COLUMNS)[:size]
        statement, values = entries.query.sql_with_params()
        if name == "kesegaran":
            counted, own_values = f"ARRAY['', {_LEVEL}]", days
        elif name == "terverifikasi":
            counted, own_values = f"ARRAY['', {_VERIFIED}]", [found.now]
        elif name:
            counted, own_values = "codes || ARRAY['']::varchar[]", []
        else:
            counted, own_values = f"codes || ARRAY['', {_SAMPLE}, {_VERIFIED}]::varchar[]", [found.now]
            if "kesegaran" not in conditions:
                counted = (
                    f"(CASE WHEN last_confirmed_on > %s THEN {counted} END) || ARRAY[{_LEVEL}]::varchar[]"
                )
                own_values = [days[-1], found.now, *days]
        if not name and found.order == "relevansi":
            # The words are looked up once, for the counts and for the entries.
            selects += [
                f"WITH entry AS MATERIALIZED ({statement}) SELECT '', code, count(*)"
                f" FROM (SELECT unnest({counted}) AS code FROM entry) AS counted GROUP BY code",
                "SELECT '', 'id:' || pk, 0 FROM entry"
                + ("" if "kesegaran" in conditions else " WHERE last_confirmed_on > %s"),
            ]
            params += [*values, *own_values, *([] if "kesegaran" in conditions else days[-1:])]
            continue
        own = f"WHERE code = '' OR code LIKE '{name}:%%' " if name in CODED else ""
        selects.append(
            f"SELECT '{name}', code, count(*) FROM (SELECT unnest({counted}) AS code FROM ({statement}) AS entry)"
            f" AS counted {own}GROUP BY code"
        )
        params += [*own_values, *values]
    # Names and codes in the statement are our own; what somebody typed is among the values.
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), params)
        rows: list[tuple[str, str | None, int]] = cursor.fetchall()
    return rows


def _facet(found: StartupFilter, counts: Counts, name: str) -> Facet:
    """Return the facet with what can be chosen in it, and what is chosen even when it finds nothing."""
    labels = dict(found.form.fields[name].choices)
    chosen = found.values.get(name) or []
    numbers = counts.codes[name]
    is_counted = counts.without[name] <= counts.most
    # Of a facet in use whose entries are too many all values can be chosen.
    is_whole = not is_counted and bool(chosen)
    values = [
        FacetValue(code, str(label), numbers.get(code, 0) if is_counted else None, code in chosen)
        for code, label in labels.items()
        if numbers.get(code) or code in chosen or is_whole
    ]
    if name not in ORDERED and is_counted:
        values.sort(key=lambda value: -(value.count or 0))
    return Facet(name, str(found.form.fields[name].label), values)


def _nearest_drop(found: StartupFilter, counts: Counts) -> Drop | None:
    """Return the one filter without which there are most entries, None when none alone would help."""
    without = {name: counts.without[name] for name in FACETS if found.values.get(name)}
    if "q" in found.conditions and len(found.conditions) > 1:
        others = [condition for name, condition in found.conditions.items() if name != "q"]
        without["q"] = len(found.queryset.filter(*others).values_list("pk")[: counts.most + 1])
    best = max(without, key=lambda name: without[name], default=None)
    if best is None or not without[best]:
        return None
    label = str(found.form.fields[best].label)
    return Drop(best, label, min(without[best], counts.most), is_capped=without[best] > counts.most)
