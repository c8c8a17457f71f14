"""Reporting periods by the calendar of Malang (Asia/Jakarta): pure functions, no Django, no clock."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")
FIRST_YEAR, LAST_YEAR = 1945, 2100
ROMAN = ("I", "II", "III", "IV")
MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": tuple(calendar.month_name)[1:],
}  # fmt: skip
SHORT_MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


class PeriodKind(StrEnum):
    """What a figure covers; PHASE and SPAN have free limits, the others follow the calendar."""

    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    YEAR = "year"
    PHASE = "phase"
    DATE = "date"
    SPAN = "span"


MONTHS_LONG = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.SEMESTER: 6, PeriodKind.YEAR: 12}

# Days after the last day of the period: (due, closes).
DAYS_AFTER_END = {
    PeriodKind.MONTH: (10, 20),
    PeriodKind.QUARTER: (15, 30),
    PeriodKind.SEMESTER: (20, 45),
    PeriodKind.YEAR: (31, 90),
    PeriodKind.PHASE: (45, 120),
    PeriodKind.DATE: (10, 20),
    PeriodKind.SPAN: (10, 20),
}


def gettext_noop(message: str) -> str:
    """Return the message itself: marks it for the catalogue, so that forms can translate it later."""
    return message


MESSAGES = {
    "empty": gettext_noop("Enter a period, for example 2023, 2023-Q2 or 2023-05."),
    "unknown_format": gettext_noop(
        "This period is not understood. Write 2023, 2023-S1, 2023-Q2, 2023-05, 2023-05-17 or 2023-01/2023-08."
    ),
    "year_out_of_range": gettext_noop("The year must lie between 1945 and 2100."),
    "bad_month": gettext_noop("A month is a number from 01 to 12."),
    "bad_quarter": gettext_noop("A quarter is a number from 1 to 4."),
    "bad_semester": gettext_noop("A semester is 1 or 2."),
    "bad_date": gettext_noop("This day does not exist in the calendar."),
    "end_before_start": gettext_noop("The period ends before it begins."),
}


class PeriodError(ValueError):
    """A text or limits that make no period: `code` for programs, `message` (English id) for people."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message = MESSAGES[code]
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class PeriodSpan:
    """A period with its first and last day (both inclusive, WIB) and its code, which is safe in a URL."""

    kind: PeriodKind
    start: date
    end: date
    code: str

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise PeriodError("end_before_start")


@dataclass(frozen=True, slots=True)
class PeriodDates:
    """When figures may be entered (WIB): from `opens_on`, late after `due_on`, locked after `closes_on`."""

    opens_on: date
    due_on: date
    closes_on: date


def parse_period(text: str) -> PeriodSpan:
    """Return the period written as 2021, 2023-Q2 (TW2, TW-II), 2023-S1, 2024-05, 2021-10-01 or A/B of these.

    A pair that is exactly one calendar period becomes that period (2023-01/2023-03 is 2023-Q1), so that
    the same days never have two codes. A pair's code has "--" for "/" ("2023-01--2023-08"); both are read.
    Raise PeriodError with one of the codes of MESSAGES.
    """
    stripped = text.strip()
    if not stripped:
        raise PeriodError("empty")
    parts = re.split(r"\s*(?:/|--)\s*", stripped)
    if len(parts) == 1:
        return _parse_single(parts[0])
    if len(parts) != 2:
        raise PeriodError("unknown_format")
    return span_of(_parse_single(parts[0]).start, _parse_single(parts[1]).end)


def span_of(start: date, end: date) -> PeriodSpan:
    """Return the calendar period with exactly these limits, or else a SPAN; raise PeriodError if reversed."""
    if end < start:
        raise PeriodError("end_before_start")
    for kind in (PeriodKind.YEAR, PeriodKind.SEMESTER, PeriodKind.QUARTER, PeriodKind.MONTH, PeriodKind.DATE):
        candidate = period_containing(kind, start)
        if (candidate.start, candidate.end) == (start, end):
            return candidate
    return PeriodSpan(PeriodKind.SPAN, start, end, _span_code(start, end))


def phase_span(code: str, start: date, end: date) -> PeriodSpan:
    """Return the period of a roadmap phase, whose code is the phase's own slug."""
    return PeriodSpan(PeriodKind.PHASE, start, end, code)


def period_containing(kind: PeriodKind, day: date) -> PeriodSpan:
    """Return the calendar period of this kind around a day; ValueError for PHASE and SPAN (not calendar)."""
    if kind == PeriodKind.DATE:
        return PeriodSpan(kind, day, day, day.isoformat())
    length = _months_long(kind)
    first_month = day.month - (day.month - 1) % length
    start = date(day.year, first_month, 1)
    end = _last_day(day.year, first_month + length - 1)
    number = (first_month - 1) // length + 1
    suffix = {
        PeriodKind.MONTH: f"-{number:02}",
        PeriodKind.QUARTER: f"-Q{number}",
        PeriodKind.SEMESTER: f"-S{number}",
    }
    return PeriodSpan(kind, start, end, f"{day.year:04}{suffix.get(kind, '')}")


def previous_period(span: PeriodSpan) -> PeriodSpan | None:
    """Return the calendar period just before, or None for a PHASE or SPAN: those know no neighbour."""
    if span.kind in (PeriodKind.PHASE, PeriodKind.SPAN):
        return None
    return period_containing(span.kind, span.start - timedelta(days=1))


def next_period(span: PeriodSpan) -> PeriodSpan | None:
    """Return the calendar period just after, or None for a PHASE or SPAN: those know no neighbour."""
    if span.kind in (PeriodKind.PHASE, PeriodKind.SPAN):
        return None
    return period_containing(span.kind, span.end + timedelta(days=1))


def covers(outer: PeriodSpan, inner: PeriodSpan) -> bool:
    """Return whether every day of `inner` lies in `outer`; a period covers itself."""
    return outer.start <= inner.start and inner.end <= outer.end


def periods_within(kind: PeriodKind, start: date, end: date) -> list[PeriodSpan]:
    """Return the whole calendar periods of this kind between two days, in order; a cut one is left out."""
    periods = []
    current = period_containing(kind, start)
    while current.end <= end:
        if current.start >= start:
            periods.append(current)
        current = period_containing(kind, current.end + timedelta(days=1))
    return periods


def quarters_of(span: PeriodSpan) -> list[PeriodSpan]:
    """Return the whole quarters of a phase or year, in order: eight for a phase of two years."""
    return periods_within(PeriodKind.QUARTER, span.start, span.end)


def ends_at(span: PeriodSpan) -> datetime:
    """Return the first instant after the period: midnight in Asia/Jakarta (17:00 UTC of the last day)."""
    return datetime.combine(span.end + timedelta(days=1), time.min, tzinfo=WIB)


def has_ended(span: PeriodSpan, now: datetime) -> bool:
    """Return whether the period is over at this aware instant, by the WIB calendar."""
    return wib_date(now) > span.end


def wib_date(now: datetime) -> date:
    """Return the day in Malang at an aware instant; ValueError for a naive one, which names no instant."""
    if now.tzinfo is None:
        raise ValueError("wib_date needs an aware datetime")
    return now.astimezone(WIB).date()


def period_just_ended(kind: PeriodKind, now: datetime) -> PeriodSpan:
    """Return the last calendar period of this kind that is over in Malang at this aware instant."""
    current = period_containing(kind, wib_date(now))
    return period_containing(kind, current.start - timedelta(days=1))


def default_dates(span: PeriodSpan) -> PeriodDates:
    """Return the usual dates: open the day after the period (a DATE from that day on), see DAYS_AFTER_END."""
    due, closes = DAYS_AFTER_END[span.kind]
    opens_after = 0 if span.kind == PeriodKind.DATE else 1
    return PeriodDates(*(span.end + timedelta(days=days) for days in (opens_after, due, closes)))


def period_label(
    kind: PeriodKind | str, start: date, end: date, language: str, *, name: str | None = None
) -> str:
    """Return "Triwulan II 2023" or "Q2 2023", "Mei 2024", "1 Okt 2021", "Jan–Agu 2023"; a phase: `name`."""
    tongue = "en" if language.startswith("en") else "id"
    kind = PeriodKind(kind)
    if kind == PeriodKind.PHASE and name:
        return name
    if kind == PeriodKind.MONTH:
        return f"{MONTHS[tongue][start.month - 1]} {start.year}"
    if kind == PeriodKind.QUARTER:
        number = (start.month - 1) // 3
        return f"Q{number + 1} {start.year}" if tongue == "en" else f"Triwulan {ROMAN[number]} {start.year}"
    if kind == PeriodKind.SEMESTER:
        number = (start.month - 1) // 6
        return f"H{number + 1} {start.year}" if tongue == "en" else f"Semester {ROMAN[number]} {start.year}"
    if kind == PeriodKind.YEAR:
        return str(start.year)
    if kind == PeriodKind.DATE:
        return _day_label(start, tongue)
    return _span_label(start, end, tongue)


def _span_label(start: date, end: date, tongue: str) -> str:
    """Return "2018–2019", "Jan–Agu 2023", "Nov 2022–Feb 2023" or, for limits inside a month, both days."""
    if _is_whole_years(start, end):
        return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    if not _is_whole_months(start, end):
        return f"{_day_label(start, tongue)}–{_day_label(end, tongue)}"
    names = SHORT_MONTHS[tongue]
    first, last = names[start.month - 1], names[end.month - 1]
    if start.year != end.year:
        return f"{first} {start.year}–{last} {end.year}"
    return f"{first} {end.year}" if start.month == end.month else f"{first}–{last} {end.year}"


def _day_label(day: date, tongue: str) -> str:
    """Return "1 Okt 2021"."""
    return f"{day.day} {SHORT_MONTHS[tongue][day.month - 1]} {day.year}"


def _span_code(start: date, end: date) -> str:
    """Return the shortest of 2018--2019, 2023-01--2023-08 and 2023-01-05--2023-02-01 that says the limits."""
    length = 4 if _is_whole_years(start, end) else 7 if _is_whole_months(start, end) else 10
    return f"{start.isoformat()[:length]}--{end.isoformat()[:length]}"


def _is_whole_years(start: date, end: date) -> bool:
    return (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)


def _is_whole_months(start: date, end: date) -> bool:
    return start.day == 1 and end == _last_day(end.year, end.month)


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _months_long(kind: PeriodKind) -> int:
    if kind not in MONTHS_LONG:
        raise ValueError(f"{kind} has no place in the calendar")
    return MONTHS_LONG[kind]


def _year(text: str) -> int:
    year = int(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodError("year_out_of_range")
    return year


def _parse_year(found: re.Match[str]) -> PeriodSpan:
    return period_containing(PeriodKind.YEAR, date(_year(found[1]), 1, 1))


def _parse_month(found: re.Match[str]) -> PeriodSpan:
    year, month = _year(found[1]), int(found[2])
    if not 1 <= month <= 12:
        raise PeriodError("bad_month")
    return period_containing(PeriodKind.MONTH, date(year, month, 1))


def _parse_date(found: re.Match[str]) -> PeriodSpan:
    year = _year(found[1])
    try:
        day = date(year, int(found[2]), int(found[3]))
    except ValueError as error:
        raise PeriodError("bad_date") from error
    return period_containing(PeriodKind.DATE, day)


def _parse_quarter(found: re.Match[str]) -> PeriodSpan:
    number = _ordinal(found[2])
    if not 1 <= number <= 4:
        raise PeriodError("bad_quarter")
    return period_containing(PeriodKind.QUARTER, date(_year(found[1]), number * 3, 1))


def _parse_semester(found: re.Match[str]) -> PeriodSpan:
    number = _ordinal(found[2])
    if not 1 <= number <= 2:
        raise PeriodError("bad_semester")
    return period_containing(PeriodKind.SEMESTER, date(_year(found[1]), number * 6, 1))


def _ordinal(text: str) -> int:
    """Return the number written in digits or in Roman numerals up to IV."""
    return int(text) if text.isdigit() else ROMAN.index(text.upper()) + 1


# Digits as [0-9]: \d would accept digits of other scripts.
FORMS: tuple[tuple[str, Callable[[re.Match[str]], PeriodSpan]], ...] = (
    (r"([0-9]{4})", _parse_year),
    (r"([0-9]{4})-([0-9]{2})", _parse_month),
    (r"([0-9]{4})-([0-9]{2})-([0-9]{2})", _parse_date),
    (r"([0-9]{4})[- ]?(?:Q|TW)[- ]?([0-9]|I{1,3}|IV)", _parse_quarter),
    (r"([0-9]{4})[- ]?(?:S|SMT)[- ]?([0-9]|I{1,2})", _parse_semester),
)


def _parse_single(text: str) -> PeriodSpan:
    for pattern, parse in FORMS:
        found = re.fullmatch(pattern, text, flags=re.IGNORECASE)
        if found:
            return parse(found)
    raise PeriodError("unknown_format")
