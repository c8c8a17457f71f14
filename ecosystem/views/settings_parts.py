"""What the pages share on which a manager sets a facility up: saving a row, saying what others saved meanwhile."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from ecosystem import permissions
from ecosystem.models import Facility
from ecosystem.services import spaces
from ecosystem.services.spaces import SpaceInUse
from ecosystem.views.manager_parts import person
from malangkraf import page_cache
from malangkraf.form_values import compared
from malangkraf.seen import SeenForm, StaleRow, keep_others_changes

P = ParamSpec("P")
ROW_TEMPLATE = "ecosystem/manager/settings/row_form.html"
MANAGER_FRAME = "ecosystem/manager/settings/frame.html"
PLANNER_FRAME = "ecosystem/manager/settings/planner_frame.html"


def progress_people(
    view: Callable[Concatenate[HttpRequest, Facility, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give a view the facility for planners and the facility's managers; 404 for everybody else."""

    @wraps(view)
    def guarded(request: HttpRequest, /, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        facility = get_object_or_404(Facility.objects.select_related("kecamatan"), slug=slug)
        if not permissions.reports_progress(person(request), facility):
            raise Http404
        return view(request, facility, *args, **kwargs)

    return guarded


def frame_of(request: HttpRequest, facility: Facility) -> str:
    """Return the frame of a progress page: planners do not manage the facility and get no ways into it."""
    return MANAGER_FRAME if permissions.manages(person(request), facility) else PLANNER_FRAME


def grouped(form: forms.BaseForm) -> dict[str, Any]:
    """Return the fields of a form in two groups: the main ones and their English counterparts."""
    visible = form.main_fields() if hasattr(form, "main_fields") else form.visible_fields()
    english = [field for field in visible if field.name.endswith("_en")]
    return {
        "form": form,
        "main_fields": [field for field in visible if field not in english],
        "english_fields": english,
        "english_is_open": any(field.errors for field in english),
    }


def row_page(
    request: HttpRequest,
    facility: Facility,
    form: SeenForm,
    *,
    save: Callable[[], Any],
    back: str,
    template: str = ROW_TEMPLATE,
    **context: Any,
) -> HttpResponse:
    """Show a form, or save its row while no booking of the facility is written; then go back to the list.

    A row that somebody changed meanwhile is shown beside what was typed (409); nothing typed is lost.
    """
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _keep(form, facility, save)
        except StaleRow as error:
            context["conflict"] = compared(form, type(form)(instance=error.current))
            form, status = _fresh(request, form, error.current), 409
        except ObjectDoesNotExist:
            messages.info(request, _("This entry was removed meanwhile. Add it again if it is missing."))
            return redirect(back, facility.slug)
        if not form.errors and status == 200:
            messages.success(request, _("Saved."))
            return redirect(back, facility.slug)
    row = form.instance if form.instance.pk else None
    values = {"facility": facility, "frame": MANAGER_FRAME, "back_name": back, "row": row}
    return render(request, template, values | grouped(form) | context, status=status)


def _keep(form: SeenForm, facility: Facility, save: Callable[[], Any]) -> None:
    """Save the row of a valid form; what stands against it is put into the form."""
    try:
        with transaction.atomic():
            spaces.lock_for_change(facility.pk)
            keep_others_changes(form)
            save()
            page_cache.bump()
    except SpaceInUse as error:
        form.add_error("parent" if "parent" in form.fields else None, str(error))
    except IntegrityError:
        form.add_error(
            None, _("Somebody saved the same entry just now. Open the existing entry and change it there.")
        )


def _fresh(request: HttpRequest, form: SeenForm, current: Any) -> SeenForm:
    """Return what was typed over the row as it stands: saving it again is a decision, not an accident."""
    data = request.POST.copy()
    data["seen"] = type(form)(instance=current).fingerprint()
    return type(form)(data, instance=current)


def sent(request: HttpRequest) -> Any:
    """Return what was sent, None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def remove_page(
    request: HttpRequest, facility: Facility, row: Any, *, back: str, title: str, text: str, **context: Any
) -> HttpResponse:
    """Ask, then remove a row; removed twice, it is removed once."""
    if request.method == "POST":
        try:
            if row is not None:
                row.delete()
                page_cache.bump()
            messages.success(request, _("Removed."))
        except ProtectedError:
            messages.warning(request, _("It is in use by now. Nothing was removed."))
        return redirect(back, facility.slug)
    if row is None:
        raise Http404
    values = {"facility": facility, "frame": MANAGER_FRAME, "row": row, "back_name": back}
    values |= {"title": title, "text": text}
    return render(request, "ecosystem/manager/settings/row_remove.html", values | context)
