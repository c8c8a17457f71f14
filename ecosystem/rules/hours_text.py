"""Opening hours as people type them: "08.00-12.00, 13.00-21.00"; empty is closed, "18.00-02.00" passes midnight."""

import re
from collections.abc import Sequence
from datetime import time

from ecosystem.rules.hours import DaySpan

MOST_SPANS = 6
MINUTES_OF_DAY = 24 * 60
# Opens, closes, whether it closes on the next day.
Times = tuple[time, time, bool]
_SPAN = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*(?:-|–|—|s/d|to)\s*(\d{1,2})(?:[.:](\d{2}))?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[,;&+]\s*|\s+dan\s+|\s+and\s+", re.IGNORECASE)


class HoursTextError(ValueError):
    """A text that says no hours; `code` is unreadable, no_time, same, overlap or too_many, `text` the part meant."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text


def parse_hours(text: str) -> tuple[Times, ...]:
    """Return the spans of a day, sorted; raise HoursTextError."""
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    if len(parts) > MOST_SPANS:
        raise HoursTextError("too_many", text)
    found = sorted((_parse_span(part) for part in parts), key=lambda one: one[0])
    for number, (_opens, closes, next_day) in enumerate(found[:-1]):
        if next_day or closes > found[number + 1][0]:
            raise HoursTextError("overlap", hours_text([found[number + 1]]))
    return tuple(found)


def _parse_span(text: str) -> Times:
    match = _SPAN.fullmatch(text.strip())
    if not match:
        raise HoursTextError("unreadable", text)
    start, end = _minutes(match[1], match[2], text), _minutes(match[3], match[4], text)
    if start == MINUTES_OF_DAY:
        raise HoursTextError("no_time", text)
    if start == end:
        raise HoursTextError("same", text)
    closes = end % MINUTES_OF_DAY
    return _clock(start), _clock(closes), closes <= start


def _minutes(hour: str, minute: str | None, text: str) -> int:
    total = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or total > MINUTES_OF_DAY:
        raise HoursTextError("no_time", text)
    return total


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def hours_text(spans: Sequence[Times], *, separator: str = ":") -> str:
    """Return "08:00–12:00, 18:00–02:00" for the spans of a day, "" for none; midnight at the end is 24:00."""
    return ", ".join(
        f"{_written(opens, separator)}–{_written(closes, separator, is_end=next_day)}"
        for opens, closes, next_day in spans
    )


def _written(clock: time, separator: str, *, is_end: bool = False) -> str:
    hour = 24 if is_end and clock == time(0) else clock.hour
    return f"{hour:02}{separator}{clock.minute:02}"


def times_on(spans: Sequence[DaySpan], weekday: int) -> tuple[Times, ...]:
    """Return the spans that begin on a weekday, sorted."""
    return tuple(
        sorted((one.opens, one.closes, one.closes_next_day) for one in spans if one.weekday == weekday)
    )
