"""The public archive of progress reports, their files and the check of a report's hash."""

import hashlib
import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from malangkraf.page_cache import public_page
from roadmap import permissions
from roadmap.forms.reports import VerifyForm
from roadmap.models import ReportFile, ReportRun
from roadmap.reporting.page import report_card, report_context, report_title
from roadmap.services.reports import REPORT_KINDS

PER_PAGE = 12
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}


def published_runs() -> QuerySet[ReportRun]:
    """Return the published versions, newest period first, with what a card shows; two queries."""
    done = ReportFile.objects.filter(state=ReportFile.State.DONE)
    return (
        ReportRun.objects.filter(state=ReportRun.State.PUBLISHED)
        .select_related("report__period__phase")
        .prefetch_related(Prefetch("files", queryset=done))
        .order_by("-report__period__end", "report__period__start", "pk")
    )


@public_page(params=("jenis", "page"))
def report_list(request: HttpRequest) -> HttpResponse:
    """Show the archive, filtered by kind."""
    kind = request.GET.get("jenis", "")
    runs = published_runs()
    if kind in REPORT_KINDS:
        runs = runs.filter(report__period__kind=kind)
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    labels = {
        "": _("All"),
        "phase": _("Per phase"),
        "year": _("Yearly"),
        "quarter": _("Quarterly"),
        "month": _("Monthly"),
    }
    tabs = [
        (label, f"?jenis={value}" if value else request.path, value == kind)
        for value, label in labels.items()
    ]
    cards = [report_card(run, get_language()) for run in page.object_list]
    context = {"tabs": tabs, "page_obj": page, "cards": cards, "kind": kind}
    return render(request, "roadmap/report_list.html", context)


@public_page
def report_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the published version of a report."""
    return _show(request, get_object_or_404(published_runs(), report__slug=slug))


@public_page
def report_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one version, also one that a correction replaced."""
    return _show(request, _public_run(slug, number))


def _public_run(slug: str, number: int) -> ReportRun:
    runs = ReportRun.objects.visible_to_public().select_related("report__period__phase")
    return get_object_or_404(runs, report__slug=slug, number=number)


def _show(request: HttpRequest, run: ReportRun) -> HttpResponse:
    versions = run.report.runs.visible_to_public().defer("snapshot").order_by("-number")
    context = report_context(run, get_language()) | {"versions": versions}
    return render(request, "roadmap/report_detail.html", context)


@login_not_required
@require_safe
def report_snapshot(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Send exactly the bytes that the report's hash is over."""
    run = _public_run(slug, number)
    response = HttpResponse(run.snapshot.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="malangkraf-{slug}-v{number}.json"'
    return response


@login_not_required
@require_safe
def report_file(request: HttpRequest, slug: str, number: int, wanted: tuple[str, str]) -> FileResponse:
    """Send a file of a version: to everybody once published, to planners before."""
    file_format, language = wanted
    files = ReportFile.objects.filter(state=ReportFile.State.DONE).select_related("run__report")
    if not permissions.can_review_reports(request.user):
        files = files.filter(run__in=ReportRun.objects.visible_to_public())
    file = get_object_or_404(
        files, run__report__slug=slug, run__number=number, format=file_format, language=language
    )
    return send_report_file(file)


def send_report_file(file: ReportFile) -> FileResponse:
    """Return the file as a download that can do nothing in the portal's name; 404 when the bytes are gone."""
    try:
        content = file.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"malangkraf-{file.run.report.slug}-v{file.run.number}-{file.language}.{file.format}"
    response = FileResponse(
        content, as_attachment=True, filename=name, content_type=CONTENT_TYPES[file.format]
    )
    # The HTML file carries its own style sheet; sandboxed, it cannot run or send anything.
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    return response


@login_not_required
@require_safe
def report_verify(request: HttpRequest) -> HttpResponse:
    """Ask for the hash that a report carries, and go to its answer."""
    form = VerifyForm(request.GET if "sidik" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("roadmap:report_verify_hash", form.cleaned_data["sidik"])
    return render(request, "roadmap/report_verify.html", {"form": form})


@login_not_required
@require_safe
def report_verify_hash(request: HttpRequest, sha256: str) -> HttpResponse:
    """Say whether a published version carries this hash, of its figures or of one of its files."""
    runs = ReportRun.objects.visible_to_public().select_related("report__period__phase")
    run = runs.filter(Q(sha256=sha256) | Q(files__sha256=sha256)).order_by("-number").first()
    context: dict[str, Any] = {"sha256": sha256, "run": run}
    if run:
        context |= {
            "title": report_title(run, get_language()),
            "is_intact": hashlib.sha256(run.snapshot.encode()).hexdigest() == run.sha256,
            "file": run.files.filter(sha256=sha256).first(),
            "report": json.loads(run.snapshot)["report"],
            "newest": run.report.runs.filter(state=ReportRun.State.PUBLISHED).first(),
        }
    return render(request, "roadmap/report_verify_hash.html", context, status=200 if run else 404)
