"""What runs by itself for the facilities; every job may run twice, on several machines, or die half-way."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from ecosystem.models import Occurrence, OutgoingMail
from ecosystem.services import booking_mails, booking_retention
from ecosystem.services.one_by_one import one_by_one

# From this hour on, Malang's clock, the people of the next day are reminded.
REMIND_FROM = time(16)
# A night's work; what is left waits for the next one.
MOST_ROUNDS = 40


def send_reminders(now: datetime) -> int:
    """Remind of every confirmed date of tomorrow, each once; return how many were told.

    From 16:00 on; a date that was booked or moved to tomorrow later than that is reminded of as well.
    """
    local = timezone.localtime(now)
    if local.time() < REMIND_FROM:
        return 0
    first = timezone.make_aware(datetime.combine(local.date() + timedelta(days=1), time(0)))
    rows = Occurrence.objects.filter(
        state=Occurrence.State.CONFIRMED, starts_at__gte=first, starts_at__lt=first + timedelta(days=1)
    )
    rows = rows.exclude(booking__contact_email="").select_related("booking__facility", "space__facility")
    by_key = {booking_mails.reminder_key(row): row for row in rows.order_by("starts_at", "pk")}
    told = set(OutgoingMail.objects.filter(key__in=by_key).values_list("key", flat=True))
    return one_by_one((row for key, row in by_key.items() if key not in told), booking_mails.remind)


def tell_managers(now: datetime) -> int:
    """Tell the managers of each facility of its new requests, at most once an hour; return how many facilities."""
    return one_by_one(booking_mails.facilities_to_tell(now), lambda row: booking_mails.digest(row, now=now))


def forget_old_bookings(now: datetime) -> int:
    """Erase the personal data of bookings that ended 12 months ago, a few hundred at a time; return how many."""
    total = 0
    for _round in range(MOST_ROUNDS):
        done = booking_retention.anonymize(now)
        total += done
        if not done:
            break
    return total
