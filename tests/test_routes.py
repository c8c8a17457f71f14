"""Every address × every role × reading and sending, against tests/route_table.py; and the proof that holes show."""

import re

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import path, reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from malangkraf.views import pages
from tests import route_world
from tests.route_table import ADMIN, ANONYMOUS, EDITOR, EVERYBODY, OWNER, ROLES, ROUTES, Route
from tests.route_world import address_of, ask, build_world, expected, outcome, walk

# What a page shows is for the page's own tests.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
METHODS = ("GET", "POST")


@pytest.fixture
def world(settings, tmp_path, monkeypatch):
    """The people and rows; what a refusal says is not drawn, for most of the many answers here are refusals."""
    draw = pages.render

    def render(request, template, *args, **words):
        if template in {"403.html", "404.html"}:
            return HttpResponse(status=words["status"])
        return draw(request, template, *args, **words)

    monkeypatch.setattr(pages, "render", render)
    settings.MEDIA_ROOT = tmp_path
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS,
        "django.contrib.auth.backends.ModelBackend",
    ]
    return build_world()


def unlisted():
    return sorted({found.key for found in walk()} ^ set(ROUTES))


def mismatches(world, *, role, method, only=None):
    """Walk the whole table; return a line for each cell that is not as declared, and how many were visited."""
    wrong, visited = [], 0
    for found in walk():
        if found.key not in ROUTES or (only and found.key != only):
            continue
        route = ROUTES[found.key]
        answer = outcome(ask(found, route, world, role=role, method=method))
        visited += 1
        if answer not in (allowed := expected(route, role=role, method=method)):
            wrong.append(f"{method} {found.key} as {role}: {answer}, not {sorted(allowed)}")
    return wrong, visited


def unguarded(world):
    """Return the routes that take a POST without the token of the form."""
    open_routes = []
    for found in walk():
        route = ROUTES.get(found.key)
        if route is None or not route.post:
            continue
        role = ANONYMOUS if ANONYMOUS in route.post else sorted(route.post)[0]
        answer = ask(found, route, world, role=role, method="POST", enforce_csrf_checks=True)
        if answer.status_code != 403:
            open_routes.append(f"{found.key}: {answer.status_code}")
    return open_routes


def test_every_route_is_declared_and_every_declaration_is_a_route():
    assert unlisted() == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(world, role, method):
    wrong, visited = mismatches(world, role=role, method=method)
    assert not wrong, "\n".join(wrong)
    assert visited == len(list(walk())) == len(ROUTES)


def test_no_route_takes_a_form_without_its_token(world):
    assert unguarded(world) == []


def test_what_strangers_may_open_is_exactly_the_public_list(world):
    """`login_not_required` is the opt-out that makes a page public; only these may carry it."""
    opened = {
        found.key for found in walk() if getattr(found.pattern.callback, "login_required", True) is False
    }
    declared = {
        key for key, route in ROUTES.items() if ANONYMOUS in (route.get or set()) | (route.post or set())
    }
    # Steps of a sign-in: open to strangers in principle, but they lead back to its start when none is under way.
    steps = {"account_email_verification_sent()", "account_confirm_login_code()", "mfa_authenticate()",
             "mfa_login_webauthn()", "startups:registration_step(pk,step)"}  # fmt: skip
    assert opened == declared | steps


def test_the_english_pages_let_the_same_people_in(world):
    differing = []
    for found in walk():
        route = ROUTES[found.key]
        address = address_of(found, route, world)
        if address.startswith(("/api/", "/health/", "/robots", "/sitemap")):
            continue
        answer = Client(raise_request_exception=False).get(f"/en{address}")
        answer.getvalue()  # reads a download to its end, which closes the file
        translation.activate("id")  # the next address is wanted in Indonesian
        signed_out = answer.status_code == 302 and re.match(r"/en/(akun|pengelola)/login/", answer.url)
        mine = "login" if signed_out else outcome(answer)
        if mine not in expected(route, role=ANONYMOUS, method="GET"):
            differing.append(f"{found.key}: {mine}")
    assert differing == []


# --- holes that the walk must see -----------------------------------------------------------------------


def open_page(request, *args, **kwargs):
    return HttpResponse("open")


def found_by_key(key):
    return next(found for found in walk() if found.key == key)


def put_view(monkeypatch, key, view):
    monkeypatch.setattr(found_by_key(key).pattern, "callback", view)


def crash(request, *args, **kwargs):
    raise RuntimeError("planted")


def to_sign_in(request, *args, **kwargs):
    return HttpResponseRedirect(reverse("account_login"))


HOLES = {
    "a staff page that strangers see": (
        "workroom:indicator_list()",
        login_not_required(open_page),
        ANONYMOUS,
        "GET",
    ),
    "a staff page that founders see": ("workroom:indicator_list()", open_page, "founder", "GET"),
    "a planner's form that the Task Force opens": (
        "workroom:indicator_create()",
        open_page,
        "task_force",
        "GET",
    ),
    "a button that coordinators press": (
        "workroom:value_verify(period,slug)",
        open_page,
        "coordinator",
        "POST",
    ),
    "a button that works as a link": ("workroom:value_verify(period,slug)", open_page, "planner", "GET"),
    "a public page behind the sign-in": ("home()", to_sign_in, ANONYMOUS, "GET"),
    "a page that crashes": ("privacy()", login_not_required(crash), "facility_manager", "GET"),
    "somebody else's passkey": ("mfa_edit_webauthn(pk)", open_page, "founder", "GET"),
    "the admin open to planners": ("admin:ecosystem_user_changelist()", open_page, "planner", "GET"),
    "a public page that takes forms": ("search()", login_not_required(open_page), ANONYMOUS, "POST"),
}


@pytest.mark.parametrize("name", HOLES)
def test_a_planted_hole_is_seen(world, monkeypatch, name):
    key, view, role, method = HOLES[name]
    assert mismatches(world, role=role, method=method, only=key)[0] == []
    put_view(monkeypatch, key, view)
    assert mismatches(world, role=role, method=method, only=key)[0] != []


def test_a_form_that_waives_its_token_is_seen(world, monkeypatch):
    put_view(monkeypatch, "workroom:indicator_create()", csrf_exempt(open_page))
    assert unguarded(world) == ["workroom:indicator_create(): 200"]


def test_a_route_without_a_declaration_is_seen(monkeypatch):
    from malangkraf import urls

    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("baru/", open_page, name="brand_new")])
    patterns = [*route_world.get_resolver().url_patterns, urls.urlpatterns[-1]]
    assert {found.key for found in walk(patterns)} ^ set(ROUTES) == {"brand_new()"}


def test_a_declaration_without_a_route_is_seen(monkeypatch):
    monkeypatch.setitem(ROUTES, "gone()", Route(EVERYBODY))
    assert unlisted() == ["gone()"]


def test_the_table_lets_administrators_into_every_page():
    """Except into what is a founder's own: a draft before it is sent, a claim, an answer to a question."""
    own = frozenset({OWNER, EDITOR})
    shut_out = {
        key for key, route in ROUTES.items() if route.get and ADMIN not in route.get and not route.get <= own
    }
    assert {key.partition("(")[0] for key in shut_out} == {
        "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_deactivate_totp",
        "mfa_view_recovery_codes", "mfa_download_recovery_codes",
    }  # fmt: skip
