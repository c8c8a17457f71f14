"""Counting automatic indicators when a period is over: the number, the rows behind it and the value, all or nothing."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from roadmap.automatic import SOURCES, Counted, Source
from roadmap.models import AutomaticSnapshot, Indicator, Measurement, Period
from roadmap.periods import PeriodKind, PeriodSpan, parse_period, period_containing, periods_within, wib_date
from roadmap.services import achievements, effects, measurements
from roadmap.services.periods import find_period, saved_period

# The roadmap begins here: the portal's rows tell of nothing older.
FIRST_DAY = date(2018, 1, 1)


class SourceUnusable(Exception):
    """The indicator names a source that does not exist or cannot serve it."""


def canonical_rows(rows: Iterable[tuple[str, int]]) -> str:
    """Return the list of rows as the one text that its sha256 is over."""
    return json.dumps(sorted([label, key] for label, key in rows), separators=(",", ":"))


def due_snapshots(now: datetime) -> list[tuple[int, str]]:
    """Return (key of the indicator, code of the period) for all that is over and not counted; two queries.

    A period is over at midnight in Malang. A value that a person entered is never counted over.
    """
    today = wib_date(now)
    indicators = list(Indicator.objects.automatic().order_by("pk"))
    settled = set(
        _settled(Measurement.objects.filter(indicator__in=indicators)).values_list(
            "indicator", "period__kind", "period__start"
        )
    )
    return [
        (indicator.pk, span.code)
        for indicator in indicators
        for span in _ended_spans(indicator, today)
        if (indicator.pk, span.kind, span.start) not in settled
    ]


def _settled(values: QuerySet[Measurement]) -> QuerySet[Measurement]:
    """Return the values that are not to be counted: all but those that a planner opened for another count."""
    return values.exclude(state=Measurement.State.REOPENED, provenance=Measurement.Provenance.AUTOMATIC)


def _ended_spans(indicator: Indicator, today: date) -> list[PeriodSpan]:
    """Return the periods that ended before today and whose last day lies in the indicator's life, in order."""
    kind = PeriodKind(indicator.frequency)
    last = today - timedelta(days=1)
    if indicator.valid_to:
        last = min(last, indicator.valid_to)
    first = max(indicator.valid_from or FIRST_DAY, FIRST_DAY)
    return periods_within(kind, period_containing(kind, first).start, last)


def lock_indicator(pk: int) -> Indicator:
    """Return the indicator with its row locked until the end of the transaction: one count at a time."""
    return Indicator.objects.select_for_update(no_key=True).get(pk=pk)


@transaction.atomic
def take_snapshot(indicator_id: int, code: str, *, now: datetime) -> AutomaticSnapshot | None:
    """Return the new count of a period, None when it is not due (any more). Raise SourceUnusable.

    The count, the value and its achievements become visible together or, if the worker dies, not at all; whoever
    comes second finds nothing to do.
    """
    indicator = lock_indicator(indicator_id)
    source = usable_source(indicator)
    span = parse_period(code)
    if span not in _ended_spans(indicator, wib_date(now)):
        return None
    period = saved_period(find_period(code))
    if _settled(Measurement.objects.filter(indicator=indicator, period=period)).exists():
        return None
    counted = source.count(span)
    snapshot = _save_count(indicator, period, source=source, counted=counted, now=now)
    measurements.save_counted(indicator, period, counted=counted, now=now)
    achievements.recompute([indicator.pk], on=wib_date(now))
    effects.pages_changed()
    return snapshot


def usable_source(indicator: Indicator) -> Source:
    """Return the indicator's source. Raise SourceUnusable."""
    source = SOURCES.find(indicator.automatic_source)
    if source is None:
        raise SourceUnusable(f"{indicator.code}: no source is called {indicator.automatic_source!r}")
    misfits = source.misfits(value_type=indicator.value_type, entry_meaning=indicator.entry_meaning)
    if misfits:
        raise SourceUnusable(f"{indicator.code}: {source.name} does not fit its {', '.join(misfits)}")
    return source


def _save_count(
    indicator: Indicator, period: Period, *, source: Source, counted: Counted, now: datetime
) -> AutomaticSnapshot:
    earlier = AutomaticSnapshot.objects.filter(indicator=indicator, period=period).count()
    text = canonical_rows(counted.rows)
    return AutomaticSnapshot.objects.create(
        indicator=indicator,
        period=period,
        number=earlier + 1,
        source=source.name,
        taken_at=now,
        value=counted.value,
        rows=json.loads(text),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
