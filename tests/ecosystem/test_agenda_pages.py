"""The agenda's pages and feeds: what is shown when, filters, samples, cancelled ones, what machines read."""

import json
import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.templatetags.static import static
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from ecosystem.models import AgendaEvent
from tests.ecosystem.facility_factories import FacilityFactory, make_occurrence, make_space
from tests.ecosystem.factories import SubsectorFactory

pytestmark = pytest.mark.django_db
LIST = "/agenda/"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def make_event(slug="bincang-gim", *, days=3, hours=2, **fields):
    starts_at = timezone.localtime().replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(
        days=days
    )
    values = {
        "slug": slug, "kind": "talk", "title": slug.replace("-", " ").title(), "organizer": "Komunitas",
        "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours), "is_published": True,
    }  # fmt: skip
    facility = fields.pop("facility", None) or FacilityFactory(slug="mcc", name="Malang Creative Center")
    return AgendaEvent.objects.create(facility=facility, **values | fields)


def shown(client, query=""):
    html = client.get(f"{LIST}{query}").content.decode()
    return re.findall(r'href="/agenda/([a-z0-9-]+)/"', html)


def test_events_to_come_stand_by_day_and_those_that_are_over_apart(client):
    make_event("kedua", days=5)
    make_event("pertama", days=2)
    make_event("lewat", days=-5)
    make_event("pameran-panjang", days=-3, hours=24 * 10, kind="exhibition")
    make_event("belum-terbit", is_published=False)
    assert shown(client) == ["pameran-panjang", "pertama", "kedua"]
    html = client.get(LIST).content.decode()
    assert "Sedang berlangsung" in html
    assert "3 acara" in html
    assert shown(client, "?waktu=lalu") == ["lewat"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?fasilitas=kecil", ["di-kecil"]),
        ("?jenis=workshop", ["lokakarya"]),
        ("?subsektor=gim", ["tentang-gim"]),
        ("?jenis=workshop&fasilitas=kecil", []),
    ],
)
def test_the_filters(client, query, found):
    make_event("di-kecil", facility=FacilityFactory(slug="kecil"))
    make_event("lokakarya", kind="workshop")
    make_event("tentang-gim", subsector=SubsectorFactory(code="gim", name="Gim"))
    assert shown(client, query) == found
    names = [str(event["SUMMARY"]) for event in feed(client, query)]
    assert [name.lower().replace(" ", "-") for name in names] == found
    atom = client.get(f"/agenda/atom.xml{query}").content.decode()
    assert [slug for slug in ("di-kecil", "lokakarya", "tentang-gim") if f"/agenda/{slug}/" in atom] == found


def test_the_filters_stay_between_what_comes_and_what_is_over(client):
    make_event("lewat", days=-5, kind="workshop", title_en="A workshop that is over")
    make_event("bincang", days=-5)
    make_event("segera", days=3, kind="workshop")
    html = client.get(f"{LIST}?jenis=workshop").content.decode()
    assert 'href="/agenda/?jenis=workshop&amp;waktu=lalu"' in html
    html = client.get(f"{LIST}?jenis=workshop&waktu=lalu").content.decode()
    assert re.findall(r'href="/agenda/([a-z]+)/"', html) == ["lewat"]
    assert '<input type="hidden" name="waktu" value="lalu">' in html
    assert 'href="/agenda/?jenis=workshop"' in html
    # The months to choose from are those that are over.
    month = timezone.localdate().replace(day=1) - timedelta(days=1)
    assert f'<option value="{month:%Y-%m}">' in html
    crumbs = client.get("/en/agenda/lewat/").content.decode().split("<h1")[0]
    assert "A workshop that is over</" in crumbs


def test_a_month_shows_all_of_it_what_is_over_too(client):
    event = make_event("lewat", days=-40)
    month = timezone.localdate(event.starts_at)
    assert shown(client, f"?bulan={month:%Y-%m}") == ["lewat"]
    other = (month.replace(day=1) - timedelta(days=1)).replace(day=1)
    assert shown(client, f"?bulan={other:%Y-%m}") == []


def test_a_month_begins_and_ends_at_midnight_in_malang(client):
    first = timezone.make_aware(timezone.datetime(2030, 3, 1))
    make_event("malam", starts_at=first - timedelta(hours=3), ends_at=first)
    make_event("pagi", starts_at=first, ends_at=first + timedelta(hours=1))
    assert shown(client, "?bulan=2030-02") == ["malam"]
    assert shown(client, "?bulan=2030-03") == ["pagi"]


@pytest.mark.parametrize(
    "query",
    [
        "?bulan=kemarin",
        "?bulan=2026-13",
        "?fasilitas=tidak-ada",
        "?jenis=pesta",
        "?fasilitas=%00",
        "?waktu=x",
    ],
)
def test_a_filter_that_nobody_understands_is_said_and_never_breaks(client, query):
    make_event()
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200
    if "%00" not in query:
        assert "tidak dipahami" in answer.content.decode()
        for name in ("agenda.ics", "atom.xml"):
            refused = client.get(f"{LIST}{name}{query}")
            assert refused.status_code == 400
            assert refused.content.decode().startswith(query[1:].split("=")[0])


def test_an_empty_agenda_says_what_to_do(client):
    assert "Belum ada acara" in client.get(LIST).content.decode()
    assert client.get(f"{LIST}?jenis=talk").status_code == 200


@pytest.mark.parametrize(
    "address", [LIST, f"{LIST}agenda.ics", f"{LIST}atom.xml", "/fasilitas/mcc/agenda.ics"]
)
def test_thirty_events_cost_as_many_queries_as_one(client, django_assert_num_queries, address):
    make_event(subsector=SubsectorFactory(code="gim"))
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(29):
        make_event(f"acara-{number}", space=make_space(FacilityFactory(slug="mcc")))
    cache.clear()
    with django_assert_num_queries(len(one)):
        assert b"Acara 28" in client.get(address).content
    assert len(one) <= 6


def test_htmx_gets_the_list_alone(client):
    make_event()
    answer = client.get(f"{LIST}?jenis=talk", headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<div id="hasil"')
    assert answer["HX-Push-Url"] == "/agenda/?jenis=talk"


def test_an_event_says_what_when_where_and_how_to_take_part(client):
    space = make_space(FacilityFactory(slug="mcc", name="MCC"), name="Aula Utama")
    make_event(
        "bincang", space=space, summary="Tentang <b>gim</b>.", registration_url="https://daftar.example/a?b=1&c=2",
        is_free=True, is_sample=True, days=4,
    )  # fmt: skip
    html = client.get("/agenda/bincang/").content.decode()
    for words in (
        "Aula Utama",
        "MCC",
        "Komunitas",
        "Tentang &lt;b&gt;gim",
        "Gratis",
        "Contoh",
        "19.00–21.00 WIB",
    ):
        assert words in html, words
    assert 'href="https://daftar.example/a?b=1&amp;c=2" rel="nofollow noopener external"' in html
    assert client.get("/en/agenda/bincang/").status_code == 200
    assert client.get("/agenda/tidak-ada/").status_code == 404
    make_event("rahasia", is_published=False)
    assert client.get("/agenda/rahasia/").status_code == 404
    assert client.get("/agenda/rahasia/acara.ics").status_code == 404


def test_machines_read_the_event_and_no_text_ends_the_block(client):
    make_event("bincang", title="</script><script>x", summary="& <!-- ")
    html = client.get("/agenda/bincang/").content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    found = json.loads(block)
    assert (found["@type"], found["name"]) == ("Event", "</script><script>x")
    assert found["startDate"].endswith("T19:00:00+07:00")
    assert found["eventStatus"] == "https://schema.org/EventScheduled"
    # What schema.org's readers ask of an event: when, where with an address, who, and a picture that is there.
    assert found["location"]["address"]["addressCountry"] == "ID"
    assert found["organizer"]["name"] == "Komunitas"
    assert found["image"].endswith(static("img/share.png"))
    assert finders.find("img/share.png")
    AgendaEvent.objects.update(is_sample=True)
    cache.clear()
    assert "ld+json" not in client.get("/agenda/bincang/").content.decode()
    AgendaEvent.objects.update(
        is_sample=False, cancelled_at=timezone.now(), registration_url="https://a.example/"
    )
    cache.clear()
    html = client.get("/agenda/bincang/").content.decode()
    assert "EventCancelled" in html
    assert "dibatalkan" in html
    assert "a.example" not in html


def feed(client, query="", name="/agenda/agenda.ics"):
    answer = client.get(f"{name}{query}")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_the_feeds_hold_what_the_page_holds_and_answer_304(client):
    make_event("pertama", days=2)
    make_event("batal", days=3, cancelled_at=timezone.now())
    make_event("lewat", days=-5)
    assert [str(event["STATUS"]) for event in feed(client)] == ["CONFIRMED", "CANCELLED"]
    assert len(feed(client, name="/fasilitas/mcc/agenda.ics")) == 2
    assert len(feed(client, name="/agenda/pertama/acara.ics")) == 1
    for address in ("/agenda/agenda.ics", "/agenda/atom.xml", "/fasilitas/mcc/agenda.ics"):
        etag = client.get(address)["ETag"]
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    atom = client.get("/agenda/atom.xml").content.decode()
    assert "Dibatalkan: Batal" in atom
    assert "Lewat" not in atom


def test_the_atom_feed_has_what_rfc_4287_asks_for_and_each_choice_is_a_feed_of_its_own(client):
    make_event("pertama", title="Bincang & <b>gim</b>\x0b")
    all_of_it, talks = (
        ElementTree.fromstring(client.get(f"/agenda/atom.xml{query}").content)
        for query in ("", "?jenis=talk")
    )
    name = "{http://www.w3.org/2005/Atom}"
    for feed in (all_of_it, talks):
        (entry,) = feed.findall(f"{name}entry")
        assert all(feed.findtext(f"{name}{tag}") for tag in ("id", "title", "updated"))
        assert feed.findtext(f"{name}author/{name}name") == "MalangKraf"
        assert all(entry.findtext(f"{name}{tag}") for tag in ("id", "title", "updated"))
        assert entry.findtext(f"{name}title") == "Bincang & <b>gim</b>"
        assert entry.find(f"{name}link[@rel='alternate']").get("href").endswith("/agenda/pertama/")
    assert all_of_it.findtext(f"{name}id") != talks.findtext(f"{name}id")
    assert all_of_it.findtext(f"{name}entry/{name}id") == talks.findtext(f"{name}entry/{name}id")


@pytest.mark.parametrize("address", ["/agenda/atom.xml", "/startup/atom.xml"])
def test_an_empty_feed_is_no_news_with_each_visit(client, address):
    feed = ElementTree.fromstring(client.get(address).content)
    assert feed.findtext("{http://www.w3.org/2005/Atom}updated") == "1970-01-01T00:00:00+00:00"


def test_nothing_of_the_booking_behind_an_event_is_public(client):
    space = make_space(FacilityFactory(slug="mcc"))
    occurrence = make_occurrence(space, timezone.now() + timedelta(days=3), organization_name="PT Rahasia")
    booking = occurrence.booking
    make_event("bincang", space=space, occurrence=occurrence, booking=booking)
    secrets = (
        booking.code,
        booking.letter_code,
        booking.contact_name,
        booking.contact_email,
        "PT Rahasia",
        "Latihan",
    )
    for address in (
        LIST,
        "/agenda/bincang/",
        "/agenda/agenda.ics",
        "/agenda/atom.xml",
        "/agenda/bincang/acara.ics",
    ):
        text = client.get(address).content.decode()
        assert [word for word in secrets if word in text] == [], address


def test_the_day_of_an_event_follows_the_clocks_of_malang(client):
    start = timezone.make_aware(timezone.datetime(2030, 3, 1, 0, 30))
    make_event("dini", starts_at=start, ends_at=start + timedelta(hours=1))
    assert "Jumat, 1 Maret 2030" in client.get(LIST).content.decode()
    assert date(2030, 3, 1).weekday() == 4


def test_the_home_page_names_the_next_events_and_no_cancelled_one(client):
    assert "Agenda berikutnya" not in client.get("/").content.decode()
    cache.clear()
    make_event("pertama", days=2, is_sample=True)
    make_event("batal", days=1, cancelled_at=timezone.now())
    make_event("lewat", days=-2)
    html = client.get("/").content.decode()
    assert re.findall(r'href="/agenda/([a-z]+)/"', html) == ["pertama"]
    assert "Contoh" in html[html.index("/agenda/pertama/") :]
