"""The page behind the link "is this still right?": looking at it does nothing, its buttons act (safe for scanners)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ecosystem.models import User
from startups.forms.freshness import ClosedForm
from startups.models import FreshnessAsk
from startups.services import freshness
from startups.services.freshness_mails import ANSWER_WORDS

Answer = FreshnessAsk.Answer
# A link that is over is gone; one that was answered shows what was answered.
STATUS = {"used": 200, "settled": 200, "expired": 410}


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def freshness_ask(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question and take its answer, once."""
    ask = freshness.find(token)
    if ask is None:
        return _private(render(request, "startups/freshness_over.html", {"state": "unknown"}, status=404))
    state = freshness.state_of(ask, now=timezone.now())
    if state != "open":
        return _over(request, ask, state)
    word = (request.POST if request.method == "POST" else request.GET).get("jawaban", "")
    chosen = ANSWER_WORDS.get(word)
    form = ClosedForm(request.POST or None, initial={"closed_on": timezone.localdate()})
    if request.method == "POST" and chosen and (chosen != Answer.CLOSED or form.is_valid()):
        return _answered(request, ask, chosen, form)
    context = {
        "ask": ask,
        "startup": ask.startup,
        "chosen": str(chosen or ""),
        "form": form if chosen == Answer.CLOSED else None,
    }
    return _private(render(request, "startups/freshness_ask.html", context))


def _answered(request: HttpRequest, ask: FreshnessAsk, chosen: str, form: ClosedForm) -> HttpResponse:
    closed_on = form.cleaned_data["closed_on"] if chosen == Answer.CLOSED else None
    try:
        effect = freshness.answer(ask, chosen, user=_person(request), closed_on=closed_on, now=timezone.now())
    except freshness.LinkGone:
        return HttpResponseRedirect(request.path)
    return HttpResponseRedirect(_edit_address(ask) if effect == "edit" else request.path)


def _over(request: HttpRequest, ask: FreshnessAsk, state: str) -> HttpResponse:
    context = {"state": state, "ask": ask, "startup": ask.startup, "edit_url": _edit_address(ask)}
    return _private(render(request, "startups/freshness_over.html", context, status=STATUS[state]))


def _edit_address(ask: FreshnessAsk) -> str:
    """Return where a member changes the entry (the sign-in comes first), and where others say that it is theirs."""
    if ask.user_id:
        return reverse("startups:startup_manage", args=[ask.startup_id])
    return reverse("startups:claim_start", args=[ask.startup.slug])


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address, which is a key, out of search engines and of other sites' logs."""
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
