"""What the pages of the moderation share: who may, which item, and the page for one's own entry."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ecosystem.models import User
from startups import permissions
from startups.models import ModerationItem
from startups.services import decisions

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def person(request: HttpRequest) -> User:
    """Return the signed-in person; LoginRequiredMiddleware has sent everybody else away."""
    return cast(User, request.user)


def coordinators_only(view: View[P]) -> View[P]:
    """Refuse a view (403) to everybody but coordinators and administrators."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not permissions.is_coordinator(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def find_item(pk: int) -> ModerationItem:
    """Return the item with what its pages show, or 404."""
    related = (
        "startup__kelurahan__kecamatan",
        "startup__kecamatan",
        "startup__created_by",
        "startup__merged_into",
        "change_set__proposed_by",
        "claim__user",
        "report",
        "assigned_to",
        "proposed_by",
    )
    return get_object_or_404(ModerationItem.objects.select_related(*related), pk=pk)


def refuse_own(request: HttpRequest, item: ModerationItem) -> HttpResponse | None:
    """Return the page that explains why the person may not decide here (403), None when they may."""
    if decisions.may_decide(person(request), item):
        return None
    return render(request, "startups/moderation/own_entry.html", {"item": item}, status=403)
