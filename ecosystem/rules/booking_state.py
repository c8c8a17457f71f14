"""Which state of a booking or of one of its dates may follow which, and what its dates make of a booking.

A state that ended never comes back: who was declined or cancelled asks anew. Only a missed date may turn out to have
taken place after all. A confirmed date goes back to pending
only when its booker moves it to a space in which a manager decides.
"""

from collections.abc import Iterable, Mapping

PENDING = "pending"
CONFIRMED = "confirmed"
CURATED = "curated"

FOLLOWING: Mapping[str, frozenset[str]] = {
    PENDING: frozenset({CONFIRMED, "declined", "expired", "withdrawn"}),
    CONFIRMED: frozenset({PENDING, "cancelled", "no_show"}),
    "declined": frozenset(),
    "expired": frozenset(),
    "withdrawn": frozenset(),
    "cancelled": frozenset(),
    "no_show": frozenset({CONFIRMED}),
}
# Of a booking without a living date: how it ended, the weightiest first.
ENDINGS = ("cancelled", "declined", "expired", "withdrawn")


def may_follow(before: str, after: str) -> bool:
    """Return whether a date in one state may go to another."""
    return after in FOLLOWING[before]


def state_of(dates: Iterable[str]) -> str:
    """Return the state of a booking from those of its dates; one that nobody came to was confirmed all the same."""
    states = set(dates)
    if PENDING in states:
        return PENDING
    if states & {CONFIRMED, "no_show"}:
        return CONFIRMED
    return next(state for state in ENDINGS if state in states)


def holds(state: str, mode: str) -> bool:
    """Return whether a date in a state keeps others out; requests that compete keep nobody out."""
    return state == CONFIRMED or (state == PENDING and mode != CURATED)
