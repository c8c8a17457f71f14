"""Proofs: a text to publish at a domain, or a code that was mailed to it, each for one person and one entry.

Making them and asking for a check; what the check finds and what follows stands in services.proof_checks.
"""

import hashlib
import logging
import secrets
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from ecosystem.models import User
from ecosystem.services import mail
from startups import tasks
from startups.models import Claim, Proof, Startup
from startups.rules.domains import domain_of, is_own

logger = logging.getLogger(__name__)

State = Proof.State

LIFETIME = timedelta(days=14)
CODE_LIFETIME = timedelta(minutes=30)
CODE_DIGITS = 6
MOST_CODE_TRIES = 5
# A person's mails with codes within a day: to one mailbox, and in all. The mailbox may be a stranger's.
MOST_CODES_TO_ONE, MOST_CODES = 3, 10
MOST_CHECKS = 20
DAY = timedelta(days=1)
PAUSE = timedelta(seconds=20)
# A person's new proofs within a day: each lets the portal ask a domain that need not be theirs.
MOST_PROOFS = 30
# A worker looks for these texts; the mailbox is checked by typing the code.
BY_WORKER = (Proof.Method.DNS, Proof.Method.FILE)
LIVE = (State.WAITING, State.QUEUED, State.FAILED)


class ProofRefused(Exception):
    """Something that does not happen.

    `code` is one of no_domain, too_many_proofs, too_many_codes, too_soon, too_many_checks and over.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def domain_methods(startup: Startup) -> tuple[Proof.Method, ...]:
    """Return the proofs that the entry's domain allows: none when many share it (or free mail), or there is none."""
    return (
        (Proof.Method.DNS, Proof.Method.FILE, Proof.Method.MAILBOX) if is_own(startup.website_domain) else ()
    )


@transaction.atomic
def begin(
    startup: Startup, user: User, method: str, *, claim: Claim | None = None, mailbox: str = "", language: str
) -> Proof:
    """Return the proof that the person is to give now, the one that waits already where it is the same.

    Others of the same purpose stop counting. A mailbox gets its code by mail. Raise ProofRefused.
    """
    if method not in domain_methods(startup):
        raise ProofRefused("no_domain")
    now = timezone.now()
    same = Proof.objects.filter(startup=startup, user=user, claim=claim, state__in=LIVE)
    found = same.filter(method=method, domain=startup.website_domain, expires_at__gt=now).first()
    if found and method in BY_WORKER:
        same.exclude(pk=found.pk).update(state=State.EXPIRED)
        return found
    if Proof.objects.filter(user=user, created_at__gt=now - DAY).count() >= MOST_PROOFS:
        raise ProofRefused("too_many_proofs")
    if method == Proof.Method.MAILBOX:
        _check_mails(user, mailbox)
    same.update(state=State.EXPIRED)
    proof = Proof(
        startup=startup,
        claim=claim,
        user=user,
        method=method,
        domain=startup.website_domain,
        mailbox=mailbox,
        secret=f"malangkraf={secrets.token_hex(16)}",
        expires_at=now + (CODE_LIFETIME if method == Proof.Method.MAILBOX else LIFETIME),
    )
    if method == Proof.Method.MAILBOX:
        _mail_code(proof, language)
    else:
        proof.save()
    return proof


def _check_mails(user: User, mailbox: str) -> None:
    """Raise ProofRefused when too many codes were mailed within a day."""
    day = Proof.objects.filter(method=Proof.Method.MAILBOX, created_at__gt=timezone.now() - DAY)
    too_many = day.filter(mailbox__iexact=mailbox).count() >= MOST_CODES_TO_ONE
    if too_many or day.filter(user=user).count() >= MOST_CODES:
        raise ProofRefused("too_many_codes")


def _mail_code(proof: Proof, language: str) -> None:
    """Save the proof with the hash of a new code, and mail the code itself."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    proof.secret = _hash(proof, code)
    proof.save()
    with translation.override(language):
        why = _(
            "You get this mail because somebody typed this address on the page of an entry at MalangKraf."
        )
    context = {
        "code": code,
        "startup": proof.startup,
        "minutes": int(CODE_LIFETIME.total_seconds() // 60),
        "why": why,
    }
    mail.queue_mail(proof.mailbox, template="proof_code", context=context, language=language, is_secret=True)


def _hash(proof: Proof, code: str) -> str:
    text = f"{proof.startup_id}:{proof.user_id}:{proof.mailbox}:{code}"
    return salted_hmac("startups.services.proofs", text, algorithm="sha256").hexdigest()


def is_code(proof: Proof, code: str) -> bool:
    """Return whether the text is the code that was mailed; spaces within it do not matter."""
    return constant_time_compare(proof.secret, _hash(proof, "".join(code.split())))


def dns_name(proof: Proof) -> str:
    """Return the name whose TXT record must hold the proof's text."""
    return f"_malangkraf.{proof.domain}"


def file_name(proof: Proof) -> str:
    """Return the file's name; it does not hold the text, so that a page which repeats its address proves nothing."""
    return f"malangkraf-{hashlib.sha256(proof.secret.encode()).hexdigest()[:16]}.txt"


def file_url(proof: Proof) -> str:
    """Return the address where the file must stand: the website's own host and scheme."""
    parts = urlsplit(proof.startup.website)
    host = parts.hostname if domain_of(proof.startup.website) == proof.domain else proof.domain
    scheme = "http" if parts.scheme == "http" else "https"
    return f"{scheme}://{host}/.well-known/{file_name(proof)}"


def request_check(proof: Proof) -> None:
    """Queue a check by a worker; asking again while one is queued changes nothing. Raise ProofRefused."""
    now = timezone.now()
    ready = Proof.objects.filter(
        Q(checked_at=None) | Q(checked_at__lte=now - PAUSE),
        pk=proof.pk,
        method__in=BY_WORKER,
        state__in=(State.WAITING, State.FAILED),
        expires_at__gt=now,
        attempts__lt=MOST_CHECKS,
    )
    if ready.update(
        state=State.QUEUED,
        queued_at=now,
        due_at=now,
        claimed_at=None,
        tries=0,
        attempts=F("attempts") + 1,
        finding="",
        found="",
    ):
        transaction.on_commit(partial(wake, proof.pk), robust=True)
        return
    proof.refresh_from_db()
    if proof.state == State.QUEUED:
        return
    if proof.state not in LIVE or proof.expires_at <= now:
        raise ProofRefused("over")
    raise ProofRefused("too_many_checks" if proof.attempts >= MOST_CHECKS else "too_soon")


def wake(proof_id: int, *, after: float = 0) -> None:
    """Tell a worker about a queued check; without a broker the sweep does it within a minute."""
    try:
        tasks.check_proof.apply_async((proof_id,), countdown=after)
    except OperationalError:
        logger.warning("the broker is away; the sweep will have the proof checked")
