"""The directory's part of tests/route_table.py: who may open and send to each of its addresses."""

from tests.route_table import (  # noqa: F401
    ADMIN,
    COORDINATOR,
    EDITOR,
    EVERYBODY,
    OWNER,
    SIGNED_IN,
    Route,
    button,
    form,
    page,
)

COORDINATORS = frozenset({COORDINATOR, ADMIN})
# Of the world's entries: world.startup (published) and world.draft_startup.
MEMBERS = frozenset({OWNER, EDITOR, COORDINATOR, ADMIN})
OWNERS = frozenset({OWNER, COORDINATOR, ADMIN})

STARTUP_ROUTES: dict[str, Route] = {}
