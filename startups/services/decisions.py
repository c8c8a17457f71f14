"""What a coordinator decides about a thing in the queue, done in one transaction with everything that follows.

Of two people who decide at once one wins: a guarded UPDATE takes the version that the person saw. An administrator's
decision is only proposed; a second person confirms it (design.md section 11). Nobody decides about an own entry.
"""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F

from ecosystem import roles
from ecosystem.models import User
from startups import permissions
from startups.models import ModerationEvent, ModerationItem, Startup
from startups.rules.decisions import ACTIONS, OWN_WORK, Decision, decisions_for
from startups.services import decision_effects, entries, moderation


class DecisionRefused(Exception):
    """A decision that does not happen."""


class NotAllowed(DecisionRefused):
    """The person may not decide about this entry."""


class AlreadyDecided(DecisionRefused):
    """The thing is no longer as the person saw it."""


class CannotBeDone(DecisionRefused):
    """The decision makes no sense for the entry as it stands; `args[0]` is a sentence for the coordinator."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen on the form: a code of startups.reasons, the texts, and the entry to merge with."""

    decision: Decision
    reason: str = ""
    note: str = ""
    internal_note: str = ""
    target_id: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The versions of item and entry that the person had before them."""

    item: int
    startup: int


def seen_of(item: ModerationItem) -> Seen:
    """Return the versions as they stand on a loaded item."""
    return Seen(item.version, item.startup.version)


# Whoever did one of these about a change has a hand in it, also where somebody else sent it again.
_BY_AUTHORS = (ModerationEvent.Action.SENT, ModerationEvent.Action.SENT_AGAIN)


def may_decide(user: User, item: ModerationItem) -> bool:
    """Return whether the person may decide about the item: a coordinator, not about an own entry or own change."""
    own_change = item.kind in (ModerationItem.Kind.EDIT, ModerationItem.Kind.AFTER_CHECK) and (
        item.events.filter(action__in=_BY_AUTHORS, by=user).exists()
    )
    return not own_change and permissions.can_moderate(user, item.startup)


def needs_second_person(user: User) -> bool:
    """Return whether somebody else must confirm what the person decides: an administrator who is no coordinator."""
    return user.is_superuser and roles.COORDINATOR not in user.role_names


def options(item: ModerationItem) -> tuple[Decision, ...]:
    """Return what may be decided about a loaded item now."""
    return decisions_for(item.kind, state=item.state, lifecycle=item.startup.lifecycle)


@transaction.atomic
def decide(item_id: int, choice: Choice, *, by: User, seen: Seen) -> ModerationEvent:
    """Do what was chosen, or propose it, and return the event that stands in the history.

    The same decision by the same person twice happens once. Raise NotAllowed, AlreadyDecided or CannotBeDone.
    """
    item = _locked(item_id, choice.target_id)
    if not may_decide(by, item) or _is_own_target(by, choice):
        raise NotAllowed
    if repeated := _same_click(item, choice, by):
        return repeated
    _claim(item, seen)
    if choice.decision not in options(item):
        raise AlreadyDecided
    if needs_second_person(by) and choice.decision not in OWN_WORK:
        return _propose(item, choice, by)
    return _carry_out(item, choice, by)


@transaction.atomic
def confirm_proposal(item_id: int, *, by: User, seen: Seen) -> ModerationEvent:
    """Carry out what an administrator proposed, as the second person; return the event.

    Raise NotAllowed for the proposer and for people who may not decide, AlreadyDecided when the proposal is gone.
    """
    proposed = ModerationItem.objects.values_list("proposed_decision", flat=True).get(pk=item_id)
    item = _locked(item_id, (proposed or {}).get("target_id"))
    if not may_decide(by, item) or item.proposed_by_id == by.pk:
        raise NotAllowed
    if not item.proposed_decision:
        raise AlreadyDecided
    values = item.proposed_decision
    choice = Choice(**values | {"decision": Decision(values["decision"])})
    _claim(item, seen)
    if choice.decision not in options(item):
        raise AlreadyDecided
    return _carry_out(item, choice, by)


@transaction.atomic
def drop_proposal(item_id: int, *, by: User, seen: Seen) -> None:
    """Take a proposal away, as its author or as anybody else who may decide; nothing else changes."""
    item = _locked(item_id)
    if not may_decide(by, item):
        raise NotAllowed
    _claim(item, seen)
    ModerationItem.objects.filter(pk=item.pk).update(proposed_decision=None, proposed_by=None)


def _locked(item_id: int, target_id: int | None = None) -> ModerationItem:
    """Return the item with its entry locked; the entry comes first, as everywhere.

    With it the entry to merge with, in the order of merging.merge: two opposite merges wait for each other's end.
    """
    startup_id = ModerationItem.objects.values_list("startup_id", flat=True).get(pk=item_id)
    list(Startup.objects.select_for_update().filter(pk__in=(startup_id, target_id or 0)).order_by("pk"))
    related = ("startup__kelurahan__kecamatan", "change_set", "claim__user", "report")
    return ModerationItem.objects.select_related(*related).get(pk=item_id)


def _same_click(item: ModerationItem, choice: Choice, by: User) -> ModerationEvent | None:
    """Return the event of the person's own click when this one repeats it."""
    last = item.events.last()
    if last is None or last.by_id != by.pk:
        return None
    if last.action == ModerationEvent.Action.PROPOSED:
        return last if item.proposed_decision == _as_json(choice) else None
    is_same = (last.action, last.note) == (ACTIONS[choice.decision], choice.note)
    return last if is_same and choice.decision not in options(item) else None


def _as_json(choice: Choice) -> dict[str, str | int | None]:
    return asdict(choice) | {"decision": choice.decision.value}


def _is_own_target(by: User, choice: Choice) -> bool:
    """Return whether somebody else's entry would be merged into the person's own one."""
    target = Startup.objects.filter(pk=choice.target_id or 0).first()
    return target is not None and permissions.has_interest(by, target)


def _claim(item: ModerationItem, seen: Seen) -> None:
    """Take the version that the person saw; who comes second finds another one."""
    taken = ModerationItem.objects.filter(
        pk=item.pk, version=seen.item, startup__version=seen.startup
    ).update(version=F("version") + 1)
    if not taken:
        raise AlreadyDecided


def _propose(item: ModerationItem, choice: Choice, by: User) -> ModerationEvent:
    ModerationItem.objects.filter(pk=item.pk).update(proposed_decision=_as_json(choice), proposed_by=by)
    return moderation.record(
        item,
        ModerationEvent.Action.PROPOSED,
        by=by,
        reason=choice.reason,
        internal_note=choice.internal_note,
        note="",
    )


def _carry_out(item: ModerationItem, choice: Choice, by: User) -> ModerationEvent:
    """Let the decision take effect, write it into the history, and tell those whom it concerns."""
    try:
        with transaction.atomic():
            decision_effects.take_effect(
                item, choice.decision, by=by, note=choice.note, target_id=choice.target_id
            )
    except entries.StateConflict as conflict:
        raise AlreadyDecided from conflict
    except decision_effects.Impossible as impossible:
        raise CannotBeDone(*impossible.args) from impossible
    event = moderation.record(
        item,
        ACTIONS[choice.decision],
        by=by,
        reason=choice.reason,
        note=choice.note,
        internal_note=choice.internal_note,
    )
    decision_effects.tell(item, choice.decision, note=choice.note)
    return event
