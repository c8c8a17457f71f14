"""The facilities' part of tests/route_table.py: who may open and send to each of its addresses."""

from tests.route_table import EVERYBODY, Route, page

FACILITIES_ROUTES: dict[str, Route] = {
    "ecosystem:facility_list()": page(EVERYBODY),
    "ecosystem:facility_list_geojson()": page(EVERYBODY),
    "ecosystem:facility_photo(pk)": page(EVERYBODY, pk="photo.pk"),
    "ecosystem:room_finder()": page(EVERYBODY),
    "ecosystem:facility_detail(slug)": page(EVERYBODY, slug="facility.slug"),
    "ecosystem:facility_calendar(slug)": page(EVERYBODY, slug="facility.slug"),
    "ecosystem:space_detail(slug,space)": page(EVERYBODY, slug="facility.slug", space="space.slug"),
}
