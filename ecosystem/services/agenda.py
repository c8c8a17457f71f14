"""What managers change in the agenda. An event of a booked date follows that date by itself (booking_events)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from ecosystem.models import AgendaEvent, Facility, Occurrence
from ecosystem.services import booking_mails
from malangkraf import page_cache

LONGEST_SLUG = 80
# Any number that no other advisory lock of the portal uses.
ADDRESSES_LOCK = 7_204_001
NOT_SETTLED = (Occurrence.State.PENDING, Occurrence.State.DECLINED, Occurrence.State.EXPIRED)


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """What a booker wants in the agenda: its first event, and the keys of all dates that say the same."""

    event: AgendaEvent
    pks: list[int]


def to_look_at(facility: Facility, *, now: datetime) -> list[ToLookAt]:
    """Return the events of a facility that no manager has looked at, one for each booking; one query."""
    found: dict[int | None, ToLookAt] = {}
    rows = AgendaEvent.objects.filter(facility=facility).waiting(at=now)
    for event in rows.select_related("space", "booking"):
        found.setdefault(event.booking_id, ToLookAt(event, [])).pks.append(event.pk)
    return list(found.values())


class EventChanged(Exception):
    """Somebody else changed the event since the form was opened."""


def free_slug(title: str, starts_at: datetime) -> str:
    """Return an address for a new event: its title and day, with a number when that is taken."""
    base = f"{slugify(title)[: LONGEST_SLUG - 11].strip('-') or 'acara'}-{starts_at:%Y-%m-%d}"
    taken = set(AgendaEvent.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 1
    while (slug := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return slug


@transaction.atomic
def save(event: AgendaEvent, *, read_at: datetime | None = None) -> AgendaEvent:
    """Save a new or changed event and return it.

    `read_at` is the row's `updated_at` as the form knew it; raise EventChanged when it was changed after that.
    """
    if event.pk is None:
        # One at a time: two events of one title must not be given one address.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADDRESSES_LOCK])
        event.slug = free_slug(event.title, event.starts_at)
        # Written by a manager: a draft until they publish it, whatever becomes of its booking.
        event.looked_at = timezone.now()
    elif read_at is not None:
        stands = AgendaEvent.objects.select_for_update().get(pk=event.pk)
        if stands.updated_at != read_at:
            raise EventChanged
    event.save()
    page_cache.bump()
    return event


@transaction.atomic
def publish(event: AgendaEvent, *, is_published: bool, now: datetime) -> bool:
    """Show the event to everybody, or take it off the public pages; return whether it is as wished.

    Those of the same booking that nobody has looked at yet go the same way: its booker wrote one text for all dates.
    An event of a booked date is not shown before the date is confirmed.
    """
    wanted, is_first_look = Q(pk=event.pk), bool(event.booking_id and event.looked_at is None)
    if is_first_look:
        wanted |= Q(booking=event.booking_id, looked_at=None, is_published=False)
    rows = AgendaEvent.objects.filter(wanted)
    if is_published:
        settled = AgendaEvent.objects.exclude(occurrence__state__in=NOT_SETTLED)
        rows = AgendaEvent.objects.filter(pk__in=settled.filter(wanted).values("pk"))
    rows.update(is_published=is_published, looked_at=now, updated_at=now)
    _touched(event)
    if is_first_look and event.looked_at:
        booking_mails.tell_event(event)
    return event.is_published == is_published


@transaction.atomic
def cancel(event: AgendaEvent, *, now: datetime) -> bool:
    """Mark the event as cancelled and return whether it was not before; its page stays."""
    changed = AgendaEvent.objects.filter(pk=event.pk, cancelled_at=None).update(
        cancelled_at=now, updated_at=now
    )
    _touched(event)
    return bool(changed)


@transaction.atomic
def revive(event: AgendaEvent, *, now: datetime) -> bool:
    """Take the mark away again; return whether it stood there. A date that does not take place keeps its mark."""
    may = Q(occurrence=None) | Q(occurrence__state=Occurrence.State.CONFIRMED)
    found = AgendaEvent.objects.filter(may, pk=event.pk, cancelled_at__isnull=False)
    changed = AgendaEvent.objects.filter(pk__in=found.values("pk")).update(cancelled_at=None, updated_at=now)
    _touched(event)
    return bool(changed)


def _touched(event: AgendaEvent) -> None:
    event.refresh_from_db()
    page_cache.bump()
