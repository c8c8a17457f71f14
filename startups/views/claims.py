"""Claiming an entry: choosing a proof, following it, choosing another one, taking the claim back."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecosystem.models import User
from startups import findings
from startups.addresses import entry_view
from startups.forms.trust import WayForm
from startups.models import Claim, Role, Startup
from startups.proof_page import proof_context
from startups.services import claims, proofs


def person(request: HttpRequest) -> User:
    """Return the signed-in person; LoginRequiredMiddleware has sent everybody else away."""
    return cast(User, request.user)


def ways(form: WayForm) -> list[dict[str, Any]]:
    """Return the radio buttons of a form, each with what one does and who can do it."""
    return [
        {
            "option": option,
            "value": value,
            "text": findings.WAYS[value][0],
            "for_whom": findings.WAYS[value][1],
        }
        for option in form["method"]
        if (value := str(option.data["value"]))
    ]


def _form(request: HttpRequest, startup: Startup, *, is_dispute: bool) -> WayForm:
    return WayForm(
        request.POST if request.method == "POST" else None,
        startup=startup,
        methods=claims.methods_for(startup),
        needs_statement=is_dispute,
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@entry_view
def claim_start(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Say what a claim is and how it is shown; a signed-in person chooses the way and begins."""
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    is_dispute = startup.memberships.filter(role=Role.OWNER).exists()
    code = claims.obstacle(startup, person(request)) if request.user.is_authenticated else ""
    mine = claims.open_claim(startup) if code == "yours" else None
    if mine:
        return redirect("startups:claim_detail", startup.slug, mine.pk)
    form = _form(request, startup, is_dispute=is_dispute)
    if request.method == "POST" and not code and form.is_valid():
        values = form.cleaned_data
        try:
            claim = claims.start(
                startup.pk,
                person(request),
                values["method"],
                statement=values["statement"],
                mailbox=values["mailbox"],
                language=get_language() or "id",
            )
        except (claims.ClaimRefused, proofs.ProofRefused) as refusal:
            code = refusal.code
        else:
            return redirect("startups:claim_detail", startup.slug, claim.pk)
    context = {
        "startup": startup,
        "is_dispute": is_dispute,
        "form": form,
        "ways": ways(form),
        "obstacle": code,
        "refusal": findings.refusal_of(code) if code else "",
        "other": claims.open_claim(startup) if code == "taken" else None,
    }
    return render(request, "startups/trust/claim_start.html", context)


def _own(request: HttpRequest, pk: int) -> Claim:
    """Return the person's own claim, or 404: nobody learns of others'."""
    return get_object_or_404(Claim.objects.select_related("startup"), pk=pk, user=person(request))


@require_safe
def claim_detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Lead the claimant through the proof, or say how the claim ended."""
    return claim_page(request, _own(request, pk))


def claim_page(request: HttpRequest, claim: Claim, *, form: WayForm | None = None) -> HttpResponse:
    """Return the claim's page, with a form that was not accepted if there is one."""
    proof = claim.proofs.select_related("startup").first()
    form = form or WayForm(
        None,
        startup=claim.startup,
        methods=claims.methods_for(claim.startup),
        needs_statement=False,
        initial={"method": claim.method, "statement": claim.statement},
    )
    context = {
        "claim": claim,
        "startup": claim.startup,
        "is_open": claim.state == Claim.State.OPEN,
        "item": getattr(claim, "moderation_item", None),
        "is_in_person": claim.method == Claim.Method.IN_PERSON,
        "form": form,
        "ways": ways(form),
        **(proof_context(proof) if proof else {"proof": None}),
    }
    return render(request, "startups/trust/claim_detail.html", context)


@require_POST
def claim_method(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Choose another proof for an open claim, or have a new code mailed."""
    claim = _own(request, pk)
    form = _form(request, claim.startup, is_dispute=False)
    if not form.is_valid():
        return claim_page(request, claim, form=form)
    values = form.cleaned_data
    try:
        claims.change_method(
            claim.pk,
            values["method"],
            statement=values["statement"],
            mailbox=values["mailbox"],
            language=get_language() or "id",
        )
    except (claims.ClaimRefused, proofs.ProofRefused) as refusal:
        messages.warning(request, findings.refusal_of(refusal.code))
    return redirect("startups:claim_detail", claim.startup.slug, claim.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def claim_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask, then take an open claim back."""
    claim = _own(request, pk)
    if request.method == "POST":
        try:
            claims.withdraw(claim.pk)
        except claims.ClaimRefused as refusal:
            messages.info(request, findings.refusal_of(refusal.code))
        else:
            messages.success(request, _("You have withdrawn your claim."))
    elif claim.state == Claim.State.OPEN:
        return render(
            request, "startups/trust/claim_withdraw.html", {"claim": claim, "startup": claim.startup}
        )
    return redirect("startups:claim_detail", claim.startup.slug, claim.pk)
