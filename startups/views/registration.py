"""Registering an entry: the opening page, the steps, leaving half-way, deleting a draft."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from malangkraf.form_values import compared
from malangkraf.page_cache import public_page
from startups.forms.registration import NameForm, NewEntryForm, StepForm
from startups.models import Startup
from startups.owner_access import person
from startups.registration_pages import (
    CHECK,
    FORMS,
    MINUTES,
    SLUGS,
    find_own,
    houses_of_steps,
    is_editable,
    neighbours,
    next_slug,
    status_url,
    step_context,
    step_url,
)
from startups.services import erasure
from startups.services import registration as service

# The key of the session under which a form waits that was sent after the sign-in had run out.
KEPT = "registration-typed"
MOST_KEPT = 60_000


@public_page
def registration_start(request: HttpRequest) -> HttpResponse:
    """Say what is asked, who sees it and how long it takes; drafts of the person are offered to go on with."""
    new_url = reverse("startups:registration_new")
    drafts: list[dict[str, Any]] = []
    if request.user.is_authenticated:
        rows = Startup.objects.of(request.user.pk).filter(lifecycle=service.Lifecycle.DRAFT)
        drafts = [
            {"startup": row, "url": step_url(row, next_slug(row)), "step": min(row.step + 1, len(SLUGS))}
            for row in rows.order_by("-updated_at")[: service.MOST_DRAFTS]
        ]
    context = {
        "new_url": new_url,
        "signup_url": f"{reverse('account_signup')}?{urlencode({'next': new_url})}",
        "login_url": f"{reverse('account_login')}?{urlencode({'next': new_url})}",
        "drafts": drafts,
        "count": len(SLUGS),
        "minutes": sum(MINUTES),
        "houses": houses_of_steps(),
    }
    return render(request, "startups/registration/start.html", context)


def _hints(form: StepForm, startup: Startup | None) -> None:
    """Let the name's field ask for similar entries while it is typed."""
    url = reverse("startups:registration_similar")
    form.fields["name"].widget.attrs |= {
        "hx-get": f"{url}?draf={startup.pk}" if startup else url,
        "hx-trigger": "input changed delay:500ms",
        "hx-target": "#mirip",
        "hx-sync": "this:replace",
    }


def _unseen(request: HttpRequest, form: StepForm, startup: Startup | None) -> list[Any]:
    """Return the similar entries of a valid first step if one of them was not shown before it was sent."""
    found = neighbours(person(request), form.cleaned_data["name"], exclude=startup.pk if startup else None)
    seen = set(request.POST.getlist("dilihat"))
    return found if any(str(one.startup.pk) not in seen for one in found) else []


@require_http_methods(["GET", "HEAD", "POST"])
def registration_new(request: HttpRequest) -> HttpResponse:
    """The first step of an entry that does not exist yet; once it is saved the draft exists."""
    user = person(request)
    context = step_context("nama", None)
    form = NewEntryForm(request.POST if request.method == "POST" else None, user_id=user.pk)
    _hints(form, None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        # The same form sent twice: the entry exists, and it must not be taken for a similar one.
        begun = Startup.objects.filter(uuid=values["stamp"], created_by=user).first()
        context["similar"] = [] if begun else _unseen(request, form, None)
        if not context["similar"]:
            language = get_language() or "id"
            try:
                startup = service.start(user, uuid=values["stamp"], values=values, language=language)
            except service.TooManyDrafts:
                return render(
                    request, "startups/registration/too_many.html", {"most": service.MOST_DRAFTS}, status=429
                )
            return redirect(step_url(startup, next_slug(startup)))
        context["asks_similar"] = True
    return render(request, "startups/registration/step.html", context | {"form": form})


@require_safe
def registration_similar(request: HttpRequest) -> HttpResponse:
    """The entries with a similar name, as a part of the first step's page."""
    draft = request.GET.get("draf", "")
    exclude = int(draft) if draft.isascii() and draft.isdigit() and len(draft) < 10 else None
    found = neighbours(person(request), request.GET.get("name", ""), exclude=exclude)
    return render(request, "startups/registration/_similar.html", {"similar": found})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def registration_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One of the first four steps of a draft; what was typed after the sign-in ran out waits in the session."""
    if not request.user.is_authenticated:
        return _keep_typed(request)
    startup = find_own(person(request), pk)
    if step not in FORMS:
        raise Http404
    if not is_editable(startup):
        messages.info(
            request, gettext("This entry was sent. It can be changed here only when it comes back.")
        )
        return redirect(status_url(startup))
    kept = _take_kept(request)
    context = step_context(step, startup, returns=request.GET.get("ke") == CHECK)
    context |= {"is_kept": bool(kept), "may_delete": service.may_delete(startup)}
    data = request.POST if request.method == "POST" else kept
    form = FORMS[step](data, startup=startup, may_be_incomplete="nanti" in request.POST)
    if isinstance(form, NameForm):
        _hints(form, startup)
    if request.method == "POST" and form.is_valid():
        answer = _save(request, form, context)
        if isinstance(answer, HttpResponse):
            return answer
        form = answer
    return render(request, "startups/registration/step.html", context | {"form": form})


def _save(request: HttpRequest, form: StepForm, context: dict[str, Any]) -> HttpResponse | StepForm:
    """Return where to go after a saved step, or the form to show again with what stands in the way."""
    startup: Startup = context["startup"]
    leaves = "nanti" in request.POST
    if isinstance(form, NameForm) and not leaves:
        context["similar"] = _unseen(request, form, startup)
        if context["similar"]:
            context["asks_similar"] = True
            return form
    values = form.cleaned_data
    try:
        service.save_step(
            startup.pk, step=form.step, version=values["version"], values=values, is_complete=not leaves
        )
    except service.Locked:
        messages.info(request, gettext("This entry was sent meanwhile, so nothing was changed."))
        return redirect(status_url(startup))
    except service.StaleVersion:
        fresh = find_own(person(request), startup.pk)
        stands = FORMS[context["slug"]](None, startup=fresh)
        sent = FORMS[context["slug"]](request.POST, startup=fresh)
        if not sent.repeats:
            return _conflict(request, sent, stands, context)
    return _after(context, leaves=leaves)


def _conflict(request: HttpRequest, sent: StepForm, stands: StepForm, context: dict[str, Any]) -> StepForm:
    """Return the form with what was typed and the newer version: sending it again is a decision, not an accident."""
    context["conflict"] = compared(sent, stands)
    data = request.POST.copy()
    data["version"] = str(stands.initial["version"])
    return type(sent)(data, startup=sent.startup)


def _after(context: dict[str, Any], *, leaves: bool) -> HttpResponse:
    """Return the next step, the check page for who came from there, or the page for who leaves."""
    startup, slug = context["startup"], context["slug"]
    if leaves:
        service.mail_way_back(startup)
        return redirect("startups:registration_left", startup.pk)
    if context["returns"]:
        return redirect(step_url(startup, CHECK))
    return redirect(step_url(startup, SLUGS[SLUGS.index(slug) + 1]))


def _keep_typed(request: HttpRequest) -> HttpResponse:
    """Send a visitor to sign in; a form that they sent waits for them in their session."""
    if request.method == "POST":
        typed = request.POST.urlencode()
        if len(typed) <= MOST_KEPT:
            request.session[KEPT] = {"path": request.path, "typed": typed}
    return redirect_to_login(request.get_full_path())


def _take_kept(request: HttpRequest) -> QueryDict | None:
    """Return the form that waited for this page, None for none; it waits no longer."""
    kept = request.session.get(KEPT)
    if request.method == "POST" or not kept or kept["path"] != request.path:
        return None
    del request.session[KEPT]
    return QueryDict(kept["typed"])


@require_safe
def registration_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the step to go on with: the address that a mail names."""
    startup = find_own(person(request), pk)
    return redirect(step_url(startup, next_slug(startup)) if is_editable(startup) else status_url(startup))


@require_safe
def registration_left(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the draft is saved and that the way back was mailed."""
    startup = find_own(person(request), pk)
    context = {
        "startup": startup,
        "url": step_url(startup, next_slug(startup)),
        "email": person(request).email,
    }
    return render(request, "startups/registration/left.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def registration_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete a draft that was never sent."""
    startup = find_own(person(request), pk)
    if request.method == "POST":
        try:
            erasure.delete_draft(startup.pk)
        except service.Locked:
            messages.warning(request, gettext("This entry was sent, so it is no draft any more."))
            return redirect(status_url(startup))
        messages.success(request, gettext("The draft “%(name)s” was deleted.") % {"name": startup.name})
        return redirect("startups:my_startups")
    if not service.may_delete(startup):
        return redirect(status_url(startup))
    context = {"startup": startup, "back_url": step_url(startup, next_slug(startup))}
    return render(request, "startups/registration/delete.html", context)
