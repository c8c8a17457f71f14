"""The managers' part of tests/route_table.py: who may open and send to each of its addresses."""

from tests.route_table import EVERYBODY, MANAGERS, Route, button, form, page

# Whoever does not look after the facility may not know what there is: 404. The list of the own ones refuses: 403.
BOOKING = {"slug": "facility.slug", "code": "booking.code"}
PENDING = {"slug": "facility.slug", "code": "pending_booking.code"}
DATE = {"slug": "facility.slug", "pk": "occurrence.pk"}

MANAGER_ROUTES: dict[str, Route] = {
    "ecosystem:manager_home()": page(MANAGERS),
    "ecosystem:manager_calendar(slug)": page(MANAGERS, slug="facility.slug"),
    "ecosystem:manager_requests(slug)": page(MANAGERS, slug="facility.slug"),
    "ecosystem:manager_search(slug)": page(MANAGERS, slug="facility.slug"),
    "ecosystem:day_sheet(slug)": page(MANAGERS, slug="facility.slug"),
    "ecosystem:manager_book(slug)": form(MANAGERS, slug="facility.slug"),
    "ecosystem:manager_booking(code,slug)": page(MANAGERS, **BOOKING),
    "ecosystem:manager_contact(code,slug)": button(MANAGERS, **BOOKING),
    "ecosystem:manager_edit(code,slug)": form(MANAGERS, **BOOKING),
    "ecosystem:booking_approve(code,slug)": button(MANAGERS, **PENDING),
    "ecosystem:booking_decline(code,slug)": button(MANAGERS, **PENDING),
    "ecosystem:manager_cancel_all(code,slug)": form(MANAGERS, **BOOKING),
    "ecosystem:manager_move(pk,slug)": form(MANAGERS, **DATE),
    "ecosystem:manager_cancel(pk,slug)": form(MANAGERS, **DATE),
    "ecosystem:manager_check_in(pk,slug)": button(MANAGERS, **DATE),
    "ecosystem:manager_no_show(pk,slug)": button(MANAGERS, **DATE),
    "ecosystem:manager_usage(slug)": page(MANAGERS, slug="facility.slug"),
    "ecosystem:manager_usage_csv(slug)": page(MANAGERS, slug="facility.slug"),
    "ecosystem:manager_usage_xlsx(slug)": page(MANAGERS, slug="facility.slug"),
    "ecosystem:utilization_detail(slug)": page(EVERYBODY, slug="facility.slug"),
    "ecosystem:utilization_csv(slug)": page(EVERYBODY, slug="facility.slug"),
    "ecosystem:closure_list(slug)": page(MANAGERS, slug="facility.slug"),
    "ecosystem:closure_create(slug)": form(MANAGERS, slug="facility.slug"),
    "ecosystem:closure_lift(pk,slug)": form(MANAGERS, slug="facility.slug", pk="closure.pk"),
}
