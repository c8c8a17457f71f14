"""The end of an entry, as its owners want it: closing and reopening are proposed, withdrawing happens at once."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from ecosystem.models import User
from startups.models import ChangeSet, Startup
from startups.rules.lifecycle import Actor, may_follow
from startups.services import changes, entries, notices, registration

Lifecycle = Startup.Lifecycle


def may_withdraw(startup: Startup) -> bool:
    """Return whether the owners may take an entry out of the directory that was public once."""
    return startup.lifecycle in changes.LIVE and may_follow(
        startup.lifecycle, Lifecycle.WITHDRAWN, by=Actor.OWNER
    )


@transaction.atomic
def propose_closing(startup_id: int, *, user: User, closed_on: date, reason: str) -> ChangeSet | None:
    """Propose that the entry has closed on a day; raise entries.StateConflict unless it is published."""
    startup = entries.lock(startup_id)
    if startup.lifecycle != Lifecycle.PUBLISHED:
        raise entries.StateConflict(startup.lifecycle)
    proposal = {"lifecycle": str(Lifecycle.CLOSED), "closed_on": closed_on.isoformat()}
    return changes.propose_identity(startup_id, user=user, proposal=proposal, reason=reason)


@transaction.atomic
def propose_reopening(startup_id: int, *, user: User, reason: str) -> ChangeSet | None:
    """Propose that a closed entry works again; raise entries.StateConflict unless it is closed."""
    startup = entries.lock(startup_id)
    if startup.lifecycle != Lifecycle.CLOSED:
        raise entries.StateConflict(startup.lifecycle)
    proposal = {"lifecycle": str(Lifecycle.PUBLISHED)}
    return changes.propose_identity(startup_id, user=user, proposal=proposal, reason=reason)


@transaction.atomic
def withdraw(startup_id: int, *, user: User) -> Startup:
    """Take an entry out of the directory at once and return it: its page is gone, a tombstone tells copies elsewhere.

    What waits about it is settled and open invitations die. Taken out twice, it is taken out once. Raise
    entries.StateConflict when it was never public.
    """
    startup = entries.lock(startup_id)
    if startup.lifecycle == Lifecycle.WITHDRAWN:
        return startup
    if not may_withdraw(startup):
        raise entries.StateConflict(startup.lifecycle)
    now = timezone.now()
    startup.change_sets.pending().update(state=ChangeSet.State.WITHDRAWN, decided_at=now)
    startup.invitations.filter(answered_at=None).update(answered_at=now)
    startup = entries.transition(startup_id, Lifecycle.WITHDRAWN, by=Actor.OWNER)
    registration.settle_withdrawn(startup, by=user)
    notices.notify(startup, "startup_withdrawn", {})
    return startup
