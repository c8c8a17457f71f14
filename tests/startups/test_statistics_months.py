"""The months that are kept for ever."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from malangkraf.celery import app
from startups import tasks
from startups.models import Startup, StatSnapshot
from startups.rules.lifecycle import Actor
from startups.services import entries, listing, statistics
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db
# 00:30 on 1 December in Malang is still 30 November in London.
DUE = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)


def published(moment=datetime(2026, 11, 5, 3, tzinfo=UTC), **values):
    values.setdefault("last_confirmed_on", date(2026, 11, 5))
    return StartupFactory(published_at=moment, **values)


def test_the_month_is_kept_half_an_hour_after_it_ended():
    one = published(stage="launched")
    snapshot = statistics.take_due_snapshot(DUE)
    assert (snapshot.month, snapshot.total, snapshot.entry_ids) == (NOVEMBER, 1, [str(one.uuid)])
    assert snapshot.counts["jenis"] == {"game_studio": 1, "": 0}
    # Who alone shows a stage is not singled out.
    assert snapshot.counts["tahap"]["launched"] is None


def test_three_clocks_keep_one_row():
    published()
    for _beat in range(3):
        tasks.keep_month()
        statistics.take_due_snapshot(DUE)
    assert StatSnapshot.objects.filter(month=NOVEMBER).count() == 1


def test_an_empty_month_is_kept_on_its_day():
    assert statistics.take_due_snapshot(DUE).total == 0


def test_a_missed_month_is_caught_up_and_says_when():
    first = published()
    published(moment=datetime(2026, 12, 2, 3, tzinfo=UTC))
    late = datetime(2026, 12, 3, 3, tzinfo=UTC)
    snapshot = statistics.take_due_snapshot(late)
    assert (snapshot.month, snapshot.entry_ids) == (NOVEMBER, [str(first.uuid)])
    content = Client().get("/startup/statistik/2026-11/").content.decode()
    assert "terlambat 2 hari" in content
    # October was missed as well and stays missing.
    assert StatSnapshot.objects.count() == 1


def test_a_portal_that_began_later_has_missed_nothing():
    published(moment=datetime(2026, 12, 2, 3, tzinfo=UTC))
    assert statistics.take_due_snapshot(datetime(2026, 12, 3, 3, tzinfo=UTC)) is None


def test_entries_of_the_first_half_hour_belong_to_the_new_month():
    published(moment=datetime(2026, 11, 30, 17, 10, tzinfo=UTC))
    assert statistics.take_due_snapshot(DUE).total == 0


def test_samples_and_dormant_entries_are_in_no_real_month():
    published(sample=True)
    published(last_confirmed_on=date(2025, 1, 5))
    snapshot = statistics.take_due_snapshot(DUE)
    assert (snapshot.total, snapshot.counts["dormant"], snapshot.entry_ids) == (0, {"dormant": 1}, [])


@pytest.mark.parametrize(
    "change", ["UPDATE startups_statsnapshot SET total = 9", "DELETE FROM startups_statsnapshot"]
)
def test_no_statement_alters_a_kept_month(change):
    published()
    statistics.take_due_snapshot(DUE)
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert StatSnapshot.objects.get().total == 1


def test_sample_months_go_with_the_samples_and_give_way_to_a_real_one():
    published(sample=True, moment=datetime(2026, 9, 5, 3, tzinfo=UTC))
    assert statistics.take_sample_snapshots(DUE, months=3) == 3
    assert set(StatSnapshot.objects.values_list("month__month", "total", "is_sample")) == {
        (9, 1, True), (10, 1, True), (11, 1, True),
    }  # fmt: skip
    assert statistics.take_due_snapshot(DUE).is_sample is False
    StatSnapshot.objects.filter(is_sample=True).delete()
    assert StatSnapshot.objects.get().total == 0


def test_the_json_is_the_text_of_the_fingerprint():
    published()
    snapshot = statistics.take_due_snapshot(DUE)
    response = Client().get("/startup/statistik/2026-11/data.json")
    assert hashlib.sha256(response.content).hexdigest() == snapshot.sha256
    document = json.loads(response.content)
    assert (document["month"], document["total"], len(document["entries"])) == ("2026-11", 1, 1)
    assert snapshot.sha256 in Client().get("/startup/statistik/2026-11/").content.decode()


def test_the_month_names_those_that_are_still_public():
    kept, renamed, gone = published(), published(), published()
    statistics.take_due_snapshot(DUE)
    Startup.objects.filter(pk=renamed.pk).update(name="Nama Baru")
    Startup.objects.filter(pk=gone.pk).update(lifecycle="suspended")
    listing.refresh([gone.pk])
    content = Client().get("/startup/statistik/2026-11/").content.decode()
    assert kept.name in content
    assert "Nama Baru" in content
    assert gone.name not in content
    assert "1 di antaranya tidak lagi terbuka untuk umum" in content


def test_the_figures_of_a_month_stay_when_the_directory_changes():
    startup = published()
    statistics.take_due_snapshot(DUE)
    before = Client().get("/startup/statistik/2026-11/data.csv").content
    entries.transition(startup.pk, "suspended", by=Actor.COORDINATOR)
    published()
    assert Client().get("/startup/statistik/2026-11/data.csv").content == before


def test_the_chart_breaks_where_the_way_of_counting_changed(monkeypatch):
    published()
    for number, month in enumerate((date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1), NOVEMBER)):
        monkeypatch.setattr(statistics, "METHOD", 1 + number // 2)
        statistics.take_snapshot(month, now=DUE)
    content = Client().get("/startup/statistik/").content.decode()
    assert content.count('class="chart__break"') == 2  # wide and narrow
    assert "Cara menghitung berubah" in content


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "0000-01", "2026-12"])
def test_an_unknown_month_is_not_found(month):
    assert Client().get(f"/startup/statistik/{month}/").status_code == 404


def test_a_month_takes_three_queries(django_assert_num_queries):
    for _number in range(12):
        published()
    statistics.take_due_snapshot(DUE)
    for address in ("", "data.csv", "data.json"):
        # The transaction is two more.
        with django_assert_num_queries({"": 3, "data.csv": 2, "data.json": 1}[address] + 2):
            assert Client().get(f"/startup/statistik/2026-11/{address}").status_code == 200


def test_the_clock_is_that_of_malang():
    entry = app.conf.beat_schedule["directory-month"]
    assert entry["task"] == tasks.keep_month.name
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({0}, {30})
    assert app.conf.timezone == "Asia/Jakarta"
    assert timezone.localdate(DUE) - timedelta(days=1) == statistics.last_day(NOVEMBER)
