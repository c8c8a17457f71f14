"""An entry's own page for its members, its history, and what ends or confirms it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecosystem.models import User
from startups import entry_history, entry_page, permissions
from startups.consents import ConsentText, consent_text
from startups.forms.freshness import ClosedForm
from startups.forms.keeping import ReasonForm
from startups.forms.moderation import ContactAccessForm
from startups.models import ConsentRecord, ContactAccess, Role, Startup
from startups.my_startups import TONES
from startups.owner_access import (
    ask_reason,
    find_entry,
    for_members,
    for_owners,
    for_owners_alone,
    for_people_of_it,
    manage_url,
    person,
)
from startups.presentation import freshness_sign
from startups.registration_pages import is_editable, next_slug, status_url, step_url
from startups.services import changes, claims, entries, freshness, leaving, registration
from startups.timeline import question_of

Lifecycle = Startup.Lifecycle


@require_safe
def startup_manage(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how the entry stands, what is missing, what waits, and lead to each of its parts."""
    user = person(request)
    startup = find_entry(user, pk)
    role = permissions.role_in(user, startup)
    steps = entry_page.steps_of(startup, is_owner=role == Role.OWNER)
    is_live = startup.lifecycle in changes.LIVE
    context = {
        "startup": startup,
        "tone": TONES.get(startup.lifecycle, "neutral"),
        "role": role,
        "may_own": permissions.can_own(user, startup),
        "consent": _consent_to_ask(startup, user) if role == Role.OWNER and is_live else None,
        "is_disputed": role == Role.OWNER and claims.open_dispute(startup) is not None,
        "may_change": changes.may_change(startup),
        "is_live": is_live,
        "is_public": startup.lifecycle in Startup.WITH_PAGE,
        "in_registration": is_editable(startup),
        "go_on_url": step_url(startup, next_slug(startup)),
        "status_url": status_url(startup),
        "question": question_of(startup),
        "freshness": freshness_sign(startup, on=timezone.localdate()) if is_live else None,
        "confirmed_today": startup.last_confirmed_on == timezone.localdate(),
        "steps": [step for step in steps if not step.is_done],
        "done": sum(step.is_done for step in steps),
        "count": len(steps),
        "houses": entry_page.houses_of(steps),
        "proposal": entry_page.proposal_of(startup),
        "parts": entry_page.parts_of(startup, is_owner=role == Role.OWNER),
        "may_withdraw": role == Role.OWNER and leaving.may_withdraw(startup),
    }
    return render(request, "startups/owner/manage.html", context)


def _consent_to_ask(startup: Startup, user: User) -> ConsentText | None:
    """Return what an owner who came by an invitation or a claim has not agreed to yet, None when they have."""
    given = ConsentRecord.objects.filter(
        Q(startup=startup) | Q(startup__merged_into=startup),
        user=user,
        purpose=ConsentRecord.Purpose.DIRECTORY,
        withdrawn_at=None,
    )
    return None if given.exists() else consent_text(ConsentRecord.Purpose.DIRECTORY, get_language() or "id")


@require_POST
@for_owners_alone
def startup_consent(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Keep that an owner agrees to the entry being published; agreed to twice, it is kept once."""
    user = person(request)
    if startup.lifecycle in changes.LIVE and _consent_to_ask(startup, user):
        purposes = [ConsentRecord.Purpose.DIRECTORY]
        registration.keep_consents(startup, user, purposes, language=get_language() or "id")
        messages.success(request, _("Thank you. You find your consents under “My data”."))
    return redirect(manage_url(startup))


@require_POST
@for_people_of_it
def startup_confirm(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Note that a member said that everything is right."""
    if startup.lifecycle in changes.LIVE:
        freshness.confirm(startup.pk, by=person(request))
        messages.success(request, _("Thank you. The entry has today's date."))
    return redirect(manage_url(startup))


@require_POST
def startup_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep why a coordinator looks at an entry, for its members to read, and lead to the page that was wanted."""
    user = person(request)
    if not permissions.is_coordinator(user):
        raise PermissionDenied
    startup = find_entry(user, pk)
    wanted = request.POST.get("wanted", "")
    if not wanted.startswith(manage_url(startup)):
        wanted = manage_url(startup)
    form = ContactAccessForm(request.POST, instance=ContactAccess(startup=startup, by=user))
    if not form.is_valid():
        return ask_reason(request, startup, form=form, wanted=wanted)
    form.save()
    return redirect(wanted)


@require_safe
@for_members
def startup_history(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Show what happened to the entry, and by whose hand."""
    context = {"startup": startup, "moments": entry_history.moments_of(startup, viewer=person(request))}
    return render(request, "startups/owner/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def proposal_answer(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Answer a coordinator's question about a proposal without changing it."""
    pending = changes.pending_of(startup)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = True
    if pending is None:
        return _proposal_gone(request, startup)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        changes.propose_identity(startup.pk, user=person(request), proposal={}, reason=reason)
        messages.success(request, _("Your answer was sent. Stasion looks at the change again."))
        return redirect(manage_url(startup))
    context = {"startup": startup, "form": form, "proposal": entry_page.proposal_of(startup)}
    return render(request, "startups/owner/answer.html", context | {"back_url": manage_url(startup)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def proposal_withdraw(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Ask, then take a proposal back."""
    pending = changes.pending_of(startup)
    if pending is None:
        return _proposal_gone(request, startup)
    if request.method == "POST":
        try:
            changes.withdraw_change_set(pending, by=person(request))
        except changes.ProposalGone:
            return _proposal_gone(request, startup)
        messages.success(request, _("The change was taken back. The entry stays as it is."))
        return redirect(manage_url(startup))
    return _question(request, startup, "proposal")


def _proposal_gone(request: HttpRequest, startup: Startup) -> HttpResponse:
    messages.info(request, _("No change waits any more: it was decided or taken back meanwhile."))
    return redirect(manage_url(startup))


def _question(request: HttpRequest, startup: Startup, about: str) -> HttpResponse:
    context = {"startup": startup, "about": about, "back_url": manage_url(startup)}
    return render(request, "startups/owner/sure.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_alone
def dispute_answer(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Let an owner say why the entry that somebody else claims is theirs."""
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = True
    if claims.open_dispute(startup) is None:
        messages.info(request, _("Nobody else claims the entry any more."))
        return redirect(manage_url(startup))
    if request.method == "POST" and form.is_valid():
        try:
            claims.answer_dispute(startup.pk, user=person(request), text=form.cleaned_data["reason"])
        except claims.ClaimRefused:
            return _moved_on(request, startup)
        messages.success(request, _("Your side was sent. The coordinator reads it before deciding."))
        return redirect(manage_url(startup))
    context = {"startup": startup, "form": form, "back_url": manage_url(startup)}
    return render(request, "startups/owner/dispute.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def startup_close(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Say what follows, then propose that the entry has closed."""
    if startup.lifecycle != Lifecycle.PUBLISHED:
        return redirect(manage_url(startup))
    data = request.POST if request.method == "POST" else None
    form, reason = ClosedForm(data, initial={"closed_on": timezone.localdate()}), ReasonForm(data)
    if data is not None and form.is_valid() and reason.is_valid():
        try:
            leaving.propose_closing(
                startup.pk,
                user=person(request),
                closed_on=form.cleaned_data["closed_on"],
                reason=reason.cleaned_data["reason"],
            )
        except entries.StateConflict:
            return _moved_on(request, startup)
        messages.success(request, _("Stasion was told that the entry has closed and looks at it."))
        return redirect(manage_url(startup))
    context = {"startup": startup, "form": form, "reason": reason, "back_url": manage_url(startup)}
    return render(request, "startups/owner/close.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def startup_reopen(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Propose that a closed entry works again."""
    if startup.lifecycle != Lifecycle.CLOSED:
        return redirect(manage_url(startup))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            leaving.propose_reopening(startup.pk, user=person(request), reason=form.cleaned_data["reason"])
        except entries.StateConflict:
            return _moved_on(request, startup)
        messages.success(request, _("Stasion was asked to list the entry again."))
        return redirect(manage_url(startup))
    context = {"startup": startup, "form": form, "back_url": manage_url(startup)}
    return render(request, "startups/owner/reopen.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners_alone
def startup_withdraw(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Ask, then take the entry out of the directory."""
    if request.method == "POST":
        try:
            leaving.withdraw(startup.pk, user=person(request))
        except entries.StateConflict:
            return _moved_on(request, startup)
        messages.success(request, _("The entry was taken out of the directory. Its page is gone."))
        return redirect(manage_url(startup))
    if not leaving.may_withdraw(startup):
        return redirect(manage_url(startup))
    return _question(request, startup, "withdraw")


def _moved_on(request: HttpRequest, startup: Startup) -> HttpResponse:
    messages.warning(request, _("The entry has another state by now. Look at where it stands."))
    return redirect(manage_url(startup))
