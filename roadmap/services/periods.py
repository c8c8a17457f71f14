"""Periods for entering targets and values: made when first needed."""

from datetime import date

from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min

from roadmap.models import Indicator, Period, Phase
from roadmap.periods import (
    MONTHS_LONG,
    PeriodError,
    PeriodKind,
    PeriodSpan,
    default_dates,
    parse_period,
    periods_within,
    phase_span,
    wib_date,
)
from roadmap.services import effects

# Days of the kinds, to say which is finer; a span of months is measured by its own length.
LENGTHS = {
    Period.Kind.DATE: 1,
    Period.Kind.MONTH: 28,
    Period.Kind.QUARTER: 89,
    Period.Kind.SEMESTER: 180,
    Period.Kind.YEAR: 365,
}


def go_live() -> date:
    """Return the day in Malang on which this portal's database was made: that of its first migration."""
    applied = MigrationRecorder.Migration.objects.aggregate(first=Min("applied"))
    return wib_date(applied["first"])


def is_historical(span: PeriodSpan, *, live_since: date) -> bool:
    """Return whether the period was over before the portal's first day, whenever somebody first uses it."""
    return span.end < live_since


def find_period(text: str) -> Period:
    """Return the period written as a code, an address or a phase's slug, unsaved when it has no row yet.

    Raise PeriodError.
    """
    phase = Phase.objects.filter(slug=text.strip()).first()
    span = phase_span(phase.slug, phase.start, phase.end) if phase else parse_period(text)
    known = Period.objects.select_related("phase").filter(kind=span.kind, start=span.start, end=span.end)
    return known.first() or new_period(span, phase=phase)


def saved_period(period: Period) -> Period:
    """Return the row of a period that may be unsaved, whoever makes it first."""
    if period.pk:
        return period
    with transaction.atomic():
        row, _created = Period.objects.get_or_create(
            kind=period.kind,
            start=period.start,
            end=period.end,
            defaults={
                name: getattr(period, name)
                for name in ("code", "phase", "opens_at", "due_at", "closes_at", "is_historical")
            },
        )
    return row


def new_period(span: PeriodSpan, *, phase: Phase | None = None, live_since: date | None = None) -> Period:
    """Return an unsaved period with its usual dates; `live_since` saves a loop the query for `go_live()`."""
    dates = default_dates(span)
    return Period(
        code=span.code.replace("--", "/"),
        kind=span.kind,
        start=span.start,
        end=span.end,
        phase=phase,
        opens_at=dates.opens_on,
        due_at=dates.due_on,
        closes_at=dates.closes_on,
        is_historical=is_historical(span, live_since=live_since or go_live()),
    )


def save_phase_period(phase: Phase) -> Period:
    """Return the period of a phase, brought in line with the phase's days."""
    fresh = new_period(phase_span(phase.slug, phase.start, phase.end), phase=phase)
    fields = ("code", "kind", "start", "end", "opens_at", "due_at", "closes_at", "is_historical")
    row, _created = Period.objects.update_or_create(
        phase=phase, defaults={name: getattr(fresh, name) for name in fields}
    )
    # Other days may have made its figures due, or not due any more.
    effects.indicators_changed(row.achievements.values_list("indicator", flat=True).distinct())
    return row


def is_finer(period: Period, indicator: Indicator) -> bool:
    """Return whether the period is shorter than the indicator is measured; never for an irregular indicator."""
    if indicator.frequency == Indicator.Frequency.IRREGULAR:
        return False
    length = LENGTHS.get(Period.Kind(period.kind), (period.end - period.start).days + 1)
    return length < LENGTHS[Period.Kind(indicator.frequency)]


def takes_values(period: Period, indicator: Indicator) -> bool:
    """Return whether a value of the indicator belongs into a period of this kind."""
    return indicator.frequency in (Indicator.Frequency.IRREGULAR, period.kind)


def is_in_life(period: Period, indicator: Indicator) -> bool:
    """Return whether the period touches the time in which the indicator is measured."""
    begins_in_time = indicator.valid_to is None or period.start <= indicator.valid_to
    return begins_in_time and (indicator.valid_from is None or period.end >= indicator.valid_from)


def expected_spans(indicator: Indicator, year: int) -> list[PeriodSpan]:
    """Return the periods of a year in which the indicator is due, in order; none for an irregular one."""
    kind = indicator.frequency
    if kind not in MONTHS_LONG:
        return []
    spans = periods_within(PeriodKind(kind), date(year, 1, 1), date(year, 12, 31))
    return [
        span
        for span in spans
        if (indicator.valid_from is None or span.end >= indicator.valid_from)
        and (indicator.valid_to is None or span.start <= indicator.valid_to)
    ]


__all__ = [
    "PeriodError",
    "expected_spans",
    "find_period",
    "go_live",
    "is_finer",
    "is_historical",
    "is_in_life",
    "new_period",
    "save_phase_period",
    "saved_period",
    "takes_values",
]
