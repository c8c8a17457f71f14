"""The directory's API: the page's filters, changes with what left, and the same fields for everybody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from startups.models import Startup, StartupAlias
from startups.rules.lifecycle import Actor
from startups.services import entries, listing
from tests.ecosystem.factories import KelurahanFactory
from tests.startups.factories import (
    ContactPointFactory,
    ProductFactory,
    ServiceTypeFactory,
    StartupFactory,
    StartupLinkFactory,
    TechnologyFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/api/v1/startups/"


def names(client, query=""):
    return [row["name"] for row in client.get(f"{LIST}?{query}").json()["results"]]


def test_a_row_says_what_the_page_shows(client):
    startup = StartupFactory(
        name="Kotak Bermain", founded="2019-05-20", founded_precision="month", open_to=["hiring"],
        stage="growing", team_band="2-5", services=[ServiceTypeFactory(code="gim")],
        technologies=[TechnologyFactory(code="godot")],
    )  # fmt: skip
    ProductFactory(startup=startup, title="Topeng", year=2024)
    StartupLinkFactory(startup=startup, url="https://itch.example/kotak")
    ContactPointFactory(startup=startup, value="halo@kotak.example", is_public=True)
    row = client.get(LIST).json()["results"][0]
    assert row == client.get(f"{LIST}{startup.slug}/").json() == client.get(f"{LIST}{startup.uuid}/").json()
    assert (row["id"], row["founded"], row["stage"], row["team_band"]) == (
        str(startup.uuid), "2019-05", "growing", "2-5",
    )  # fmt: skip
    assert (row["services"], row["technologies"], row["open_to"]) == (["gim"], ["godot"], ["hiring"])
    assert row["products"][0]["title"] == "Topeng"
    assert row["links"] == [{"kind": "itch", "url": "https://itch.example/kotak"}]
    assert row["page"] == f"http://testserver/startup/{startup.slug}/"
    assert "halo@kotak.example" not in str(row)


def test_the_filters_are_those_of_the_page_and_unknown_ones_are_refused(client):
    StartupFactory(name="Agensi", kind="agency", open_to=["hiring"])
    StartupFactory(name="Studio", kind="game_studio")
    StartupFactory(name="Tidur", dormant=True)
    assert set(names(client)) == {"Agensi", "Studio"}
    assert names(client, "jenis=agency&terbuka=hiring") == ["Agensi"]
    assert names(client, "jenis=agency&jenis=game_studio&urut=nama") == ["Agensi", "Studio"]
    assert names(client, "q=studoi") == ["Studio"]
    assert names(client, "kesegaran=dormant") == ["Tidur"]
    for wrong in ("jenis=x", "kind=agency", "updated_since=kemarin", f"q={'a' * 101}", "urut=x", "page=0"):
        assert client.get(f"{LIST}?{wrong}").status_code in (400, 404), wrong
    assert set(client.get(f"{LIST}?kind=agency").json()["errors"]) == {"kind"}


def test_ten_entries_cost_as_many_queries_as_one(client, django_assert_num_queries):
    ProductFactory()
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for _ in range(9):
        ProductFactory()
    with django_assert_num_queries(len(one)):
        assert client.get(LIST).json()["count"] == 10
    assert len(one) <= 15
    with CaptureQueriesContext(connection) as detail:
        client.get(f"{LIST}{Startup.objects.first().slug}/")
    assert len(detail) <= 14


@pytest.mark.parametrize("noun", ["services", "technologies", "kelurahan"])
def test_the_code_lists(client, noun, django_assert_num_queries):
    make = {"services": ServiceTypeFactory, "technologies": TechnologyFactory, "kelurahan": KelurahanFactory}[
        noun
    ]
    row = make()
    with CaptureQueriesContext(connection) as one:
        assert client.get(f"/api/v1/{noun}/").json()["results"][0]["code"] == row.code
    make(), make()
    with django_assert_num_queries(len(one)):
        assert client.get(f"/api/v1/{noun}/").json()["count"] == 3
    assert client.get(f"/api/v1/{noun}/{row.code}/").json()["name"] == row.name
    assert client.get("/api/v1/").json()[noun] == f"http://testserver/api/v1/{noun}/"


def test_changes_come_with_what_left(client):
    kept, changed, gone, closed, merged = (StartupFactory(name=name) for name in "ABCDE")
    since = timezone.now()
    assert client.get(LIST, {"updated_since": since.isoformat()}).json()["results"] == []
    ProductFactory(startup=changed)
    entries.changed(changed)
    entries.transition(gone.pk, "suspended", by=Actor.COORDINATOR)
    entries.transition(closed.pk, "closed", by=Actor.OWNER)
    entries.transition(merged.pk, "merged", by=Actor.COORDINATOR, into=kept)
    listing.rebuild_all()
    answer = client.get(LIST, {"updated_since": since.isoformat()}).json()
    assert [row["name"] for row in answer["results"]] == ["B"]
    assert [(row["id"], row["reason"], row["merged_into"]) for row in answer["removed"]] == [
        (str(gone.uuid), "suspended", None),
        (str(closed.uuid), "closed", None),
        (str(merged.uuid), "merged", str(kept.uuid)),
    ]
    later = (timezone.now() + timedelta(seconds=1)).isoformat()
    assert client.get(LIST, {"updated_since": later}).json() | {"next": None} == {
        "count": 0, "next": None, "previous": None, "results": [], "removed": [],
    }  # fmt: skip
    assert "removed" not in client.get(LIST).json()


def test_one_entry_by_whatever_it_was_called(client):
    now = StartupFactory(slug="sekarang")
    StartupAlias.objects.create(slug="dahulu", startup=now, reason="renamed")
    merged = StartupFactory(slug="gabung")
    entries.transition(merged.pk, "merged", by=Actor.COORDINATOR, into=now)
    for key in ("dahulu", "gabung", str(merged.uuid)):
        assert client.get(f"{LIST}{key}/").json()["slug"] == "sekarang", key
    closed = StartupFactory(closed=True)
    assert client.get(f"{LIST}{closed.slug}/").json()["lifecycle"] == "closed"
    for hidden in (StartupFactory(draft=True), StartupFactory(suspended=True)):
        assert client.get(f"{LIST}{hidden.slug}/").status_code == 404
        assert client.get(f"{LIST}{hidden.uuid}/").status_code == 404
    for odd in ("%00", "x" * 500, "tidak-ada"):
        assert client.get(f"{LIST}{odd}/").status_code == 404
