"""Edits of an entry by those who keep it (design.md section 6).

Light fields apply at once; what everybody sees of them enters the after-check list. Identity fields of an entry that
has been published wait as a proposal beside the live row until a coordinator decides. Two people who edit at the same
time are merged by field; where both changed the same field to different values, nothing is written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pghistory
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ecosystem.models import User
from startups import permissions
from startups.models import ChangeSet, ModerationEvent, ModerationItem, Startup
from startups.rules.domains import domain_of
from startups.rules.lifecycle import Actor
from startups.services import entries, freshness, moderation, values, verifications
from startups.services.registration import EDITABLE

Lifecycle = Startup.Lifecycle
# Public once: identity fields wait, light ones are checked afterwards. In the states of EDITABLE all is written at
# once.
LIVE = (Lifecycle.PUBLISHED, Lifecycle.SUSPENDED, Lifecycle.CLOSED)
# `website` waits only when its domain changes; `lifecycle` and `closed_on` are closing and reopening.
IDENTITY_FIELDS = ("name", "legal_name", "kind", "website", "lifecycle", "closed_on")
LIGHT_FIELDS = tuple(name for name in values.FIELDS if name not in ("name", "legal_name", "kind"))


class ChangeRefused(ValueError):
    """An edit that does not happen."""


class Locked(ChangeRefused):
    """The entry is being checked, or was merged or erased: nobody may edit it now."""


class OwnersOnly(ChangeRefused):
    """An editor tried to change identity fields; `fields` says which."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(fields)
        self.fields = fields


class ProposalGone(ChangeRefused, entries.StateConflict):
    """The proposal was decided or withdrawn meanwhile."""


@dataclass(slots=True)
class Saved:
    """What became of an edit: fields written, fields proposed; with `conflicts` nothing was written at all."""

    applied: list[str] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def may_change(startup: Startup) -> bool:
    """Return whether the entry's state lets its members edit it."""
    return startup.lifecycle in (*LIVE, *EDITABLE)


def lock_for_change(startup_id: int) -> Startup:
    """Return the entry, locked, if its state lets its members edit it; raise Locked."""
    startup = entries.lock(startup_id)
    if not may_change(startup):
        raise Locked
    return startup


def pending_of(startup: Startup) -> ChangeSet | None:
    """Return the proposal that waits for a coordinator, None for none; one query."""
    return startup.change_sets.pending().select_related("proposed_by").first()


def live_value(startup: Startup, name: str) -> Any:
    """Return what an identity or light field is now, whatever is proposed."""
    if name == "lifecycle":
        return startup.lifecycle
    if name == "closed_on":
        return startup.closed_on.isoformat() if startup.closed_on else ""
    return values.read(startup, name)


def standing(startup: Startup, names: Iterable[str], *, pending: ChangeSet | None) -> dict[str, Any]:
    """Return what each field holds for its members: what is proposed, else what is live."""
    proposed = pending.proposed if pending else {}
    return {name: proposed[name] if name in proposed else live_value(startup, name) for name in names}


def marks(startup: Startup, names: Iterable[str], *, pending: ChangeSet | None) -> dict[str, str]:
    """Return a mark for each field as it stands, for the page that shows them."""
    found = standing(startup, names, pending=pending)
    return {name: values.mark_of(value) for name, value in found.items()}


@transaction.atomic
def save_values(
    startup_id: int,
    *,
    user: User,
    wanted: Mapping[str, Any],
    seen: Mapping[str, str],
    reason: str = "",
) -> Saved:
    """Write what the person changed and return what became of it.

    `wanted` holds each field of the page as a JSON value (services.values), `seen` the marks of what the page showed.
    A field that the person left alone keeps what others wrote meanwhile. Raise Locked or OwnersOnly.
    """
    startup = lock_for_change(startup_id)
    pending = pending_of(startup)
    stands = standing(startup, wanted, pending=pending)
    touched = {name: value for name, value in wanted.items() if values.mark_of(value) != seen.get(name, "")}
    conflicts = [
        name
        for name, value in touched.items()
        if seen.get(name, "") != values.mark_of(stands[name]) and value != stands[name]
    ]
    if conflicts:
        return Saved(conflicts=conflicts)
    changed = {name: value for name, value in touched.items() if value != stands[name]}
    light, identity = _split(startup, changed)
    if identity and not permissions.can_own(user, startup):
        raise OwnersOnly(sorted(identity))
    write_light(startup, light, user=user)
    if pending and "website" in light and "website" in pending.proposed:
        # Back to the live domain: nothing is left to propose about it.
        identity["website"] = light["website"]
    if identity or (reason and pending):
        propose_identity(startup.pk, user=user, proposal=identity, reason=reason)
    return Saved(applied=sorted(light), proposed=sorted(identity))


def _split(startup: Startup, changed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what applies at once and what must wait."""
    if startup.lifecycle not in LIVE:
        return dict(changed), {}
    identity = {name: value for name, value in changed.items() if name not in LIGHT_FIELDS}
    website = changed.get("website")
    if website is not None and domain_of(website) != startup.website_domain:
        identity["website"] = website
    return {name: value for name, value in changed.items() if name not in identity}, identity


def write_light(startup: Startup, light: Mapping[str, Any], *, user: User) -> None:
    """Write light fields of a locked entry; the edit of a member confirms the entry even if it changes nothing."""
    before = {name: values.public_value(startup, name) for name in _watched(light)}
    for name, value in light.items():
        values.write(startup, name, value)
    if light:
        finish(startup, user=user, before=before, changed=light)
    elif startup.lifecycle in LIVE:
        freshness.confirm(startup.pk, by=user)


def _watched(light: Iterable[str]) -> list[str]:
    """Return the fields whose public side may change: choosing what is shown concerns all optional ones."""
    names = set(light) - values.NEVER_PUBLIC
    if "public_fields" in light:
        names |= set(Startup.Optional.values)
    return sorted(names)


def finish(startup: Startup, *, user: User, before: Mapping[str, Any], changed: Iterable[str]) -> None:
    """End an edit of a locked entry: save it, count it as a confirmation, and put it on the after-check list.

    `before` holds the public side of the fields that may have changed (services.values.public_value); the history
    keeps the names of the `changed` ones, for some of them stand in tables without a history.
    """
    with pghistory.context(changed=sorted(changed)):
        startup.version += 1
        startup.save()
    if startup.lifecycle in LIVE:
        freshness.confirm(startup.pk, by=user)
        after = {name: values.public_value(startup, name) for name in before}
        _note_for_check(
            startup,
            {name: [before[name], after[name]] for name in before if before[name] != after[name]},
            user=user,
        )
    entries.changed(startup)


def _note_for_check(startup: Startup, change: dict[str, list[Any]], *, user: User) -> None:
    """Add public changes to the entry's open after-check, or open one; what was changed back leaves it."""
    if not change:
        return
    kind = ModerationItem.Kind.AFTER_CHECK
    item = ModerationItem.objects.open().filter(startup=startup, kind=kind).first()
    if item is None:
        moderation.open_item(startup, kind, by=user, change=change)
        return
    merged = dict(item.change)
    for name, (before, after) in change.items():
        merged[name] = [merged[name][0] if name in merged else before, after]
    merged = {name: pair for name, pair in merged.items() if pair[0] != pair[1]}
    ModerationItem.objects.filter(pk=item.pk).update(
        change=merged, version=F("version") + 1, proposed_decision=None, proposed_by=None
    )
    if not merged:
        moderation.settle(item, ModerationEvent.Action.WITHDRAWN, by=user)
    elif not item.events.filter(action=ModerationEvent.Action.SENT, by=user).exists():
        # Who changed something may not be the one who checks it.
        moderation.record(item, ModerationEvent.Action.SENT, by=user)


@transaction.atomic
def propose_identity(
    startup_id: int, *, user: User, proposal: Mapping[str, Any], reason: str = ""
) -> ChangeSet | None:
    """Put identity fields beside the live row and return the proposal, None when nothing is left to propose.

    A proposal that waits already is changed by field and sent again, with a new clock.
    """
    startup = lock_for_change(startup_id)
    pending = pending_of(startup)
    proposed = {**(pending.proposed if pending else {}), **proposal}
    live = {name: live_value(startup, name) for name in proposed}
    proposed = {name: value for name, value in proposed.items() if value != live[name]}
    freshness.confirm(startup.pk, by=user)
    if not proposed:
        if pending:
            withdraw_change_set(pending, by=user)
        return None
    if pending is None:
        base = {name: live[name] for name in proposed}
        made = ChangeSet.objects.create(
            startup=startup, proposed=proposed, base=base, reason=reason, proposed_by=user
        )
        moderation.open_item(startup, ModerationItem.Kind.EDIT, by=user, change_set=made)
        return made
    pending.base = {name: pending.base.get(name, live[name]) for name in proposed}
    pending.proposed, pending.proposed_by = proposed, user
    pending.reason = reason or pending.reason
    pending.save()
    moderation.record(pending.moderation_item, ModerationEvent.Action.SENT_AGAIN, by=user, note=reason)
    return pending


def _take(change_set: ChangeSet, state: str) -> Startup:
    """Bring a waiting proposal into its last state and return its entry, locked; raise ProposalGone."""
    startup = entries.lock(change_set.startup_id)
    change_set.refresh_from_db()
    if change_set.state != ChangeSet.State.PENDING:
        raise ProposalGone
    change_set.state, change_set.decided_at = state, timezone.now()
    change_set.save()
    return startup


@transaction.atomic
def apply_change_set(change_set: ChangeSet) -> Startup:
    """Make a proposal live and return the entry: new address, lapsed badge and new state follow from it.

    The decision itself is recorded by services.decisions. Raise ProposalGone or entries.StateConflict.
    """
    startup = _take(change_set, ChangeSet.State.APPLIED)
    proposed = change_set.proposed
    with pghistory.context(changed=sorted(proposed)):
        for name in values.FIELDS.keys() & proposed.keys():
            values.write(startup, name, proposed[name])
        if "name" in proposed:
            entries.rename_address(startup)
        if proposed.get("closed_on"):
            startup.closed_on = date.fromisoformat(proposed["closed_on"])
        startup.version += 1
        startup.save()
        verifications.lapse_if_changed(startup)
        after = proposed.get("lifecycle")
        # A coordinator may have closed it meanwhile: then nothing is left to do.
        if after and after != startup.lifecycle:
            startup = entries.transition(startup.pk, after, by=Actor.COORDINATOR)
    entries.changed(startup)
    return startup


@transaction.atomic
def refuse_change_set(change_set: ChangeSet) -> Startup:
    """End a proposal without applying it and return the entry; raise ProposalGone."""
    return _take(change_set, ChangeSet.State.REFUSED)


@transaction.atomic
def withdraw_change_set(change_set: ChangeSet, *, by: User | None) -> Startup:
    """Take a proposal back, as a member, or (None) because other people own the entry now; the live entry stays.

    Raise ProposalGone.
    """
    startup = _take(change_set, ChangeSet.State.WITHDRAWN)
    moderation.settle(change_set.moderation_item, ModerationEvent.Action.WITHDRAWN, by=by)
    return startup


@transaction.atomic
def take_back(item: ModerationItem) -> list[str]:
    """Give each field of an after-check its earlier public value and return which; later edits are left alone."""
    startup = entries.lock(item.startup_id)
    found = [
        name for name, (_before, after) in item.change.items() if values.public_value(startup, name) == after
    ]
    with pghistory.context(changed=sorted(found)):
        for name in found:
            values.write_public(startup, name, item.change[name][0])
        startup.version += 1
        startup.save()
    entries.changed(startup)
    return found
