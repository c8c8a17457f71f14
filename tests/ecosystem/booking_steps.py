"""Drafts for tests of bookings, and what their tables hold."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

from django.db import connection
from django.utils import timezone

from ecosystem.booking_forms import BookingForm
from ecosystem.models import Allocation, OutgoingMail
from ecosystem.services import mail
from ecosystem.services.booking_drafts import Draft
from tests.ecosystem.facility_factories import at


def make_draft(space, booker, starts_at=None, ends_at=None, **fields) -> Draft:
    """Return a draft that a space takes by default: 09:00 to 10:00 on TUESDAY, two people who meet."""
    starts_at = starts_at or at(9)
    fields = {"attendees": 2, "purpose": "meeting", "title": "Rapat", "key": uuid.uuid4()} | fields
    fields = {"contact_name": "Sari", "contact_email": "sari@example.org", "entered_by": booker} | fields
    return Draft(
        space=space,
        booker=booker,
        starts_at=starts_at,
        ends_at=ends_at or at(10) if starts_at == at(9) else ends_at,
        **fields,
    )


def carried(answer) -> dict[str, str]:
    """Return the details of a booking that a page carries along in hidden fields."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.content.decode())
    return {name: unescape(value) for name, value in found if name in {*BookingForm.base_fields, "orang"}}


def written_mails() -> list[OutgoingMail]:
    """Return the mails of the outbox, oldest first, with the texts that the worker writes when it sends them."""
    rows = list(OutgoingMail.objects.order_by("pk"))
    assert all(mail.written(row, now=timezone.now()) for row in rows)
    return rows


def kinds(outcomes) -> list[str]:
    """Return the names of the outcomes' classes, sorted."""
    return sorted(type(outcome).__name__ for outcome in outcomes)


def overlaps() -> int:
    """Return how many pairs of holding allocations of one leaf share time, by a self-join."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ecosystem_allocation a JOIN ecosystem_allocation b"
            " ON a.leaf_id = b.leaf_id AND a.id < b.id AND a.during && b.during WHERE a.holds AND b.holds"
        )
        return cursor.fetchone()[0]


def held(space=None):
    """Return what holds, of a space's own leaf or of all."""
    rows = Allocation.objects.filter(holds=True)
    return rows.filter(leaf=space) if space else rows


@contextmanager
def without_the_constraint() -> Iterator[None]:
    """Drop the constraint that keeps two from one place, and put it back whatever happens."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'allocation_never_twice'"
        )
        (definition,) = cursor.fetchone()
        cursor.execute("ALTER TABLE ecosystem_allocation DROP CONSTRAINT allocation_never_twice")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM ecosystem_allocation")
            cursor.execute(
                f"ALTER TABLE ecosystem_allocation ADD CONSTRAINT allocation_never_twice {definition}"
            )
