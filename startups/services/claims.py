"""Claims: a person says that an entry is theirs, and shows it.

A proof by the domain settles a claim on an entry without owners at once. A mailbox proves less, a meeting must be
held, and an entry that has owners is disputed: there a coordinator decides. One claim of an entry is open at a time.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ecosystem.models import User
from ecosystem.services import mail
from startups.models import (
    Claim,
    Invitation,
    Membership,
    ModerationEvent,
    ModerationItem,
    Proof,
    Role,
    Startup,
    Verification,
)
from startups.services import changes, entries, moderation, notices, proofs, verifications

State = Claim.State

LIFETIME = timedelta(days=14)
MOST_OPEN = 5
# Of one person about one entry, within 30 days.
MOST_AGAIN, AGAIN_WITHIN = 3, timedelta(days=30)
CLAIMABLE = (Startup.Lifecycle.PUBLISHED, Startup.Lifecycle.CLOSED)


class ClaimRefused(Exception):
    """A claim that does not happen. `code`: not_claimable, member, taken, yours, too_many, too_often or over."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_claim(startup: Startup) -> Claim | None:
    """Return the claim on an entry that is being checked, None for none."""
    return Claim.objects.filter(startup=startup, state=State.OPEN).first()


def methods_for(startup: Startup) -> tuple[Claim.Method, ...]:
    """Return how an entry can be claimed: in person always, by its domain where it has one of its own."""
    return (
        *(Claim.Method(method.value) for method in proofs.domain_methods(startup)),
        Claim.Method.IN_PERSON,
    )


def obstacle(startup: Startup, user: User) -> str:
    """Return the code of ClaimRefused that keeps the person from claiming the entry now, "" for none."""
    if startup.lifecycle not in CLAIMABLE:
        return "not_claimable"
    if startup.memberships.filter(user=user, role=Role.OWNER).exists():
        return "member"
    waiting = open_claim(startup)
    if waiting:
        return "yours" if waiting.user_id == user.pk else "taken"
    mine = Claim.objects.filter(user=user)
    if mine.filter(state=State.OPEN).count() >= MOST_OPEN:
        return "too_many"
    again = mine.filter(startup=startup, created_at__gt=timezone.now() - AGAIN_WITHIN)
    return "too_often" if again.count() >= MOST_AGAIN else ""


@transaction.atomic
def start(
    startup_id: int, user: User, method: str, *, statement: str = "", mailbox: str = "", language: str
) -> Claim:
    """Open a claim and return it, with the proof that it needs. Raise ClaimRefused or proofs.ProofRefused."""
    startup = entries.lock(startup_id)
    if code := obstacle(startup, user):
        raise ClaimRefused(code)
    is_dispute = startup.memberships.filter(role=Role.OWNER).exists()
    claim = Claim.objects.create(
        startup=startup,
        user=user,
        method=method,
        is_dispute=is_dispute,
        statement=statement,
        expires_at=timezone.now() + LIFETIME,
    )
    if method != Claim.Method.IN_PERSON:
        proofs.begin(startup, user, method, claim=claim, mailbox=mailbox, language=language)
    if is_dispute:
        notices.notify(startup, "claim_disputed", {"claim": claim})
    if is_dispute or method == Claim.Method.IN_PERSON:
        moderation.open_item(startup, ModerationItem.Kind.CLAIM, by=user, claim=claim)
    tell(claim, "claim_started", {})
    settle_axis(startup)
    return claim


@transaction.atomic
def change_method(
    claim_id: int, method: str, *, statement: str = "", mailbox: str = "", language: str
) -> Claim:
    """Let the person prove an open claim another way, or have a new code mailed; return the claim.

    Raise ClaimRefused or proofs.ProofRefused.
    """
    claim = _locked(claim_id)
    if method not in methods_for(claim.startup):
        raise proofs.ProofRefused("no_domain")
    claim.method, claim.statement = method, statement or claim.statement
    claim.save(update_fields=["method", "statement"])
    if method == Claim.Method.IN_PERSON:
        Proof.objects.filter(claim=claim, state__in=proofs.LIVE).update(state=Proof.State.EXPIRED)
        _ask_coordinator(claim)
    else:
        proofs.begin(claim.startup, claim.user, method, claim=claim, mailbox=mailbox, language=language)
    return claim


def _ask_coordinator(claim: Claim) -> None:
    if not ModerationItem.objects.filter(claim=claim).exists():
        moderation.open_item(claim.startup, ModerationItem.Kind.CLAIM, by=claim.user, claim=claim)


def proof_passed(claim_id: int, *, by_domain: bool) -> None:
    """Go on with an open claim whose proof holds: accept it, or hand it to a coordinator."""
    claim = _locked(claim_id)
    if not claim.is_dispute and claim.startup.memberships.filter(role=Role.OWNER).exists():
        # Somebody became its owner meanwhile, by an invitation for example.
        claim.is_dispute = True
        claim.save(update_fields=["is_dispute"])
        notices.notify(claim.startup, "claim_disputed", {"claim": claim})
    if by_domain and not claim.is_dispute:
        accept(claim.pk, by=None)
    else:
        _ask_coordinator(claim)
        settle_axis(claim.startup)


@transaction.atomic
def accept(claim_id: int, *, by: User | None, note: str = "") -> Claim:
    """Make the claimant the owner and tell everybody whom it concerns; return the claim.

    Whoever kept a disputed entry keeps it no longer; what was private or proposed before does not go to the new owner.
    A coordinator's decision (`by`) settles the item itself. Raise ClaimRefused("over").
    """
    claim = _locked(claim_id)
    startup = claim.startup
    earlier = [row.user for row in startup.memberships.exclude(user=claim.user).select_related("user")]
    _end(claim, State.ACCEPTED, by=by, answer=note)
    if claim.is_dispute:
        startup.memberships.exclude(user=claim.user).delete()
        Invitation.objects.filter(startup=startup, answered_at=None).update(answered_at=timezone.now())
        verifications.lapse_of_owners(startup)
    _forget_private(startup, by=by)
    Membership.objects.update_or_create(startup=startup, user=claim.user, defaults={"role": Role.OWNER})
    for person in earlier:
        tell(claim, "claim_lost" if claim.is_dispute else "claim_new_owner", {"note": note}, to=person)
    tell(claim, "claim_accepted", {"note": note, "badge": _grant(claim, by)})
    if by is None:
        _settle_item(claim, ModerationEvent.Action.APPLIED)
    settle_axis(startup)
    return claim


def _forget_private(startup: Startup, *, by: User | None) -> None:
    """Delete the private contacts and the NIB of an entry that goes to a new owner, and take back what is proposed."""
    startup.contacts.filter(is_public=False).delete()
    startup.nib = ""
    startup.save(update_fields=["nib"])
    pending = changes.pending_of(startup)
    if pending:
        changes.withdraw_change_set(pending, by=by)


def _grant(claim: Claim, by: User | None) -> Verification | None:
    """Return the badge that the claim's own proof earns, None for none."""
    if claim.method == Claim.Method.IN_PERSON:
        level, domain = Verification.Level.IN_PERSON, claim.startup.website_domain
        return verifications.grant(claim.startup, level, domain, by=by, tells=False)
    passed = claim.proofs.filter(state=Proof.State.PASSED, domain=claim.startup.website_domain).first()
    if passed is None:
        return None
    is_mailbox = passed.method == Proof.Method.MAILBOX
    level = Verification.Level.MAILBOX if is_mailbox else Verification.Level.DOMAIN
    return verifications.grant(claim.startup, level, passed.domain, tells=False)


def open_dispute(startup: Startup) -> Claim | None:
    """Return the open claim of somebody else on an entry that has owners, None for none; one query."""
    return Claim.objects.filter(startup=startup, state=State.OPEN, is_dispute=True).first()


@transaction.atomic
def answer_dispute(startup_id: int, *, user: User, text: str) -> None:
    """Put an owner's side of a dispute before the coordinator who decides. Raise ClaimRefused("over")."""
    claim = open_dispute(entries.lock(startup_id))
    if claim is None:
        raise ClaimRefused("over")
    _ask_coordinator(claim)
    moderation.record(claim.moderation_item, ModerationEvent.Action.SENT, by=user, note=text)


@transaction.atomic
def deny(claim_id: int, *, by: User | None, note: str) -> Claim:
    """Turn a claim down with a reason, tell the claimant and, in a dispute, the owners; return the claim."""
    return _close(claim_id, State.DENIED, by=by, note=note, template="claim_denied")


def deny_by_merge(claim: Claim, target: Startup) -> None:
    """End a claim on an entry that is merged into one that somebody else has claimed; its author reads why."""
    with translation.override(claim.user.language or claim.startup.language):
        note = _("The entry was merged with “%(name)s”, which somebody else has claimed already.") % {
            "name": target.name
        }
    closed = _close(claim.pk, State.DENIED, by=None, note=note, template="claim_denied")
    _settle_item(closed, ModerationEvent.Action.WITHDRAWN)


@transaction.atomic
def withdraw(claim_id: int) -> Claim:
    """Take an open claim back, as its author; return it. Raise ClaimRefused("over")."""
    claim = _close(claim_id, State.WITHDRAWN, by=None, note="", template="")
    _settle_item(claim, ModerationEvent.Action.WITHDRAWN)
    return claim


def expire(now: datetime) -> int:
    """End the claims that wait for their author for more than 14 days; return how many. May run twice.

    Where it is the coordinators' turn nothing expires.
    """
    late = Claim.objects.filter(state=State.OPEN, expires_at__lte=now)
    late = late.exclude(pk__in=ModerationItem.objects.open().exclude(claim=None).values("claim_id"))
    done = 0
    for claim_id in list(late.values_list("pk", flat=True)):
        try:
            _close(claim_id, State.EXPIRED, by=None, note="", template="claim_expired")
        except ClaimRefused:
            continue
        done += 1
    # An account that was erased took its claim along.
    marked = Startup.objects.filter(claim__in=(Startup.Claim.CLAIM_OPEN, Startup.Claim.DISPUTED))
    for startup in marked.exclude(claims__state=State.OPEN):
        settle_axis(startup)
    return done


@transaction.atomic
def _close(claim_id: int, state: str, *, by: User | None, note: str, template: str) -> Claim:
    """End an open claim without giving the entry to its author."""
    claim = _locked(claim_id)
    _end(claim, state, by=by, answer=note)
    if template:
        tell(claim, template, {"note": note})
    if claim.is_dispute:
        notices.notify(claim.startup, "claim_kept", {"claim": claim})
    settle_axis(claim.startup)
    return claim


def _locked(claim_id: int) -> Claim:
    """Return an open claim with its entry locked. Raise ClaimRefused("over") when it is not open any more."""
    startup_id = Claim.objects.values_list("startup_id", flat=True).get(pk=claim_id)
    startup = entries.lock(startup_id)
    claim = Claim.objects.select_related("user").filter(pk=claim_id, state=State.OPEN).first()
    if claim is None:
        raise ClaimRefused("over")
    claim.startup = startup
    return claim


def _end(claim: Claim, state: str, *, by: User | None, answer: str) -> None:
    claim.state, claim.answer, claim.decided_by, claim.decided_at = state, answer, by, timezone.now()
    claim.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    Proof.objects.filter(claim=claim, state__in=proofs.LIVE).update(state=Proof.State.EXPIRED)


def _settle_item(claim: Claim, action: str) -> None:
    item = ModerationItem.objects.filter(claim=claim).first()
    if item:
        moderation.settle(item, action, by=None)


def settle_axis(startup: Startup) -> None:
    """Bring the entry's claim axis in line with its open claim and its owners; the last step of every change."""
    has_owner = startup.memberships.filter(role=Role.OWNER).exists()
    claim = open_claim(startup)
    if has_owner:
        # In public an entry is disputed once the claimant has shown something: a mere word must not stain it.
        has_proof = claim is not None and claim.proofs.filter(state=Proof.State.PASSED).exists()
        axis = Startup.Claim.DISPUTED if has_proof else Startup.Claim.CLAIMED
    else:
        axis = Startup.Claim.CLAIM_OPEN if claim else Startup.Claim.UNCLAIMED
    Startup.objects.filter(pk=startup.pk).update(claim=axis)
    startup.claim = axis
    entries.changed(startup)


def tell(claim: Claim, template: str, context: dict[str, Any], *, to: User | None = None) -> None:
    """Queue a mail about a claim to its author, or to somebody else whom it concerns, in their own language."""
    person, startup = to or claim.user, claim.startup
    if not person.is_active:
        return
    language = person.language or startup.language
    with translation.override(language):
        why = (
            _("You get this mail because you kept the entry “%(name)s” at MalangKraf.")
            if to
            else _("You get this mail because you claimed the entry “%(name)s” at MalangKraf.")
        ) % {"name": startup.name}
    mail.queue_mail(
        person.email,
        template=template,
        context={"why": why, "claim": claim, "startup": startup, "person": person, **context},
        language=language,
    )
