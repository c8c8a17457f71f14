"""The bookings' part of tests/route_table.py: who may open and send to each of its addresses."""

from tests.route_table import BOOKERS, EVERYBODY, MANAGERS, SIGNED_IN, Route, form, page

SPACE = {"slug": "facility.slug", "space": "space.slug"}
CODE = {"code": "booking.code"}
DATE = {**CODE, "pk": "occurrence.pk"}


def own(**arguments: str) -> Route:
    """The booker's alone: nobody else may know that it is there."""
    return Route(BOOKERS, BOOKERS, "404", arguments)


BOOKING_ROUTES: dict[str, Route] = {
    # Strangers choose a time; what they send leads to the sign-in and back.
    "ecosystem:booking_create(slug,space)": Route(EVERYBODY, SIGNED_IN, arguments=SPACE),
    "ecosystem:waiting_join(slug,space)": form(SIGNED_IN, **SPACE),
    "ecosystem:door_check_in(slug,space,token)": form(EVERYBODY, **SPACE, token="space.door_token"),
    "ecosystem:my_bookings()": page(SIGNED_IN),
    "ecosystem:personal_calendar()": form(SIGNED_IN),
    "ecosystem:waiting_leave(pk)": own(pk="waiting_place.pk"),
    "ecosystem:waiting_take(pk)": own(pk="waiting_place.pk"),
    # Who scans a guest's code and manages the facility comes to the manager's page.
    "ecosystem:booking_detail(code)": Route(BOOKERS | MANAGERS, None, "404", CODE),
    "ecosystem:booking_edit(code)": own(**CODE),
    "ecosystem:booking_cancel(code)": own(**CODE),
    "ecosystem:occurrence_cancel(code,pk)": own(**DATE),
    "ecosystem:occurrence_move(code,pk)": own(**DATE),
}
