"""What a check of a proof finds, and what follows from it.

A worker takes a queued row by a guarded UPDATE, looks outside any transaction, and writes the finding only if the row
is still its own. A fault that may pass is tried again, at most three times in all; a worker that dies is found by the
sweep.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from malangkraf import fetching
from startups import permissions, tasks
from startups.models import Claim, Proof, Role, Startup, Verification
from startups.services import claims, entries, proofs, verifications

Method, State = Proof.Method, Proof.State

MOST_TRIES = 3
# Seconds until the next try after so many.
BACK_OFF = {1: 10, 2: 30}
# Above the hard time limit of startups.tasks.check_proof: whoever held the row is dead by then.
STALE_AFTER = timedelta(seconds=60)
LEVELS = {
    Method.DNS: Verification.Level.DOMAIN,
    Method.FILE: Verification.Level.DOMAIN,
    Method.MAILBOX: Verification.Level.MAILBOX,
}
SHOWN = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """How a look ended: a code of startups.findings ("" for a proof that holds), and what was there instead."""

    code: str = ""
    found: str = ""
    may_pass: bool = False


def check(proof_id: int, *, now: datetime) -> None:
    """Look for a queued proof if it is due and nobody else is at it, and do what follows."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - STALE_AFTER)
    queued = Proof.objects.filter(free, pk=proof_id, state=State.QUEUED, due_at__lte=now)
    if not queued.filter(tries__lt=MOST_TRIES).update(claimed_at=now, tries=F("tries") + 1):
        return
    proof = Proof.objects.select_related("startup").get(pk=proof_id)
    finding = look(proof)
    if finding.may_pass and proof.tries < MOST_TRIES:
        wait = BACK_OFF[proof.tries]
        due_at = timezone.now() + timedelta(seconds=wait)
        given_back = Proof.objects.filter(pk=proof_id, state=State.QUEUED, claimed_at=now).update(
            claimed_at=None, due_at=due_at, finding=finding.code, found=finding.found
        )
        if given_back:
            proofs.wake(proof_id, after=wait)
        return
    _finish(proof, finding, claimed_at=now)


def look(proof: Proof) -> Finding:
    """Return what stands at the domain now; no database is asked."""
    try:
        return _look_up(proof) if proof.method == Method.DNS else _fetch(proof)
    except fetching.FetchFault as fault:
        return Finding(fault.code, _plain(fault.detail), fault.may_pass)


def _look_up(proof: Proof) -> Finding:
    texts = [text.strip() for text in fetching.txt_records(proofs.dns_name(proof))]
    if proof.secret in texts:
        return Finding()
    return Finding("other_record", _plain(texts[0])) if texts else Finding("no_record")


def _fetch(proof: Proof) -> Finding:
    answer = fetching.fetch_text(proofs.file_url(proof))
    if answer.status == 404:
        return Finding("no_file")
    if answer.status != 200:
        return Finding("bad_status", str(answer.status), may_pass=answer.status >= 500)
    # The whole text, not a part of it: a page that only repeats what it was asked for proves nothing.
    if answer.text.lstrip("\ufeff").strip() == proof.secret:
        return Finding()
    return Finding("other_text", _plain(answer.text))


def _plain(text: str) -> str:
    """Return the beginning of a foreign text in one line, without anything that is not shown as itself."""
    printable = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text[:2000])
    return " ".join(printable.split())[:SHOWN]


@transaction.atomic
def _finish(proof: Proof, finding: Finding, *, claimed_at: datetime) -> None:
    startup = entries.lock(proof.startup_id)
    if not finding.code:
        finding = Finding(_obstacle(proof, startup))
    mine = Proof.objects.filter(pk=proof.pk, state=State.QUEUED, claimed_at=claimed_at)
    state = State.FAILED if finding.code else State.PASSED
    if not mine.update(state=state, finding=finding.code, found=finding.found, checked_at=timezone.now()):
        return
    if state == State.PASSED:
        _follow(proof, startup)


def _obstacle(proof: Proof, startup: Startup) -> str:
    """Return why a proof that holds leads to nothing all the same, "" when nothing is in the way."""
    if startup.website_domain != proof.domain:
        return "domain_changed"
    if proof.claim_id:
        is_open = Claim.objects.filter(pk=proof.claim_id, state=Claim.State.OPEN).exists()
        return "" if is_open and proof.expires_at > timezone.now() else "over"
    return "" if permissions.role_in(proof.user, startup) == Role.OWNER else "not_owner"


def _follow(proof: Proof, startup: Startup) -> None:
    """Do what a proof was given for: settle the claim, or give the badge."""
    if proof.claim_id:
        claims.proof_passed(proof.claim_id, by_domain=proof.method in proofs.BY_WORKER)
    else:
        verifications.grant(startup, LEVELS[Method(proof.method)], proof.domain)


@transaction.atomic
def try_code(proof: Proof, code: str) -> Proof:
    """Compare what the person typed with the code that was mailed, and return the proof as it stands then.

    Five tries within 30 minutes; each counts, also of two at once.
    """
    startup = entries.lock(proof.startup_id)
    now = timezone.now()
    live = Proof.objects.filter(
        pk=proof.pk, method=Method.MAILBOX, state__in=(State.WAITING, State.FAILED), expires_at__gt=now
    )
    if live.filter(attempts__lt=proofs.MOST_CODE_TRIES).update(attempts=F("attempts") + 1, checked_at=now):
        proof.refresh_from_db()
        is_right = proofs.is_code(proof, code)
        proof.finding = _obstacle(proof, startup) if is_right else "wrong_code"
        proof.state = State.FAILED if proof.finding else State.PASSED
        if not is_right and proof.attempts >= proofs.MOST_CODE_TRIES:
            proof.state, proof.finding = State.EXPIRED, "too_many_tries"
        proof.save(update_fields=["state", "finding"])
        if proof.state == State.PASSED:
            _follow(proof, startup)
    proof.refresh_from_db()
    return proof


def sweep(now: datetime) -> None:
    """Wake a worker for each check that is due, end those that three workers died of; harmless to run twice."""
    stale = Q(claimed_at__lt=now - STALE_AFTER)
    queued = Proof.objects.filter(state=State.QUEUED)
    queued.filter(stale, tries__gte=MOST_TRIES).update(
        state=State.FAILED, finding="unfinished", claimed_at=None, checked_at=now
    )
    due = queued.filter(Q(claimed_at=None) | stale, due_at__lte=now).order_by("due_at")
    for proof_id in due.values_list("pk", flat=True)[:200]:
        tasks.check_proof.delay(proof_id)


def expire(now: datetime) -> int:
    """Let the proofs end whose time is over and that no worker is looking at; return how many."""
    waiting = Proof.objects.filter(state__in=(State.WAITING, State.FAILED), expires_at__lte=now)
    return waiting.update(state=State.EXPIRED)
