"""The trail of a booking: each step is written down, told to who must know, and shown at once on public pages."""

from collections.abc import Sequence

from ecosystem.models import Booking, BookingStep, Occurrence, User
from ecosystem.services import booking_mails
from ecosystem.services.booking_mails import Place
from malangkraf import page_cache


def record(
    booking: Booking,
    what: str,
    *,
    by: User | None,
    occurrence: Occurrence | None = None,
    dates: Sequence[Occurrence] = (),
    was: Place | None = None,
    reason: str = "",
    note: str = "",
) -> None:
    """Write a step (a BookingStep.What) and tell; `reason` goes to the booker, `note` stays in the trail.

    `was` is where and when a date was before it was moved. `dates` spares reading all dates of the booking anew: those
    that were just written, with space and facility.
    """
    BookingStep.objects.create(
        booking=booking,
        occurrence=occurrence,
        what=what,
        actor=by,
        note="\n".join(filter(None, (reason, note))),
    )
    booking_mails.tell(booking, what, occurrence=occurrence, dates=dates, was=was, reason=reason)
    page_cache.bump()
