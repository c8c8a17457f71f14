"""Which reports are due, and who may make them: one slot row per due time, so that three beats do the work once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from roadmap.models import Period, Phase, ReportRun, ScheduleSlot
from roadmap.periods import (
    PeriodKind,
    PeriodSpan,
    default_dates,
    ends_at,
    period_containing,
    period_just_ended,
    periods_within,
    phase_span,
    wib_date,
)
from roadmap.services import reports
from roadmap.services.periods import go_live, new_period, saved_period

# Values may come in until the period's due date; the report follows some days later.
DAYS_AFTER_DUE = 5
FIRST_YEARS = range(2019, 2024)


def take_slot(name: str, due_at: datetime) -> bool:
    """Return True for the one caller that may do the work of this due time."""
    try:
        with transaction.atomic():
            ScheduleSlot.objects.create(name=name, due_at=due_at)
    except IntegrityError:
        return False
    return True


def ensure_period(span: PeriodSpan, *, phase: Phase | None = None) -> Period:
    """Return the row of a period, making it with its usual dates when it is new."""
    return saved_period(new_period(span, phase=phase))


def due_spans(now: datetime) -> list[tuple[PeriodSpan, Phase | None]]:
    """Return the ended phases, months, quarters and years whose report is due by `now`.

    All of them since the portal's first day, so that a beat that stood still leaves no gap; from before it, the
    latest of each kind.
    """
    today, since = wib_date(now), go_live()
    spans: list[tuple[PeriodSpan, Phase | None]] = []
    for kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR):
        first = min(period_just_ended(kind, now).start, period_containing(kind, since).start)
        spans += [(span, None) for span in periods_within(kind, first, today - timedelta(days=1))]
    spans += [
        (phase_span(phase.slug, phase.start, phase.end), phase)
        for phase in Phase.objects.published().filter(end__lt=today)
    ]
    lag = timedelta(days=DAYS_AFTER_DUE)
    return [(span, phase) for span, phase in spans if default_dates(span).due_on + lag <= today]


def request_due_reports(now: datetime) -> list[ReportRun]:
    """Return the new runs for the reports that are due and were never made; safe to call as often as one likes."""
    runs = []
    due = {f"report:{span.code}": (span, phase) for span, phase in due_spans(now)}
    done = set(ScheduleSlot.objects.filter(name__in=due).values_list("name", flat=True))
    for name, (span, phase) in due.items():
        if name in done:
            continue
        with transaction.atomic():
            if not take_slot(name, ends_at(span)):
                continue
            period = ensure_period(span, phase=phase)
            if ReportRun.objects.filter(report__period=period).exists():
                continue
            runs.append(reports.request_report(period, by=None, trigger=ReportRun.Trigger.SCHEDULE)[0])
    return runs


def reportable_spans(now: datetime) -> list[tuple[PeriodSpan, Phase | None]]:
    """Return every ended phase, year, quarter and month since the first phase began, newest first; one query."""
    today = wib_date(now)
    phases = list(Phase.objects.order_by("-start"))
    if not phases:
        return []
    spans: list[tuple[PeriodSpan, Phase | None]] = [
        (phase_span(phase.slug, phase.start, phase.end), phase) for phase in phases if phase.end < today
    ]
    for kind in (PeriodKind.YEAR, PeriodKind.QUARTER, PeriodKind.MONTH):
        ended = periods_within(kind, phases[-1].start, today - timedelta(days=1))
        spans += [(span, None) for span in reversed(ended)]
    return spans


def first_periods() -> Iterable[Period]:
    """Return the years 2019-2023 and the phases: the reports that a newcomer finds in the archive."""
    codes = [str(year) for year in FIRST_YEARS]
    years = Period.objects.filter(kind=Period.Kind.YEAR, code__in=codes).order_by("start")
    return [*years, *Period.objects.filter(kind=Period.Kind.PHASE).order_by("start")]


def request_first_reports() -> list[ReportRun]:
    """Return the new runs for the first start's reports; periods that have a report are left alone."""
    return [
        reports.request_report(period, by=None, trigger=ReportRun.Trigger.FIRST_RUN)[0]
        for period in first_periods()
        if not ReportRun.objects.filter(report__period=period).exists()
    ]


def roll_periods(now: datetime) -> list[Period]:
    """Make the current month, quarter, semester and year, and return the periods that are new."""
    today = wib_date(now)
    known = set(Period.objects.filter(end__gte=today).values_list("code", flat=True))
    spans = [
        period_containing(kind, today)
        for kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.SEMESTER, PeriodKind.YEAR)
    ]
    return [ensure_period(span) for span in spans if span.code not in known]
