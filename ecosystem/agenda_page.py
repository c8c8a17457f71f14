"""What the pages of the agenda show: days with their events, months to choose from, and an event for machines."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecosystem.event_filters import EventFilter, next_month
from ecosystem.models import AgendaEvent
from malangkraf.structured_data import data_block
from malangkraf.translated import named, translated

MONTHS_SHOWN = 6
ZONE = "WIB"


@dataclass(frozen=True, slots=True)
class Card:
    """One event of a list: `clock` is its time on the day under which it stands."""

    event: AgendaEvent
    clock: str


@dataclass(frozen=True, slots=True)
class Day:
    """A heading and its events."""

    title: str
    cards: list[Card]


def days_of(events: Iterable[AgendaEvent], *, now: datetime, is_past: bool = False) -> list[Day]:
    """Return the events by the day on which they begin, in their order; those under way come first, together."""
    today = timezone.localdate(now)
    found: dict[str, list[Card]] = {}
    running: list[Card] = []
    for event in events:
        day = timezone.localdate(event.starts_at)
        card = Card(event, clock_of(event))
        if not is_past and day < today and event.ends_at > now:
            running.append(card)
        else:
            found.setdefault(_heading(day, today=today), []).append(card)
    days = [Day(title, cards) for title, cards in found.items()]
    return [Day(_("Under way now"), running), *days] if running else days


def _heading(day: date, *, today: date) -> str:
    text = date_format(day, "l, j F Y")
    if day == today:
        return _("Today, %(day)s") % {"day": text}
    if day == today + timedelta(days=1):
        return _("Tomorrow, %(day)s") % {"day": text}
    return text


def clock_of(event: AgendaEvent) -> str:
    """Return "19.00–21.00 WIB", or the last day of an event of several days."""
    start, end = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    clock = "H:i" if (get_language() or "id").startswith("en") else "H.i"
    if end - start > timedelta(hours=24):
        return _("until %(day)s") % {"day": date_format(end, "j F Y")}
    return f"{date_format(start, clock)}–{date_format(end, clock)} {ZONE}"


def months(found: EventFilter) -> list[tuple[str, str]]:
    """Return this month and the next ones (of what is over: the ones before), and the chosen one if it is another."""
    month = timezone.localdate(found.now).replace(day=1)
    shown = [month]
    for _number in range(MONTHS_SHOWN):
        shown.append(_month_before(shown[-1]) if found.is_past else next_month(shown[-1]))
    chosen = found.values.get("bulan")
    if chosen and chosen not in shown:
        shown = sorted([chosen, *shown], reverse=found.is_past)
    return [("", str(_("All months"))), *((f"{day:%Y-%m}", date_format(day, "F Y")) for day in shown)]


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def query_of(query: QueryDict, *, without: Collection[str] = ("page",), **more: str) -> str:
    """Return the filters in use, without some and with more, as a query string with its "?", "" without any."""
    pairs = [(name, value) for name, value in query.items() if name not in without and value]
    pairs += more.items()
    return f"?{urlencode(pairs)}" if pairs else ""


def next_events(*, now: datetime, most: int) -> list[AgendaEvent]:
    """Return the nearest public events that are not over; one query."""
    rows = AgendaEvent.objects.public().upcoming(at=now).filter(cancelled_at=None)
    return list(rows.select_related("facility", "space")[:most])


def json_ld(event: AgendaEvent) -> SafeString:
    """Return the event in schema.org's words; `facility`, its kecamatan, and `space` have to be loaded."""
    facility = event.facility
    page = f"{settings.SITE_URL}{reverse('ecosystem:event_detail', args=[event.slug])}"
    address = {
        "@type": "PostalAddress",
        "streetAddress": facility.address,
        "addressLocality": "Kota Malang",
        "addressRegion": "Jawa Timur",
        "addressCountry": "ID",
    }
    place: dict[str, Any] = {
        "@type": "Place",
        "name": ", ".join(part.name for part in (event.space, facility) if part),
        "address": _filled(address),
    }
    status = "EventCancelled" if event.cancelled_at else "EventScheduled"
    return data_block(
        _filled(
            {
                "@context": "https://schema.org",
                "@type": "Event",
                "name": named(event, "title"),
                "description": translated(event, "summary"),
                "startDate": timezone.localtime(event.starts_at).isoformat(),
                "endDate": timezone.localtime(event.ends_at).isoformat(),
                "eventStatus": f"https://schema.org/{status}",
                "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
                "location": place,
                "organizer": {"@type": "Organization", "name": event.organizer},
                "isAccessibleForFree": event.is_free,
                "url": page,
                "image": f"{settings.SITE_URL}{static('img/share.png')}",
                "offers": _offer(event),
            }
        )
    )


def _offer(event: AgendaEvent) -> dict[str, Any] | None:
    if not event.registration_url or event.cancelled_at:
        return None
    offer: dict[str, Any] = {"@type": "Offer", "url": event.registration_url}
    return offer | ({"price": 0, "priceCurrency": "IDR"} if event.is_free else {})


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
