"""The sitemap names the public pages in both languages, and nothing else."""

import xml.etree.ElementTree as ET

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.roadmap.factories import IndicatorFactory
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def addresses(client):
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"].startswith("application/xml")
    found = [row.text for row in ET.fromstring(answer.content).findall("s:url/s:loc", NAMES)]
    return [address.removeprefix("http://testserver") for address in found]


def test_public_pages_stand_in_it_in_both_languages(client):
    indicator = IndicatorFactory(is_public=True)
    IndicatorFactory(slug="belum-terbit", is_public=False)
    StartupFactory(slug="kotak")
    for slug, traits in {"tidur": "dormant", "draf": "draft", "contoh": "sample", "tutup": "closed"}.items():
        StartupFactory(slug=slug, **{traits: True})
    found = addresses(client)
    assert {"/", "/en/", "/peta-jalan/", "/startup/", "/en/startup/kotak/", f"/kpi/{indicator.slug}/"} <= set(
        found
    )
    assert len(found) == len(set(found))
    assert not [
        path for path in found for word in ("belum", "tidur", "draf", "contoh", "tutup") if word in path
    ]
    assert all(client.get(path).status_code == 200 for path in found)


def test_ten_entries_cost_as_many_queries_as_one(client, django_assert_num_queries):
    StartupFactory()
    with CaptureQueriesContext(connection) as one:
        addresses(client)
    for _ in range(9):
        StartupFactory()
    cache.clear()
    with django_assert_num_queries(len(one)):
        assert len(addresses(client)) >= 20


def test_crawlers_are_told_where_it_is(client):
    assert b"Sitemap: http://localhost:8000/sitemap.xml" in client.get("/robots.txt").content
