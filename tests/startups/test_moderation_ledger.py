"""The public ledger: figures right, no names, cached, few queries, as CSV too."""

import csv
import io
from datetime import date, datetime

import pytest
from django.utils import timezone

from ecosystem.working_days import JAKARTA, due_at
from startups.ledger import make_ledger
from startups.models import ModerationEvent, PauseNotice
from tests.startups.factories import ModerationItemFactory, StartupFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=JAKARTA)
PAGE, CSV = "/startup/moderasi/", "/startup/moderasi/data.csv"


def wib(text):
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


def answered(sent, answer, *, action="published", reason="", **fields):
    sent, answer = wib(sent), wib(answer)
    item = ModerationItemFactory(
        **{"kind": "claim", "startup": StartupFactory(), **fields},
        created_at=sent, due_at=due_at(sent), first_answered_at=answer, settled_at=answer, state="settled",
    )  # fmt: skip
    ModerationEvent.objects.create(item=item, action=action, reason=reason, at=answer)
    return item


def test_the_median_counts_working_days():
    answered("2026-11-13 09:00", "2026-11-16 09:00")  # Friday to Monday: 1
    answered("2026-11-09 09:00", "2026-11-12 23:00")  # 3
    answered("2026-10-05 09:00", "2026-10-09 09:00")  # 4
    ledger = make_ledger(NOW)
    november, october = ledger.months[-1], ledger.months[-2]
    assert (november.median_days, october.median_days) == (2, 4)
    assert (ledger.median_days, ledger.in_time, len(ledger.days)) == (3, 2, 3)


def test_paused_days_are_not_counted_and_are_told():
    PauseNotice.objects.create(start=date(2026, 11, 10), end=date(2026, 11, 15), text="Libur.")
    answered("2026-11-09 09:00", "2026-11-17 09:00")
    ledger = make_ledger(NOW)
    assert ledger.days == [2]
    assert ledger.paused_days == 4


def test_a_pause_ahead_is_not_told_as_paused_yet():
    PauseNotice.objects.create(start=date(2026, 11, 19), end=date(2026, 11, 27), text="Libur.")
    assert make_ledger(NOW).paused_days == 2


def test_the_last_minute_of_a_month_belongs_to_it():
    answered("2026-10-29 09:00", "2026-10-31 23:59", action="refused", reason="not_enough")
    october = make_ledger(NOW).months[-2]
    assert (len(october.days), october.decisions["refused"]) == (1, 1)


def test_samples_after_checks_own_checks_and_old_years_are_left_out():
    answered("2026-11-09 09:00", "2026-11-10 09:00", startup=StartupFactory(sample=True))
    answered("2026-11-09 09:00", "2026-11-10 09:00", kind="after_check", action="confirmed")
    answered("2026-11-09 09:00", "2026-11-10 09:00", kind="report", action="sent")
    answered("2025-11-09 09:00", "2025-11-10 09:00")
    ledger = make_ledger(NOW)
    assert ledger.days == []
    assert sum(sum(month.decisions.values()) for month in ledger.months) == 0


def test_what_waits_and_what_is_late():
    ModerationItemFactory(kind="claim", created_at=NOW, due_at=due_at(NOW))
    ModerationItemFactory(kind="claim", created_at=wib("2026-11-02 09:00"), due_at=wib("2026-11-05 23:59"))
    ModerationItemFactory(kind="claim", state="asked")
    ledger = make_ledger(NOW)
    assert (ledger.open_now, ledger.late_now) == (2, 1)


def test_reasons_are_counted_by_decision():
    for reason in ("not_enough", "not_enough", "outside_malang", ""):
        answered("2026-11-09 09:00", "2026-11-10 09:00", action="refused", reason=reason)
    reasons = make_ledger(NOW).reasons
    assert reasons == {
        ("refused", "not_enough"): 2,
        ("refused", "outside_malang"): 1,
        ("refused", "other"): 1,
    }


def make_rows(coordinator):
    now = timezone.localtime()
    for _number in range(3):
        item = answered(
            f"{now:%Y-%m-%d} 00:01", f"{now:%Y-%m-%d} 00:02", action="refused", reason="not_enough",
            startup=StartupFactory(name="Nama Rahasia", slug="nama-rahasia"),
        )  # fmt: skip
    ModerationEvent.objects.create(
        item=item, action="asked", note="Catatan rahasia", by=coordinator, at=timezone.now()
    )


@pytest.mark.parametrize("path", [PAGE, f"/en{PAGE}", CSV])
def test_no_name_stands_anywhere(client, coordinator, path):
    make_rows(coordinator)
    text = client.get(path).content.decode()
    for private in ("Nama Rahasia", "nama-rahasia", "Catatan rahasia", coordinator.name, coordinator.email):
        assert private not in text


def test_the_page_costs_few_queries_and_none_when_stored(client, coordinator, django_assert_max_num_queries):
    make_rows(coordinator)
    with django_assert_max_num_queries(8):
        client.get(PAGE)
    with django_assert_max_num_queries(0):
        client.get(PAGE)


def test_an_empty_ledger_says_so(client):
    text = client.get(PAGE).content.decode()
    assert "belum ada jawaban pertama" in text
    assert "<svg" not in text.partition("<main")[2].partition("</main>")[0]


def test_the_file_holds_the_same_figures(client, coordinator):
    make_rows(coordinator)
    rows = list(csv.DictReader(io.StringIO(client.get(CSV).content.decode())))
    month = f"{timezone.localdate():%Y-%m}"
    found = {(row["month"], row["figure"], row["reason"]): row["number"] for row in rows}
    assert found[month, "first_answers", ""] == "3"
    assert found[month, "median_working_days_to_first_answer", ""] == "0"
    assert found[month, "refused", ""] == "3"
    assert next(row["number"] for row in rows if row["reason"] == "not_enough") == "3"


def test_foreign_parameters_change_nothing(client):
    assert client.get(PAGE + "?x=<script>").content == client.get(PAGE).content
