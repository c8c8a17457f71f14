"""Work room: the badge of an entry, how to earn it, and what a coordinator may do about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from startups import findings, permissions
from startups.forms.trust import MetForm, ReasonForm, WayForm
from startups.models import Role, Startup, Verification
from startups.presentation import verification_sign
from startups.proof_page import proof_context
from startups.services import proofs, verifications
from startups.views.claims import person, ways

PUBLISHED = Startup.Lifecycle.PUBLISHED


def _find(request: HttpRequest, pk: int) -> Startup:
    """Return an entry that the person keeps or may moderate, 404 for others, 403 for its editors."""
    startup = get_object_or_404(permissions.startups_editable_by(person(request)).distinct(), pk=pk)
    if not permissions.can_own(person(request), startup):
        raise PermissionDenied
    return startup


@require_http_methods(["GET", "HEAD", "POST"])
def verification_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the badge and its history; an owner chooses a proof and is led through it."""
    startup = _find(request, pk)
    user = person(request)
    is_owner = permissions.role_in(user, startup) == Role.OWNER
    may_ask = is_owner and startup.lifecycle == PUBLISHED and bool(proofs.domain_methods(startup))
    form = WayForm(
        request.POST if request.method == "POST" else None,
        startup=startup,
        methods=proofs.domain_methods(startup),
    )
    if request.method == "POST":
        if not may_ask:
            raise PermissionDenied
        if form.is_valid() and _begin(request, startup, form):
            return redirect("startups:verification_detail", pk)
    return render(
        request,
        "startups/trust/verification.html",
        _context(request, startup, form) | {"is_owner": is_owner, "may_ask": may_ask},
    )


def _begin(request: HttpRequest, startup: Startup, form: WayForm) -> bool:
    """Return whether the proof waits for the person now; otherwise the form says why not."""
    values = form.cleaned_data
    try:
        proofs.begin(
            startup,
            person(request),
            values["method"],
            mailbox=values["mailbox"],
            language=get_language() or "id",
        )
    except proofs.ProofRefused as refusal:
        form.add_error("method", findings.refusal_of(refusal.code))
        return False
    return True


def _context(request: HttpRequest, startup: Startup, form: WayForm) -> dict[str, Any]:
    now, user = timezone.now(), person(request)
    current = verifications.current(startup, now)
    proof = startup.proofs.filter(user=user, claim=None).select_related("startup").first()
    live = proof if proof and proof.state in proofs.LIVE and proof.expires_at > now else None
    return {
        "startup": startup,
        "current": current,
        "sign": verification_sign(current, startup),
        "history": list(startup.verifications.all()[:10]),
        "now": now,
        "form": form,
        "ways": ways(form),
        "last_proof": proof,
        "may_moderate": permissions.can_moderate(user, startup),
        "met_form": MetForm(),
        **(proof_context(live) if live else {"proof": None}),
    }


def _moderated(request: HttpRequest, pk: int) -> Startup:
    startup = _find(request, pk)
    if not permissions.can_moderate(person(request), startup):
        raise PermissionDenied
    return startup


@require_POST
def verification_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the badge for a meeting, as a coordinator who was there."""
    startup = _moderated(request, pk)
    if startup.lifecycle != PUBLISHED:
        messages.warning(request, _("Only a published entry can have a badge."))
    elif MetForm(request.POST).is_valid():
        verifications.grant(startup, Verification.Level.IN_PERSON, startup.website_domain, by=person(request))
        messages.success(request, _("The entry has its badge, and its owners were told."))
    else:
        messages.warning(request, _("Tick this only if you met them."))
    return redirect("startups:verification_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def verification_revoke(request: HttpRequest, pk: int, verification: int) -> HttpResponse:
    """Ask for the reason, then take a badge back."""
    startup = _moderated(request, pk)
    row = get_object_or_404(startup.verifications.select_related("startup"), pk=verification)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if verifications.revoke(row, note=form.cleaned_data["note"]):
            messages.success(request, _("The badge is taken back, and its owners were told why."))
        else:
            messages.info(request, _("This badge had ended already."))
        return redirect("startups:verification_detail", pk)
    return render(
        request,
        "startups/trust/verification_revoke.html",
        {"startup": startup, "verification": row, "form": form},
    )
