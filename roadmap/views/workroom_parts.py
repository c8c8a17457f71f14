"""What the pages of the work room share: who may enter, saving with a message instead of a crash, form groups."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ecosystem.change_history import last_change
from ecosystem.models import User
from malangkraf.form_values import compared
from malangkraf.seen import SeenForm
from roadmap import permissions

P = ParamSpec("P")
View = Callable[P, HttpResponse]
PAGE_SIZE = 25


def person(request: HttpRequest) -> User:
    """Return the signed-in person; LoginRequiredMiddleware has sent everybody else away."""
    return cast(User, request.user)


def only(may: Callable[[Any], bool]) -> Callable[[View[P]], View[P]]:
    """Refuse a view (403) to people for whom the predicate of roadmap.permissions is false."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            request = cast(HttpRequest, args[0])
            if not may(request.user):
                raise PermissionDenied
            return view(*args, **kwargs)

        return guarded

    return decorate


planners_only = only(permissions.can_edit_roadmap)
value_people_only = only(permissions.can_open_values)


def save_or_explain(form: Any, save: Callable[[], Any]) -> Any:
    """Return what `save` returns for a valid form, else None with the errors in the form.

    A constraint that somebody else's row met in the same moment becomes a message too.
    """
    if not form.is_valid():
        return None
    try:
        with transaction.atomic():
            return save()
    except IntegrityError:
        form.add_error(
            None, _("Somebody saved the same entry just now. Open the existing entry and change it there.")
        )
        return None


def conflict_page(
    request: HttpRequest, make_form: Callable[..., SeenForm], current: Any, *, back_url: str
) -> HttpResponse:
    """Show a row as it stands beside what was typed, which stays in the form; 409.

    From here on the person has seen the newer state: saving again is a decision, not an accident.
    """
    stands = make_form(instance=current)
    data = request.POST.copy()
    data["seen"] = stands.fingerprint()
    who, at = last_change(current)
    context = {"title": str(current), "who": who, "at": at, "back_url": back_url}
    typed = make_form(data, instance=current)
    context |= {**grouped(typed), "pairs": compared(typed, stands), "had_file": bool(request.FILES)}
    return render(request, "roadmap/workroom/conflict.html", context, status=409)


def grouped(form: forms.BaseForm) -> dict[str, Any]:
    """Return the fields of a form in two groups: the main ones and their English counterparts."""
    visible = form.visible_fields()
    english = [field for field in visible if field.name.endswith("_en")]
    return {
        "form": form,
        "main_fields": [field for field in visible if field not in english],
        "english_fields": english,
        "english_is_open": any(field.errors for field in english),
    }


def page_of(request: HttpRequest, rows: "QuerySet[Any]") -> "Page[Any]":
    """Return the page that the address asks for, the nearest one when it asks for nonsense."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def add_problems(form: forms.BaseForm, problems: dict[str, Any]) -> None:
    """Put a service's messages beside the fields, or at the top for fields that the form does not show."""
    for name, message in problems.items():
        form.add_error(name if name in form.fields else None, message)
