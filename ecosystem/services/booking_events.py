"""The agenda's events of a booking: made with it, public once it is confirmed, cancelled or moved with each date."""

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
            is_published=date.state == Occurrence.State.CONFIRMED,
        )


def _address(title: str, starts_at: datetime) -> str:
    """Return an address that no other event has, whoever writes one at the same moment."""
    return f"{slugify(title)[:70].strip('-') or 'acara'}-{local_day(starts_at)}-{codes.booking_code()[:5].lower()}"


def follow(date: Occurrence, *, now: datetime) -> None:
    """Bring the event of a date into line with it: public when confirmed, moved with it, marked when it falls.

    What was never public vanishes with its request.
    """
    rows = AgendaEvent.objects.filter(occurrence=date.pk)
    if date.state in Occurrence.LIVE:
        rows.update(
            starts_at=date.starts_at,
            ends_at=date.ends_at,
            space=date.space_id,
            is_published=date.state == Occurrence.State.CONFIRMED,
            updated_at=now,
        )
    elif date.state != Occurrence.State.NO_SHOW:
        rows.filter(is_published=False).delete()
        rows.filter(cancelled_at=None).update(cancelled_at=now, updated_at=now)
