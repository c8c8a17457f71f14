"""Personal data in bookings: the copy for its person, and erasing them.

What statistics need stays (space, time, people, purpose, subsector, district); name, contact, title, notes and reasons
go, and with them who was behind it.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from ecosystem.models import Booking, BookingStep, CalendarFeed, Occurrence, User, WaitingPlace
from ecosystem.services import booking_changes, booking_retention, waiting_list

TOLD = (
    "code",
    "title",
    "purpose",
    "attendees",
    "seats",
    "contact_name",
    "contact_email",
    "contact_phone",
    "organization_name",
    "note",
    "declares_commercial",
    "is_commercial",
    "commercial_reason",
    "state",
    "reason",
    "repeats_until",
    "created_at",
    "decided_at",
)

PUBLIC = ("title", "kind", "organizer", "summary", "registration_url", "is_published", "starts_at")


def copy_of(user: User) -> list[dict[str, Any]]:
    """Return a person's bookings with their dates, what happened to them and what the agenda says of them.

    Plain values only; five queries.
    """
    rows = Booking.objects.of(user.pk).select_related("facility", "space", "subsector", "origin")
    return [
        {name: getattr(row, name) for name in TOLD}
        | {
            "facility": row.facility.name,
            "space": row.space.name,
            "subsector": row.subsector.code if row.subsector else "",
            "origin": row.origin.name if row.origin else "",
            "dates": [
                {
                    "space": date.space.name,
                    "from": date.starts_at,
                    "until": date.ends_at,
                    "state": date.state,
                    "reason": date.reason,
                    "checked_in": date.checked_in_at,
                }
                for date in row.occurrences.all()
            ],
            "steps": [{"what": step.what, "at": step.at} for step in row.steps.all()],
            "agenda": [{name: getattr(event, name) for name in PUBLIC} for event in row.agenda_events.all()],
        }
        for row in rows.prefetch_related("occurrences__space", "steps", "agenda_events").order_by("pk")
    ]


def looks_at(user: User, *, most: int) -> list[BookingStep]:
    """Return when a facility's people looked at the contact of a person's bookings, the latest first; one query."""
    rows = BookingStep.objects.filter(what=BookingStep.What.CONTACT_SEEN, booking__booker=user.pk)
    return list(rows.select_related("booking__facility").order_by("-at", "-pk")[:most])


@transaction.atomic
def erase(user: User, now: datetime) -> int:
    """Give up what is to come for a person, forget them in all their bookings, and return how many these were.

    Raise StateConflict, with nothing changed, when a facility is too busy: nobody is forgotten whose dates still stand.
    """
    for place in WaitingPlace.objects.filter(user=user, state__in=("waiting", "offered")).select_related(
        "space"
    ):
        waiting_list.leave(place, now=now)
    WaitingPlace.objects.filter(user=user).delete()
    CalendarFeed.objects.filter(user=user).delete()
    # Bookings that a manager entered for others stay as they are.
    mine = list(Booking.objects.of(user.pk).filter(anonymized_at=None))
    for booking in mine:
        _give_up(booking, now=now)
    keys = [booking.pk for booking in mine]
    # What the agenda said was public on the booker's wish; it leaves with them, and so does their organisation.
    booking_retention.erase_events(keys)
    Booking.objects.filter(pk__in=keys).update(on_behalf_of="", organization_name="")
    return booking_retention.forget(keys, now=now)


def _give_up(booking: Booking, *, now: datetime) -> None:
    """Cancel every date to come, those too for which it is too late otherwise; nobody comes to them any more."""
    live = booking.occurrences.filter(state__in=Occurrence.LIVE, starts_at__gt=now)
    if live.exists():
        # The reason is what a manager would give: the limit does not count for somebody who leaves.
        booking_changes.cancel_all(booking, by=None, reason="-", now=now, as_manager=True)
