"""The mails to who stands in line: a time is held for them, was taken back, or will not come any more."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from ecosystem.models import WaitingPlace
from ecosystem.services import mail
from malangkraf.moments import format_moment, format_span

# Why somebody waits for nothing any more; "closed" takes back an offer, and the place in line stays.
PASSED, GONE, CLOSED = "passed", "gone", "closed"


def tell_offer(place: WaitingPlace) -> None:
    """Queue the mail that a freed slot is held for somebody on the waiting list until `place.offer_ends_at`."""
    if place.offer_ends_at is None:
        return
    with translation.override(place.user.language):
        until = f"{format_moment(place.offer_ends_at)} WIB"
    key = f"booking-offer-{place.pk}-{place.offer_ends_at.timestamp():.0f}"
    _queue(place, "booking_offer", key=key, until=until)


def tell_no_offer(place: WaitingPlace, why: str) -> None:
    """Queue the mail that nothing is held for somebody (any more): PASSED, GONE or CLOSED."""
    held = f"-{place.offer_ends_at.timestamp():.0f}" if why == CLOSED and place.offer_ends_at else ""
    _queue(place, "booking_no_offer", key=f"booking-wait-{why}-{place.pk}{held}", reason=why)


def _queue(place: WaitingPlace, template: str, *, key: str, **more: Any) -> None:
    user = place.user
    if not user.is_active:
        return
    with translation.override(user.language):
        context = {
            "place": place,
            "space": place.space,
            "facility": place.space.facility,
            "when": format_span(place.starts_at, place.ends_at),
            "why": _("You get this mail because you joined the waiting list for this time."),
            **more,
        }
    mail.queue_mail(user.email, template=template, context=context, language=user.language, key=key)
