"""How fresh an entry is, computed from the day on which it was last confirmed (design.md section 6)."""

from datetime import date
from enum import StrEnum

# Days since the last confirmation up to which each level lasts.
DUE_AFTER = 180
STALE_AFTER = 365
DORMANT_AFTER = 540


class Freshness(StrEnum):
    """The four levels, best first."""

    FRESH = "fresh"
    DUE = "due"
    STALE = "stale"
    DORMANT = "dormant"


def freshness(last_confirmed: date | None, *, on: date) -> Freshness:
    """Return the level on a day; an entry that nobody ever confirmed is dormant, a confirmation in the future fresh."""
    if last_confirmed is None:
        return Freshness.DORMANT
    days = (on - last_confirmed).days
    if days < DUE_AFTER:
        return Freshness.FRESH
    if days < STALE_AFTER:
        return Freshness.DUE
    return Freshness.STALE if days < DORMANT_AFTER else Freshness.DORMANT


# Days after which each mail goes out: the first counted from the confirmation, the others from the first mail.
FIRST_ASK_AFTER = DUE_AFTER
REMINDERS_AFTER = {1: 14, 2: 45}
SECOND_CONTACT = 3
SECOND_CONTACT_AFTER = 60
LINK_DAYS = 30


def round_due(
    *, days_unconfirmed: int, last_round: int | None, days_since_first: int | None, claimed: bool
) -> int | None:
    """Return which mail of the question is due (0 first, 1 and 2 reminders, 3 second contact), None for none.

    After a standstill only the newest due one counts: nobody gets two reminders at once. An entry that nobody claimed
    is asked about once and never reminded.
    """
    if last_round is None or days_since_first is None:
        return 0 if days_unconfirmed >= FIRST_ASK_AFTER else None
    if not claimed:
        return None
    steps = REMINDERS_AFTER | {SECOND_CONTACT: SECOND_CONTACT_AFTER}
    due = max((number for number, days in steps.items() if days <= days_since_first), default=0)
    return due if due > last_round else None
