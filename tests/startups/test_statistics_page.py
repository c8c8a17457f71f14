"""How many startups Malang has: every number leads to the list of exactly the entries that it counts."""

import csv
import io
import re
from collections import Counter
from datetime import timedelta
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from startups.filters import StartupFilter
from startups.search import search
from startups.services.statistics import NOT_SHOWN, live_counts
from tests.ecosystem.factories import KelurahanFactory, SubsectorFactory
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a href="(/startup/(?:\?[^"]+)?)">(?:<strong>)?([\d.]+)')


def page(address="/startup/statistik/", **headers):
    response = Client().get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def some_entries():
    """Entries of several subsectors, kinds, places and levels of freshness; some keep stage and team to themselves."""
    games, apps = SubsectorFactory(code="pengembang-permainan"), SubsectorFactory(code="aplikasi")
    far = KelurahanFactory(code="35.73.05.1001", kecamatan__code="35.73.05")
    today = timezone.localdate()
    for _number in range(5):
        StartupFactory(stage="launched", team_band="2-5", subsectors=[games, apps])
        StartupFactory(kind="app_studio", stage="idea", team_band="1", subsectors=[apps], kelurahan=far)
    for days in (200, 200, 200, 400, 600):
        StartupFactory(
            kind="agency", public_fields=[], stage="growing", last_confirmed_on=today - timedelta(days)
        )


def test_every_number_leads_to_exactly_its_entries():
    some_entries()
    content = page()
    links = LINK.findall(content)
    # All twice, dormant, two subsectors, three kinds, two districts, two stages, two team sizes, three levels.
    assert len(links) == 17
    for address, shown in links:
        query = QueryDict(unescape(address).partition("?")[2])
        assert search(StartupFilter(query)).total == int(shown.replace(".", "")), address


def test_the_counts_are_those_of_the_rows():
    some_entries()
    counts = live_counts(timezone.localdate())
    assert (counts.total, counts.samples, counts.dormant) == (14, 0, 1)
    assert counts.cells["subsektor"] == {"pengembang-permainan": 9, "aplikasi": 10}
    assert counts.cells["jenis"] == {"game_studio": 5, "app_studio": 5, "agency": 4, NOT_SHOWN: 0}
    assert +Counter(counts.cells["tahap"]) == {"launched": 5, "idea": 5, NOT_SHOWN: 4}
    assert counts.cells["kesegaran"] == {"fresh": 10, "due": 3, "stale": 1}


def test_what_an_owner_hides_is_counted_as_not_shown_and_small_numbers_are_hidden():
    for _number in range(4):
        StartupFactory(stage="launched")
    StartupFactory(stage="idea")
    StartupFactory(stage="growing", public_fields=[])
    shown = live_counts(timezone.localdate()).shown("tahap")
    assert shown["launched"] == 4
    # Stages that nobody has are hidden with the one of a single entry.
    hidden = {code for code, number in shown.items() if number is None}
    assert hidden == {"idea", "prototype", "growing", "established", NOT_SHOWN}
    content = page()
    assert "tersembunyi" in content
    assert "tahap=idea" not in content
    assert "tahap=launched" in content


def test_samples_hide_nothing_and_are_counted_apart():
    StartupFactory(stage="idea", sample=True)
    StartupFactory.create_batch(3, stage="launched")
    counts = live_counts(timezone.localdate())
    assert (counts.total, counts.samples, counts.real) == (4, 1, 3)
    assert +Counter(counts.shown("tahap")) == {"idea": 1, "launched": 3}
    assert "1 dari 4 entri ini adalah contoh" in page()


def test_a_directory_of_samples_says_so_first():
    StartupFactory.create_batch(3, sample=True)
    content = page()
    assert "Semua yang dihitung di sini adalah contoh" in content
    assert content.index("semuanya contoh") < content.index('id="subsektor"')
    assert "all of them samples" in page("/en/startup/statistik/")


def test_a_directory_without_entries_has_a_page():
    content = page()
    assert "belum ada" in content
    assert "<figure" in content  # the quoted figures


def test_quoted_figures_are_drawn_otherwise_and_name_their_source():
    StartupFactory.create_batch(2)
    content = page()
    assert content.count("chart__quoted") == 14  # seven, wide and narrow
    for figure in ("92", "151", "168", "lebih dari 100", "128", "lebih dari 200", "186"):
        assert f">{figure}</td>" in content
    assert 'href="https://blp.malangkota.go.id/2021/11/20/' in content
    assert "published-kpi.csv" in content


def test_the_csv_holds_the_same_numbers():
    some_entries()
    response = Client().get("/startup/statistik/data.csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    numbers = {(row["dimension"], row["code"]): row["entries"] for row in rows}
    assert numbers["total", ""] == "14"
    assert numbers["subsektor", "aplikasi"] == "10"
    assert numbers["kesegaran", "stale"] == "1"
    assert {row["day"] for row in rows} == {timezone.localdate().isoformat()}


def test_the_csv_keeps_hidden_cells_empty():
    StartupFactory.create_batch(4, stage="launched")
    StartupFactory(stage="idea")
    rows = list(csv.DictReader(io.StringIO(Client().get("/startup/statistik/data.csv").content.decode())))
    hidden = [row for row in rows if row["dimension"] == "tahap" and row["code"] == "idea"]
    assert [(row["entries"], row["of_them_samples"]) for row in hidden] == [("", "")]


def test_the_page_takes_three_queries_and_the_second_visit_none(django_assert_num_queries):
    some_entries()
    # The transaction is two more.
    with django_assert_num_queries(3 + 2):
        page()
    with django_assert_num_queries(0):
        page()


def test_the_page_is_light():
    some_entries()
    response = Client().get("/startup/statistik/", headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 60_000


def test_names_cannot_break_out_of_the_drawings():
    SubsectorFactory(code="aneh", name="<script>alert(1)</script>")
    StartupFactory()
    assert "<script>alert" not in page()


def test_quoted_figures_as_csv():
    rows = list(
        csv.DictReader(io.StringIO(Client().get(reverse("startups:statistics_quoted_csv")).content.decode()))
    )
    assert [row["number"] for row in rows] == ["92", "151", "168", "100", "128", "200", "186"]
    assert all(row["source"] and (row["address"] or row["note"]) for row in rows)
