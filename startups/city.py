"""The entries on the schematic map of the 57 kelurahan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecosystem.wards import wards
from malangkraf.drawing import city_map
from malangkraf.drawing.city_map import Bubble, Ward


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the table beside the map."""

    name: str
    district: str
    tint: str
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class District:
    """A line of the map's legend: a kecamatan with its colour, shape and number."""

    name: str
    tint: str
    shape: SafeString
    count: int


@dataclass(frozen=True, slots=True)
class CityMap:
    """The drawing, its legend and its table."""

    drawing: SafeString
    districts: list[District]
    places: list[Place]


def draw(counts: Mapping[str, tuple[int, bool]], url_of: Callable[[str], str]) -> CityMap:
    """Return the map of {kelurahan's code: (entries found, chosen)}; `url_of` gives the list of one kelurahan."""
    known = wards()
    districts = city_map.districts_of(list(known))
    places = [
        Place(ward.name, district, city_map.tint_of(ward.district, districts), *_of(ward, counts, url_of))
        for ward, district in known.items()
        if counts.get(ward.code, (0, False))[0]
    ]
    bubbles = {
        ward.code: Bubble(count, _link_text(ward.name, district, count), url_of(ward.code), chosen)
        for ward, district in known.items()
        for count, chosen in [counts.get(ward.code, (0, False))]
        if count
    }
    description = "; ".join(f"{place.name}: {place.count}" for place in places)
    drawing = city_map.bubble_map(
        list(known), bubbles, title=_("Entries by kelurahan"), description=description
    )
    return CityMap(mark_safe(drawing), _legend(known, counts, districts), places)  # noqa: S308 (escaped there)


def _of(
    ward: Ward, counts: Mapping[str, tuple[int, bool]], url_of: Callable[[str], str]
) -> tuple[int, str, bool]:
    count, is_chosen = counts[ward.code]
    return count, url_of(ward.code), is_chosen


def _link_text(name: str, district: str, count: int) -> str:
    text = ngettext(
        "%(name)s, %(district)s: %(count)s entry", "%(name)s, %(district)s: %(count)s entries", count
    )
    return text % {"name": name, "district": district, "count": count}


def _legend(
    known: Mapping[Ward, str], counts: Mapping[str, tuple[int, bool]], districts: list[str]
) -> list[District]:
    lines = []
    for place, code in enumerate(districts):
        members = [ward for ward in known if ward.district == code]
        lines.append(
            District(
                name=known[members[0]],
                tint=city_map.tint_of(code, districts),
                shape=mark_safe(city_map.shape_path(place, (16, 16), 11)),  # noqa: S308 (numbers only)
                count=sum(counts.get(ward.code, (0, False))[0] for ward in members),
            )
        )
    return lines
