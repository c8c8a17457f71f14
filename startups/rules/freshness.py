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
