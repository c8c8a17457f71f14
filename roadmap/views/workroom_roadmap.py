"""Work room: phases, programmes, actions and their progress. Nothing is deleted, it is taken off the public pages."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from malangkraf.seen import StaleRow
from roadmap.forms.fields import AddressedForm
from roadmap.forms.roadmap import ActionForm, PhaseForm, ProgrammeForm, ProgressUpdateForm
from roadmap.models import Action, Phase, Programme, ProgressUpdate
from roadmap.services import roadmap as service
from roadmap.views.workroom_parts import (
    conflict_page,
    grouped,
    page_of,
    person,
    planners_only,
    save_or_explain,
)


@dataclass(frozen=True)
class Noun:
    """How one kind of roadmap row is called, listed and edited."""

    name: str
    model: type[models.Model]
    form: type[AddressedForm]
    plural: Promise
    new: Promise
    empty: Promise
    rows: Callable[[], Any]

    @property
    def list_url(self) -> str:
        return reverse(f"workroom:{self.name}_list")

    def url(self, verb: str, slug: str) -> str:
        """Return the address of what is done with one row."""
        return reverse(f"workroom:{self.name}_{verb}", args=[slug])


NOUNS = {
    "phase": Noun(
        "phase",
        Phase,
        PhaseForm,
        gettext_lazy("Phases"),
        gettext_lazy("New phase"),
        gettext_lazy("There is no phase yet. The roadmap begins with the first one."),
        Phase.objects.all,
    ),
    "programme": Noun(
        "programme",
        Programme,
        ProgrammeForm,
        gettext_lazy("Programmes"),
        gettext_lazy("New programme"),
        gettext_lazy("There is no programme yet. Create the first one."),
        lambda: Programme.objects.select_related("lead_organization"),
    ),
    "action": Noun(
        "action",
        Action,
        ActionForm,
        gettext_lazy("Actions"),
        gettext_lazy("New action"),
        gettext_lazy("There is no action yet. Create the first one."),
        lambda: Action.objects.select_related("programme", "phase"),
    ),
}


@planners_only
@require_safe
def entry_list(request: HttpRequest, *, noun: str) -> HttpResponse:
    """List the phases, programmes or actions, public or not."""
    kind = NOUNS[noun]
    page = page_of(request, kind.rows())
    context = {"noun": kind, "page_obj": page, "create_url": reverse(f"workroom:{noun}_create")}
    return render(request, f"roadmap/workroom/{noun}_list.html", context)


@planners_only
@require_http_methods(["GET", "HEAD", "POST"])
def entry_create(request: HttpRequest, *, noun: str) -> HttpResponse:
    """Create a phase, programme or action."""
    kind = NOUNS[noun]
    initial = {
        name: request.GET[name] for name in ("programme", "phase") if request.GET.get(name, "").isdigit()
    }
    form = kind.form(request.POST or None, initial=initial)
    if request.method == "POST":
        row = save_or_explain(form, partial(service.save_entry, form))
        if row:
            text = _("“%(name)s” is created and stands on the public pages. Check it there, or go on here.")
            messages.success(request, text % {"name": row})
            return redirect(kind.url("edit", row.slug))
    context = {**grouped(form), "title": kind.new, "noun": kind, "row": None}
    return render(request, "roadmap/workroom/entry_form.html", context)


@planners_only
@require_http_methods(["GET", "HEAD", "POST"])
def entry_edit(request: HttpRequest, slug: str, *, noun: str) -> HttpResponse:
    """Change a phase, programme or action."""
    kind = NOUNS[noun]
    row: Any = get_object_or_404(kind.model._default_manager.all(), slug=slug)
    title = str(row)
    form = kind.form(request.POST or None, instance=row)
    if request.method == "POST":
        try:
            saved = save_or_explain(form, partial(service.save_entry, form))
        except StaleRow as stale:
            return conflict_page(request, kind.form, stale.current, back_url=kind.url("edit", slug))
        if saved:
            messages.success(request, _("The changes to “%(name)s” are saved.") % {"name": row})
            return redirect(kind.url("edit", slug))
    context = {
        **grouped(form),
        "title": title,
        "noun": kind,
        "row": row,
        "publish_url": kind.url("publish", slug),
    }
    if isinstance(row, Action):
        context["updates"] = row.updates.select_related("organization", "author").order_by("-as_of", "-pk")
    return render(request, "roadmap/workroom/entry_form.html", context)


@planners_only
@require_http_methods(["GET", "HEAD", "POST"])
def entry_publish(request: HttpRequest, slug: str, *, noun: str) -> HttpResponse:
    """Take a row off the public pages after a confirmation, or put it back."""
    kind = NOUNS[noun]
    row: Any = get_object_or_404(kind.model._default_manager.all(), slug=slug)
    return _publish(request, row, back_url=kind.url("edit", slug))


def _publish(request: HttpRequest, row: Any, *, back_url: str) -> HttpResponse:
    if request.method == "POST":
        publish = request.POST.get("publish") == "1"
        service.set_published(row, publish=publish)
        text = (
            _("“%(name)s” stands on the public pages again.")
            if publish
            else _("“%(name)s” is off the public pages. Nothing is deleted: you can publish it again here.")
        )
        messages.success(request, text % {"name": row})
        return redirect(back_url)
    return render(request, "roadmap/workroom/publish_confirm.html", {"row": row, "back_url": back_url})


@planners_only
@require_http_methods(["GET", "HEAD", "POST"])
def update_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what had happened with an action by a day."""
    action = get_object_or_404(Action, slug=slug)
    return _edit_update(request, ProgressUpdate(action=action, organization=action.lead_organization))


@planners_only
@require_http_methods(["GET", "HEAD", "POST"])
def update_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a progress update."""
    return _edit_update(request, get_object_or_404(ProgressUpdate.objects.select_related("action"), pk=pk))


def _edit_update(request: HttpRequest, update: ProgressUpdate) -> HttpResponse:
    is_new = update.pk is None
    action = update.action
    back_url = reverse("workroom:action_edit", args=[action.slug])
    form = ProgressUpdateForm(request.POST or None, request.FILES or None, instance=update)
    if request.method == "POST":
        try:
            saved = save_or_explain(form, partial(service.save_update, form, by=person(request)))
        except StaleRow as stale:
            return conflict_page(request, ProgressUpdateForm, stale.current, back_url=back_url)
        if saved:
            text = _("The progress of “%(name)s” is saved and stands on the action's public page.")
            messages.success(request, text % {"name": action})
            return redirect(back_url)
    context = {
        **grouped(form),
        "title": _("New progress update") if is_new else _("Change the progress update"),
        "action": action,
        "update": None if is_new else update,
        "evidence": [] if is_new else list(update.evidence.all()),
        "back_url": back_url,
    }
    return render(request, "roadmap/workroom/update_form.html", context)


@planners_only
@require_http_methods(["GET", "HEAD", "POST"])
def update_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a progress update off the public pages after a confirmation, or put it back."""
    update = get_object_or_404(ProgressUpdate.objects.select_related("action"), pk=pk)
    return _publish(request, update, back_url=reverse("workroom:action_edit", args=[update.action.slug]))
