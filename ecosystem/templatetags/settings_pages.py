"""Filters of the pages on which a manager sets a facility up."""

from collections.abc import Sequence

from django import template
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ecosystem.hours_forms import times_text
from ecosystem.models import OpeningHours
from ecosystem.rules.hours import DaySpan
from ecosystem.rules.hours_text import Times, times_on

register = template.Library()


@register.filter
def times(value: Sequence[Times]) -> str:
    """Return the openings of a day in the language of the page, "Closed" for none."""
    return times_text(value) or pgettext("opening hours", "Closed")


@register.filter
def week(row: OpeningHours) -> list[tuple[str, str]]:
    """Return the hours of a set, neighbouring days with the same ones together: ("Mon–Fri", "08.00–21.00")."""
    spans = [DaySpan(one.weekday, one.opens, one.closes, one.closes_next_day) for one in row.spans.all()]
    days = [times_on(spans, number) for number in range(7)]
    groups: list[list[int]] = []
    for number, day in enumerate(days):
        if groups and days[groups[-1][0]] == day:
            groups[-1].append(number)
        else:
            groups.append([number])
    return [(_days(group), times(days[group[0]])) for group in groups]


def _days(group: list[int]) -> str:
    if len(group) == 7:
        return _("Every day")
    if len(group) == 1:
        return str(WEEKDAYS[group[0]])
    return f"{WEEKDAYS_ABBR[group[0]]}–{WEEKDAYS_ABBR[group[-1]]}"
