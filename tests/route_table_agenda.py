"""The agenda, feeds, letters and check-in: who may open and send to each address (tests/route_table.py)."""

from tests.route_table import EVERYBODY, Route, page

AGENDA_ROUTES: dict[str, Route] = {
    "ecosystem:event_list()": page(EVERYBODY),
    "ecosystem:agenda_ics()": page(EVERYBODY),
    "ecosystem:agenda_atom()": page(EVERYBODY),
    "ecosystem:event_detail(slug)": page(EVERYBODY, slug="event.slug"),
    "ecosystem:event_ics(slug)": page(EVERYBODY, slug="event.slug"),
    "ecosystem:facility_agenda_ics(slug)": page(EVERYBODY, slug="facility.slug"),
}
