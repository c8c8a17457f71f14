"""The agenda's changes: events of managers, and events that follow the booked date they belong to."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.text import slugify

from ecosystem.models import AgendaEvent, Booking, Occurrence
from malangkraf import page_cache

LONGEST_SLUG = 80
# Any number that no other advisory lock of the portal uses.
ADDRESSES_LOCK = 7_204_001


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
    elif read_at is not None:
        stands = AgendaEvent.objects.select_for_update().get(pk=event.pk)
        if stands.updated_at != read_at:
            raise EventChanged
    event.save()
    page_cache.bump()
    return event


@transaction.atomic
def publish(event: AgendaEvent, *, is_published: bool, now: datetime) -> None:
    """Show the event to everybody, or take it off the public pages."""
    AgendaEvent.objects.filter(pk=event.pk).update(is_published=is_published, updated_at=now)
    _touched(event)


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


# --- what belongs to a booked date -----------------------------------------------------------------------


def fallen(rows: QuerySet[AgendaEvent] | None = None) -> QuerySet[AgendaEvent]:
    """Return public events whose booked date takes place no more, and that do not say so yet."""
    rows = AgendaEvent.objects.all() if rows is None else rows
    gone = [
        Occurrence.State.CANCELLED,
        Occurrence.State.WITHDRAWN,
        Occurrence.State.DECLINED,
        Occurrence.State.EXPIRED,
    ]
    return rows.filter(occurrence__state__in=gone, cancelled_at=None)


def moved(rows: QuerySet[AgendaEvent] | None = None) -> QuerySet[AgendaEvent]:
    """Return events that name another time or space than the booked date they belong to."""
    rows = AgendaEvent.objects.all() if rows is None else rows
    other = (
        ~Q(starts_at=F("occurrence__starts_at"))
        | ~Q(ends_at=F("occurrence__ends_at"))
        | ~Q(space=F("occurrence__space"))
        | Q(space=None)
    )
    return rows.filter(other, occurrence__state__in=Occurrence.LIVE, cancelled_at=None)


def follow(booking: Booking, *, now: datetime) -> None:
    """Bring the events of a booking into line with its dates; harmless to run twice."""
    rows = AgendaEvent.objects.filter(occurrence__booking=booking)
    bring_into_line([*fallen(rows), *moved(rows)], now=now)


@transaction.atomic
def bring_into_line(events: Iterable[AgendaEvent], *, now: datetime) -> None:
    """Cancel the events whose date fell and move those whose date was moved."""
    for event in events:
        date = Occurrence.objects.select_for_update(of=("self",)).get(pk=event.occurrence_id)
        if date.state in Occurrence.LIVE:
            changes = {"starts_at": date.starts_at, "ends_at": date.ends_at, "space_id": date.space_id}
            AgendaEvent.objects.filter(pk=event.pk).update(**changes, updated_at=now)
        else:
            AgendaEvent.objects.filter(pk=event.pk, cancelled_at=None).update(
                cancelled_at=now, updated_at=now
            )
        page_cache.bump()
