"""The agenda's events of a booking: made with it, moved and cancelled with each date.

What a booker writes is public only after a manager has seen it: with the approval of the request, or, where bookings
are confirmed at once, by one click in the facility's agenda (services.agenda.publish).
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db.models import QuerySet
from django.utils.text import slugify

from ecosystem import codes
from ecosystem.models import AgendaEvent, Booking, Occurrence
from ecosystem.services.booking_drafts import EventDraft
from ecosystem.working_days import local_day
from malangkraf import page_cache


def add(booking: Booking, dates: Sequence[Occurrence], draft: EventDraft | None) -> None:
    """Add an event for each date of a booking whose booker wants it in the agenda."""
    if draft is None:
        return
    for date in dates:
        AgendaEvent.objects.create(
            slug=_address(draft.title, date.starts_at),
            facility_id=booking.facility_id,
            space=date.space,
            booking=booking,
            occurrence=date,
            kind=draft.kind,
            title=draft.title,
            organizer=draft.organizer,
            subsector=booking.subsector,
            summary=draft.summary,
            registration_url=draft.registration_url,
            starts_at=date.starts_at,
            ends_at=date.ends_at,
        )


def open_events(booking: Booking, *, now: datetime) -> QuerySet[AgendaEvent]:
    """Return the events of a booking's dates to come, which its booker may still change."""
    dates = booking.occurrences.filter(state__in=Occurrence.LIVE, starts_at__gt=now)
    return AgendaEvent.objects.filter(occurrence__in=dates, cancelled_at=None)


def change(booking: Booking, draft: EventDraft | None, *, now: datetime) -> None:
    """Let the agenda say something else of a booking's dates to come, or nothing any more (None).

    What was public and says something else waits for a manager's look again; what a manager took off stays off.
    """
    rows = list(open_events(booking, now=now))
    if draft is None:
        AgendaEvent.objects.filter(pk__in=[row.pk for row in rows]).delete()
    elif rows:
        for row in rows:
            _say(row, draft)
    else:
        dates = booking.occurrences.filter(
            state__in=Occurrence.LIVE, starts_at__gt=now, agenda_event=None
        ).select_related("space")
        add(booking, list(dates), draft)
    page_cache.bump()


def _say(event: AgendaEvent, draft: EventDraft) -> None:
    changed = {name: value for name, value in asdict(draft).items() if getattr(event, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(event, name, value)
        if name in ("title", "summary"):
            # The manager's translation is of the old words.
            setattr(event, f"{name}_en", "")
    if event.is_published:
        event.is_published, event.looked_at = False, None
    event.save()


def _address(title: str, starts_at: datetime) -> str:
    """Return an address that no other event has, whoever writes one at the same moment."""
    return f"{slugify(title)[:70].strip('-') or 'acara'}-{local_day(starts_at)}-{codes.booking_code()[:5].lower()}"


def follow(date: Occurrence, *, now: datetime) -> None:
    """Bring the event of a date into line with it: moved with it, marked when it falls.

    A date that waits for a decision again takes its event off the public pages until then. What was never public
    vanishes with its date.
    """
    rows = AgendaEvent.objects.filter(occurrence=date.pk)
    if date.state in Occurrence.LIVE:
        rows.update(starts_at=date.starts_at, ends_at=date.ends_at, space=date.space_id, updated_at=now)
        if date.state == Occurrence.State.PENDING:
            rows.filter(is_published=True).update(is_published=False, looked_at=None)
    elif date.state != Occurrence.State.NO_SHOW:
        rows.filter(is_published=False).delete()
        rows.filter(cancelled_at=None).update(cancelled_at=now, updated_at=now)


def release(date: Occurrence, *, now: datetime) -> None:
    """Show the event of a date whose request a manager approves; what a manager kept as a draft stays one."""
    rows = AgendaEvent.objects.filter(occurrence=date.pk, looked_at=None)
    rows.update(is_published=True, looked_at=now, updated_at=now)
