"""What the portal counts of the directory: which entries, up to which day, and which of them may be named."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from roadmap.automatic import SOURCES, public_rows
from roadmap.periods import parse_period
from roadmap.reporting.directory import directory_entry
from startups.models import Startup
from tests.ecosystem.factories import SubsectorFactory
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db
IN_2025 = datetime(2025, 5, 5, tzinfo=UTC)


def count(name, code="2025"):
    counted = SOURCES.find(name).count(parse_period(code))
    assert counted.value == len(counted.rows)
    return sorted(key for _label, key in counted.rows)


def entry(**values):
    return StartupFactory(**{"published_at": IN_2025, "last_confirmed_on": date(2025, 5, 5), **values})


def test_entries_count_from_their_publication_by_the_clock_of_malang():
    # 2025 ends at 17:00 in London.
    in_time = entry(published_at=datetime(2025, 12, 31, 16, 59, tzinfo=UTC))
    too_late = entry(published_at=datetime(2025, 12, 31, 17, 0, tzinfo=UTC))
    assert count("startups-listed") == [in_time.pk]
    assert count("startups-listed", "2026Q1") == [in_time.pk, too_late.pk]


def test_samples_drafts_and_what_has_left_the_directory_do_not_count():
    entry(sample=True)
    entry(suspended=True)
    StartupFactory(draft=True)
    assert count("startups-listed") == []


def test_a_closed_entry_counts_until_the_day_on_which_it_closed():
    closed = entry(closed=True, closed_on=date(2026, 1, 15))
    entry(closed=True, closed_on=date(2025, 12, 31))
    assert count("startups-listed") == [closed.pk]
    assert count("startups-listed", "2026Q1") == []


def test_an_entry_that_nobody_confirmed_for_540_days_does_not_count():
    # 540 and 539 days before the last day of the year.
    entry(published_at=datetime(2024, 1, 1, tzinfo=UTC), last_confirmed_on=date(2024, 7, 9))
    kept = entry(published_at=datetime(2024, 1, 1, tzinfo=UTC), last_confirmed_on=date(2024, 7, 10))
    assert count("startups-listed") == [kept.pk]


def test_kinds_are_counted_apart():
    game, app = entry(kind="game_studio"), entry(kind="app_studio")
    entry(kind="agency")
    assert count("game-studios-listed") == [game.pk]
    assert count("app-studios-listed") == [app.pk]


def test_a_subsector_counts_once_however_many_entries_it_has():
    games, apps, empty = (SubsectorFactory(code=code) for code in ("gim", "aplikasi", "kriya"))
    entry(subsectors=[games, apps])
    entry(subsectors=[games])
    entry(subsectors=[empty], sample=True)
    assert count("subsectors-with-startups") == sorted([games.pk, apps.pk])


def test_only_public_entries_are_named():
    named, gone = entry(name="Arunika"), entry(name="Rahasia")
    rows = SOURCES.find("startups-listed").count(parse_period("2025")).rows
    Startup.objects.filter(pk=gone.pk).update(lifecycle="withdrawn")
    (row,) = public_rows(rows)
    assert (row.title, row.url, row.day) == ("Arunika", f"/startup/{named.slug}/", date(2025, 5, 5))


def test_a_subsector_leads_to_its_entries():
    entry(subsectors=[SubsectorFactory(code="gim", name="Gim")])
    (row,) = public_rows(SOURCES.find("subsectors-with-startups").count(parse_period("2025")).rows)
    assert (row.title, row.url) == ("Gim", "/startup/?subsektor=gim")


def test_a_report_says_how_many_entries_there_are_at_its_cut_off(django_assert_num_queries):
    StartupFactory.create_batch(2)
    StartupFactory(kind="agency")
    StartupFactory(sample=True)
    now = timezone.now()
    with django_assert_num_queries(1):
        part = directory_entry(now)
    assert (part["available"], part["count"], part["as_of"]) == (True, 3, timezone.localdate(now).isoformat())
    assert [(kind["code"], kind["count"]) for kind in part["kinds"]] == [("game_studio", 2), ("agency", 1)]
    assert part["kinds"][0]["name"] == {"id": "Studio gim", "en": "Game studio"}


def test_a_report_never_tells_of_samples():
    StartupFactory(sample=True)
    assert directory_entry(timezone.now()) == {"available": False, "reason": "no_entries"}
