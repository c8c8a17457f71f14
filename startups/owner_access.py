"""Who may open the pages of an entry's members, and the reason that a coordinator gives before."""

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ecosystem.models import User
from startups import permissions
from startups.forms.moderation import ContactAccessForm
from startups.models import ContactAccess, Role, Startup

P = ParamSpec("P")
EntryView = Callable[Concatenate[HttpRequest, Startup, P], HttpResponse]
View = Callable[..., HttpResponse]
# How long a coordinator's reason counts.
REASON_COUNTS = timedelta(hours=1)


def person(request: HttpRequest) -> User:
    """Return the signed-in person; LoginRequiredMiddleware has sent everybody else away."""
    return cast(User, request.user)


def find_entry(user: User, pk: int) -> Startup:
    """Return an entry that the person may know of as its keeper; 404 for those of others."""
    related = ("kelurahan__kecamatan", "kecamatan", "created_by")
    startup = permissions.startups_editable_by(user).filter(pk=pk).select_related(*related).first()
    if startup is None:
        raise Http404
    return startup


def for_members(view: EntryView[P]) -> View:
    """Give the view its entry: 404 for strangers; coordinators say first why they look at private data."""
    return _guarded(view, roles=(Role.OWNER, Role.EDITOR), coordinators=True)


def for_owners(view: EntryView[P]) -> View:
    """Like for_members, and editors are refused (403)."""
    return _guarded(view, roles=(Role.OWNER,), coordinators=True)


def for_owners_alone(view: EntryView[P]) -> View:
    """Like for_owners, and coordinators are refused too (403): it is about what only an owner may want."""
    return _guarded(view, roles=(Role.OWNER,), coordinators=False)


def for_people_of_it(view: EntryView[P]) -> View:
    """Like for_members, for members alone: what they say cannot be said by somebody else (403)."""
    return _guarded(view, roles=(Role.OWNER, Role.EDITOR), coordinators=False)


def _guarded(view: EntryView[P], *, roles: Collection[Role], coordinators: bool) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
        user = person(request)
        startup = find_entry(user, pk)
        role = permissions.role_in(user, startup)
        if role not in roles and not (coordinators and permissions.is_coordinator(user)):
            raise PermissionDenied
        if role is None and not _has_reason(user, startup):
            return ask_reason(request, startup)
        response = view(request, startup, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return guarded


def _has_reason(user: User, startup: Startup) -> bool:
    """Return whether a coordinator who is no member has said lately why they look."""
    since = timezone.now() - REASON_COUNTS
    return ContactAccess.objects.filter(startup=startup, by=user, at__gt=since).exists()


def ask_reason(
    request: HttpRequest, startup: Startup, *, form: ContactAccessForm | None = None, wanted: str = ""
) -> HttpResponse:
    """Return the page on which a coordinator says why, before the page that is wanted."""
    # What was sent cannot be sent again for them: they begin at the entry's own page.
    here = request.path if request.method in ("GET", "HEAD") else manage_url(startup)
    context = {
        "startup": startup,
        "form": form or ContactAccessForm(),
        "wanted": wanted or here,
        "back_url": manage_url(startup),
    }
    return render(request, "startups/owner/reason.html", context)


def manage_url(startup: Startup) -> str:
    """Return the entry's own page for its members."""
    return reverse("startups:startup_manage", args=[startup.pk])
