"""The facilities' part of tests/route_table.py: who may open and send to each of its addresses."""

from tests.route_table import Route

FACILITIES_ROUTES: dict[str, Route] = {}
