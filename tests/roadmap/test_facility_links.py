"""The roadmap and the facilities name each other: actions, indicators, and the building's progress."""

import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ecosystem.models import Facility, ProgressReport
from ecosystem.services.facility_data import load_facilities
from ecosystem.services.reference import load_reference
from roadmap.models import FacilityLink
from roadmap.services.facility_links import load_facility_links
from roadmap.services.published import FOLDER
from tests.ecosystem.facility_factories import FacilityFactory
from tests.roadmap.factories import ActionFactory, IndicatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def linked():
    facility = FacilityFactory(slug="rumah-karya", name="Rumah Karya")
    action = ActionFactory(slug="bangun-rumah", title="Membangun rumah karya")
    FacilityLink.objects.create(facility=facility, action=action)
    for day, planned, actual in (("2026-01-01", None, 20), ("2026-03-01", 60, 55)):
        ProgressReport.objects.create(
            facility=facility, as_of=day, planned_percent=planned, actual_percent=actual,
            source_url="https://sumber.example/kemajuan",
        )  # fmt: skip
    return facility, action


def html(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_of_a_facility_leads_to_its_action_and_indicator(client, linked):
    facility, action = linked
    public, hidden = IndicatorFactory(is_public=True), IndicatorFactory(is_public=False)
    for indicator in (public, hidden):
        FacilityLink.objects.create(facility=facility, indicator=indicator)
    text = html(client, "/fasilitas/rumah-karya/")

    assert f"/peta-jalan/aksi/{action.slug}/" in text or action.slug in text
    assert f"/kpi/{public.slug}/" in text
    assert hidden.slug not in text


def test_an_action_shows_its_building_with_target_against_actual(client, linked):
    _facility, action = linked
    text = html(client, "/en" + f"/peta-jalan/aksi/{action.slug}/")

    assert 'href="/en/fasilitas/rumah-karya/"' in text
    assert "55% of the work was done on 1 March 2026." in text
    assert "5 points behind the plan of 60%" in text
    assert "chart__target" in text


def test_an_action_without_a_building_shows_none(client):
    action = ActionFactory()

    assert (
        "/fasilitas/"
        not in html(client, f"/peta-jalan/aksi/{action.slug}/").split("<main")[1].split("</main")[0]
    )


def test_more_links_take_no_more_queries(client, linked):
    facility, _action = linked

    def count():
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            html(client, "/fasilitas/rumah-karya/")
        return len(found)

    few = count()
    for _ in range(4):
        FacilityLink.objects.create(facility=facility, action=ActionFactory())
    assert count() == few


def test_the_first_links_are_made_once_and_deleted_ones_of_a_facility_with_links_stay_away():
    load_reference(write=True)
    load_facilities()
    building = ActionFactory(slug="mcc-pembangunan-gedung")
    ActionFactory(slug="mcc-pembukaan")
    IndicatorFactory(slug="progres-fisik-mcc")
    center = Facility.objects.get(slug="malang-creative-center")

    assert load_facility_links() == 3
    center.roadmap_links.get(action=building).delete()
    assert load_facility_links() == 0


def test_every_name_in_the_file_stands_in_the_published_roadmap():
    def read(name):
        return json.loads((FOLDER / name).read_text(encoding="utf-8"))

    actions = {
        action["slug"] for programme in read("roadmap.json")["programmes"] for action in programme["actions"]
    }
    indicators = {indicator["slug"] for indicator in read("indicators.json")}
    for row in read("facility-links.json").values():
        assert set(row["actions"]) <= actions
        assert set(row["indicators"]) <= indicators


def test_an_administrator_links_a_facility_to_one_thing(client_for, admin_user):
    facility, action, indicator = FacilityFactory(), ActionFactory(), IndicatorFactory()
    client, url = client_for(admin_user), "/pengelola/roadmap/facilitylink/add/"
    for values in ({}, {"action": action.pk, "indicator": indicator.pk}):
        page = client.post(url, {"facility": facility.pk} | values)
        assert "action" in page.context["adminform"].form.errors
    assert client.post(url, {"facility": facility.pk, "action": action.pk}).status_code == 302
    assert FacilityLink.objects.get().action == action
