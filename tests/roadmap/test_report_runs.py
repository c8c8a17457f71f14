"""The life of a report run, step by step, without a broker."""

import hashlib
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from roadmap.models import Period, Report, ReportFile, ReportRun
from roadmap.services import reports
from roadmap.services.reports import ReportError
from tests.races import at_once
from tests.roadmap.factories import IndicatorFactory, PeriodFactory, ReportRunFactory

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MANUAL = ReportRun.Trigger.MANUAL


@pytest.fixture
def year(db):
    return PeriodFactory(code="2022")


@pytest.fixture
def quick_files(monkeypatch):
    """Files that need no drawing, for tests of the steps around them."""
    for file_format in ReportFile.Format.values:
        monkeypatch.setitem(
            reports.RENDERERS,
            file_format,
            lambda snapshot, **words: json.dumps([snapshot["schema"], words]).encode(),
        )


def request(period, **words):
    return reports.request_report(period, by=None, **({"trigger": MANUAL} | words))[0]


def carry_through(run, now=NOW):
    for file_id in reports.take_snapshot(run.pk, claim="a", now=now):
        reports.render_file(file_id, claim="b", now=now)
    run.refresh_from_db()
    return run


def test_a_run_ends_as_a_draft_with_six_files(year, quick_files):
    run = carry_through(request(year))
    assert run.state == ReportRun.State.DRAFT
    assert run.files.filter(state="done").count() == 6
    assert hashlib.sha256(run.snapshot.encode()).hexdigest() == run.sha256
    assert json.loads(run.snapshot)["schema"] == "malangkraf.report/1"
    for file in run.files.all():
        with file.file.open("rb") as stored:
            content = stored.read()
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert len(content) == file.size


def test_asking_twice_gives_the_same_open_run(year):
    first, is_new = reports.request_report(year, by=None, trigger=MANUAL)
    second, is_new_again = reports.request_report(year, by=None, trigger=MANUAL)
    assert (first.pk, is_new, is_new_again) == (second.pk, True, False)


@pytest.mark.parametrize("code", ["2022-06-17", "2023-01--2023-08", "2023-S1"])
def test_a_day_a_span_and_a_semester_have_no_report(db, code):
    with pytest.raises(ReportError, match="wrong_kind"):
        request(PeriodFactory(code=code))


def test_a_message_delivered_twice_freezes_one_snapshot(year, quick_files):
    run = request(year)
    assert len(reports.take_snapshot(run.pk, claim="a", now=NOW)) == 6
    assert reports.take_snapshot(run.pk, claim="a", now=NOW) == []
    assert reports.take_snapshot(run.pk, claim="z", now=NOW + timedelta(hours=1)) == []
    assert run.files.count() == 6


def test_while_one_worker_holds_a_run_another_keeps_off(year):
    run = request(year)
    ReportRun.objects.filter(pk=run.pk).update(state="snapshot", claim="a", heartbeat_at=NOW, attempts=1)
    assert reports.take_snapshot(run.pk, claim="b", now=NOW + timedelta(seconds=99)) == []
    assert len(reports.take_snapshot(run.pk, claim="b", now=NOW + timedelta(seconds=101))) == 6


def test_the_same_message_goes_on_at_once_after_its_worker_died(year):
    run = request(year)
    ReportRun.objects.filter(pk=run.pk).update(state="snapshot", claim="a", heartbeat_at=NOW, attempts=1)
    assert len(reports.take_snapshot(run.pk, claim="a", now=NOW)) == 6


def test_a_step_that_kills_its_worker_is_parked_after_three_tries(year):
    run = request(year)
    ReportRun.objects.filter(pk=run.pk).update(state="snapshot", claim="a", heartbeat_at=NOW, attempts=3)
    later = NOW + timedelta(seconds=101)
    assert reports.take_snapshot(run.pk, claim="b", now=later) == []
    reports.park_hopeless(later)
    run.refresh_from_db()
    assert run.state == ReportRun.State.FAILED
    assert "three times" in run.error


def test_an_error_while_collecting_is_kept_and_tried_three_times(year, monkeypatch):
    def fail(run, *, cut_off):
        raise OSError("disk full")

    monkeypatch.setattr(reports, "build_snapshot", fail)
    run = request(year)
    states = []
    for _ in range(4):
        reports.take_snapshot(run.pk, claim="a", now=NOW)
        run.refresh_from_db()
        states.append((run.state, run.attempts))
    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]
    assert run.error == "OSError: disk full"


def test_each_further_try_waits_longer(year, monkeypatch):
    def fail(run, *, cut_off):
        raise OSError("disk full")

    monkeypatch.setattr(reports, "build_snapshot", fail)
    run = request(year)
    ReportRun.objects.filter(pk=run.pk).update(requested_at=NOW)
    for waited, too_early in (
        (timedelta(seconds=31), 29),
        (timedelta(seconds=61), 59),
        (timedelta(seconds=241), 239),
    ):
        tried = NOW if run.heartbeat_at is None else run.heartbeat_at
        assert reports.runs_to_wake(tried + timedelta(seconds=too_early)) == []
        assert reports.runs_to_wake(tried + waited) == [run.pk]
        reports.take_snapshot(run.pk, claim="a", now=tried + waited)
        run.refresh_from_db()
    assert run.state == ReportRun.State.FAILED


def test_one_failing_format_keeps_the_others(year, quick_files, monkeypatch):
    def fail(snapshot, **words):
        raise OSError("no ink")

    monkeypatch.setitem(reports.RENDERERS, "pdf", fail)
    run = request(year)
    file_ids = reports.take_snapshot(run.pk, claim="a", now=NOW)
    for _try in range(3):
        for file_id in file_ids:
            reports.render_file(file_id, claim="b", now=NOW)
    run.refresh_from_db()
    assert run.state == ReportRun.State.DRAFT
    assert set(run.files.filter(state="done").values_list("format", flat=True)) == {"xlsx", "html"}
    failed = run.files.filter(state="failed")
    assert {file.error for file in failed} == {"OSError: no ink"}
    assert {file.attempts for file in failed} == {3}
    monkeypatch.setitem(reports.RENDERERS, "pdf", lambda snapshot, **words: b"%PDF")
    reports.retry_run(run)
    for file_id in file_ids:
        reports.render_file(file_id, claim="c", now=NOW)
    assert run.files.filter(state="done").count() == 6


def test_a_run_without_a_single_file_is_parked_and_can_be_repeated(year, quick_files, monkeypatch):
    def fail(snapshot, **words):
        raise OSError("no ink")

    for file_format in ReportFile.Format.values:
        monkeypatch.setitem(reports.RENDERERS, file_format, fail)
    run = request(year)
    file_ids = reports.take_snapshot(run.pk, claim="a", now=NOW)
    for _try in range(3):
        for file_id in file_ids:
            reports.render_file(file_id, claim="b", now=NOW)
    run.refresh_from_db()
    assert run.state == ReportRun.State.FAILED
    reports.retry_run(run)
    run.refresh_from_db()
    assert run.state == ReportRun.State.RENDERING
    assert set(reports.files_to_wake(NOW + timedelta(minutes=1))) == set(file_ids)


def test_the_sweep_finds_what_nobody_works_on(year, quick_files):
    run = request(year)
    ReportRun.objects.filter(pk=run.pk).update(requested_at=NOW)
    assert reports.runs_to_wake(NOW + timedelta(seconds=20)) == []
    assert reports.runs_to_wake(NOW + timedelta(seconds=31)) == [run.pk]
    file_ids = reports.take_snapshot(run.pk, claim="a", now=NOW)
    assert reports.files_to_wake(NOW + timedelta(seconds=20)) == []
    assert sorted(reports.files_to_wake(NOW + timedelta(seconds=31))) == sorted(file_ids)
    ReportFile.objects.filter(pk__in=file_ids).update(state="failed")
    assert reports.runs_to_finish() == [run.pk]


def test_publishing_replaces_the_version_before_and_keeps_it(year, quick_files, planner):
    first = reports.publish_run(carry_through(request(year)), by=planner, now=NOW)
    assert first.state == ReportRun.State.PUBLISHED
    with pytest.raises(ReportError, match="needs_erratum"):
        request(year)
    second = request(year, trigger=ReportRun.Trigger.CORRECTION, erratum="Angka 2021 diperbaiki.")
    assert second.number == 2
    assert json.loads(carry_through(second).snapshot)["report"]["previous"] == {
        "number": 1,
        "sha256": first.sha256,
    }
    reports.publish_run(second, by=planner, now=NOW)
    first.refresh_from_db()
    assert first.state == ReportRun.State.SUPERSEDED
    assert set(Report.objects.get().runs.visible_to_public()) == {first, second}


def test_publishing_twice_is_the_same_as_once(year, quick_files, planner):
    run = carry_through(request(year))
    once = reports.publish_run(run, by=planner, now=NOW)
    again = reports.publish_run(run, by=None, now=NOW + timedelta(days=1))
    assert (again.published_by, again.published_at) == (once.published_by, once.published_at)


def test_only_a_draft_can_be_published_or_discarded(year, planner):
    run = request(year)
    with pytest.raises(ReportError, match="not_draft"):
        reports.publish_run(run, by=planner, now=NOW)
    published = ReportRunFactory(report__period=PeriodFactory(code="2021"), published=True)
    with pytest.raises(ReportError, match="not_open"):
        reports.discard_run(published)
    with pytest.raises(ReportError, match="not_failed"):
        reports.retry_run(published)


def test_a_discarded_number_is_not_used_again(year, quick_files):
    reports.discard_run(carry_through(request(year)))
    assert request(year).number == 2


def test_the_first_reports_publish_themselves(year, quick_files):
    run = carry_through(request(year, trigger=ReportRun.Trigger.FIRST_RUN))
    assert (run.state, run.published_by) == (ReportRun.State.PUBLISHED, None)


def test_the_database_keeps_a_snapshot_as_it_is(year, quick_files):
    run = carry_through(request(year))
    with pytest.raises(IntegrityError, match="snapshot_frozen"), transaction.atomic():
        ReportRun.objects.filter(pk=run.pk).update(snapshot="{}")


def test_a_period_without_data_gives_a_truthful_report(db, quick_files):
    snapshot = json.loads(carry_through(request(PeriodFactory(code="2019-Q1"))).snapshot)
    assert snapshot["indicators"] == []
    assert snapshot["completeness"]["measured"] == 0


def test_the_snapshot_costs_the_same_queries_for_many_indicators(year, django_assert_max_num_queries):
    IndicatorFactory.create_batch(12)
    run = ReportRun.objects.select_related("report__period__phase").get(pk=request(year).pk)
    with django_assert_max_num_queries(16):
        reports.build_snapshot(run, cut_off=NOW)


def test_the_files_of_a_run_stand_under_one_name_each(year, quick_files):
    run = carry_through(request(year))
    assert default_storage.exists(f"reports/2022/v{run.number}-id.pdf")
    ReportFile.objects.filter(run=run).update(state="pending", attempts=0)
    for file in run.files.all():
        reports.render_file(file.pk, claim="again", now=NOW)
    assert {file.file.name for file in run.files.all()} == {
        f"reports/2022/v1-{language}.{file_format}"
        for language in ("id", "en")
        for file_format in ("pdf", "xlsx", "html")
    }


@pytest.mark.django_db(transaction=True)
def test_eight_planners_at_once_get_one_run():
    period = PeriodFactory(code="2022")
    results = at_once(*[lambda: reports.request_report(period, by=None, trigger=MANUAL)] * 8)
    assert len({run.pk for run, _is_new in results}) == 1
    assert sum(is_new for _run, is_new in results) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_freeze_one_snapshot():
    run = request(PeriodFactory(code="2022"))
    results = at_once(
        *[lambda: reports.take_snapshot(run.pk, claim=threading.current_thread().name, now=NOW)] * 8
    )
    assert sorted(len(result) for result in results) == [0] * 7 + [6]
    assert Period.objects.count() == 1
