"""What a person reads about a time that cannot be booked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext, ngettext

from ecosystem.rules.slots import Finding


@dataclass(frozen=True)
class Problem:
    """A rule that a wish breaks: its code, what to tell (translated when shown), and the field it stands beside."""

    code: str
    message: str | Promise
    field: str = ""


def _minutes(count: int) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}


def _too_short(minutes: int) -> str:
    return gettext("This space is booked for at least %(length)s.") % {"length": _minutes(minutes)}


def _too_long(minutes: int) -> str:
    return gettext("This space is booked for at most %(length)s.") % {"length": _minutes(minutes)}


def _off_grid(minutes: int) -> str:
    return gettext("Bookings begin every %(length)s from opening time on.") % {"length": _minutes(minutes)}


def _too_soon(hours: int) -> str:
    return ngettext(
        "This space is booked at least %(count)d hour ahead.",
        "This space is booked at least %(count)d hours ahead.",
        hours,
    ) % {"count": hours}


def _too_late(days: int) -> str:
    return ngettext(
        "This space can be booked up to %(count)d day ahead.",
        "This space can be booked up to %(count)d days ahead.",
        days,
    ) % {"count": days}


def _not_open_yet(day: date) -> str:
    return gettext("The facility opens on %(day)s.") % {"day": date_format(day, "j F Y")}


# Code → the field of the booking form, and what to say.
TEXTS: dict[str, tuple[str, Callable[..., str]]] = {
    "end_before_start": ("ends_at", lambda: gettext("The end is not after the beginning.")),
    "odd_length": ("ends_at", lambda: gettext("Give times in whole minutes.")),
    "too_short": ("ends_at", _too_short),
    "too_long": ("ends_at", _too_long),
    "off_grid": ("starts_at", _off_grid),
    "in_past": ("starts_at", lambda: gettext("This time has passed.")),
    "too_soon": ("starts_at", _too_soon),
    "too_late": ("starts_at", _too_late),
    "closed": ("starts_at", lambda: gettext("The space is not open during all of this time.")),
    "not_open_yet": ("starts_at", _not_open_yet),
    "taken": ("starts_at", lambda: gettext("This time is taken.")),
    "planned": ("", lambda: gettext("The facility is planned and cannot be booked yet.")),
    "construction": ("", lambda: gettext("The facility is under construction and cannot be booked yet.")),
    "ended": ("", lambda: gettext("The facility is closed for good.")),
    "inactive": ("", lambda: gettext("The space is not in use any more.")),
    "not_bookable": ("", lambda: gettext("This space cannot be booked.")),
}


def _say(code: str, values: tuple[tuple[str, Any], ...]) -> str:
    return TEXTS[code][1](**dict(values))


_say_later = lazy(_say, str)


def problem_of(finding: Finding) -> Problem:
    """Return what a finding of the rules means to a person."""
    return Problem(finding.code, _say_later(finding.code, finding.values), TEXTS[finding.code][0])


def reason_text(code: str) -> str:
    """Return why a space cannot be booked at all (SpaceCalendar.reason), in the active language."""
    return _say(code, ()) if code else ""
