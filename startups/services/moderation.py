"""The coordinators' queue: what comes in, its clock, its history, who takes it.

Decisions stand in services.decisions. Whoever writes about an item locks its entry first.
"""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ecosystem import working_days
from ecosystem.models import User
from startups.models import (
    ChangeSet,
    Claim,
    ModerationEvent,
    ModerationItem,
    PauseNotice,
    ProblemReport,
    Startup,
)
from startups.rules.decisions import is_first_answer, state_after
from startups.services import entries

Action = ModerationEvent.Action
Kind = ModerationItem.Kind
State = ModerationItem.State


def paused_spans() -> tuple[working_days.Span, ...]:
    """Return the first and last day of every pause that was ever set."""
    return tuple(PauseNotice.objects.values_list("start", "end"))


@transaction.atomic
def open_item(
    startup: Startup,
    kind: str,
    *,
    by: User | None = None,
    change_set: ChangeSet | None = None,
    claim: Claim | None = None,
    report: ProblemReport | None = None,
    change: dict[str, Any] | None = None,
) -> ModerationItem:
    """Put something into the queue and return it, with its clock running and its arrival in the history.

    A registration that is open already is returned as it is. `change` is {field: [before, after]} of an after-check.
    """
    entries.lock(startup.pk)
    if kind == Kind.NEW:
        waiting = ModerationItem.objects.open().filter(startup=startup, kind=kind).first()
        if waiting:
            return waiting
    now = timezone.now()
    item = ModerationItem.objects.create(
        startup=startup,
        kind=kind,
        change_set=change_set,
        claim=claim,
        report=report,
        change=change or {},
        created_at=now,
        due_at=working_days.due_at(now, paused=paused_spans()),
    )
    ModerationEvent.objects.create(item=item, action=Action.SENT, by=by, at=now)
    return item


@transaction.atomic
def open_check(startup: Startup, *, by: User) -> ModerationItem:
    """Return the open check of an entry that a coordinator began, a new one if there is none.

    A check is a report without a visitor: it holds the decisions about a published entry and their history.
    """
    entries.lock(startup.pk)
    open_one = ModerationItem.objects.open().filter(startup=startup, kind=Kind.REPORT, report=None).first()
    if open_one:
        return open_one
    item = open_item(startup, Kind.REPORT, by=by)
    assign(item, to=by)
    return item


@transaction.atomic
def record(
    item: ModerationItem,
    action: str,
    *,
    by: User | None,
    reason: str = "",
    note: str = "",
    internal_note: str = "",
) -> ModerationEvent:
    """Write an action into the history and return it; the item's state and clock follow (rules.decisions).

    What comes in again ("sent_again") has a new clock. `item` is refreshed.
    """
    entries.lock(item.startup_id)
    item.refresh_from_db()
    now = timezone.now()
    state = state_after(item.state, action)
    changes: dict[str, Any] = {"state": state, "version": F("version") + 1}
    if is_first_answer(action) and item.first_answered_at is None:
        changes["first_answered_at"] = now
    if state == State.SETTLED:
        changes["settled_at"] = item.settled_at or now
    if action not in (Action.PROPOSED, Action.ESCALATED):
        changes |= {"proposed_decision": None, "proposed_by": None}
    if action == Action.SENT_AGAIN:
        changes |= {
            "due_at": working_days.due_at(now, paused=paused_spans()),
            "escalated_at": None,
            "settled_at": None,
        }
    event = ModerationEvent.objects.create(
        item=item, action=action, reason=reason, note=note, internal_note=internal_note, by=by, at=now
    )
    ModerationItem.objects.filter(pk=item.pk).update(**changes)
    item.refresh_from_db()
    return event


def settle(item: ModerationItem, action: str, *, by: User | None, note: str = "") -> ModerationEvent | None:
    """Take an item out of the queue with an action that needs no coordinator, such as "withdrawn".

    Return the event, None when the item was settled already.
    """
    item.refresh_from_db()
    if item.state == State.SETTLED:
        return None
    return record(item, action, by=by, note=note)


def settle_all(startup: Startup, action: str, *, by: User | None, but: ModerationItem | None = None) -> None:
    """Settle everything that is open about an entry, for example because the entry is gone."""
    for item in ModerationItem.objects.open().filter(startup=startup):
        if but is None or item.pk != but.pk:
            settle(item, action, by=by)


def assign(item: ModerationItem, *, to: User | None) -> bool:
    """Give an item to a coordinator, or to nobody; return whether that changed something.

    Who is second to take an item that somebody else took meanwhile gets False.
    """
    rows = ModerationItem.objects.open().filter(pk=item.pk)
    if to is not None:
        rows = rows.filter(assigned_to=None)
    return bool(rows.update(assigned_to=to))
