"""Which faults of a report's steps are tried again, after which wait, and which park the row at once."""

from datetime import UTC, datetime, timedelta

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection

from malangkraf.typesetting import pdf
from malangkraf.typesetting.pdf import TypesetterStopped, TypesettingError
from roadmap.models import ReportFile, ReportRun
from roadmap.reporting.pdf import render_pdf
from roadmap.services import reports
from tests.roadmap.factories import PeriodFactory
from tests.roadmap.snapshots import published_snapshot

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PASSING = [
    OperationalError("deadlock detected"),
    InterfaceError("connection already closed"),
    OSError(28, "No space left on device"),
    TimeoutError("timed out"),
    MemoryError(),
    SoftTimeLimitExceeded(),
    TypesetterStopped("no PDF within 60 seconds"),
]
BUGS = [KeyError("series"), TypesettingError("unknown variable: x"), ValueError("x"), ZeroDivisionError()]


def by_name(error):
    return type(error).__name__


@pytest.fixture
def run(db):
    found = reports.request_report(PeriodFactory(code="2022"), by=None, trigger=ReportRun.Trigger.MANUAL)[0]
    ReportRun.objects.filter(pk=found.pk).update(requested_at=NOW)
    return found


@pytest.fixture
def file(run, monkeypatch):
    """The PDF of a run whose other files are made."""
    for file_format in ReportFile.Format.values:
        monkeypatch.setitem(reports.RENDERERS, file_format, lambda snapshot, **words: b"made")
    file_ids = reports.take_snapshot(run.pk, claim="a", now=NOW)
    pdf_file = run.files.get(format="pdf", language="id")
    for file_id in file_ids:
        if file_id != pdf_file.pk:
            reports.render_file(file_id, claim="a", now=NOW)
    return pdf_file


def breaking(error):
    def fail(*_positional, **_named):
        raise error

    return fail


@pytest.mark.parametrize("error", PASSING, ids=by_name)
def test_a_snapshot_that_meets_a_passing_fault_waits_for_its_next_try(run, monkeypatch, error):
    monkeypatch.setattr(reports, "build_snapshot", breaking(error))
    moment = NOW
    for attempt, wait in ((1, timedelta(minutes=1)), (2, timedelta(minutes=4))):
        reports.take_snapshot(run.pk, claim="a", now=moment)
        run.refresh_from_db()
        assert (run.state, run.attempts, run.claim) == ("queued", attempt, "")
        assert run.error.startswith(by_name(error))
        assert reports.runs_to_wake(moment + wait) == []
        moment += wait + timedelta(seconds=1)
        assert reports.runs_to_wake(moment) == [run.pk]
    reports.take_snapshot(run.pk, claim="a", now=moment)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("failed", 3)
    assert reports.runs_to_wake(moment + timedelta(days=1)) == []
    assert not reports.needs_developer(run, [])


@pytest.mark.parametrize("error", BUGS, ids=by_name)
def test_a_snapshot_that_meets_a_bug_is_parked_at_once(run, monkeypatch, error):
    monkeypatch.setattr(reports, "build_snapshot", breaking(error))
    reports.take_snapshot(run.pk, claim="a", now=NOW)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.claim) == ("failed", 1, "")
    assert run.error.startswith(by_name(error))
    assert reports.runs_to_wake(NOW + timedelta(days=1)) == []
    assert reports.needs_developer(run, [])


@pytest.mark.parametrize("error", PASSING, ids=by_name)
def test_a_file_that_meets_a_passing_fault_waits_for_its_next_try(file, monkeypatch, error):
    monkeypatch.setitem(reports.RENDERERS, file.format, breaking(error))
    moment = NOW
    for attempt, wait in ((1, timedelta(minutes=1)), (2, timedelta(minutes=4))):
        reports.render_file(file.pk, claim="b", now=moment)
        file.refresh_from_db()
        assert (file.state, file.attempts, file.claim) == ("pending", attempt, "")
        assert reports.files_to_wake(moment + wait) == []
        moment += wait + timedelta(seconds=1)
        assert reports.files_to_wake(moment) == [file.pk]
    reports.render_file(file.pk, claim="b", now=moment)
    file.refresh_from_db()
    assert (file.state, file.attempts) == ("failed", 3)
    assert not reports.needs_developer(file.run, [file])


@pytest.mark.parametrize("error", BUGS, ids=by_name)
def test_a_file_that_meets_a_bug_is_parked_at_once_and_the_others_stay(file, monkeypatch, error):
    monkeypatch.setitem(reports.RENDERERS, file.format, breaking(error))
    reports.render_file(file.pk, claim="b", now=NOW)
    file.refresh_from_db()
    assert (file.state, file.attempts, file.claim) == ("failed", 1, "")
    assert file.error.startswith(by_name(error))
    assert reports.files_to_wake(NOW + timedelta(days=1)) == []
    assert ReportRun.objects.get().state == "draft"
    assert reports.needs_developer(file.run, [file])


def test_a_fault_that_passed_leaves_no_trace(run, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(reports, "build_snapshot", breaking(OperationalError("lock timeout")))
        reports.take_snapshot(run.pk, claim="a", now=NOW)
    assert len(reports.take_snapshot(run.pk, claim="b", now=NOW + timedelta(minutes=2))) == 6
    run.refresh_from_db()
    assert (run.state, run.attempts, run.error) == ("rendering", 0, "")


def test_a_parked_bug_is_tried_once_more_when_staff_ask(run, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(reports, "build_snapshot", breaking(KeyError("series")))
        reports.take_snapshot(run.pk, claim="a", now=NOW)
    run.refresh_from_db()
    reports.retry_run(run)
    assert len(reports.take_snapshot(run.pk, claim="b", now=NOW)) == 6


def lose_connection(*_positional, **_named):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["snapshot", "file"])
def test_a_lost_connection_is_renewed_and_the_error_kept(monkeypatch, step):
    run = reports.request_report(PeriodFactory(code="2022"), by=None, trigger=ReportRun.Trigger.MANUAL)[0]
    if step == "snapshot":
        monkeypatch.setattr(reports, "build_snapshot", lose_connection)
        reports.take_snapshot(run.pk, claim="a", now=NOW)
        row, waiting = ReportRun.objects.get(), "queued"
    else:
        monkeypatch.setitem(reports.RENDERERS, "pdf", lose_connection)
        reports.take_snapshot(run.pk, claim="a", now=NOW)
        row, waiting = run.files.filter(format="pdf")[0], "pending"
        reports.render_file(row.pk, claim="a", now=NOW)
        row.refresh_from_db()
    assert (row.state, row.attempts) == (waiting, 1)
    assert row.error.startswith("OperationalError")


def typeset_by(program, monkeypatch, tmp_path):
    script = tmp_path / "typesetter.py"
    script.write_text(program)
    monkeypatch.setattr(pdf, "TYPESETTER", script)
    render_pdf(published_snapshot(), language="id", sha256="0" * 64, verify_url="https://example.org/")


def test_a_killed_typesetter_is_a_passing_fault(monkeypatch, tmp_path):
    with pytest.raises(TypesetterStopped, match="signal 9"):
        typeset_by("import os; os.kill(os.getpid(), 9)", monkeypatch, tmp_path)


def test_a_slow_typesetter_is_a_passing_fault(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "SECONDS", 1)
    with pytest.raises(TypesetterStopped, match="within 1 seconds"):
        typeset_by("import signal; signal.pause()", monkeypatch, tmp_path)


def test_a_typesetter_that_complains_is_a_bug(monkeypatch, tmp_path):
    with pytest.raises(TypesettingError, match="unknown font") as raised:
        typeset_by("import sys; sys.exit('unknown font')", monkeypatch, tmp_path)
    assert not isinstance(raised.value, reports.PASSING_FAULTS)
