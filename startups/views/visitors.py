"""What visitors can send without an account: a message to an entry, a report of what is wrong with it."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ecosystem.models import User
from startups import limits
from startups.addresses import entry_view
from startups.forms.contact import MessageForm, ReportForm, VisitorForm
from startups.models import Startup
from startups.services import visitors


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@entry_view
def startup_contact(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Pass a visitor's message on to the people who keep the entry; their addresses are never shown."""
    if not visitors.takes_messages(startup):
        raise Http404
    form = MessageForm(request.POST or None)

    def send(values: dict[str, Any]) -> None:
        visitors.pass_on(
            startup,
            name=values["name"],
            email=values["email"],
            text=values["message"],
            language=get_language() or "id",
            by=request.user if isinstance(request.user, User) else None,
        )

    return _handled(request, startup, form, what="message", send=send)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@entry_view
def startup_report(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Take what a visitor says is wrong with the entry; a coordinator reads it."""
    form = ReportForm(request.POST or None, initial={"kind": request.GET.get("soal")})

    def send(values: dict[str, Any]) -> None:
        visitors.report_problem(
            startup,
            kind=values["kind"],
            text=values["text"],
            reply_to=values["reply_to"],
            language=get_language() or "id",
            by=request.user if isinstance(request.user, User) else None,
        )

    return _handled(request, startup, form, what="report", send=send)


def _handled(
    request: HttpRequest,
    startup: Startup,
    form: VisitorForm,
    *,
    what: str,
    send: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    """Send what is right and go to the page that says so; show the form with what is wrong, and all that was typed."""
    page = {"message": "startup_contact", "report": "startup_report"}[what]
    status = 200
    if form.is_bound and form.is_caught:
        # A program believes that it was heard.
        return redirect(f"startups:{page}_done", slug=startup.slug)
    if form.is_valid():
        email = form.cleaned_data.get("email", "")
        if limits.may_send(request, what, startup_id=startup.pk, email=email):
            send(form.cleaned_data)
            return redirect(f"startups:{page}_done", slug=startup.slug)
        form.add_error(
            None, _("Too much was sent from here in a short time. Keep your text and try again in an hour.")
        )
        status = 429
    return render(request, f"startups/{page}.html", {"startup": startup, "form": form}, status=status)


@login_not_required
@require_safe
@entry_view
def startup_contact_done(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Say that the message is on its way."""
    return render(request, "startups/startup_contact_done.html", {"startup": startup})


@login_not_required
@require_safe
@entry_view
def startup_report_done(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Thank for a report and say what happens with it."""
    return render(request, "startups/startup_report_done.html", {"startup": startup})
