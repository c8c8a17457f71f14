"""The OpenAPI description says what the API does, and many odd requests find no server error."""

import io
import json

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from malangkraf.api.throttling import AddressThrottle
from malangkraf.wsgi import application
from tests.roadmap.test_api_lists import LISTS, make_row
from tests.startups.factories import ProductFactory, ServiceTypeFactory, StartupFactory, TechnologyFactory

# The client of schemathesis cannot unpack answers.
PLAIN = {"Accept-Encoding": "identity"}
SCHEMA = "/api/schema/?format=json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_the_schema_is_valid_and_drf_spectacular_has_nothing_to_warn_of(db):
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=out)
    assert json.loads(out.getvalue())["openapi"].startswith("3.1")


def test_the_schema_comes_in_two_formats_and_two_languages(client, db):
    summaries = set()
    for language in ("id", "en"):
        schema = client.get(SCHEMA, headers={"Accept-Language": language}).json()
        summaries.add(schema["paths"]["/api/v1/phases/"]["get"]["summary"])
    assert summaries == {"The phases of the roadmap", "Fase-fase peta jalan"}
    assert client.get("/api/schema/").content.startswith(b"openapi: 3.1")
    # Two parameters of drf-spectacular's own view that once went into a header and into a file name.
    assert client.get(f"{SCHEMA}&version=1%0d%0aX:%20y&lang=../..").status_code == 200


def test_every_operation_reads_and_names_its_errors(client, db):
    for path, operations in client.get(SCHEMA).json()["paths"].items():
        assert path.startswith("/api/v1/")
        assert set(operations) == {"get"}
        assert {"200", "400", "429"} <= set(operations["get"]["responses"])
        assert operations["get"]["summary"]


@pytest.fixture
def described(monkeypatch, db):
    """The description of an API that holds a row of everything and counts no requests."""
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"address": "100000/min"})
    for noun in LISTS:
        make_row(noun, 1)
    ProductFactory(startup__services=[ServiceTypeFactory()], startup__technologies=[TechnologyFactory()])
    StartupFactory(closed=True)
    # As in Django's own test client: the end of a request would close the connection of the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi(SCHEMA, application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_odd_requests_find_no_server_error_and_no_answer_that_the_schema_does_not_describe(described):
    """Twelve requests to each operation, always the same ones."""
    seen = []
    for found in described.get_all_operations():
        operation = found.ok()

        @seed(1914)
        @settings(
            max_examples=12,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case):
            seen.append(case.call_and_validate(checks=CHECKS, headers=PLAIN).status_code)

        ask()
    assert {200, 400, 404} <= set(seen)
    assert max(seen) < 500
