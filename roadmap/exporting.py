"""The figures of indicators as CSV: one row for each indicator and period, with provenance and sources."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal

from malangkraf.spreadsheets import neutral
from roadmap.presentation import Series, SeriesRow

COLUMNS = (
    "code",
    "indicator",
    "indicator_en",
    "unit",
    "direction",
    "period",
    "period_kind",
    "period_start",
    "period_end",
    "target_original",
    "target",
    "target_version",
    "target_low",
    "target_high",
    "actual",
    "missing_reason",
    "achievement_percent",
    "achievement_percent_original_target",
    "band",
    "cannot_compute",
    "provisional",
    "disputed",
    "as_of",
    "provenance",
    "source_url",
    "target_source_url",
    "note",
)


def plain(value: Decimal | None) -> str:
    """Return a number for machines: a dot, no thousands, no trailing zeros; "" for None."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if value else "0"


def series_csv(series: Iterable[Series]) -> str:
    """Return the whole file; texts are neutralised, numbers (negative ones too) stay numbers."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in series:
        writer.writerows(_rows(one))
    return buffer.getvalue()


def _rows(series: Series) -> Iterator[list[str]]:
    indicator = series.indicator
    head = [neutral(text) for text in (indicator.code, indicator.name, indicator.name_en, indicator.unit)]
    for row in series.rows:
        yield [*head, indicator.direction, *_period(row), *_target(row), *_actual(row)]


def _period(row: SeriesRow) -> list[str]:
    period = row.period
    return [period.code, period.kind, period.start.isoformat(), period.end.isoformat()]


def _target(row: SeriesRow) -> list[str]:
    current = row.current
    if current is None:
        return [""] * 5
    original = row.original or current
    return [
        plain(original.value),
        plain(current.value),
        str(current.number),
        plain(current.low),
        plain(current.high),
    ]


def _actual(row: SeriesRow) -> list[str]:
    value, current = row.measurement, row.achievement
    original = row.achievements.get("original")
    return [
        plain(row.actual),
        neutral(value.missing_reason) if value else "",
        plain(current.percent) if current else "",
        plain(original.percent) if original else "",
        row.band,
        current.reason if current else "",
        _flag(value is not None and value.is_provisional),
        _flag(value is not None and value.is_disputed),
        value.as_of.isoformat() if value and value.as_of else "",
        value.provenance if value else "",
        value.source_url if value else "",
        row.current.source_url if row.current else "",
        neutral(value.note) if value else "",
    ]


def _flag(value: bool) -> str:
    return "yes" if value else "no"
