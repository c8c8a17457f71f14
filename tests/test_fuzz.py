"""Every address gets what nobody sends by accident: nothing answers 500, and every refusal says what was wrong."""

import json
import re

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from malangkraf.api.throttling import AddressThrottle
from tests.fuzz_values import (
    BODIES,
    COOKIES,
    FORM_NAMES,
    HEADERS,
    QUERY_NAMES,
    VALUES,
    encoded,
    field_names,
    filter_names,
)
from tests.route_table import ANONYMOUS, ROUTES
from tests.route_world import address_of, build_world, just_confirmed, walk

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
# The processes of a test run share the walk.
PARTS = 4
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def world(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS,
        "django.contrib.auth.backends.ModelBackend",
    ]
    # Refused for asking too often, a request would not reach what is tested here.
    settings.ACCOUNT_RATE_LIMITS = False
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"address": "100000/min"})
    return build_world()


class Attacker:
    """Sends requests as any role; what they change is undone."""

    def __init__(self, world):
        self.world = world
        self.sessions = {ANONYMOUS: "none"}

    def session(self, role):
        """Return the key of the role's session."""
        if role not in self.sessions:
            browser = Client()
            browser.force_login(self.world.people[role], backend="django.contrib.auth.backends.ModelBackend")
            just_confirmed(browser, self.world.people[role])
            self.sessions[role] = browser.session.session_key
        return self.sessions[role]

    def send(self, role, method, address, **request):
        """Return the answer, read to its end."""
        headers = {"Cookie": f"sessionid={self.session(role)}{COOKIES}", **request.pop("headers", {})}
        browser = Client(raise_request_exception=False)
        with transaction.atomic():
            answer = browser.generic(method, address, headers=headers, **request)
            answer.body = answer.getvalue()
            transaction.set_rollback(True)
        translation.activate("id")  # the next address is wanted in Indonesian
        return answer


def fault(answer, address):
    """Return what is wrong with an answer, "" for nothing."""
    code = answer.status_code
    if code >= 500:
        kind, error, _trace = getattr(answer, "exc_info", None) or (None, "", None)
        return f"{code} {kind.__name__ if kind else ''} {error}"
    if code < 400 or code == 405:
        return ""
    if address.startswith("/api/"):
        if answer["Content-Type"] != "application/problem+json":
            return f"{code} is no problem details"
        return "" if json.loads(answer.body)["status"] == code else f"{code} names another status"
    # A file that cannot be made is refused in plain words, a line for each filter.
    if answer["Content-Type"].startswith("text/plain"):
        return "" if re.search(rb"^\w+: .+", answer.body) else f"{code} without a word why"
    return "" if b"<h1" in answer.body else f"{code} without a page that says what to do"


def attacks(number, found, route):
    """Give (role, method, request) of what is sent to the route with this number; takes the answers in between.

    The role and what stands under each name turn with the number, so that one walk uses all of them.
    """
    names = set(QUERY_NAMES) | filter_names(found.pattern)
    headers = HEADERS[number % len(HEADERS)]
    both = (route.get or frozenset()) & (route.post or frozenset())
    allowed = sorted(both or route.get or route.post or {ANONYMOUS})
    role = allowed[number % len(allowed)]
    answer = yield role, "GET", {"QUERY_STRING": encoded(names, first=number), "headers": headers}
    if not route.post:
        return
    fields = encoded(set(FORM_NAMES) | field_names(answer), first=number)
    yield role, "POST", {"data": fields, "content_type": FORM}
    if number % 3 == 0:
        content_type, body = BODIES[number // 3 % len(BODIES)]
        yield role, "POST", {"data": body, "content_type": content_type, "headers": headers}


def faults(world, routes):
    """Attack (number, route) after route; return a line for each bad answer."""
    attacker, wrong = Attacker(world), []
    for number, found in routes:
        address = address_of(found, ROUTES[found.key], world)
        steps, answer = attacks(number, found, ROUTES[found.key]), None
        while True:
            try:
                role, method, request = steps.send(answer)
            except StopIteration:
                break
            answer = attacker.send(role, method, address, **request)
            if problem := fault(answer, address):
                wrong.append(f"{method} {found.key} as {role}: {problem}")
    return wrong


@pytest.mark.parametrize("part", range(PARTS))
def test_no_address_crashes_and_every_refusal_is_a_page_or_a_problem(world, part):
    routes = list(enumerate(walk()))
    assert {found.key for _number, found in routes} == set(ROUTES)
    wrong = faults(world, routes[part::PARTS])
    assert not wrong, "\n".join(wrong)


# --- holes that the walk must see -------------------------------------------------------------------------


def counts_the_page(request, *args, **kwargs):
    return HttpResponse(f"<h1>{int(request.GET['page'])}</h1>")


def believes_the_form(request, *args, **kwargs):
    if request.method == "POST":
        int(request.POST.get("version", "0"))
    return HttpResponse("<h1>form</h1>")


def refuses_without_a_word(request, *args, **kwargs):
    return HttpResponse(status=400)


def names_another_status(request, *args, **kwargs):
    return HttpResponse('{"status": 404}', status=400, content_type="application/problem+json")


HOLES = {
    "a page number taken as it comes": ("home()", login_not_required(counts_the_page), "500 ValueError"),
    "a form's version taken as it comes": ("workroom:phase_create()", believes_the_form, "500 ValueError"),
    "a refusal without a word": (
        "privacy()",
        login_not_required(refuses_without_a_word),
        "400 without a page",
    ),
    "a problem that does not name its status": (
        "api:phase_list()",
        login_not_required(names_another_status),
        "400 names another status",
    ),
}


def test_planted_holes_are_seen(world, monkeypatch):
    for name, (key, view, problem) in HOLES.items():
        found = next(found for found in walk() if found.key == key)
        # Whether one request meets a hole depends on the value: a few values are sent to both views.
        routes = [(number, found) for number in range(0, len(VALUES), 5)]
        assert faults(world, routes) == [], name
        monkeypatch.setattr(found.pattern, "callback", view)
        wrong = faults(world, routes)
        assert wrong and all(problem in line for line in wrong), (name, wrong)
