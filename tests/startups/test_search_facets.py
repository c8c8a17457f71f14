"""Counts of the facets against brute force, and what the page of results says."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from startups import code_lists, text_search
from startups import search as searching
from startups.filters import CODED, FACETS, StartupFilter
from startups.models import SearchEntry, Startup
from startups.rules.freshness import freshness
from startups.search import PER_PAGE, search
from startups.services import listing
from startups.services.listing import CHECKED
from tests.ecosystem.factories import SubsectorFactory
from tests.startups.factories import StartupFactory, VerificationFactory

ON = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("Asia/Jakarta"))
JENIS, TIM, TERBUKA = ["startup", "agency"], ["1", "2-5", ""], ["clients", "hiring", "interns"]
SUBSEKTOR = ["aplikasi", "fesyen", "musik"]


@st.composite
def rows(draw):
    """One entry as the model of the test: sets of codes, days since the confirmation, whether verified, a word."""
    return {
        "jenis": {draw(st.sampled_from(JENIS))},
        "tim": {draw(st.sampled_from(TIM))} - {""},
        "subsektor": draw(st.sets(st.sampled_from(SUBSEKTOR), min_size=1, max_size=3)),
        "terbuka": draw(st.sets(st.sampled_from(TERBUKA))),
        "days": draw(st.sampled_from([0, 179, 180, 364, 365, 539, 540, 900])),
        "verified": draw(st.sampled_from([None, -1, 1])),
        "word": draw(st.sampled_from(["kopi", "teh"])),
        "is_sample": draw(st.booleans()),
    }


CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "jenis": st.lists(st.sampled_from(JENIS), min_size=1, unique=True),
        "tim": st.lists(st.sampled_from(["1", "2-5"]), min_size=1, unique=True),
        "subsektor": st.lists(st.sampled_from(SUBSEKTOR), min_size=1, unique=True),
        "terbuka": st.lists(st.sampled_from(TERBUKA), min_size=1, unique=True),
        "kesegaran": st.lists(st.sampled_from(["fresh", "due", "stale", "dormant"]), min_size=1, unique=True),
        "terverifikasi": st.just(["ya"]),
        "q": st.sampled_from(["kopi", "teh", "kopi teh"]),
    },
)


def values_of(row, facet):
    """Brute force: the values of an entry in a facet."""
    if facet == "kesegaran":
        return {freshness(ON - timedelta(days=row["days"]), on=ON).value}
    if facet == "terverifikasi":
        return {"ya"} if row["verified"] == 1 else set()
    return row.get(facet, set())


def matches(row, choice, *, without=""):
    for facet in FACETS:
        chosen = set(choice.get(facet, ()))
        if facet == "kesegaran" and not chosen:
            chosen = {"fresh", "due", "stale"}
        if facet != without and chosen and not chosen & values_of(row, facet):
            return False
    return "q" not in choice or set(choice["q"].split()) <= {row["word"]}


@pytest.fixture
def startups(db):
    """Entries to hang search rows on, and the code list they name."""
    for code in SUBSEKTOR:
        SubsectorFactory(code=code)
    return [StartupFactory(draft=True) for _ in range(14)]


def fill(startups, world):
    SearchEntry.objects.all().delete()
    SearchEntry.objects.bulk_create(
        SearchEntry(
            startup=startup, name=startup.name, plain_name=startup.name.lower(),
            vector=SearchVector(Value(row["word"]), config="simple", weight="A"),
            codes=[f"{facet}:{code}" for facet in CODED for code in row.get(facet, ())]
            + ([CHECKED] if row["verified"] else []),
            verification="domain" if row["verified"] else "",
            verified_until=NOW + timedelta(days=row["verified"]) if row["verified"] else None,
            last_confirmed_on=ON - timedelta(days=row["days"]), published_at=NOW, updated_at=NOW,
            is_sample=row["is_sample"],
        )
        for startup, row in zip(startups, world, strict=False)
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=st.lists(rows(), max_size=14), choice=CHOICES)
def test_counts_equal_brute_force(startups, world, choice):
    fill(startups, world)
    found = StartupFilter(choice, on=ON)
    found.now = NOW
    result = search(found)
    hits = [row for row in world if matches(row, choice)]
    assert (result.total, result.is_capped) == (len(hits), False)
    assert result.sample_total == sum(row["is_sample"] for row in hits)
    assert len(result.entries) == len(hits)
    for facet in result.facets:
        base = [row for row in world if matches(row, choice, without=facet.name)]
        expected = {}
        for row in base:
            for value in values_of(row, facet.name):
                expected[value] = expected.get(value, 0) + 1
        expected |= {value: expected.get(value, 0) for value in choice.get(facet.name, ())}
        assert {value.code: value.count for value in facet.values} == expected, facet.name
        assert {value.code for value in facet.values if value.is_chosen} == set(choice.get(facet.name, ()))


def test_too_many_entries_are_counted_up_to_a_limit(db, monkeypatch):
    monkeypatch.setattr(searching, "MOST", 3)
    for number in range(5):
        StartupFactory(kind="agency" if number else "startup")
    result = search(StartupFilter({}))
    assert (result.total, result.is_capped) == (3, True)
    assert {value.count for facet in result.facets for value in facet.values} == {None}
    result = search(StartupFilter({"jenis": ["startup"]}))
    assert (result.total, result.is_capped) == (1, False)
    kinds = next(facet for facet in result.facets if facet.name == "jenis")
    # Of a facet in use every value can still be chosen.
    assert {value.code: value.count for value in kinds.values} == dict.fromkeys(Startup.Kind.values)


def test_nothing_found_names_the_filter_to_drop(db):
    for _ in range(3):
        StartupFactory(kind="agency", open_to=["hiring"])
    StartupFactory(kind="startup", open_to=["clients"])
    found = StartupFilter({"jenis": ["startup"], "terbuka": ["hiring"]})
    drop = search(found).nearest_drop
    assert (drop.name, drop.count, drop.is_capped) == ("jenis", 3, False)
    assert search(StartupFilter({"jenis": ["startup"]})).nearest_drop is None
    assert search(StartupFilter({"q": "zzzz"})).nearest_drop.name == "q"
    assert search(StartupFilter({"q": "zzzz"})).nearest_drop.count == 4
    assert search(StartupFilter({"jenis": ["startup"], "q": "zzzz"})).nearest_drop.name == "q"
    assert search(StartupFilter({"jenis": ["media"], "tim": ["51+"]})).nearest_drop is None


def test_dormant_entries_show_only_when_asked_for(db):
    StartupFactory(name="Bangun")
    StartupFactory(name="Tidur", dormant=True)
    assert [entry.name for entry in search(StartupFilter({})).entries] == ["Bangun"]
    result = search(StartupFilter({"kesegaran": ["dormant"]}))
    assert [entry.name for entry in result.entries] == ["Tidur"]
    levels = next(facet for facet in result.facets if facet.name == "kesegaran")
    assert [(value.code, value.count) for value in levels.values] == [("fresh", 1), ("dormant", 1)]


def test_a_verification_counts_until_its_last_instant_without_any_job(db):
    verification = VerificationFactory()
    listing.refresh([verification.startup.pk])
    found = StartupFilter({"terverifikasi": ["ya"]})
    assert search(found).total == 1
    late = StartupFilter({"terverifikasi": ["ya"]})
    late.now = verification.expires_at
    assert search(late).total == 0


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("nama", ["Alun", "Brantas", "Celaket"]),
        ("terbaru", ["Celaket", "Alun", "Brantas"]),
        ("tersegar", ["Brantas", "Celaket", "Alun"]),
        ("", ["Brantas", "Celaket", "Alun"]),
        ("relevansi", ["Brantas", "Celaket", "Alun"]),
    ],
)
def test_orders(db, order, names):
    today = ON
    for name, confirmed, published in (("Brantas", 1, 30), ("Alun", 9, 20), ("Celaket", 5, 10)):
        StartupFactory(
            name=name,
            last_confirmed_on=today - timedelta(days=confirmed),
            published_at=NOW - timedelta(days=published),
        )
    assert [entry.name for entry in search(StartupFilter({"urut": order}, on=ON)).entries] == names


def test_pages_and_their_queries(db):
    for _ in range(PER_PAGE + 1):
        StartupFactory()
    with CaptureQueriesContext(connection) as queries:
        result = search(StartupFilter({}), page="2")
        assert len(result.entries) == 1
        assert [entry.startup.slug for entry in result.entries]
        assert result.page.has_previous()
    assert len(queries) == 3
    with CaptureQueriesContext(connection) as queries:
        result = search(StartupFilter({"q": "gim", "jenis": ["game_studio"], "kecamatan": ["35.73.02"]}))
        assert len(result.entries) == PER_PAGE
    assert len(queries) == 5
    assert len(search(StartupFilter({}), page="99").entries) == 1
    assert len(search(StartupFilter({}), page="x").entries) == PER_PAGE


def test_unknown_codes_are_refused_and_the_labels_speak_the_language(db):
    StartupFactory(subsectors=[SubsectorFactory(code="musik", name="Musik", name_en="Music")])
    found = StartupFilter({"subsektor": ["tidak-ada"], "jenis": ["x"], "urut": "y"})
    assert set(found.errors) == {"subsektor", "jenis", "urut"}
    with translation.override("en"):
        facets = {facet.name: facet for facet in search(StartupFilter({})).facets}
    assert [value.label for value in facets["subsektor"].values] == ["Music"]
    assert [value.label for value in facets["jenis"].values] == ["Game studio"]


def test_a_large_directory_counts_up_to_a_lower_limit(db):
    lists = code_lists.load()
    assert searching.limit(lists) == searching.MOST
    one = replace(lists["ukuran"]["entri"], name=str(text_search.MANY + 1))
    assert searching.limit({**lists, "ukuran": {"entri": one}}) == searching.MOST_OF_MANY
