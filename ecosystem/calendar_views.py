"""The three ways of looking at a calendar: a day, a week or a month, and how to go on and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from ecosystem.facility_filters import DayField

DAY, WEEK, MONTH = "hari", "minggu", "bulan"
VIEWS = {DAY: gettext_lazy("One day"), WEEK: gettext_lazy("One week"), MONTH: gettext_lazy("One month")}
PARAMETERS = ("tampilan", "tanggal", "menit")
# So far ahead a calendar is shown: the longest horizon that a policy may have.
FURTHEST = timedelta(days=400)


class CalendarForm(forms.Form):
    """Which day is looked at, and how long the use is to be (`lengths`: minutes and their words, [] for no choice)."""

    tanggal = DayField(label=gettext_lazy("Day"), required=False)
    menit = forms.TypedChoiceField(label=gettext_lazy("Length"), coerce=int, empty_value=None, required=False)

    def __init__(self, data: Any, *, lengths: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if lengths:
            field = self.fields["menit"]
            field.choices = lengths  # type: ignore[attr-defined]
        else:
            del self.fields["menit"]


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a page shows, and the links around them; `before` is "" where only the past lies."""

    view: str
    day: date
    first: date
    last: date
    title: str
    before: str
    after: str
    today: str
    tabs: list[tuple[str, str, bool]]

    @property
    def days(self) -> list[date]:
        """Return the days one by one."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def window_of(query: Mapping[str, str], day: date | None, *, now: datetime, usual: str = WEEK) -> Window:
    """Return what the query asks to see; days before today and too far ahead become the nearest one shown."""
    today = timezone.localtime(now).date()
    view = query.get("tampilan", "")
    view = view if view in VIEWS else usual
    day = min(max(day or today, today), today + FURTHEST)
    first, last = _bounds(view, day)
    kept = {"menit": query["menit"]} if query.get("menit") else {}
    previous = max(first - timedelta(days=7), today) if view == WEEK else first - timedelta(days=1)
    return Window(
        view=view,
        day=day,
        first=first,
        last=last,
        title=_title(view, first, last),
        before=address(view, previous, kept) if today <= previous < first else "",
        after=address(view, last + timedelta(days=1), kept) if last < today + FURTHEST else "",
        today=address(view, today, kept) if day != today else "",
        tabs=[(str(label), address(code, day, kept), code == view) for code, label in VIEWS.items()],
    )


def address(view: str, day: date, kept: Mapping[str, str]) -> str:
    """Return the query of a view of a day."""
    return f"?{urlencode({'tampilan': view, 'tanggal': day.isoformat(), **kept})}"


def month_weeks(days: list[Any], first: date) -> list[list[Any]]:
    """Return the days of a month in weeks from Monday, None where another month is."""
    row: list[Any] = [None] * first.weekday() + days
    row += [None] * (-len(row) % 7)
    return [row[start : start + 7] for start in range(0, len(row), 7)]


def weekday_names() -> list[tuple[str, str]]:
    """Return the weekdays from Monday, short and whole."""
    monday = date(2024, 1, 1)
    days = [monday + timedelta(days=number) for number in range(7)]
    return [(date_format(day, "D"), date_format(day, "l")) for day in days]


def _bounds(view: str, day: date) -> tuple[date, date]:
    if view == DAY:
        return day, day
    if view == WEEK:
        return day, day + timedelta(days=6)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _title(view: str, first: date, last: date) -> str:
    if view == DAY:
        return date_format(first, "l, j F Y")
    if view == MONTH:
        return date_format(first, "F Y")
    if first.month == last.month:
        return f"{first.day}–{date_format(last, 'j F Y')}"
    return f"{date_format(first, 'j M')} – {date_format(last, 'j M Y')}"
