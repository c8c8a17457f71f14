"""What the page of the directory shows around its entries: chips, facets, the order, the ways to the data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from startups import city
from startups.code_lists import CodeLists
from startups.filters import FACETS, ORDERS, PARAMETERS, StartupFilter
from startups.search import Facet, FacetValue, SearchResult

VIEWS = ("tabel", "peta")
# So many values of a facet are shown at once; the others wait behind "more".
FIRST_VALUES = 6
# These facets stand open; the others open when something in them is chosen.
OPEN_FACETS = ("jenis", "subsektor", "kecamatan")
HOUSE_COLOURS = ("saffron", "leaf", "rose", "brick", "violet", "sky", "teal", "straw")


@dataclass(frozen=True, slots=True)
class FacetBox:
    """A facet as the form shows it: what is seen at once, and what waits behind "more"."""

    name: str
    label: str
    first: Sequence[FacetValue]
    more: Sequence[FacetValue]
    chosen: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Address:
    """The page's own address with its query, to be changed a little for each link."""

    path: str
    query: QueryDict

    def without(self, name: str, value: str | None = None) -> str:
        """Return the address without one value of a parameter, or without all of its values; from the first page."""
        query = self._copy()
        kept = [one for one in query.getlist(name) if value is not None and one != value]
        query.setlist(name, kept)
        return self._text(query)

    def having(self, name: str, value: str) -> str:
        """Return the address with this as the only value of a parameter, "" to drop it; from the first page."""
        query = self._copy()
        query.setlist(name, [value] if value else [])
        return self._text(query)

    def data_query(self) -> str:
        """Return "?…" with what chooses the entries, for the same entries in another format; "" for all of them."""
        query = self._copy()
        for name in [name for name in query if name not in PARAMETERS]:
            del query[name]
        return f"?{query.urlencode()}" if query else ""

    def _copy(self) -> QueryDict:
        query = self.query.copy()
        query.pop("page", None)
        return query

    def _text(self, query: QueryDict) -> str:
        text = query.urlencode()
        return f"{self.path}?{text}" if text else self.path


def chips(found: StartupFilter, address: Address) -> list[tuple[str, str]]:
    """Return what the entries are filtered by, each with the address without it."""
    words = found.values.get("q", "")
    shown = [(f"“{words}”", address.without("q"))] if words else []
    for name in FACETS:
        labels = dict(found.form.fields[name].choices)
        for code in found.values.get(name) or ():
            shown.append((str(labels[code]), address.without(name, code)))
    return shown


def facet_boxes(result: SearchResult, found: StartupFilter) -> list[FacetBox]:
    """Return the facets that have something to choose; kelurahan only once a kecamatan or one of them is chosen."""
    boxes = []
    for facet in result.facets:
        values = list(_kelurahan(facet, found, result.lists) if facet.name == "kelurahan" else facet.values)
        if not values:
            continue
        chosen = sum(value.is_chosen for value in values)
        first = [value for place, value in enumerate(values) if place < FIRST_VALUES or value.is_chosen]
        more = [value for value in values if value not in first]
        # One value alone is not worth a fold of its own.
        if len(more) == 1:
            first, more = values, []
        is_open = bool(chosen) or facet.name in OPEN_FACETS
        boxes.append(FacetBox(facet.name, facet.label, first, more, chosen, is_open))
    return boxes


def _kelurahan(facet: Facet, found: StartupFilter, lists: CodeLists) -> Iterator[FacetValue]:
    districts = set(found.values.get("kecamatan") or ())
    districts |= {lists["kelurahan"][value.code].parent for value in facet.values if value.is_chosen}
    return (value for value in facet.values if lists["kelurahan"][value.code].parent in districts)


def orders(found: StartupFilter) -> list[tuple[str, str]]:
    """Return the choices of the order; the one that holds unasked has no value, so that it leaves the address."""
    default = "relevansi" if found.text else "tersegar"
    others = [(code, str(label)) for code, label in ORDERS.items() if code not in (default, "relevansi")]
    return [("", str(ORDERS[default])), *others]


def map_of(result: SearchResult, address: Address) -> city.CityMap:
    """Return the schematic map of the entries that were found; one query."""
    facet = next(facet for facet in result.facets if facet.name == "kelurahan")
    counts = {value.code: (value.count or 0, value.is_chosen) for value in facet.values}
    return city.draw(counts, lambda code: address.having("kelurahan", code))


def unplaced(result: SearchResult, found: StartupFilter) -> int:
    """Return how many of the entries name no kelurahan, as far as that is counted."""
    facet = next(facet for facet in result.facets if facet.name == "kelurahan")
    if found.values.get("kelurahan") or result.is_capped:
        return 0
    return max(0, result.total - sum(value.count or 0 for value in facet.values))


def drop_sentence(result: SearchResult) -> str:
    """Return what to do about an empty list: the one filter to take away and what that brings, "" for no such one."""
    drop = result.nearest_drop
    if drop is None:
        return ""
    if drop.name == "q":
        text = _("Without the words you typed: %(count)s")
    elif drop.name == "kesegaran":
        text = _("Whatever its freshness: %(count)s")
    else:
        text = _("Without the filter “%(label)s”: %(count)s")
    count = f"{drop.count}+" if drop.is_capped else str(drop.count)
    return text % {"label": drop.label, "count": count}
