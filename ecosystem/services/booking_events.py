"""The agenda's events of a booking: made with it, moved and cancelled with each date.

What a booker writes is public only after a manager has seen it: with the approval of the request, or, where bookings
are confirmed at once, by one click in the facility's agenda (services.agenda.publish).
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.text import slugify

from ecosystem import codes
from ecosystem.models import AgendaEvent, Booking, Occurrence
from ecosystem.services.booking_drafts import EventDraft
from ecosystem.working_days import local_day


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
