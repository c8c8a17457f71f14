"""Bookings, busy times and public events as iCalendar objects (RFC 5545, RFC 5546).

A date keeps its UID for good and counts its changes in SEQUENCE, so that a calendar that knows it already moves or
strikes its own copy. Times are written in UTC: no calendar has to know Asia/Jakarta.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress, vDuration, vText

from ecosystem.models import AgendaEvent, Facility, Occurrence, Space
from malangkraf.spreadsheets import without_controls
from malangkraf.translated import named, translated

PUBLISH, CANCEL = "PUBLISH", "CANCEL"
ALARM_BEFORE = timedelta(hours=1)
REFRESH = timedelta(hours=1)
CONTENT_TYPE = "text/calendar; charset=utf-8"
_STATUS = {"pending": "TENTATIVE", "confirmed": "CONFIRMED", "no_show": "CONFIRMED"}


def bookings(
    occurrences: Iterable[Occurrence],
    *,
    now: datetime,
    language: str,
    method: str = PUBLISH,
    name: str = "",
) -> str:
    """Return dates of bookings as their booker sees them; `booking` and `space.facility` have to be loaded.

    A date that takes place no more is CANCELLED; with the method CANCEL all of them are.
    """
    with translation.override(language):
        calendar = _calendar(name or _("My bookings"), method=method)
        for row in occurrences:
            calendar.add_component(_booking(row, now=now, method=method))
        return _text(calendar)


def busy(space: Space, spans: Iterable[tuple[datetime, datetime]], *, language: str) -> str:
    """Return when a space is taken and nothing else: no name, no title, no code."""
    with translation.override(language):
        title = f"{named(space, 'name')}, {translated(space.facility, 'name')}"
        calendar = _calendar(title, method=PUBLISH)
        for starts_at, ends_at in spans:
            event = Event()
            event.add("uid", _uid("busy", f"{space.pk} {starts_at.timestamp():.0f}"))
            _add_times(event, starts_at, ends_at, stamp=starts_at)
            event.add("summary", _("Taken"))
            event.add("transp", "OPAQUE")
            event.add("organizer", _organizer(space.facility))
            calendar.add_component(event)
        return _text(calendar)


def agenda(events: Iterable[AgendaEvent], *, language: str, name: str) -> str:
    """Return public events; `facility` and `space` have to be loaded."""
    with translation.override(language):
        calendar = _calendar(name, method=PUBLISH)
        for row in events:
            calendar.add_component(_event(row))
        return _text(calendar)


def _calendar(name: str, *, method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//MalangKraf//{_host()}//ID")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add("x-wr-calname", _clean(name))
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    return calendar


def _booking(row: Occurrence, *, now: datetime, method: str) -> Event:
    booking = row.booking
    is_live = row.state in _STATUS and method != CANCEL
    page = f"{settings.SITE_URL}{reverse('ecosystem:booking_detail', args=[booking.code])}"
    event = Event()
    event.add("uid", _uid("booking", str(row.pk)))
    event.add("sequence", row.version)
    _add_times(event, row.starts_at, row.ends_at, stamp=now)
    place = translated(row.space, "name")
    event.add("summary", _clean(f"{booking.title} · {place}" if booking.title else place))
    event.add("status", _STATUS[row.state] if is_live else "CANCELLED")
    event.add("location", _clean(_location(row.space.facility, row.space)))
    lines = [_("Booking %(code)s") % {"code": booking.code}, str(Occurrence.State(row.state).label), page]
    event.add("description", "\n".join(lines))
    event.add("url", page)
    event.add("organizer", _organizer(row.space.facility))
    if is_live:
        event.add_component(_alarm(place))
    return event


def _alarm(place: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _clean(_("In one hour: %(place)s") % {"place": place}))
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm


def _event(row: AgendaEvent) -> Event:
    page = f"{settings.SITE_URL}{reverse('ecosystem:event_detail', args=[row.slug])}"
    event = Event()
    event.add("uid", _uid("event", str(row.pk)))
    # Seconds since it was written: every change counts on, and no change counts twice.
    event.add("sequence", max(0, int((row.updated_at - row.created_at).total_seconds())))
    _add_times(event, row.starts_at, row.ends_at, stamp=row.updated_at)
    event.add("summary", _clean(named(row, "title")))
    event.add("status", "CANCELLED" if row.cancelled_at else "CONFIRMED")
    event.add("location", _clean(_location(row.facility, row.space)))
    about = [translated(row, "summary"), _("Organiser: %(name)s") % {"name": row.organizer}, page]
    event.add("description", _clean("\n\n".join(part for part in about if part)))
    event.add("url", page)
    event.add("categories", [row.kind])
    event.add("organizer", _organizer(row.facility))
    return event


def _add_times(event: Event, starts_at: datetime, ends_at: datetime, *, stamp: datetime) -> None:
    for name, moment in (("dtstart", starts_at), ("dtend", ends_at), ("dtstamp", stamp)):
        event.add(name, moment.astimezone(UTC).replace(microsecond=0))


def _location(facility: Facility, space: Space | None) -> str:
    parts = [translated(facility, "name"), facility.address, "Malang"]
    if space is not None and space.parent_id is not None:
        parts.insert(0, translated(space, "name"))
    return ", ".join(part for part in parts if part)


def _organizer(facility: Facility) -> vCalAddress:
    address = vCalAddress(f"mailto:{facility.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    address.params["cn"] = vText(_clean(translated(facility, "name")))
    return address


def _uid(kind: str, key: str) -> str:
    """Return an identifier that says nothing about its row: a feed without names must not be joined with another."""
    return f"{kind}-{salted_hmac('ecosystem.calendars', f'{kind} {key}').hexdigest()[:24]}@{_host()}"


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _clean(text: str) -> str:
    """Return the text as one property's value: no sign of it may begin a line of its own."""
    return without_controls("\n".join(text.splitlines()))


def _text(calendar: Calendar) -> str:
    text: bytes = calendar.to_ical()
    return text.decode()
