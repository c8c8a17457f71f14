"""The facilities on the drawn map of the city: each stands in its kelurahan, or in the middle of its kecamatan."""

from collections.abc import Iterable, Sequence

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ecosystem import wards
from ecosystem.facility_place import KECAMATAN, Position, position_of
from ecosystem.models import Facility
from malangkraf.drawing import city_map
from malangkraf.drawing.city_map import Bubble, Ward
from malangkraf.translated import translated


def city_map_of(places: Sequence[tuple[int, Facility, str]]) -> SafeString:
    """Return the map of facilities by their numbers, with their addresses; "" without the wards."""
    known = list(wards.wards())
    bubbles: dict[str, Bubble] = {}
    for number, facility, url in places:
        place = position_of(facility)
        if place is None:
            continue
        # Two at one place: the second stands beside the first.
        near = _nearest(place, (ward for ward in known if ward.code not in bubbles))
        if near:
            label = f"{number}. {translated(facility, 'name')}, {facility.kecamatan.name}"
            is_rough = place.precision == KECAMATAN
            bubbles[near.code] = Bubble(1, label, url, sign=str(number), is_rough=is_rough)
    if not bubbles:
        return mark_safe("")
    drawing = city_map.bubble_map(
        known,
        bubbles,
        title=_("The facilities on the map of Kota Malang"),
        description="; ".join(bubble.label for bubble in bubbles.values()),
    )
    return mark_safe(drawing)  # noqa: S308 (escaped in the drawing)


def _nearest(place: Position, known: Iterable[Ward]) -> Ward | None:
    return min(
        known,
        key=lambda ward: (ward.latitude - place.latitude) ** 2 + (ward.longitude - place.longitude) ** 2,
        default=None,
    )
