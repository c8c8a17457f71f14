"""The question whether an entry is still right, and its answers."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ecosystem.models import User
from startups.models import FreshnessAsk, Membership, Startup
from startups.services import entries


@transaction.atomic
def confirm(startup_id: int, *, by: User | None = None, now: datetime | None = None) -> Startup:
    """Note that a member said today (Asia/Jakarta) that the entry is right, and return it.

    Every edit calls this after it has saved; the edit of somebody who is no member (a coordinator's) counts for
    nothing. It also settles the questions that wait: their links stop working.
    """
    startup = entries.lock(startup_id)
    if by is not None and not Membership.objects.filter(startup=startup, user=by).exists():
        return startup
    now = now or timezone.now()
    today = timezone.localdate(now)
    if startup.last_confirmed_on != today:
        startup.last_confirmed_on = today
        startup.save(update_fields=["last_confirmed_on", "updated_at"])
        entries.changed(startup)
    FreshnessAsk.objects.filter(startup=startup, answer="", expires_at__gt=now).update(expires_at=now)
    return startup
