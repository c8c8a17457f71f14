"""Work room: member lists, from the file to unclaimed entries."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from malangkraf.tables.messages import say
from startups.forms.importing import MemberListForm
from startups.importing import batches
from startups.importing.columns import COLUMNS
from startups.models import ImportBatch, Startup
from startups.services.decisions import needs_second_person
from startups.views.moderation_parts import coordinators_only, person

PER_PAGE = 50


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """Show the member lists and take a new one."""
    form = MemberListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        chosen = request.FILES["file"]
        batch = batches.upload(
            form.cleaned_data["file"], name=str(getattr(chosen, "name", "")), by=person(request)
        )
        return redirect("startups:import_detail", batch.pk)
    lists = Paginator(ImportBatch.objects.select_related("created_by").defer("rows"), 20)
    context = {
        "form": form,
        "page_obj": lists.get_page(request.GET.get("page")),
        "columns": [*COLUMNS.required, *COLUMNS.optional],
    }
    return render(request, "startups/importing/list.html", context, status=400 if form.errors else 200)


@coordinators_only
@require_GET
def import_template(request: HttpRequest) -> HttpResponse:
    """Send an empty member list with the headings."""
    target = io.StringIO()
    csv.writer(target).writerow([*COLUMNS.required, *COLUMNS.optional])
    response = HttpResponse(target.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="daftar-anggota.csv"'
    return response


@coordinators_only
@require_GET
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how the list stands: being read, to be checked, or what became of it."""
    batch = get_object_or_404(ImportBatch.objects.select_related("created_by"), pk=pk)
    page = Paginator(batch.rows, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"batch": batch, "page_obj": page, "error": batches.error_of(batch)}
    if batch.state == ImportBatch.State.READ:
        context |= {"rows": [_shown(row) for row in page.object_list], "counts": _counts(batch)}
    elif batch.state == ImportBatch.State.APPLIED:
        context |= {
            "entries": batch.entries.select_related("startup"),
            "to_invite": len(batches.to_invite(batch)),
            "publishable": batches.publishable(batch),
            "at_once": batches.INVITATIONS,
        }
    return render(request, "startups/importing/detail.html", context)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the preview with its texts in the active language."""
    kind = row["values"]["kind"]
    # The worker that read the list knows no reader's language.
    known = {"known": ", ".join(str(label) for label in Startup.Kind.labels)}
    problems = [
        (problem["column"], say(problem["code"], known | problem["params"])) for problem in row["problems"]
    ]
    return row | {"kind": dict(Startup.Kind.choices).get(kind, kind), "texts": problems}


def _counts(batch: ImportBatch) -> dict[str, int]:
    return {
        "all": len(batch.rows),
        "create": sum(row["decision"] == batches.CREATE for row in batch.rows),
        "wrong": sum(bool(row["problems"]) for row in batch.rows),
        "known": sum(bool(row["matches"]) for row in batch.rows),
    }


@coordinators_only
@require_POST
def import_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Store which lines of the shown page are to be made."""
    get_object_or_404(ImportBatch, pk=pk)
    chosen = set(request.POST.getlist("create"))
    lines = [line for line in request.POST.getlist("line") if line.isascii() and line.isdecimal()]
    wanted = {int(line): batches.CREATE if line in chosen else batches.SKIP for line in lines[:PER_PAGE]}
    return _step(request, pk, lambda: batches.decide(pk, wanted), _("The choice is saved."))


@coordinators_only
@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the drafts."""
    get_object_or_404(ImportBatch, pk=pk)

    def done(count: int) -> str:
        text = ngettext("%(count)s unclaimed draft made.", "%(count)s unclaimed drafts made.", count)
        return text % {"count": count}

    return _step(request, pk, lambda: done(batches.apply(pk)))


@coordinators_only
@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop the list."""
    get_object_or_404(ImportBatch, pk=pk)
    return _step(request, pk, lambda: batches.discard(pk), _("The list and its file are deleted."))


@coordinators_only
@require_POST
def import_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite the next contacts."""
    get_object_or_404(ImportBatch, pk=pk)

    def done(count: int) -> str:
        text = ngettext(
            "%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count
        )
        return text % {"count": count}

    return _step(request, pk, lambda: done(batches.invite_next(pk, by=person(request))))


@coordinators_only
@require_POST
def import_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the complete drafts as unclaimed entries; what an administrator decides needs a second person."""
    get_object_or_404(ImportBatch, pk=pk)
    if needs_second_person(person(request)):
        messages.error(request, _("An administrator does not publish alone: a coordinator does it here."))
        return redirect("startups:import_detail", pk)

    def done(count: int) -> str:
        text = ngettext(
            "%(count)s entry published, unclaimed.", "%(count)s entries published, unclaimed.", count
        )
        return text % {"count": count}

    return _step(request, pk, lambda: done(batches.publish_complete(pk)))


def _step(request: HttpRequest, pk: int, work: Any, text: str = "") -> HttpResponse:
    """Do the step and go back to the list's page; a step that comes too late says so."""
    try:
        messages.success(request, work() or text)
    except batches.BatchConflict:
        messages.error(
            request, _("The list stands differently by now: somebody was faster. Look at it again.")
        )
    return redirect("startups:import_detail", pk)
