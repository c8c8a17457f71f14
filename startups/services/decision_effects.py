"""What each decision does to the entry, the change, the claim or the report, and who is told.

Called by services.decisions alone, with the entry locked.
"""

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from ecosystem.models import User
from ecosystem.services import mail
from startups.models import ModerationEvent, ModerationItem, Startup
from startups.rules.decisions import Decision
from startups.rules.lifecycle import Actor
from startups.services import changes, claims, entries, merging, moderation, notices

Kind = ModerationItem.Kind


class Impossible(ValueError):
    """The decision makes no sense for the entry as it stands; `args[0]` says why."""


def take_effect(
    item: ModerationItem, decision: Decision, *, by: User, note: str, target_id: int | None
) -> None:
    """Do what the decision means. Raise Impossible or entries.StateConflict."""
    if decision == Decision.MERGE:
        _merge(item, target_id, by=by, note=note)
    elif decision in _LIFECYCLES:
        _move(item, decision, note)
    elif (item.kind, decision) in _OF_KIND:
        _OF_KIND[item.kind, decision](item, by, note)
    entries.changed(item.startup)


_LIFECYCLES = {
    Decision.PUBLISH: "published",
    Decision.RESTORE: "published",
    Decision.SUSPEND: "suspended",
    Decision.CLOSE: "closed",
}


def _move(item: ModerationItem, decision: Decision, note: str) -> None:
    after = _LIFECYCLES[decision]
    if after == "published" and not item.startup.summary:
        raise Impossible(_("The entry has no sentence that says what it does. Ask for it first."))
    entries.transition(
        item.startup_id, after, by=Actor.COORDINATOR, note="" if after == "published" else note
    )


def _merge(item: ModerationItem, target_id: int | None, *, by: User, note: str) -> None:
    target = Startup.objects.filter(pk=target_id or 0).first()
    if target is None:
        raise Impossible(_("Choose the entry that stays."))
    # Before the members move: they are the people to tell.
    notices.notify(item.startup, "startup_merged", {"note": note, "target": target})
    try:
        merging.merge(item.startup_id, target.pk)
    except merging.CannotMerge as problem:
        raise Impossible(*problem.args) from problem
    moderation.settle_all(item.startup, ModerationEvent.Action.MERGED, by=by, but=item)


def _ask_new(item: ModerationItem, by: User, note: str) -> None:
    entries.transition(item.startup_id, "changes_requested", by=Actor.COORDINATOR, note=note)


def _refuse_new(item: ModerationItem, by: User, note: str) -> None:
    entries.transition(item.startup_id, "refused", by=Actor.COORDINATOR, note=note)


def _answer_report(item: ModerationItem, by: User, note: str) -> None:
    report = item.report
    if report is None or not report.reply_to or not note:
        return
    with translation.override(report.language):
        why = _(
            "You get this mail because you told us about an entry of the directory and left your address."
        )
    mail.queue_mail(
        report.reply_to,
        template="report_answered",
        context={"startup": item.startup, "note": note, "why": why},
        language=report.language,
        key=f"report-answered:{report.pk}",
    )


def _apply(item: ModerationItem, by: User, note: str) -> None:
    if item.change_set is not None:
        item.startup = changes.apply_change_set(item.change_set)


def _refuse_edit(item: ModerationItem, by: User, note: str) -> None:
    if item.change_set is not None:
        changes.refuse_change_set(item.change_set)


def _take_back(item: ModerationItem, by: User, note: str) -> None:
    changes.take_back(item)


def _accept_claim(item: ModerationItem, by: User, note: str) -> None:
    claim_id = item.claim_id or 0
    _on_open_claim(lambda: claims.accept(claim_id, by=by, note=note))


def _deny_claim(item: ModerationItem, by: User, note: str) -> None:
    claim_id = item.claim_id or 0
    _on_open_claim(lambda: claims.deny(claim_id, by=by, note=note))


def _hold_claim(item: ModerationItem, by: User, note: str) -> None:
    if item.claim is not None:
        claims.tell(item.claim, "claim_held", {"note": note})


def _on_open_claim(act: Callable[[], object]) -> None:
    try:
        act()
    except claims.ClaimRefused as refusal:
        raise Impossible(
            _("This claim is over already: its author withdrew it, or it was settled.")
        ) from refusal


_Effect = Callable[[ModerationItem, User, str], None]
_OF_KIND: dict[tuple[str, Decision], _Effect] = {
    (Kind.NEW, Decision.ASK): _ask_new,
    (Kind.NEW, Decision.REFUSE): _refuse_new,
    (Kind.REPORT, Decision.ANSWER): _answer_report,
    (Kind.EDIT, Decision.ACCEPT): _apply,
    (Kind.EDIT, Decision.REFUSE): _refuse_edit,
    (Kind.AFTER_CHECK, Decision.REVERT): _take_back,
    (Kind.CLAIM, Decision.ACCEPT): _accept_claim,
    (Kind.CLAIM, Decision.REFUSE): _deny_claim,
    (Kind.CLAIM, Decision.HOLD): _hold_claim,
}
# Who gets which mail: decisions that only order the coordinators' own work tell nobody.
_MAILS = {
    (Kind.NEW, Decision.PUBLISH): "startup_published",
    (Kind.NEW, Decision.ASK): "startup_asked",
    (Kind.NEW, Decision.HOLD): "startup_held",
    (Kind.NEW, Decision.REFUSE): "startup_refused",
    (Kind.EDIT, Decision.ACCEPT): "startup_change_applied",
    (Kind.EDIT, Decision.ASK): "startup_change_asked",
    (Kind.EDIT, Decision.HOLD): "startup_held",
    (Kind.EDIT, Decision.REFUSE): "startup_change_refused",
    (Kind.AFTER_CHECK, Decision.REVERT): "startup_reverted",
    (Kind.REPORT, Decision.SUSPEND): "startup_suspended",
    (Kind.REPORT, Decision.RESTORE): "startup_restored",
    (Kind.REPORT, Decision.CLOSE): "startup_closed",
}


def tell(item: ModerationItem, decision: Decision, *, note: str) -> None:
    """Queue the mail about a decision to the people who keep the entry, each in their own language."""
    template = _MAILS.get((Kind(item.kind), decision))
    if template:
        startup = Startup.objects.get(pk=item.startup_id)
        notices.notify(startup, template, {"note": note})
