"""The agenda, feeds, letters and check-in: who may open and send to each address (tests/route_table.py)."""

from tests.route_table import Route

AGENDA_ROUTES: dict[str, Route] = {}
