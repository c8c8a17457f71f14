"""The last step and what follows: check and send, the confirmation, the way of an entry, taking it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from startups import permissions
from startups.consents import consent_text
from startups.forms.registration_work import SendForm
from startups.models import Role, Startup
from startups.my_startups import TONES, my_rows
from startups.owner_access import find_entry, person
from startups.registration_pages import (
    CHECK,
    SLUGS,
    STEP_NAMES,
    find_own,
    houses_of_steps,
    is_answer_due,
    is_editable,
    neighbours,
    next_slug,
    status_url,
    step_context,
    step_url,
    summary,
)
from startups.services import entries
from startups.services import registration as service
from startups.timeline import question_of, steps_of


def _form(request: HttpRequest, startup: Startup) -> SendForm:
    language = get_language() or "id"
    given = service.consents_given(startup, person(request))
    needed = [
        consent_text(purpose, language)
        for purpose in service.consents_needed(startup)
        if purpose not in given
    ]
    data = request.POST if request.method == "POST" else None
    return SendForm(data, startup=startup, needed=needed, is_asked=is_answer_due(startup))


@require_http_methods(["GET", "HEAD", "POST"])
def registration_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything that was answered, ask for the consents, and send it to the coordinators."""
    startup = find_own(person(request), pk)
    if not is_editable(startup):
        # The same form sent twice: the first one has sent it.
        sent = request.method == "POST" and startup.lifecycle == service.Lifecycle.SUBMITTED
        return redirect("startups:registration_done", pk) if sent else redirect(status_url(startup))
    missing = service.missing_steps(startup)
    form = _form(request, startup)
    context: dict[str, Any] = {"is_stale": False}
    if request.method == "POST" and not missing and form.is_valid():
        answer = _send(request, startup, form)
        if answer:
            return answer
        context["is_stale"] = True
        startup = find_own(person(request), pk)
        form = SendForm(None, startup=startup, needed=form.needed, is_asked=is_answer_due(startup))
    context |= step_context(CHECK, startup) | {
        "form": form,
        "sections": summary(startup),
        "missing": [(STEP_NAMES[SLUGS[step - 1]], step_url(startup, SLUGS[step - 1])) for step in missing],
        "similar": neighbours(person(request), startup.name, domain=startup.website, exclude=startup.pk),
        "question": question_of(startup),
    }
    return render(request, "startups/registration/send.html", context)


def _send(request: HttpRequest, startup: Startup, form: SendForm) -> HttpResponse | None:
    """Return where to go once it is sent, None when the page was older than the entry."""
    try:
        service.submit(
            startup.pk,
            user=person(request),
            version=form.cleaned_data["version"],
            consents=form.agreed(),
            language=get_language() or "id",
            note=form.cleaned_data.get("answer", ""),
        )
    except service.StaleVersion:
        return None
    except (service.Incomplete, service.ConsentMissing):
        # Somebody changed it in another window while this one was being sent.
        return None
    except service.Locked:
        return redirect(status_url(startup))
    return redirect("startups:registration_done", startup.pk)


@require_safe
def registration_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that it was sent: the reference number, what happens next, and by when."""
    startup = find_own(person(request), pk)
    if startup.lifecycle != service.Lifecycle.SUBMITTED:
        return redirect(status_url(startup))
    context = {
        "startup": startup,
        "item": service.latest_item(startup),
        "email": person(request).email,
        "houses": houses_of_steps(),
        "status_url": status_url(startup),
    }
    return render(request, "startups/registration/done.html", context)


@require_safe
def startup_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the way of an entry: what happened, who did it (never a coordinator's name), what comes next."""
    startup = find_entry(person(request), pk)
    role = permissions.role_in(person(request), startup)
    context = {
        "startup": startup,
        "tone": TONES.get(startup.lifecycle, "neutral"),
        "is_owner": role == Role.OWNER,
        "is_editable": is_editable(startup),
        "steps": steps_of(startup, viewer=person(request)),
        "question": question_of(startup),
        "go_on_url": step_url(startup, next_slug(startup)),
        "step_links": [(name, f"{step_url(startup, slug)}?ke={CHECK}") for slug, name in STEP_NAMES.items()][
            :-1
        ],
        "send_url": step_url(startup, CHECK),
        "can_withdraw": role == Role.OWNER and startup.lifecycle in service.WITHDRAWABLE,
        "now": timezone.now(),
    }
    return render(request, "startups/registration/status.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def registration_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take back an entry that was sent and is not published."""
    startup = find_own(person(request), pk)
    if request.method == "POST":
        try:
            service.withdraw(startup.pk, user=person(request))
        except entries.StateConflict:
            messages.warning(request, gettext("The entry has another state by now. Look at where it stands."))
        else:
            messages.success(request, gettext("The entry was taken back. You can send it again at any time."))
        return redirect(status_url(startup))
    if startup.lifecycle not in service.WITHDRAWABLE:
        return redirect(status_url(startup))
    context = {"startup": startup, "back_url": status_url(startup)}
    return render(request, "startups/registration/withdraw.html", context)


@require_safe
def my_startups(request: HttpRequest) -> HttpResponse:
    """Show the entries that the person keeps, each with its state and the next thing to do."""
    context = {"rows": my_rows(person(request), on=timezone.localdate())}
    return render(request, "startups/registration/my_startups.html", context)
