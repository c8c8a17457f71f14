"""Request ids, errors and language of the API, and the second factor that staff need."""

import json
from unittest.mock import Mock

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.decorators import login_not_required
from django.test import Client, RequestFactory
from django.urls import reverse

from malangkraf.api.problems import errors_by_field
from malangkraf.api.throttling import AddressThrottle, network_of
from malangkraf.wsgi import application
from tests.route_world import walk

pytestmark = pytest.mark.django_db
STAFF = ("planner", "task_force", "coordinator", "facility_manager")


@pytest.fixture
def strict(settings):
    settings.STAFF_NEEDS_MFA = True


@pytest.fixture
def staff_client(make_user, client_for):
    return lambda role: client_for(make_user(f"{role}@example.org", role))


# --- request id


def test_every_answer_carries_its_own_request_id(client):
    ids = {client.get("/health/live")["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3


def test_a_foreign_request_id_is_taken_from_a_trusted_proxy_only(client, settings):
    headers = {"x-request-id": "proxy-id-12345"}
    assert client.get("/health/live", headers=headers)["X-Request-Id"] != "proxy-id-12345"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/health/live", headers=headers)["X-Request-Id"] == "proxy-id-12345"
    forged = {"x-request-id": 'x"} {"level": "forged'}
    assert "forged" not in client.get("/health/live", headers=forged)["X-Request-Id"]


def test_an_error_shows_the_request_id_of_the_log_and_nothing_of_the_fault(monkeypatch, caplog):
    @login_not_required
    def broken(request):
        raise RuntimeError("kanari in the traceback")

    home = next(found.pattern for found in walk() if found.full_name == "home")
    monkeypatch.setattr(home, "callback", broken)
    response = Client(raise_request_exception=False).get("/")
    page = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-Id"] in page
    assert "kanari" not in page
    assert "Traceback" not in page
    assert "kanari" in caplog.text, "the log has it"


# --- second factor of staff


@pytest.mark.parametrize("role", STAFF)
def test_staff_without_a_second_factor_are_sent_to_set_one_up(strict, staff_client, role):
    client = staff_client(role)
    for page in ("ecosystem:workroom_home", "home", "style_guide"):
        response = client.get(reverse(page))
        assert (response.status_code, response.url) == (302, reverse("mfa_index")), page


def test_administrators_need_it_too(strict, client_for, admin_user):
    assert client_for(admin_user).get(reverse("admin:index")).url == reverse("mfa_index")


def test_the_way_to_a_second_factor_stays_open(strict, staff_client):
    client = staff_client("planner")
    for page in ("mfa_index", "account_reauthenticate", "profile_edit", "account_email", "account_logout"):
        assert client.get(reverse(page)).status_code == 200, page
    assert client.get("/health/live").status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("home")).status_code == 200


def test_in_english_the_way_is_english(strict, staff_client):
    client = staff_client("planner")
    assert client.get("/en/ruang-kerja/").url == "/en/akun/2fa/"
    assert client.get("/en/akun/2fa/").status_code == 200


def test_htmx_is_sent_as_a_whole_page_and_the_api_is_told_why(strict, staff_client):
    client = staff_client("planner")
    fragment = client.get(reverse("ecosystem:workroom_home"), headers={"hx-request": "true"})
    assert fragment["HX-Redirect"] == reverse("mfa_index")
    answer = client.get("/api/v1/", headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "second factor" in answer.json()["detail"]


def test_with_a_second_factor_and_for_everybody_else_nothing_is_in_the_way(
    strict, client_for, planner, founder
):
    TOTP.activate(planner, "JBSWY3DPEHPK3PXP")
    assert client_for(planner).get(reverse("ecosystem:workroom_home")).status_code == 200
    assert client_for(founder).get(reverse("home")).status_code == 200
    assert Client().get(reverse("home")).status_code == 200


def test_in_the_demo_anybody_may_look_around(staff_client):
    assert staff_client("planner").get(reverse("ecosystem:workroom_home")).status_code == 200


# --- errors of the API


def problem(response):
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["request_id"] == response["X-Request-Id"]
    return body


@pytest.mark.parametrize("address", ["/api/v1/indicators/TIDAK-ADA/", "/api/v1/nothing/", "/api/nothing"])
def test_what_is_not_there_is_a_problem_also_outside_the_views(client, address):
    assert problem(client.get(address))["type"] == "about:blank"


def test_a_wrong_method_is_a_problem(client):
    response = client.post("/api/v1/phases/", {}, content_type="application/json")
    assert problem(response)["status"] == 405


@pytest.mark.parametrize(
    ("header", "title", "language"),
    [
        ("en-GB,en;q=0.9", "Not found", "en"),
        ("id", "Tidak ditemukan", "id"),
        ("", "Tidak ditemukan", "id"),
        ("fr,de;q=0.5", "Tidak ditemukan", "id"),
        ("fr,en;q=0.5,id;q=0.3", "Not found", "en"),
        ("x" * 3000, "Tidak ditemukan", "id"),
    ],
)
def test_the_api_answers_in_the_callers_language(client, header, title, language):
    response = client.get("/api/v1/indicators/TIDAK-ADA/", headers={"accept-language": header})
    assert problem(response)["title"] == title
    assert response["Content-Language"] == language
    assert "Accept-Language" in response["Vary"]


def test_pages_do_not_follow_the_header(client):
    assert 'lang="id"' in client.get("/", headers={"accept-language": "en"}).content.decode()


def test_wrong_fields_are_listed_by_name():
    detail = {"period": {"code": ["unknown"]}, "non_field_errors": ["both"], "value": ["empty", "late"]}
    assert errors_by_field(detail) == {"period.code": ["unknown"], "": ["both"], "value": ["empty", "late"]}
    assert errors_by_field(["bad"]) == {"": ["bad"]}


def test_too_many_requests_say_when_to_come_back(client, monkeypatch):
    monkeypatch.setattr(AddressThrottle, "rate", "3/min", raising=False)
    answers = [client.get("/api/v1/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    assert problem(answers[3])["status"] == 429


def test_a_forged_address_does_not_reset_the_rate(client, monkeypatch):
    monkeypatch.setattr(AddressThrottle, "rate", "3/min", raising=False)
    last = [client.get("/api/v1/", headers={"x-forwarded-for": f"10.0.0.{number}"}) for number in range(4)][
        -1
    ]
    assert last.status_code == 429


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("rubbish", "unknown"),
    ],
)
def test_a_household_counts_as_one_address(address, network):
    assert network_of(address) == network


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "word"), [("", "terlalu besar"), ("/en", "too large")])
def test_a_request_larger_than_any_form_is_refused_before_it_is_stored(client, prefix, word):
    answer = client.post(f"{prefix}/akun/login/", CONTENT_LENGTH=str(200 * 1024 * 1024))
    assert answer.status_code == 413
    assert word in answer.content.decode()


# --- what cannot be read


def ask_server(path, content_type, *, body=None):
    """Return (status, headers, text) of the application as the server calls it, without Django's test handler."""
    environ = RequestFactory().generic("POST" if body else "GET", path, body or "").environ
    answer = application(environ | {"CONTENT_TYPE": content_type}, start := Mock())
    status, headers = start.call_args.args
    return int(status[:3]), dict(headers), b"".join(answer).decode()


@pytest.mark.parametrize("charset", ["zlib_codec", "rot13", "hex", "undefined", "idna", "utf-16", "latin-1"])
@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x"])
def test_another_encoding_than_utf8_is_refused_before_anything_is_decoded(charset, kind):
    content_type = f"{kind}; charset={charset}"
    status, _headers, text = ask_server("/en/kpi/?q=a%80", content_type)
    assert (status, "could not be read" in text) == (415, True)
    body = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\na\x80\r\n--x--\r\n'
    assert ask_server("/akun/login/", content_type, body=body)[0] == 415
    status, headers, _text = ask_server("/api/v1/indicators/?page=1", content_type)
    assert (status, headers["Content-Type"]) == (415, "application/problem+json")


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", ""])
def test_utf8_by_any_of_its_names_is_read(client, charset):
    assert client.get("/kpi/?q=a", CONTENT_TYPE=f"text/plain; charset={charset}").status_code == 200


def test_a_request_to_a_foreign_host_gets_a_page_that_names_no_address_of_it(client):
    answer = client.get("/en/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "could not be read" in page
    assert "evil" not in page


@pytest.mark.parametrize("key", ['"aaaaaaaaaaaaaaaa\\000b"', "a" * 10_000, '"\\377\\376aaaaaaaaaaaa"'])
@pytest.mark.parametrize("address", ["/", "/kpi/", "/ruang-kerja/", "/akun/login/"])
def test_a_session_cookie_that_is_no_key_counts_as_no_session(client, key, address):
    answer = client.get(address, headers={"cookie": f"sessionid={key}"})
    assert answer.status_code == (302 if address == "/ruang-kerja/" else 200)
