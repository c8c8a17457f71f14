"""What each kind of page tells the browser: policies, cookies, and no framing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.malangkraf.test_settings import RIGHT
from tests.roadmap.factories import IndicatorFactory
from tests.route_world import walk

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@login_not_required
def crash(request):
    raise RuntimeError("planted")


@pytest.fixture
def answers(client_for, founder, planner, admin_user, monkeypatch):
    """One answer of each kind of page."""
    IndicatorFactory(slug="contoh", is_public=True)
    anonymous = Client(raise_request_exception=False)
    strict = Client(enforce_csrf_checks=True)
    kinds = {
        "home": anonymous.get("/"),
        "home in English": anonymous.get("/en/"),
        "sign-in": anonymous.get(reverse("account_login")),
        "work room": client_for(planner).get(reverse("ecosystem:workroom_home")),
        "admin": client_for(admin_user).get(reverse("admin:index")),
        "download": anonymous.get(reverse("roadmap:indicator_csv", args=["contoh"])),
        "API": anonymous.get("/api/v1/"),
        "API error": anonymous.get("/api/v1/nothing/"),
        "API docs": anonymous.get("/api/docs/"),
        "404": anonymous.get("/tidak-ada/"),
        "403": client_for(founder).get(reverse("workroom:indicator_create")),
        "403 of a form": strict.post(reverse("account_login"), {}),
        "health": anonymous.get("/health/live"),
        "redirect": anonymous.get(reverse("ecosystem:workroom_home")),
    }
    privacy = next(found.pattern for found in walk() if found.full_name == "privacy")
    monkeypatch.setattr(privacy, "callback", crash)
    return {**kinds, "500": anonymous.get("/privasi/")}


def policy_of(response):
    parts = (part.split() for part in response["Content-Security-Policy"].split(";") if part.strip())
    return {name: values for name, *values in parts}


def test_the_kinds_are_what_they_are_called(answers):
    codes = {kind: answer.status_code for kind, answer in answers.items()}
    expected = {"404": 404, "403": 403, "403 of a form": 403, "500": 500, "API error": 404, "redirect": 302}
    assert codes == {kind: expected.get(kind, 200) for kind in answers}


def test_no_kind_of_page_allows_inline_or_foreign_code(answers):
    for kind, answer in answers.items():
        policy = policy_of(answer)
        assert policy["default-src"] == ["'none'"], kind
        assert policy["frame-ancestors"] == ["'none'"], kind
        assert policy["base-uri"] == ["'none'"], kind
        assert policy["form-action"] == ["'self'"], kind
        for directive in ("script-src", "style-src"):
            sources = [source for source in policy[directive] if not source.startswith("'nonce-")]
            assert sources == ["'self'"], f"{kind}: {directive} {sources}"
        whole = answer["Content-Security-Policy"]
        assert "unsafe" not in whole and "*" not in whole and "http:" not in whole, kind


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_every_kind_of_page_carries_the_header(answers, header, value):
    assert {kind: answer.get(header) for kind, answer in answers.items()} == dict.fromkeys(answers, value)


def test_the_browser_gives_no_page_the_camera_or_the_place(answers):
    for kind, answer in answers.items():
        policy = answer["Permissions-Policy"]
        for feature in ("camera", "microphone", "geolocation", "payment", "usb"):
            assert f"{feature}=()" in policy, kind
        assert "publickey-credentials-get=(self)" in policy, "passkeys would not work"


def test_no_page_names_the_software(answers):
    for kind, answer in answers.items():
        assert not {"Server", "X-Powered-By"} & set(answer.headers), kind


def test_pages_for_strangers_set_no_cookie(client):
    for page in ("home", "privacy", "roadmap:indicator_list"):
        assert not client.get(reverse(page)).cookies, page


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(founder):
    client = Client()
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": founder.email, "password": "kata-sandi-uji-2024"})
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"] is True, name
        assert cookie["samesite"] == "Lax", name
        assert not cookie["domain"], name
    assert client.cookies["sessionid"]["max-age"] == 12 * 60 * 60


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:443", "localhost@evil.example"]
)
def test_a_foreign_host_is_refused(client, host):
    assert Client(raise_request_exception=False).get("/", headers={"host": host}).status_code == 400


def test_control_an_inline_policy_would_be_seen(answers):
    loose = HttpResponse()
    loose["Content-Security-Policy"] = answers["home"]["Content-Security-Policy"].replace(
        "script-src 'self'", "script-src 'self' 'unsafe-inline'"
    )
    with pytest.raises(AssertionError):
        test_no_kind_of_page_allows_inline_or_foreign_code({"loose": loose})


PRODUCTION = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
plain = Client().get("/health/live", headers={"host": "portal.example.org"})
behind = {"host": "portal.example.org", "x-forwarded-proto": "https"}
secure = Client().get("/health/live", headers=behind)
insecure = Client().get("/robots.txt", headers={"host": "portal.example.org"})
print(json.dumps({
    "health": plain.status_code, "robots": secure.status_code, "hsts": secure.headers.get("Strict-Transport-Security"),
    "plain": insecure.status_code, "to": insecure.headers.get("Location"),
    "flags": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE],
    "debug": settings.DEBUG, "mfa": settings.STAFF_NEEDS_MFA,
}))
"""


def test_production_asks_for_tls_everywhere_and_for_the_second_factor():
    result = subprocess.run(
        [sys.executable, "-c", PRODUCTION], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={"PATH": os.environ["PATH"], "DATA_DIR": "/nowhere", **RIGHT, "MALANGKRAF_PROCESS": "command",
             "DJANGO_SETTINGS_MODULE": "malangkraf.settings"},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout.strip().splitlines()[-1])
    assert seen["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert (seen["plain"], seen["to"]) == (301, "https://portal.example.org/robots.txt")
    assert seen["flags"] == [True, True, True]
    assert (seen["robots"], seen["health"], seen["debug"], seen["mfa"]) == (200, 200, False, True)
