"""One proof: asking for a check, how far it is, the code that was mailed. For its author alone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from startups import findings
from startups.forms.trust import CodeForm
from startups.models import Proof
from startups.proof_page import home_of, proof_context
from startups.services import proof_checks, proofs
from startups.views.claims import person


def _own(request: HttpRequest, pk: int) -> Proof:
    """Return the person's own proof, or 404: nobody learns of others'."""
    return get_object_or_404(Proof.objects.select_related("startup", "user"), pk=pk, user=person(request))


@require_safe
def proof_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the page that waits for a check; once it is done the whole page is loaded anew."""
    proof = _own(request, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(home_of(proof))
    response = render(request, "startups/trust/_proof.html", proof_context(proof))
    if proof.state != Proof.State.QUEUED:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def proof_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a check by a worker."""
    proof = _own(request, pk)
    try:
        proofs.request_check(proof)
    except proofs.ProofRefused as refusal:
        messages.warning(request, findings.refusal_of(refusal.code))
    return redirect(home_of(proof))


@require_POST
def proof_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare the code that was typed with the one that was mailed."""
    proof = _own(request, pk)
    form = CodeForm(request.POST)
    if form.is_valid():
        proof = proof_checks.try_code(proof, form.cleaned_data["code"])
    else:
        messages.warning(request, str(findings.FINDINGS["wrong_code"]))
    return redirect(home_of(proof))
