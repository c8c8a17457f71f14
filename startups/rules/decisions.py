"""What a coordinator may decide about a thing in the queue, and what becomes of the thing (design.md section 6)."""

from enum import StrEnum


class Decision(StrEnum):
    """A decision; for claims and changes of published entries `ACCEPT` and `REFUSE` mean the claim or the change."""

    PUBLISH = "publish"
    ACCEPT = "accept"
    ANSWER = "answer"
    CONFIRM = "confirm"
    REVERT = "revert"
    RESTORE = "restore"
    RESUME = "resume"
    ASK = "ask"
    HOLD = "hold"
    MERGE = "merge"
    CLOSE = "close"
    SUSPEND = "suspend"
    REFUSE = "refuse"


# Decision → the action that the history keeps.
ACTIONS = {
    Decision.PUBLISH: "published",
    Decision.ACCEPT: "applied",
    Decision.ANSWER: "answered",
    Decision.CONFIRM: "confirmed",
    Decision.REVERT: "reverted",
    Decision.RESTORE: "restored",
    Decision.RESUME: "resumed",
    Decision.ASK: "asked",
    Decision.HOLD: "held",
    Decision.MERGE: "merged",
    Decision.CLOSE: "closed",
    Decision.SUSPEND: "suspended",
    Decision.REFUSE: "refused",
}
# They are asked twice: the applicant loses something by them, or they cannot be undone by one click.
ASKED_TWICE = frozenset({Decision.REFUSE, Decision.MERGE, Decision.SUSPEND, Decision.CLOSE})
# Without a word of explanation the applicant would stand before a riddle.
NEEDS_NOTE = frozenset(
    {Decision.ASK, Decision.REFUSE, Decision.HOLD, Decision.SUSPEND, Decision.CLOSE, Decision.REVERT}
)
# A disputed claim takes an entry from those who keep it: never by one click, never without a word to them.
_OF_DISPUTES = frozenset({Decision.ACCEPT})
# They only order the coordinators' own work, so no second person has to confirm them.
OWN_WORK = frozenset({Decision.HOLD, Decision.RESUME})

_OF_NEW = {
    "draft": (Decision.PUBLISH, Decision.MERGE),
    "submitted": (Decision.PUBLISH, Decision.ASK, Decision.HOLD, Decision.MERGE, Decision.REFUSE),
    "changes_requested": (Decision.MERGE, Decision.REFUSE),
}
_OF_ENTRY = {
    "published": (Decision.MERGE, Decision.CLOSE, Decision.SUSPEND),
    "suspended": (Decision.RESTORE, Decision.MERGE, Decision.CLOSE),
    "closed": (Decision.RESTORE, Decision.MERGE),
}
_AFTER = {"asked": "asked", "held": "held", "resumed": "open", "sent_again": "open"}
# The thing stays as it is: nobody decided about it yet, or the visitor who reported it is not answered yet.
_KEEPS = frozenset({"sent", "escalated", "proposed", "suspended", "restored", "closed"})
_FIRST_ANSWERS = frozenset(ACTIONS.values()) - {"held", "resumed"}


def is_asked_twice(decision: Decision, *, is_dispute: bool) -> bool:
    """Return whether the coordinator is asked once more before the decision."""
    return decision in ASKED_TWICE or (is_dispute and decision in _OF_DISPUTES)


def needs_note(decision: Decision, *, is_dispute: bool) -> bool:
    """Return whether the decision has to be explained."""
    return decision in NEEDS_NOTE or (is_dispute and decision in _OF_DISPUTES)


def decisions_for(kind: str, *, state: str, lifecycle: str) -> tuple[Decision, ...]:
    """Return what may be decided, the friendliest first; () for a settled thing."""
    if state == "settled":
        return ()
    if state == "held":
        return (Decision.RESUME,)
    if kind == "new":
        return _OF_NEW.get(lifecycle, (Decision.CONFIRM,))
    if kind == "edit":
        asking = (Decision.ASK, Decision.HOLD) if state == "open" else ()
        return (Decision.ACCEPT, *asking, Decision.REFUSE)
    if kind == "claim":
        return (Decision.ACCEPT, Decision.HOLD, Decision.REFUSE)
    if kind == "after_check":
        return (Decision.CONFIRM, Decision.REVERT)
    return (Decision.ANSWER, Decision.HOLD, *_OF_ENTRY.get(lifecycle, ()))


def state_after(state: str, action: str) -> str:
    """Return the state of a thing after an action of its history."""
    return state if action in _KEEPS else _AFTER.get(action, "settled")


def is_first_answer(action: str) -> bool:
    """Return whether the action stops the clock of the first answer; putting something on hold does not."""
    return action in _FIRST_ANSWERS
