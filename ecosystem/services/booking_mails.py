"""The mails about bookings: what happened goes to the booker, and new requests to who decides them.

A mail goes to the address that stands with the booking; who booked by phone without one gets none. Its row is put
into the outbox in the transaction of what it tells about; the worker that sends it writes its text, so that nobody who
books waits for that. Dates that fall together are told in one mail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ecosystem import roles
from ecosystem.models import (
    AgendaEvent,
    Booking,
    BookingStep,
    Facility,
    Occurrence,
    OutgoingMail,
    Space,
    User,
)
from ecosystem.services import calendars, mail
from ecosystem.services.availability import Offer, alternatives
from ecosystem.services.mail_texts import MailText, render_mail
from malangkraf.moments import format_moment, format_span
from malangkraf.translated import translated

# A request that must be answered this soon is told at once; the others once an hour.
URGENT = timedelta(hours=12)
DIGEST_EVERY = timedelta(hours=1)
MOST_ALTERNATIVES = 3
MOST_DATES = 12
# Whose calendar object strikes a date, and whose tells it (again).
_STRIKES = frozenset({"cancelled"})
_STRIKE_AGAIN = frozenset({"declined", "expired", "withdrawn"})
_TELLS = frozenset({"confirmed", "moved"})
_ENDS = {
    "cancelled": Occurrence.State.CANCELLED,
    "declined": Occurrence.State.DECLINED,
    "withdrawn": Occurrence.State.WITHDRAWN,
}
# In which state the dates are that a mail about a whole booking tells of.
_STATES = {
    "requested": Occurrence.State.PENDING,
    "confirmed": Occurrence.State.CONFIRMED,
    "declined": Occurrence.State.DECLINED,
    "expired": Occurrence.State.EXPIRED,
    "withdrawn": Occurrence.State.WITHDRAWN,
}
# What is told at all; of the rest (details changed, checked in …) the booker knows.
TEMPLATES = {
    "requested": "booking_requested",
    "confirmed": "booking_confirmed",
    "declined": "booking_declined",
    "expired": "booking_expired",
    "withdrawn": "booking_withdrawn",
    "cancelled": "booking_cancelled",
    "moved": "booking_moved",
    "no_show": "booking_no_show",
    "reminder": "booking_reminder",
    "kept": "booking_kept",
}
_WITH_ALTERNATIVES = frozenset({"declined", "expired", "cancelled"})


# Where and when: a space's key, begin and end.
Place = tuple[int, datetime, datetime]


@dataclass(frozen=True, slots=True)
class Way:
    """A free time as a mail offers it: what it is, and the page on which it can be booked."""

    text: str
    query: str
    facility: str
    space: str


def tell(
    booking: Booking,
    what: str,
    occurrence: Occurrence | None = None,
    reason: str = "",
    dates: Sequence[Occurrence] = (),
    was: Place | None = None,
) -> None:
    """Queue the mails about something that happened to a booking: a BookingStep.What, "reminder", "kept" by a closure.

    `dates` are all its dates, if they are at hand with their space and facility; `was` is where a date was before.
    """
    now = timezone.now()
    if what == "requested" and booking.answer_by and booking.answer_by <= now + URGENT:
        _tell_managers(booking.facility, [booking], key=f"booking-request-{booking.pk}")
    if what not in TEMPLATES or not booking.contact_email:
        return
    dates = dates or _dates(booking, what, occurrence)
    if dates:
        _queue(booking, what, dates, reason=reason, was=was)


def _dates(booking: Booking, what: str, occurrence: Occurrence | None) -> list[Occurrence]:
    """Return the dates that the mail is about, read anew: the one given (and those that fell with it), or all."""
    rows = booking.occurrences.select_related("space__facility", "space__policy").order_by("starts_at")
    if occurrence is None:
        return _those(rows, what)
    if what in _ENDS and (ended := rows.get(pk=occurrence.pk)).ended_at:
        return list(rows.filter(state=_ENDS[what], ended_at=ended.ended_at))
    return list(rows.filter(pk=occurrence.pk))


def _those(rows: QuerySet[Occurrence], what: str) -> list[Occurrence]:
    """Return of all dates of a booking those that something happened to; the others fell before, or stay."""
    if what not in _STATES:
        return list(rows)
    found = [row for row in rows if row.state == _STATES[what]]
    last = max((row.ended_at for row in found if row.ended_at), default=None)
    return [row for row in found if row.ended_at == last]


def _queue(
    booking: Booking, what: str, dates: Sequence[Occurrence], *, reason: str, was: Place | None
) -> None:
    key = ""
    if what == "reminder":
        key = reminder_key(dates[0])
    elif what in _ENDS and dates[0].ended_at:
        key = f"booking-{booking.pk}-{what}-{dates[0].ended_at.timestamp():.6f}"
        # One mail for all dates that fell in one go: the last one knows them all.
        OutgoingMail.objects.filter(key=key, sent_at=None, claimed_at=None).delete()
    about: dict[str, Any] = {"booking": booking.pk, "what": what, "reason": reason}
    about["dates"] = [date.pk for date in dates]
    about["was"] = [was[0], was[1].isoformat(), was[2].isoformat()] if was else None
    mail.put_unwritten(
        booking.contact_email,
        about,
        language=booking.language,
        key=key,
        reply_to=booking.facility.email,
    )


def write(about: Mapping[str, Any], *, now: datetime) -> tuple[MailText, str] | None:
    """Return a mail's text and its calendar object ("" for none), from what stands in the database now.

    `about` is what `tell` has put into the outbox. None if the booking or its dates are gone, and for the reminder of
    a date that was given up meanwhile.
    """
    rows = Occurrence.objects.filter(booking=about["booking"], pk__in=about["dates"]).order_by("starts_at")
    if about["what"] == "reminder":
        rows = rows.filter(state=Occurrence.State.CONFIRMED, starts_at__gt=now)
    dates = list(rows.select_related("booking__facility", "space__facility", "space__policy"))
    if not dates:
        return None
    booking, what = dates[0].booking, about["what"]
    calendar = _calendar(booking, what, dates, now=now)
    context = _context(booking, what, dates, reason=about["reason"], now=now)
    context["has_calendar"] = calendar != ""
    with translation.override(booking.language):
        context["was"] = _was(about["was"]) if about["was"] else ""
    return render_mail(TEMPLATES[what], context, language=booking.language), calendar


def _calendar(booking: Booking, what: str, dates: Sequence[Occurrence], *, now: datetime) -> str:
    """Return the calendar object that goes along, "" for none: a request that never was more stands in no calendar.

    A confirmed date that was moved to where a manager decides is tentative there, and struck if that comes to nothing.
    """
    if what in _STRIKES or (what in _STRIKE_AGAIN and _was_confirmed(booking)):
        method = calendars.CANCEL
    elif what in _TELLS:
        method = calendars.PUBLISH
        if not (what == "moved" and _was_confirmed(booking)):
            dates = [date for date in dates if date.state == Occurrence.State.CONFIRMED]
    else:
        return ""
    if not dates:
        return ""
    return calendars.bookings(dates, now=now, language=booking.language, method=method)


def _was_confirmed(booking: Booking) -> bool:
    return bool(booking.steps.filter(what=BookingStep.What.CONFIRMED).exists())


def _context(
    booking: Booking, what: str, dates: Sequence[Occurrence], *, reason: str, now: datetime
) -> dict[str, Any]:
    with translation.override(booking.language):
        return {
            "booking": booking,
            "facility": booking.facility,
            "place": _place(dates[0].space),
            "day": timezone.localtime(dates[0].starts_at).date(),
            "dates": [_line(date) for date in dates[:MOST_DATES]],
            "more": max(0, len(dates) - MOST_DATES),
            "stays": what in _ENDS and _others_stay(booking, dates),
            "is_pending": any(date.state == Occurrence.State.PENDING for date in dates),
            "is_curated": booking.mode == "curated",
            "needs_check_in": bool(dates[0].space.policy and dates[0].space.policy.needs_check_in),
            "reason": reason.strip(),
            "answer_by": f"{format_moment(booking.answer_by)} WIB" if booking.answer_by else "",
            "ways": _ways(booking, dates, now=now) if what in _WITH_ALTERNATIVES else [],
            "why": _why(booking),
        }


def _others_stay(booking: Booking, dates: Sequence[Occurrence]) -> bool:
    return bool(booking.occurrences.live().exclude(pk__in=[date.pk for date in dates]).exists())


def _place(space: Space) -> str:
    return f"{translated(space, 'name')}, {translated(space.facility, 'name')}"


def _line(date: Occurrence) -> str:
    return f"{format_span(date.starts_at, date.ends_at)}, {translated(date.space, 'name')}"


def _was(place: tuple[int, str, str]) -> str:
    space = Space.objects.filter(pk=place[0]).first()
    span = format_span(datetime.fromisoformat(place[1]), datetime.fromisoformat(place[2]))
    return f"{span}, {translated(space, 'name')}" if space else span


def _why(booking: Booking) -> str:
    text = _("You get this mail because this address stands with booking %(code)s at %(place)s.")
    return text % {"code": booking.code, "place": translated(booking.facility, "name")}


def _ways(booking: Booking, dates: Sequence[Occurrence], *, now: datetime) -> list[Way]:
    """Return other times or spaces for a date that falls; of a series the page says more than a mail could."""
    date = dates[0]
    if len(dates) > 1 or date.ends_at <= now:
        return []
    offers = alternatives(
        date.space,
        date.starts_at,
        date.ends_at,
        attendees=booking.attendees,
        now=now,
        most=MOST_ALTERNATIVES,
    )
    return [_way(offer) for offer in offers]


def _way(offer: Offer) -> Way:
    start, end = timezone.localtime(offer.starts_at), timezone.localtime(offer.ends_at)
    return Way(
        text=f"{_place(offer.space)}, {format_span(offer.starts_at, offer.ends_at)}",
        query=f"?mulai={start:%Y-%m-%dT%H:%M}&selesai={end:%Y-%m-%dT%H:%M}",
        facility=offer.space.facility.slug,
        space=offer.space.slug,
    )


def tell_event(event: AgendaEvent) -> None:
    """Queue the mail that says what became of the event somebody wanted in the agenda, once for each booking."""
    booking = event.booking
    if booking is None or not booking.contact_email:
        return
    with translation.override(booking.language):
        context = {
            "booking": booking,
            "facility": event.facility,
            "is_shown": event.is_published,
            "title": event.title,
            "slug": event.slug,
            "why": _why(booking),
        }
    mail.queue_mail(
        booking.contact_email,
        template="booking_event",
        context=context,
        language=booking.language,
        key=f"booking-event-{booking.pk}",
        reply_to=booking.facility.email,
    )


# --- the reminder and the managers -----------------------------------------------------------------------


def remind(date: Occurrence) -> bool:
    """Queue the reminder of a date, once for each time at which it takes place; always true (`one_by_one` counts)."""
    tell(date.booking, "reminder", date)
    return True


def reminder_key(date: Occurrence) -> str:
    """Return what the reminder of a date is known by; a date that was moved is reminded of again."""
    return f"booking-reminder-{date.pk}-{date.starts_at.astimezone(UTC):%Y%m%d%H%M}"


def facilities_to_tell(now: datetime) -> QuerySet[Facility]:
    """Return the facilities with a request that waits for an answer, or an event that waits for a look."""
    asked = Booking.objects.filter(state=Booking.State.PENDING, answer_by__gt=now)
    events = AgendaEvent.objects.waiting(at=now)
    return Facility.objects.filter(Q(pk__in=asked.values("facility")) | Q(pk__in=events.values("facility")))


def digest(facility: Facility, *, now: datetime) -> bool:
    """Tell a facility's managers of what came since they were told last, at most once an hour.

    That is: requests (those told at once apart, and once more when they soon expire), dates that wait again because
    their booker moved them, events for the agenda. Return whether there was something to tell; harmless to run twice.
    """
    prefix = f"booking-digest-{facility.pk}-"
    last = OutgoingMail.objects.filter(key__startswith=prefix).aggregate(at=Max("created_at"))["at"]
    if last and last > now - DIGEST_EVERY:
        return False
    since = last or datetime.min.replace(tzinfo=UTC)
    waiting = facility.bookings.filter(state=Booking.State.PENDING, answer_by__gt=now)
    events = facility.agenda_events.waiting(at=now)
    if not (_asks_now(waiting, since=since, now=now) or events.filter(updated_at__gt=since).exists()):
        return False
    rows = list(waiting.select_related("space", "facility").order_by("answer_by"))
    count = events.values("booking").distinct().order_by().count()
    return _tell_managers(facility, rows, events=count, key=f"{prefix}{now:%Y%m%d%H}")


def _asks_now(waiting: QuerySet[Booking], *, since: datetime, now: datetime) -> bool:
    """Return whether a request came or was moved since then, or its last hours began; urgent ones were told at once."""
    calm = Q(answer_by__gt=F("created_at") + URGENT)
    came = calm & Q(created_at__gt=since)
    ends_soon = calm & Q(answer_by__gt=since + URGENT, answer_by__lte=now + URGENT)
    moved = BookingStep.objects.filter(what=BookingStep.What.MOVED, at__gt=since)
    return waiting.filter(came | ends_soon | Q(pk__in=moved.values("booking"))).exists()


def _tell_managers(facility: Facility, rows: Sequence[Booking], *, key: str, events: int = 0) -> bool:
    people = User.objects.filter(
        managed_facilities__facility=facility, groups__name=roles.FACILITY_MANAGER, is_active=True
    )
    told = False
    for user in people.distinct():
        told |= bool(
            mail.queue_mail(
                user.email,
                template="booking_new_requests",
                context=_requests(facility, rows, events=events, language=user.language),
                language=user.language,
                key=f"{key}-{user.pk}",
            )
        )
    return told


def _requests(facility: Facility, rows: Sequence[Booking], *, events: int, language: str) -> dict[str, Any]:
    """Return what a manager reads about requests: which space and until when, never who asks."""
    with translation.override(language):
        lines = [
            _("%(place)s: answer until %(moment)s WIB (%(code)s)")
            % {
                "place": translated(row.space, "name"),
                "moment": format_moment(row.answer_by) if row.answer_by else "–",
                "code": row.code,
            }
            for row in rows[:MOST_DATES]
        ]
        return {
            "facility": facility,
            "count": len(rows),
            "events": events,
            "lines": lines,
            "more": max(0, len(rows) - MOST_DATES),
            "why": _("You get this mail because you look after this facility."),
        }
