"""Where a facility is: its own position, or the middle of its kelurahan or kecamatan where nobody has published one."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ecosystem.models import Facility

EXACT, KELURAHAN, KECAMATAN = "exact", "kelurahan", "kecamatan"


@dataclass(frozen=True, slots=True)
class Position:
    """A point of the map and how exactly it is known: exact, kelurahan or kecamatan."""

    latitude: float
    longitude: float
    precision: str


def position_of(facility: Facility) -> Position | None:
    """Return the best known position, None without any; no query when the areas are loaded."""
    if facility.latitude is not None and facility.longitude is not None:
        precision = KELURAHAN if facility.is_position_rough else EXACT
        return Position(float(facility.latitude), float(facility.longitude), precision)
    for area, precision in ((facility.kelurahan, KELURAHAN), (facility.kecamatan, KECAMATAN)):
        if area is not None and area.latitude is not None and area.longitude is not None:
            return Position(float(area.latitude), float(area.longitude), precision)
    return None


def address_of(facility: Facility) -> str:
    """Return the address in one line, as far as it is known."""
    parts = [facility.address, f"Kecamatan {facility.kecamatan.name}", "Kota Malang"]
    return ", ".join(part for part in parts if part)


def map_search_url(facility: Facility) -> str:
    """Return the address of a search on OpenStreetMap, or of the exact place there."""
    place = position_of(facility)
    if place is not None and place.precision == EXACT:
        point = f"{place.latitude}/{place.longitude}"
        return f"https://www.openstreetmap.org/?mlat={place.latitude}&mlon={place.longitude}#map=17/{point}"
    query = urlencode({"query": f"{facility.name}, {address_of(facility)}"})
    return f"https://www.openstreetmap.org/search?{query}"


def feature_of(facility: Facility, url: str) -> dict[str, Any]:
    """Return the facility as a GeoJSON feature, as static/js/map.js reads it."""
    place = position_of(facility)
    geometry = place and {"type": "Point", "coordinates": [place.longitude, place.latitude]}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {
            "name": facility.name,
            "url": url,
            "is_sample": False,
            "precision": place.precision if place else "",
        },
    }
