"""The kelurahan as points of a map, for every app's drawings."""

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ecosystem.models import Kelurahan
from malangkraf.drawing import city_map
from malangkraf.drawing.city_map import Ward


def wards() -> dict[Ward, str]:
    """Return the kelurahan that have a middle, each with the name of its kecamatan; one query."""
    rows = Kelurahan.objects.filter(latitude__isnull=False, longitude__isnull=False).values_list(
        "code", "name", "kecamatan__code", "latitude", "longitude", "kecamatan__name"
    )
    return {
        Ward(code, name, district, float(latitude or 0), float(longitude or 0)): district_name
        for code, name, district, latitude, longitude, district_name in rows
    }


def names() -> list[tuple[str, float, float]]:
    """Return each kelurahan's name and middle, for a map without pictures of streets; one query."""
    return [(ward.name, ward.latitude, ward.longitude) for ward in wards()]


def locate(code: str, name: str) -> SafeString:
    """Return the small map that shows where a kelurahan or kecamatan lies, "" when the map does not know it."""
    known = list(wards())
    if not any(code in (ward.code, ward.district) for ward in known):
        return mark_safe("")
    title = _("Where %(name)s lies in Kota Malang") % {"name": name}
    return mark_safe(city_map.locator_map(known, code, title=title))  # noqa: S308 (escaped there)
