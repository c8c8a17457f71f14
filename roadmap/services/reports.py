"""The life of a report run: requested, frozen in a snapshot, rendered file by file, reviewed, published.

The rows are the truth and messages only wake a worker: each step claims its row by a guarded UPDATE, so that a
message delivered twice, two beats or two planners never do a step twice, and the minute sweep wakes a worker for
whatever a killed process or an absent broker left undone. A fault that may pass is tried again after a wait;
anything else is a fault of the program, for which the row is parked at once.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import translation

from ecosystem.models import User
from malangkraf import page_cache
from malangkraf.typesetting.pdf import TypesetterStopped
from roadmap.models import Period, Report, ReportFile, ReportRun
from roadmap.reporting.html import render_html
from roadmap.reporting.pdf import render_pdf
from roadmap.reporting.snapshot import build_snapshot
from roadmap.reporting.xlsx import render_xlsx

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
# A little above the hard time limit of the report tasks (roadmap.tasks): whoever held the row is dead by then.
STALE_AFTER = timedelta(seconds=100)
# How long a waiting row is left alone after so many tries: an untried one lost its message, a failed one may meet
# the same fault again.
BACK_OFF = {0: timedelta(seconds=30), 1: timedelta(minutes=1), 2: timedelta(minutes=4)}
# What another try may find mended: a lost connection, deadlock, lock or statement that waited too long; a disk,
# network or process table that was full or away (TimeoutError is one of OSError); too little memory; a step that a
# busy machine could not end in time; a typesetter that was killed.
PASSING_FAULTS: tuple[type[Exception], ...] = (
    OperationalError,
    InterfaceError,
    OSError,
    MemoryError,
    SoftTimeLimitExceeded,
    TypesetterStopped,
)
LANGUAGES = ("id", "en")
REPORT_KINDS = (Period.Kind.MONTH, Period.Kind.QUARTER, Period.Kind.YEAR, Period.Kind.PHASE)

Renderer = Callable[..., bytes | str]
RENDERERS: dict[str, Renderer] = {
    ReportFile.Format.PDF: render_pdf,
    ReportFile.Format.XLSX: render_xlsx,
    ReportFile.Format.HTML: render_html,
}


class ReportError(Exception):
    """A step that the report's state does not allow; `code` names it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def canonical(snapshot: dict[str, Any]) -> str:
    """Return the one JSON text of a snapshot that its sha256 is over."""
    return json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def verify_url(sha256: str, language: str) -> str:
    """Return the public address, with host, where anybody checks a snapshot's hash."""
    with translation.override(language):
        return settings.SITE_URL + reverse("roadmap:report_verify_hash", args=[sha256])


@transaction.atomic
def request_report(
    period: Period, *, by: User | None, trigger: str, erratum: str = "", erratum_en: str = ""
) -> tuple[ReportRun, bool]:
    """Return (the period's open run, whether it is new).

    While a version is being made or waits for review, that one comes back: pressing twice makes one report. Raise
    ReportError("needs_erratum") when a version is published and no correction is named, ReportError("wrong_kind")
    for a period that has no report.
    """
    if period.kind not in REPORT_KINDS:
        raise ReportError("wrong_kind")
    report, _created = Report.objects.get_or_create(period=period, defaults={"slug": period.code.lower()})
    Report.objects.select_for_update().get(pk=report.pk)
    if open_run := report.runs.filter(state__in=ReportRun.OPEN).first():
        return open_run, False
    if report.runs.filter(state=ReportRun.State.PUBLISHED).exists() and not erratum.strip():
        raise ReportError("needs_erratum")
    last = report.runs.aggregate(last=Max("number"))["last"] or 0
    run = ReportRun.objects.create(
        report=report,
        number=last + 1,
        trigger=trigger,
        requested_by=by,
        erratum=erratum.strip(),
        erratum_en=erratum_en.strip(),
    )
    return run, True


def take_snapshot(run_id: int, *, claim: str, now: datetime) -> list[int]:
    """Freeze the figures of a queued run and return the ids of the files to render, [] when there is nothing to do.

    Safe to call again: a second call with the same claim goes on where a killed worker stopped.
    """
    stale = Q(heartbeat_at__lt=now - STALE_AFTER)
    due = Q(state=ReportRun.State.QUEUED) | Q(state=ReportRun.State.SNAPSHOT) & (Q(claim=claim) | stale)
    claimed = ReportRun.objects.filter(due, pk=run_id, attempts__lt=MAX_ATTEMPTS).update(
        state=ReportRun.State.SNAPSHOT, claim=claim, heartbeat_at=now, attempts=F("attempts") + 1, error=""
    )
    if not claimed:
        return []
    run = ReportRun.objects.select_related("report__period__phase").get(pk=run_id)
    try:
        text = canonical(build_snapshot(run, cut_off=now))
    except Exception as error:
        # Whatever goes wrong belongs into the row, where staff see it.
        logger.exception("snapshot of report run %s failed", run_id)
        _give_back_run(run, claim=claim, error=error)
        return []
    with transaction.atomic():
        kept = ReportRun.objects.filter(pk=run_id, claim=claim, state=ReportRun.State.SNAPSHOT).update(
            state=ReportRun.State.RENDERING,
            snapshot=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            cut_off=now,
            attempts=0,
            claim="",
            heartbeat_at=now,
        )
        if not kept:
            return []
        ReportFile.objects.bulk_create(
            ReportFile(run_id=run_id, format=file_format, language=language)
            for language in LANGUAGES
            for file_format in ReportFile.Format.values
        )
    return list(ReportFile.objects.filter(run_id=run_id).values_list("pk", flat=True))


def _give_back_run(run: ReportRun, *, claim: str, error: Exception) -> None:
    again = _is_tried_again(error, run.attempts)
    ReportRun.objects.filter(pk=run.pk, claim=claim, state=ReportRun.State.SNAPSHOT).update(
        state=ReportRun.State.QUEUED if again else ReportRun.State.FAILED,
        error=_describe(error),
        claim="",
    )


def _is_tried_again(error: Exception, attempts: int) -> bool:
    """Return whether the sweep tries the step again; a connection that the fault has broken is given up first."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    return isinstance(error, PASSING_FAULTS) and attempts < MAX_ATTEMPTS


def needs_developer(run: ReportRun, files: Iterable[ReportFile]) -> bool:
    """Return whether a step was parked before its last try: no fault that passes, so trying again mends nothing."""
    parked = [file for file in files if file.state == ReportFile.State.FAILED]
    if run.state == ReportRun.State.FAILED and not parked:
        return run.attempts < MAX_ATTEMPTS
    return any(file.attempts < MAX_ATTEMPTS for file in parked)


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


def render_file(file_id: int, *, claim: str, now: datetime) -> bool:
    """Render one file of a run from its snapshot and return whether it is done.

    An error is kept in the file's row and leaves the other files alone. A passing fault is tried three times, any
    other parks the file at once.
    """
    stale = Q(claimed_at__lt=now - STALE_AFTER)
    due = Q(state=ReportFile.State.PENDING) | Q(state=ReportFile.State.RUNNING) & (Q(claim=claim) | stale)
    claimed = ReportFile.objects.filter(
        due,
        pk=file_id,
        attempts__lt=MAX_ATTEMPTS,
        run__state__in=[ReportRun.State.RENDERING, ReportRun.State.DRAFT],
    ).update(
        state=ReportFile.State.RUNNING, claim=claim, claimed_at=now, attempts=F("attempts") + 1, error=""
    )
    if not claimed:
        return False
    file = ReportFile.objects.select_related("run__report").get(pk=file_id)
    try:
        changes = _store(file, _rendered(file))
    except Exception as error:
        # One failing format must not lose the others: the error is kept in its own row.
        logger.exception("report file %s failed", file_id)
        again = _is_tried_again(error, file.attempts)
        changes = {
            "state": ReportFile.State.PENDING if again else ReportFile.State.FAILED,
            "error": _describe(error),
        }
    kept = ReportFile.objects.filter(pk=file_id, claim=claim).update(**changes, claim="", finished_at=now)
    finish_run(file.run_id, now=now)
    return bool(kept) and changes["state"] == ReportFile.State.DONE


def _rendered(file: ReportFile) -> bytes:
    run = file.run
    content = RENDERERS[file.format](
        json.loads(run.snapshot),
        language=file.language,
        sha256=run.sha256,
        verify_url=verify_url(run.sha256, file.language),
    )
    return content.encode() if isinstance(content, str) else content


def _store(file: ReportFile, content: bytes) -> dict[str, Any]:
    """Put the bytes where the row will point at; the same run writes the same name, so nothing piles up."""
    run = file.run
    name = f"reports/{run.report.slug}/v{run.number}-{file.language}.{file.format}"
    if default_storage.exists(name):
        default_storage.delete(name)
    stored = default_storage.save(name, ContentFile(content))
    return {
        "state": ReportFile.State.DONE,
        "file": stored,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


@transaction.atomic
def finish_run(run_id: int, *, now: datetime) -> None:
    """Bring a run whose files are all finished to a draft, or park it when not one could be made.

    The reports of the first start publish themselves: they only show figures that others published already.
    """
    run = ReportRun.objects.select_for_update().get(pk=run_id)
    files = list(run.files.all())
    if run.state != ReportRun.State.RENDERING or not files or not all(file.is_finished for file in files):
        return
    if not any(file.state == ReportFile.State.DONE for file in files):
        run.state, run.error = ReportRun.State.FAILED, "\n".join(sorted({file.error for file in files}))
        run.save(update_fields=["state", "error"])
        return
    run.state = ReportRun.State.DRAFT
    run.save(update_fields=["state"])
    if run.trigger == ReportRun.Trigger.FIRST_RUN and all(
        file.state == ReportFile.State.DONE for file in files
    ):
        publish_run(run, by=None, now=now)


@transaction.atomic
def publish_run(run: ReportRun, *, by: User | None, now: datetime) -> ReportRun:
    """Publish a draft in place of the version before it; a run that is published already is left as it is.

    Raise ReportError("not_draft") in any other state, ReportError("being_made") while a file is tried again (nobody
    makes the files of a published run), ReportError("needs_erratum") when it replaces a version without saying what
    was corrected.
    """
    # The parent row first: two planners publishing two things of one report take turns.
    Report.objects.select_for_update().get(pk=run.report_id)
    run = ReportRun.objects.select_for_update().get(pk=run.pk)
    if run.state == ReportRun.State.PUBLISHED:
        return run
    if run.state != ReportRun.State.DRAFT:
        raise ReportError("not_draft")
    if run.is_being_made:
        raise ReportError("being_made")
    older = ReportRun.objects.filter(report_id=run.report_id, state=ReportRun.State.PUBLISHED)
    if older.exists() and not run.erratum:
        raise ReportError("needs_erratum")
    older.update(state=ReportRun.State.SUPERSEDED)
    run.state, run.published_by, run.published_at = ReportRun.State.PUBLISHED, by, now
    run.save(update_fields=["state", "published_by", "published_at"])
    page_cache.bump()
    return run


@transaction.atomic
def discard_run(run: ReportRun) -> None:
    """Throw away a draft or a parked run; its number is not used again. Raise ReportError("not_open") otherwise."""
    changed = ReportRun.objects.filter(
        pk=run.pk, state__in=[ReportRun.State.DRAFT, ReportRun.State.FAILED, ReportRun.State.QUEUED]
    ).update(state=ReportRun.State.DISCARDED)
    if not changed:
        raise ReportError("not_open")


@transaction.atomic
def retry_run(run: ReportRun) -> None:
    """Give a parked run, and the parked files of a draft, three new tries.

    Raise ReportError("not_failed") when there is nothing to retry, ReportError("other_open") when a newer version
    is being made.
    """
    Report.objects.select_for_update().get(pk=run.report_id)
    run = ReportRun.objects.select_for_update().get(pk=run.pk)
    if run.state == ReportRun.State.FAILED:
        if ReportRun.objects.filter(report_id=run.report_id, state__in=ReportRun.OPEN).exists():
            raise ReportError("other_open")
        run.state = ReportRun.State.RENDERING if run.sha256 else ReportRun.State.QUEUED
        run.attempts, run.error = 0, ""
        run.save(update_fields=["state", "attempts", "error"])
    elif run.state != ReportRun.State.DRAFT:
        raise ReportError("not_failed")
    run.files.filter(state=ReportFile.State.FAILED).update(
        state=ReportFile.State.PENDING, attempts=0, error=""
    )


def park_hopeless(now: datetime) -> None:
    """Park what has used up its tries and whose holder is dead: a run or file that kills its worker."""
    error = "The worker died three times at this step."
    ReportRun.objects.filter(
        state=ReportRun.State.SNAPSHOT, attempts__gte=MAX_ATTEMPTS, heartbeat_at__lt=now - STALE_AFTER
    ).update(state=ReportRun.State.FAILED, error=error)
    ReportFile.objects.filter(
        state=ReportFile.State.RUNNING, attempts__gte=MAX_ATTEMPTS, claimed_at__lt=now - STALE_AFTER
    ).update(state=ReportFile.State.FAILED, error=error, finished_at=now)


def _waited_long(untried: str, tried: str, now: datetime) -> Q:
    """Return the condition that a row has waited its back-off, counted from one moment or, once tried, the other."""
    waited = Q()
    for attempts, wait in BACK_OFF.items():
        waited |= Q(attempts=attempts, **{f"{tried if attempts else untried}__lt": now - wait})
    return waited


def runs_to_wake(now: datetime) -> list[int]:
    """Return the runs whose snapshot nobody is working on."""
    waiting = _waited_long("requested_at", "heartbeat_at", now)
    lost = Q(state=ReportRun.State.QUEUED) & waiting
    dead = Q(state=ReportRun.State.SNAPSHOT, heartbeat_at__lt=now - STALE_AFTER)
    return list(ReportRun.objects.filter(lost | dead, attempts__lt=MAX_ATTEMPTS).values_list("pk", flat=True))


def files_to_wake(now: datetime) -> list[int]:
    """Return the files that nobody is working on, of runs with a snapshot."""
    lost = Q(state=ReportFile.State.PENDING) & _waited_long("run__heartbeat_at", "claimed_at", now)
    dead = Q(state=ReportFile.State.RUNNING, claimed_at__lt=now - STALE_AFTER)
    files = ReportFile.objects.filter(lost | dead, attempts__lt=MAX_ATTEMPTS)
    return list(
        files.filter(run__state__in=[ReportRun.State.RENDERING, ReportRun.State.DRAFT]).values_list(
            "pk", flat=True
        )
    )


def runs_to_finish() -> list[int]:
    """Return the runs whose files are all finished but which a dying worker did not bring to a draft."""
    unfinished = ReportFile.objects.exclude(state__in=[ReportFile.State.DONE, ReportFile.State.FAILED])
    return list(
        ReportRun.objects.filter(state=ReportRun.State.RENDERING)
        .exclude(pk__in=unfinished.values("run_id"))
        .values_list("pk", flat=True)
    )
