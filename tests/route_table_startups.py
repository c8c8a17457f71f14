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

REGISTRATION_ROUTES = {
    "startups:registration_start()": page(EVERYBODY),
    "startups:registration_new()": form(SIGNED_IN),
    "startups:registration_similar()": page(SIGNED_IN),
    **{
        f"startups:registration_{name}(pk)": page(frozenset({OWNER}), pk="draft_startup.pk")
        for name in ("resume", "done", "left")
    },
    **{
        f"startups:registration_{name}(pk)": form(frozenset({OWNER}), pk="draft_startup.pk")
        for name in ("send", "delete", "withdraw")
    },
    "startups:registration_step(pk,step)": form(
        frozenset({OWNER}), pk="draft_startup.pk", step="registration_step"
    ),
    "startups:my_startups()": page(SIGNED_IN),
    "startups:startup_status(pk)": page(OWNERS, pk="draft_startup.pk"),
}

SEARCH_ROUTES = {
    **{
        f"startups:startup_list_{kind}()": page(EVERYBODY) for kind in ("csv", "xlsx", "geojson", "atom")
    },
    **{f"api:{name}_list()": page(EVERYBODY) for name in ("startup", "service", "technology", "kelurahan")},
    "api:startup_detail(slug)": page(EVERYBODY, slug="startup.slug"),
    "api:service_detail(code)": page(EVERYBODY, code="service.code"),
    "api:technology_detail(code)": page(EVERYBODY, code="technology.code"),
    "api:kelurahan_detail(code)": page(EVERYBODY, code="kelurahan.code"),
}

STARTUP_ROUTES: dict[str, Route] = {**SEARCH_ROUTES, **REGISTRATION_ROUTES}
