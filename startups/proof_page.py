"""What the part of a page shows that leads somebody through one proof."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from startups import findings
from startups.forms.trust import CodeForm
from startups.models import Proof
from startups.services import proofs


def home_of(proof: Proof) -> str:
    """Return the address of the page that a proof belongs to."""
    if proof.claim_id:
        return reverse("startups:claim_detail", args=[proof.startup.slug, proof.claim_id])
    return reverse("startups:verification_detail", args=[proof.startup_id])


def proof_context(proof: Proof, *, code_form: CodeForm | None = None) -> dict[str, Any]:
    """Return what templates/startups/trust/_proof.html needs; no query with its entry loaded."""
    is_live = proof.state in proofs.LIVE and proof.expires_at > timezone.now()
    return {
        "proof": proof,
        "is_live": is_live,
        "is_queued": is_live and proof.state == Proof.State.QUEUED,
        "finding": findings.finding_of(proof),
        "found": proof.found if proof.finding in findings.WITH_FOUND else "",
        "dns_name": proofs.dns_name(proof),
        "file_url": proofs.file_url(proof),
        "file_name": proofs.file_name(proof),
        "checks_left": max(0, proofs.MOST_CHECKS - proof.attempts),
        "tries_left": max(0, proofs.MOST_CODE_TRIES - proof.attempts),
        "code_form": code_form or CodeForm(),
        "home_url": home_of(proof),
    }
