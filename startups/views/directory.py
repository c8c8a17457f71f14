"""The public directory: the list, the compact table and the map, with their filters."""

import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from ecosystem import wards
from malangkraf.drawing.houses import House, relative_heights, row_of_houses
from malangkraf.page_cache import never_store, public_page, wants_fragment
from startups.cards import card_of
from startups.directory_page import (
    HOUSE_COLOURS,
    VIEWS,
    Address,
    chips,
    drop_sentence,
    facet_boxes,
    map_of,
    orders,
    unplaced,
)
from startups.filters import PARAMETERS, StartupFilter
from startups.search import SearchResult, search


@public_page(params=(*PARAMETERS, "tampilan", "page"))
def startup_list(request: HttpRequest) -> HttpResponse:
    """Show the entries as cards, table or map; htmx gets the content alone."""
    found = StartupFilter(request.GET)
    is_valid = found.is_valid()
    page = request.GET.get("page", "1")
    result = search(found, page=page)
    address = Address(request.path, request.GET)
    shown = request.GET.get("tampilan", "")
    context = {
        "filter": found,
        "is_valid": is_valid,
        "result": result,
        "page_obj": result.page,
        "cards": [card_of(entry, result.lists, on=found.on, now=found.now) for entry in result.entries],
        "view": shown if shown in VIEWS else "",
        "map": map_of(result, address) if shown == "peta" and result.total else None,
        "unplaced": unplaced(result, found),
        "is_fragment": wants_fragment(request),
        # Only the whole list, page by page, is for search engines.
        "is_narrowed": bool(set(request.GET) - {"page"}),
        **_around(result, found, address),
        **(_street_map() if shown == "peta" else {}),
    }
    template = "_directory.html" if wants_fragment(request) else "startup_list.html"
    response = render(request, f"startups/{template}", context)
    if wants_fragment(request):
        # The address without the empty fields of the form.
        response["HX-Push-Url"] = request.get_full_path()
    if not is_valid or page != str(result.page.number) or "q" in request.GET or shown not in ("", *VIEWS):
        never_store(response)
    return response


def _around(result: SearchResult, found: StartupFilter, address: Address) -> dict[str, Any]:
    in_use = chips(found, address)
    drop = result.nearest_drop
    return {
        "chips": in_use,
        "typed": address.query.get("q", ""),
        "words": found.values.get("q", ""),
        "order": found.values.get("urut") or "",
        "facets": facet_boxes(result, found),
        "orders": orders(found),
        "views": [
            (_("Cards"), "", address.having("tampilan", "")),
            (_("Table"), "tabel", address.having("tampilan", "tabel")),
            (_("Map"), "peta", address.having("tampilan", "peta")),
        ],
        "houses": _houses(result, address),
        "data_query": address.data_query(),
        "drop_sentence": drop_sentence(result),
        "drop_url": address.without(drop.name) if drop else "",
        "suggestion_url": address.having("q", result.suggestion) if result.suggestion else "",
        "today": timezone.localdate(),
    }


def _street_map() -> dict[str, Any]:
    """Return what the map with streets needs: where its pictures come from, or the names to show instead of them."""
    return {
        "map_tiles_url": settings.MAP_TILES_URL,
        "map_tiles_host": urlsplit(settings.MAP_TILES_URL).hostname,
        "map_tiles_attribution": settings.MAP_TILES_ATTRIBUTION,
        "ward_names": "" if settings.MAP_TILES_URL else json.dumps(wards.names()),
    }


def _houses(result: SearchResult, address: Address) -> str:
    """Return one house for each subsector with entries, as tall as there are many; each leads to its entries."""
    facet = next(facet for facet in result.facets if facet.name == "subsektor")
    heights = relative_heights([float(value.count or 0) for value in facet.values])
    # In the order of the list, so that a house keeps its place and colour whatever is filtered.
    order = list(result.lists["subsektor"])
    houses = [
        House(
            label=value.label,
            height=height,
            colour=HOUSE_COLOURS[order.index(value.code) % len(HOUSE_COLOURS)],
            href=address.having("subsektor", value.code),
            value=str(value.count or 0),
        )
        for value, height in sorted(
            zip(facet.values, heights, strict=True), key=lambda pair: order.index(pair[0].code)
        )
    ]
    if not houses:
        return ""
    return mark_safe(row_of_houses(houses, title=_("Entries by subsector"), height=230))  # noqa: S308
