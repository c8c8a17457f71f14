"""The calendar of a facility: all its spaces on a day or in a week, and a month as an overview."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ecosystem.calendar_views import (
    DAY,
    MONTH,
    CalendarForm,
    Window,
    address,
    month_weeks,
    weekday_names,
    window_of,
)
from ecosystem.facility_words import capacity_words, clock, usual_length
from ecosystem.models import Facility, Space
from ecosystem.rules.spans import Span, subtract
from ecosystem.services.availability import SpaceCalendar, calendars
from ecosystem.space_slots import Day, closed_time, day_of, reasons_of
from ecosystem.space_tree import tree_of
from malangkraf.drawing.day_bar import day_bar

# Days after today that are looked at for the first one with free time.
LOOK_AHEAD = 6


@dataclass(frozen=True, slots=True)
class Row:
    """A space with the days shown; `bar` draws its one day."""

    space: Space
    url: str
    capacity: str
    cells: list[Day]
    bar: SafeString


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of the month's overview: so many of the spaces have something free."""

    day: date
    url: str
    free: int
    open: int
    is_today: bool
    is_past: bool
    reasons: list[str]
    label: str


def page_of(facility: Facility, query: Mapping[str, str], *, now: datetime) -> dict[str, Any]:
    """Return the context of the page; the availability takes three queries for any number of spaces."""
    form = CalendarForm(query, lengths=[])
    form.is_valid()
    asked = form.cleaned_data.get("tanggal")
    window = window_of(query, asked, now=now, usual=DAY)
    spaces = Space.objects.filter(facility=facility, is_active=True, policy__isnull=False)
    further = timedelta(days=0 if asked or window.view != DAY else LOOK_AHEAD)
    found = list(calendars(spaces, window.first, window.last + further).values())
    tree = tree_of(Space.objects.filter(facility=facility).order_by("order", "pk"))
    places = {branch.space.pk: place for place, branch in enumerate(tree)}
    found.sort(key=lambda calendar: places[calendar.space.pk])
    today = timezone.localtime(now).date()
    if further:
        # Late in the evening nobody wants to see today.
        days = (today + timedelta(days=number) for number in range(LOOK_AHEAD + 1))
        free = next((day for day in days if any(_has_room(one, day, now) for one in found)), today)
        window = window_of(query, free, now=now, usual=DAY)
    is_month = window.view == MONTH
    month = month_of(found, window, today=today, now=now) if is_month else []
    return {
        "facility": facility,
        "form": form,
        "window": window,
        "rows": [] if is_month else [_row(calendar, window, now=now) for calendar in found],
        "head": [(day, date_format(day, "D, j M"), address(DAY, day, {})) for day in window.days],
        "weeks": month_weeks(month, window.first) if is_month else [],
        "weekdays": weekday_names(),
        "reasons": _reasons(found, window),
        "today": today,
        "has_spaces": bool(found),
        "as_of": clock(now),
        "hours_are_sample": any(one.is_sample for calendar in found[:1] for one in calendar.sets),
    }


def month_of(found: list[SpaceCalendar], window: Window, *, today: date, now: datetime) -> list[MonthDay]:
    """Return the days of the month, each with how many spaces have a time of their shortest length free."""
    days = []
    for day in window.days:
        views = [calendar.day(day) for calendar in found]
        free = sum(_has_room(calendar, day, now) for calendar in found) if day >= today else 0
        is_open = sum(
            bool(subtract(view.hours, closed_time(calendar, view)))
            for calendar, view in zip(found, views, strict=True)
        )
        values = {"day": date_format(day, "l, j F"), "free": free, "open": is_open}
        label = _("%(day)s: %(free)s of %(open)s open spaces have free time") % values
        days.append(
            MonthDay(
                day=day,
                url=address(DAY, day, {}) if day >= today else "",
                free=free,
                open=is_open,
                is_today=day == today,
                is_past=day < today,
                reasons=list(dict.fromkeys(reason for view in views for reason in reasons_of(view))),
                label=label,
            )
        )
    return days


def _has_room(calendar: SpaceCalendar, day: date, now: datetime) -> bool:
    return not calendar.reason and calendar.has_start(day, calendar.rules.min_minutes, now=now)


def _row(calendar: SpaceCalendar, window: Window, *, now: datetime) -> Row:
    space = calendar.space
    url = reverse("ecosystem:space_detail", args=[space.facility.slug, space.slug])
    minutes = usual_length(space.policy) if space.policy else 60
    cells = [
        day_of(calendar, day, minutes, now=now, is_exact=False, url=f"{url}{address(DAY, day, {})}")
        for day in window.days
    ]
    bar = _bar(calendar, window) if window.view == DAY else mark_safe("")
    return Row(space, url, capacity_words(space), cells, bar)


def _bar(calendar: SpaceCalendar, window: Window) -> SafeString:
    """Return the day as a bar from midnight to midnight; the words stand beside it."""
    view = calendar.day(window.first)
    midnight = timezone.make_aware(datetime.combine(window.first, datetime.min.time()))

    def hours(spans: list[Span]) -> list[tuple[float, float]]:
        return [
            ((start - midnight) / timedelta(hours=1), (end - midnight) / timedelta(hours=1))
            for start, end in spans
        ]

    return mark_safe(day_bar(hours(view.hours), hours(view.busy)))  # noqa: S308 (numbers only)


def _reasons(found: list[SpaceCalendar], window: Window) -> list[str]:
    """Return what is special about the days shown: closures and special hours, each once."""
    if window.view == MONTH:
        return []
    views = [calendar.day(day) for calendar in found for day in window.days]
    return list(dict.fromkeys(reason for view in views for reason in reasons_of(view)))
