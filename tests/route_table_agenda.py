"""The agenda, feeds, letters and check-in: who may open and send to each address (tests/route_table.py)."""

from tests.route_table import BOOKERS, EVERYBODY, MANAGERS, Route, page

AGENDA_ROUTES: dict[str, Route] = {
    **{
        f"api:{name}_list()": page(EVERYBODY)
        for name in ("facility", "space", "availability", "free_room", "opening_hours", "event")
    },
    "api:facility_detail(slug)": page(EVERYBODY, slug="facility.slug"),
    "api:space_detail(facility,slug)": page(EVERYBODY, facility="facility.slug", slug="space.slug"),
    "api:event_detail(slug)": page(EVERYBODY, slug="event.slug"),
    "ecosystem:event_list()": page(EVERYBODY),
    "ecosystem:agenda_ics()": page(EVERYBODY),
    "ecosystem:agenda_atom()": page(EVERYBODY),
    "ecosystem:event_detail(slug)": page(EVERYBODY, slug="event.slug"),
    "ecosystem:event_ics(slug)": page(EVERYBODY, slug="event.slug"),
    "ecosystem:facility_agenda_ics(slug)": page(EVERYBODY, slug="facility.slug"),
    "ecosystem:space_feed(slug,space)": page(EVERYBODY, slug="facility.slug", space="space.slug"),
    # Whoever knows the secret address; the sample is the owner's.
    "ecosystem:personal_feed(token)": page(EVERYBODY, token="calendar_feed.token"),
    "ecosystem:booking_ics(code)": Route(BOOKERS | MANAGERS, None, "404", {"code": "booking.code"}),
    "ecosystem:booking_letter(code)": Route(BOOKERS | MANAGERS, None, "404", {"code": "booking.code"}),
    "ecosystem:letter_form()": page(EVERYBODY),
    "ecosystem:letter_verify(code)": page(EVERYBODY, code="booking.letter_code"),
    "ecosystem:manager_agenda(slug)": Route(MANAGERS, None, "404", {"slug": "facility.slug"}),
    "ecosystem:event_create(slug)": Route(MANAGERS, MANAGERS, "404", {"slug": "facility.slug"}),
    **{
        f"ecosystem:{name}(pk,slug)": Route(
            None if name == "event_publish" else MANAGERS,
            MANAGERS,
            "404",
            {"slug": "facility.slug", "pk": "event.pk"},
        )
        for name in ("event_edit", "event_publish", "event_cancel")
    },
}
