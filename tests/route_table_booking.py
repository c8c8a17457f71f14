"""The bookings' part of tests/route_table.py: who may open and send to each of its addresses."""

from tests.route_table import Route

BOOKING_ROUTES: dict[str, Route] = {}
