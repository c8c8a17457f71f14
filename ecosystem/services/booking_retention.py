"""Forgetting people: 12 months after its last date a booking keeps what statistics need, and nobody's name."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.db import transaction
from django.db.models import Max, QuerySet

from ecosystem.models import AgendaEvent, Booking, BookingStep, Occurrence, WaitingPlace
from malangkraf import page_cache

KEEP = timedelta(days=365)
MOST_AT_ONCE = 500


def due(now: datetime) -> QuerySet[Booking]:
    """Return the bookings whose last date ended 12 months ago and that still say who booked."""
    rows = Booking.objects.filter(anonymized_at=None).annotate(last=Max("occurrences__ends_at"))
    return rows.filter(last__lte=now - KEEP)


@transaction.atomic
def anonymize(now: datetime) -> int:
    """Erase the personal data of old bookings and old places in line; return how many bookings. Up to 500 at once.

    Purpose, subsector, origin, people, lengths, states and organisation stay: the statistics count them. What an
    organisation put into the agenda stays in its archive, what a person did goes.
    """
    keys = list(due(now).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    erase_events(Booking.objects.filter(pk__in=keys, organization_name="").values_list("pk", flat=True))
    changed = forget(keys, now=now)
    WaitingPlace.objects.filter(ends_at__lte=now - KEEP).delete()
    return changed


def erase_events(keys: Collection[int] | QuerySet[Any, int]) -> None:
    """Delete what some bookings put into the public agenda, and what the history tells of it."""
    with pgtrigger.ignore():
        AgendaEvent.pgh_event_model.objects.filter(booking_id__in=list(keys)).delete()  # type: ignore[attr-defined]
        AgendaEvent.objects.filter(booking__in=list(keys)).delete()
    page_cache.bump()


def forget(keys: Collection[int], *, now: datetime) -> int:
    """Erase who was behind some bookings and what they wrote, and return how many were changed."""
    # Locked, so that of two jobs at once the second finds nothing left to do.
    known = Booking.objects.filter(pk__in=keys, anonymized_at=None).order_by("pk").select_for_update()
    keys = list(known.values_list("pk", flat=True))
    changed = Booking.objects.filter(pk__in=keys).update(
        booker=None,
        entered_by=None,
        decided_by=None,
        contact_name="",
        contact_email="",
        contact_phone="",
        title="",
        note="",
        reason="",
        commercial_reason="",
        anonymized_at=now,
    )
    Occurrence.objects.filter(booking__in=keys).update(reason="")
    BookingStep.objects.filter(booking__in=keys).update(note="", actor=None)
    BookingStep.objects.bulk_create(
        BookingStep(booking_id=key, what=BookingStep.What.ANONYMIZED) for key in keys
    )
    return changed
