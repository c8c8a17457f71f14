"""The grid of values to enter: indicators down, the periods of one year across."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language

from roadmap.models import Indicator, Measurement, Period
from roadmap.periods import PeriodKind, PeriodSpan, default_dates, period_just_ended, period_label, wib_date
from roadmap.services.periods import expected_spans

FIRST_YEAR = 2018


@dataclass(frozen=True, slots=True)
class Cell:
    """One period of one indicator: its name and address, the value if there is one, whether it is overdue."""

    label: str
    address: str
    measurement: Measurement | None
    state: str


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator with its cells, in order of time."""

    indicator: Indicator
    cells: tuple[Cell, ...]


def years() -> list[int]:
    """Return the years to choose from, newest first."""
    return list(range(wib_date(timezone.now()).year, FIRST_YEAR - 1, -1))


def chosen_year(text: str) -> int:
    """Return the year that the address asks for, or that of the year that ended last."""
    if text in map(str, years()):
        return int(text)
    return period_just_ended(PeriodKind.YEAR, timezone.now()).start.year


def grid_rows(indicators: Iterable[Indicator], year: int) -> list[Row]:
    """Return a row for each indicator; two queries for any number of them.

    Shown are the periods in which a value is due, and any others of the year that have a value.
    """
    indicators = list(indicators)
    today = wib_date(timezone.now())
    values: dict[int, dict[tuple[date, date], Measurement]] = defaultdict(dict)
    rows = Measurement.objects.filter(indicator__in=indicators, period__end__year=year)
    for measurement in rows.select_related("period__phase"):
        period = measurement.period
        values[measurement.indicator_id][(period.start, period.end)] = measurement
    periods = {
        (period.start, period.end): period
        for period in Period.objects.filter(end__year=year, start__year=year).exclude(kind=Period.Kind.PHASE)
    }
    return [
        Row(indicator, tuple(_cells(indicator, year, values[indicator.pk], periods, today)))
        for indicator in indicators
    ]


def _cells(
    indicator: Indicator,
    year: int,
    values: dict[tuple[date, date], Measurement],
    periods: dict[tuple[date, date], Period],
    today: date,
) -> list[Cell]:
    language = get_language() or "id"
    cells = []
    for span in expected_spans(indicator, year):
        measurement = values.pop((span.start, span.end), None)
        if measurement:
            measurement.indicator = indicator
        label = period_label(span.kind, span.start, span.end, language)
        state = _state(span, periods.get((span.start, span.end)), today)
        cells.append(Cell(label, span.code, measurement, state))
    for measurement in sorted(values.values(), key=lambda value: value.period.end):
        period = measurement.period
        measurement.indicator = indicator
        name = period.phase.name if period.phase else None
        label = period_label(period.kind, period.start, period.end, language, name=name)
        cells.append(Cell(label, period.address, measurement, Period.State.OPEN))
    return cells


def _state(span: PeriodSpan, period: Period | None, today: date) -> str:
    """Return the Period.State of a period that may have no row yet."""
    if period is None:
        dates = default_dates(span)
        if today < dates.opens_on:
            return Period.State.UPCOMING
        return Period.State.OPEN if today <= dates.due_on or today > dates.closes_on else Period.State.DUE
    return period.state_on(today)
