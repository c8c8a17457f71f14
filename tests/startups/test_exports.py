"""The directory's files: what stands in them, what they never hold, and that they stay small in memory."""

import csv
import io
import json
import tracemalloc
import xml.etree.ElementTree as ET
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from startups import exporting
from startups.filters import StartupFilter
from startups.models import Startup
from startups.views.exports import ExportThrottle
from tests.ecosystem.factories import KelurahanFactory, SubsectorFactory
from tests.startups.factories import ProductFactory, ServiceTypeFactory, StartupFactory

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}
DDE = "=cmd|'/C calc'!A0"


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def table(client, address="/startup/data.csv"):
    return list(csv.DictReader(io.StringIO(body(client.get(address)).decode())))


@pytest.fixture
def studio():
    place = KelurahanFactory(code="35.73.02.1001", name="Klojen", latitude="-7.97", longitude="112.63")
    return StartupFactory(
        name="Kotak Bermain", summary_en="Makes small games.", kelurahan=place, sample=True, open_to=["hiring"],
        subsectors=[SubsectorFactory(code="gim", name="Gim", name_en="Games"), SubsectorFactory(code="musik")],
        services=[ServiceTypeFactory(code="gim", name="Pembuatan gim", name_en="Game development")],
        latitude="-7.98123", longitude="112.61234", street="Jalan Rahasia 7",
    )  # fmt: skip


def test_the_table_in_both_languages(client, studio):
    row = table(client)[0]
    assert (row["Nama"], row["Contoh"], row["Jenis"]) == ("Kotak Bermain", "ya", "Studio gim")
    assert (row["Subsektor"], row["Layanan"]) == ("Gim; Subsektor musik", "Pembuatan gim")
    assert (row["Lintang"], row["Bujur"], row["Jalan"]) == ("-7.97", "112.63", "")
    assert row["Halaman"].endswith(f"/startup/{studio.slug}/")
    assert "CC BY 4.0" in row["Sumber"]
    row = table(client, "/en/startup/data.csv")[0]
    assert (row["Name"], row["Sample"], row["Kind"]) == ("Kotak Bermain", "yes", "Game studio")
    assert (row["Services"], row["In one sentence"]) == ("Game development", "Makes small games.")
    assert row["Page"].endswith(f"/en/startup/{studio.slug}/")
    assert row["Taken on"] == timezone.localdate().isoformat()


def test_a_file_keeps_its_language_while_it_is_being_sent(client, studio):
    """Two files are sent at the same time by one thread: their lines alternate."""
    StartupFactory()
    ours, theirs = client.get("/startup/data.csv"), client.get("/en/startup/data.csv")
    lines = [line.decode() for pair in zip(ours, theirs, strict=True) for line in pair]
    assert [("Studio gim" in line, "Game studio" in line) for line in lines[2:4]] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("address", ["data.csv", "data.xlsx", "data.geojson", "atom.xml"])
def test_the_query_string_is_that_of_the_page(client, address):
    StartupFactory(name="Agensi Satu", kind="agency")
    StartupFactory(name="Studio Dua")
    StartupFactory(name="Tidur Tiga", dormant=True)
    StartupFactory(name="Draf Empat", draft=True)
    answer = client.get(f"/startup/{address}?jenis=agency&page=3&tampilan=peta&apa=x")
    content = body(answer)
    if address == "data.xlsx":
        content = str(list(openpyxl.load_workbook(io.BytesIO(content))["Direktori"].values)).encode()
    assert b"Agensi Satu" in content
    assert not any(name in content for name in (b"Studio Dua", b"Tidur Tiga", b"Draf Empat"))
    assert 'rel="license"' in answer["Link"]
    wrong = client.get(f"/startup/{address}?jenis=salah&q={'a' * 101}")
    assert wrong.status_code == 400
    assert b"jenis: " in wrong.content
    assert b"q: " in wrong.content
    assert client.head(f"/startup/{address}").status_code == 200
    assert client.post(f"/startup/{address}").status_code == 405


def test_no_cell_runs_in_a_spreadsheet(client):
    StartupFactory(name=DDE, alternate_names="+62;=1", summary="\uff1d1+1")
    row = table(client)[0]
    assert (row["Nama"], row["Nama lain"], row["Dalam satu kalimat"]) == (f"'{DDE}", "'+62;'=1", "'\uff1d1+1")
    book = openpyxl.load_workbook(io.BytesIO(body(client.get("/startup/data.xlsx"))))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert DDE in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)


def test_control_characters_break_no_file(client):
    StartupFactory(name="Kotak\x01\x0bBermain", summary="<b>tebal</b> & \x1f😀")
    assert client.get("/startup/data.xlsx").status_code == 200
    feed = ET.fromstring(client.get("/startup/atom.xml").content)
    assert feed.find("a:entry/a:title", ATOM).text == "KotakBermain"
    # The summary is HTML to a reader: the tags that were typed must stay text.
    assert feed.find("a:entry/a:summary", ATOM).text == "&lt;b&gt;tebal&lt;/b&gt; &amp; 😀"
    json.loads(body(client.get("/startup/data.geojson")))


def test_the_map_shows_the_exact_point_only_where_its_owner_does(client, studio):
    def point():
        return json.loads(body(client.get("/startup/data.geojson")))["features"][0]

    feature = point()
    assert feature["geometry"] == {"type": "Point", "coordinates": [112.63, -7.97]}
    assert feature["properties"]["precision"] == "kelurahan"
    assert feature["properties"]["is_sample"] is True
    Startup.objects.update(public_fields=["point"])
    assert point()["properties"]["precision"] == "kelurahan"
    Startup.objects.update(point_precision="exact")
    assert point()["geometry"]["coordinates"] == [112.61234, -7.98123]
    assert point()["properties"]["precision"] == "exact"
    Startup.objects.update(public_fields=[], kelurahan=None, kecamatan=None)
    assert point()["geometry"] is None


def test_the_feed_holds_the_newest_first(client, studio, monkeypatch):
    monkeypatch.setattr(exporting, "MOST_FEED_ENTRIES", 2)
    for days, name in ((1, "Kemarin"), (30, "Dahulu")):
        StartupFactory(name=name, published_at=timezone.now() - timedelta(days=days))
    feed = ET.fromstring(client.get("/startup/atom.xml?urut=nama").content)
    assert [entry.text for entry in feed.findall("a:entry/a:title", ATOM)] == ["Kemarin", "Dahulu"]
    assert feed.find("a:rights", ATOM).text.startswith("CC BY 4.0")
    assert feed.find("a:author/a:name", ATOM).text == "MalangKraf"
    feed = ET.fromstring(client.get("/startup/atom.xml?q=kotak").content)
    assert feed.find("a:entry/a:title", ATOM).text == "Kotak Bermain (contoh)"


def test_a_workbook_says_when_there_are_more(client, monkeypatch):
    monkeypatch.setattr(exporting, "MOST_SHEET_ROWS", 2)
    for _ in range(3):
        StartupFactory()
    sheet = openpyxl.load_workbook(io.BytesIO(body(client.get("/startup/data.xlsx"))))["Direktori"]
    assert sheet.max_row == 4
    assert "CSV" in sheet.cell(4, 1).value


def test_queries_and_memory_do_not_grow_with_the_entries(monkeypatch):
    """A batch costs a fixed number of queries, and only one batch is ever held."""
    monkeypatch.setattr(exporting, "BATCH", 10)

    def send():
        return sum(1 for _line in exporting.csv_lines(StartupFilter({}), site=""))

    def measure():
        with CaptureQueriesContext(connection) as queries:
            lines = send()
        tracemalloc.start()
        send()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return lines, len(queries), peak

    for _ in range(10):
        ProductFactory(startup__description="x" * 4000)
    send()
    lines, few, small = measure()
    for _ in range(90):
        ProductFactory(startup__description="x" * 4000)
    many_lines, many, large = measure()
    assert (lines, many_lines) == (11, 101)
    assert many - few == 9 * (few - 2)
    assert large < small * 1.5


def test_too_many_files_are_refused_for_a_while(client, monkeypatch, studio):
    monkeypatch.setattr(ExportThrottle, "rate", "2/min")
    answers = [
        client.get("/startup/atom.xml?urut=nama", headers={"cookie": f"sessionid=x{n}"}) for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"]
