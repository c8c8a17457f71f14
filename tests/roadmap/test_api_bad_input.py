"""The API at its edges: odd requests get a problem that names what is wrong, nobody gets an error of the server."""

import gzip
import json

import pytest
from rest_framework.settings import api_settings

from malangkraf.api.throttling import AddressThrottle
from tests.roadmap.factories import IndicatorFactory, PhaseFactory

INDICATORS = "/api/v1/indicators/"


@pytest.fixture
def narrow(monkeypatch):
    """Let two requests a minute through."""
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"address": "2/min"})


def problem_of(answer, status):
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == status
    assert body["request_id"] == answer["X-Request-Id"]
    return body


@pytest.mark.parametrize(
    "query",
    [
        "fase=malang-mendunia",
        "phase=tidak-ada",
        "phase=%00",
        "programme=%00",
        "subsector=aplikasi%00",
        "direction=naik",
        "band=%00",
        "headline=mungkin",
        "q=%00",
        "q=" + "a" * 10_000,
        "page_size=0",
        "page_size=201",
        "page_size=-1",
        "page_size=abc",
        "page_size=" + "9" * 5_000,
        "page_size=%D9%A1",
        "ordering=baseline_value",
        "ordering=name,%00",
        "ordering=--name",
    ],
)
def test_a_wrong_parameter_is_named(query, client, db):
    errors = problem_of(client.get(f"{INDICATORS}?{query}"), 400)["errors"]
    assert list(errors) == [query.partition("=")[0]]
    assert errors[query.partition("=")[0]][0]


@pytest.mark.parametrize(
    "query", ["page=abc", "page=0", "page=-1", "page=2", "page=%00", "page=" + "9" * 5_000, "page=1e3"]
)
def test_a_page_that_does_not_exist_is_not_found(query, client, db):
    IndicatorFactory()
    assert problem_of(client.get(f"{INDICATORS}?{query}"), 404)["title"]


@pytest.mark.parametrize(
    "address",
    [
        "indicators/%00/",
        "indicators/MK-99/",
        "indicators/" + "a" * 3_000 + "/",
        "indicators/%F0%9F%8F%A0/",
        "indicators/%FF/",
        "phases/tidak-ada/",
        "phases/%00/",
        "kecamatan/%00/",
        "tidak-ada/",
        "phases/tidak-ada",
    ],
)
def test_an_address_without_a_row_is_not_found(address, client, db):
    problem_of(client.get(f"/api/v1/{address}", follow=True), 404)


def test_an_unknown_parameter_of_a_single_row_is_refused_too(client, db):
    indicator = IndicatorFactory()
    assert list(problem_of(client.get(f"{INDICATORS}{indicator.code}/?dasar=awal"), 400)["errors"]) == [
        "dasar"
    ]


def test_a_hundred_unknown_parameters_are_not_echoed_at_length(client, db):
    query = "&".join(f"{number}{'x' * 500}=1" for number in range(100))
    errors = problem_of(client.get(f"{INDICATORS}?{query}"), 400)["errors"]
    assert len(errors) <= 10 and all(len(name) <= 60 for name in errors)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(method, client, db):
    answer = getattr(client, method)("/api/v1/phases/", data="{}", content_type="application/json")
    problem_of(answer, 405)
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_a_format_that_is_not_spoken_is_refused(client, db):
    problem_of(client.get(INDICATORS, headers={"Accept": "application/xml"}), 406)


@pytest.mark.parametrize("query", ["format=xml", "format=%00"])
def test_the_description_refuses_a_format_as_the_lists_do(query, client, db):
    problem_of(client.get(f"/api/schema/?{query}"), 404)
    problem_of(client.get("/api/schema/", headers={"Accept": "image/png"}), 406)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "no such parameter"), ("id", "Parameter ini tidak ada")]
)
def test_messages_follow_the_language_of_the_request(language, text, client, db):
    answer = client.get(f"{INDICATORS}?x=1", headers={"Accept-Language": f"{language};q=0.9, fr;q=0.8"})
    assert text in problem_of(answer, 400)["errors"]["x"][0]
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize("address", [INDICATORS, "/api/schema/"])
def test_too_many_requests_are_told_when_to_come_back(address, client, db, narrow):
    assert [client.get(address).status_code for _number in range(2)] == [200, 200]
    answer = client.get(address)
    problem_of(answer, 429)
    assert 1 <= int(answer["Retry-After"]) <= 60
    # Another address is not held back.
    assert client.get(address, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_the_default_of_every_endpoint_stays_closed():
    assert [one.__name__ for one in api_settings.DEFAULT_PERMISSION_CLASSES] == ["IsAuthenticated"]


def test_other_sites_may_read_the_data_and_only_the_data(client, db):
    addresses = (INDICATORS, f"{INDICATORS}?x=1", "/api/v1/no-such-list/")
    for answer in (client.options(INDICATORS), *(client.get(address) for address in addresses)):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "POST" not in answer["Access-Control-Allow-Methods"]
        assert not answer.has_header("Access-Control-Allow-Credentials")
    for address in ("/api/schema/", "/api/docs/", "/health/live"):
        assert not client.get(address).has_header("Access-Control-Allow-Origin")


def test_a_session_changes_nothing(client, client_for, db, planner):
    IndicatorFactory(is_public=False)
    answer = client_for(planner).get(INDICATORS)
    assert answer.json() == client.get(INDICATORS).json()
    assert answer.json()["count"] == 0
    assert not answer.cookies
    assert "Cookie" not in answer["Vary"]


def test_the_same_answer_is_not_sent_twice(client, db):
    phase = PhaseFactory()
    first = client.get("/api/v1/phases/")
    again = client.get("/api/v1/phases/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    assert again["Access-Control-Allow-Origin"] == "*"
    phase.name = "Nama lain"
    phase.save()
    assert client.get("/api/v1/phases/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_long_answer_comes_compressed_to_who_takes_it(client, db):
    IndicatorFactory()
    packed = client.get(INDICATORS, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == client.get(INDICATORS).content
    again = client.get(INDICATORS, headers={"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]})
    assert again.status_code == 304
