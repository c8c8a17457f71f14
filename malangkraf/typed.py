"""What somebody sent whose session was over: kept through the sign-in, so that the form shows it again."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

View = TypeVar("View", bound=Callable[..., Any])
_KEPT = "typed"
# Stands in the address of a form that shows again what was sent before the sign-in.
AGAIN = "lanjut"
# The longest forms, all of emoji, are shorter; a stranger's session is no place to store more.
MOST_CHARACTERS = 100_000


def keeps_typed(view: View) -> View:
    """Return the view, marked: what is sent to it without being signed in is kept (`before` gives it back)."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def sign_in_first(request: HttpRequest) -> HttpResponseRedirect:
    """Keep what was sent and return the way to the sign-in, which leads back to the form."""
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    if len(query := data.urlencode()) <= MOST_CHARACTERS:
        request.session[_KEPT] = {"path": request.path, "query": query}
        messages.info(request, _("Please sign in again. What you typed is kept; nothing has been sent yet."))
    return redirect_to_login(f"{request.get_full_path()}{'&' if request.GET else '?'}{AGAIN}=1")


def before(request: HttpRequest) -> QueryDict | None:
    """Return what was sent to this form before the sign-in, None for nothing."""
    kept = request.session.get(_KEPT) if AGAIN in request.GET and request.method != "POST" else None
    return QueryDict(kept["query"]) if kept and kept["path"] == request.path else None


def forget(request: HttpRequest) -> None:
    """Drop what was kept, once it has arrived."""
    request.session.pop(_KEPT, None)
