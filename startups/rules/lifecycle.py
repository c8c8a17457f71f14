"""Which state of an entry may follow which, and by whose hand (design.md section 6)."""

from enum import StrEnum


class Actor(StrEnum):
    """Whose hand: a member of the entry (owner), the Stasion coordinator, or the portal's own jobs."""

    OWNER = "owner"
    COORDINATOR = "coordinator"


_OWNER, _COORDINATOR, _BOTH = {Actor.OWNER}, {Actor.COORDINATOR}, {Actor.OWNER, Actor.COORDINATOR}

TRANSITIONS: dict[tuple[str, str], set[Actor]] = {
    ("draft", "submitted"): _BOTH,
    ("draft", "withdrawn"): _BOTH,
    ("draft", "merged"): _COORDINATOR,
    # Only an entry from a member list, once the coordinator has checked it.
    ("draft", "published"): _COORDINATOR,
    ("submitted", "changes_requested"): _COORDINATOR,
    ("submitted", "published"): _COORDINATOR,
    ("submitted", "refused"): _COORDINATOR,
    ("submitted", "merged"): _COORDINATOR,
    ("submitted", "withdrawn"): _OWNER,
    ("changes_requested", "submitted"): _OWNER,
    ("changes_requested", "refused"): _COORDINATOR,
    ("changes_requested", "merged"): _COORDINATOR,
    ("changes_requested", "withdrawn"): _OWNER,
    # A refused entry is corrected, not typed again.
    ("refused", "submitted"): _OWNER,
    ("refused", "withdrawn"): _OWNER,
    ("published", "suspended"): _COORDINATOR,
    ("published", "closed"): _BOTH,
    ("published", "merged"): _COORDINATOR,
    ("published", "withdrawn"): _OWNER,
    ("suspended", "published"): _COORDINATOR,
    ("suspended", "closed"): _COORDINATOR,
    ("suspended", "merged"): _COORDINATOR,
    ("suspended", "withdrawn"): _OWNER,
    ("closed", "published"): _COORDINATOR,
    ("closed", "merged"): _COORDINATOR,
    ("closed", "withdrawn"): _OWNER,
    ("withdrawn", "submitted"): _OWNER,
}


def may_follow(before: str, after: str, *, by: Actor) -> bool:
    """Return whether the hand may bring an entry from one state into another."""
    return by in TRANSITIONS.get((before, after), set())
