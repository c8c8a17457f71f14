"""Reports in the work room: make, watch, review, publish, correct."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecosystem.models import User
from roadmap import permissions, tasks
from roadmap.forms.reports import ErratumForm, GenerateForm
from roadmap.models import ReportRun
from roadmap.reporting.page import report_context, report_title
from roadmap.services import reports, schedule
from roadmap.services.reports import ReportError

PER_PAGE = 20
MESSAGES: dict[str, Callable[[], str]] = {
    "needs_erratum": lambda: _(
        "This period has a published report. Make a correction and say what was wrong."
    ),
    "not_draft": lambda: _("This version is no draft any more. Reload the page to see its state."),
    "being_made": lambda: _(
        "A file of this version is still being made. Publish it once all files are finished."
    ),
    "not_open": lambda: _("This version can no longer be discarded. Reload the page to see its state."),
    "not_failed": lambda: _("Nothing has failed here, so there is nothing to repeat."),
    "other_open": lambda: _("A newer version of this report is being made. Open that one."),
    "wrong_kind": lambda: _("There is no report for this kind of period."),
}


def _planner(request: HttpRequest) -> User:
    """Return the planner who asks; anybody else is refused."""
    user = request.user
    if not isinstance(user, User) or not permissions.can_review_reports(user):
        raise PermissionDenied
    return user


def _run(pk: int) -> ReportRun:
    runs = ReportRun.objects.select_related("report__period__phase", "requested_by", "published_by")
    return get_object_or_404(runs.prefetch_related("files"), pk=pk)


@require_safe
def report_run_list(request: HttpRequest) -> HttpResponse:
    """Show every version with its state, newest first."""
    _planner(request)
    runs = (
        ReportRun.objects.with_figures_changed()
        .select_related("report__period__phase", "requested_by")
        .prefetch_related("files")
        .defer("snapshot")
        .order_by("-requested_at", "-pk")
    )
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    language = get_language() or "id"
    rows = [(run, report_title(run, language)) for run in page.object_list]
    return render(request, "roadmap/workroom/report_run_list.html", {"page_obj": page, "rows": rows})


# Not one transaction: the run must be committed before the broker is asked, whose answer the message depends on.
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def report_run_create(request: HttpRequest) -> HttpResponse:
    """Ask for a period and make its report now."""
    planner = _planner(request)
    now = timezone.now()
    form = GenerateForm(request.POST or None, now=now)
    if form.is_bound and form.is_valid():
        span, phase = form.chosen
        period = schedule.ensure_period(span, phase=phase)
        try:
            run, is_new = reports.request_report(period, by=planner, trigger=ReportRun.Trigger.MANUAL)
        except ReportError as error:
            form.add_error("period", MESSAGES[error.code]())
        else:
            _announce(request, run, is_new=is_new)
            return redirect("workroom:report_run_detail", run.pk)
    status = 422 if form.is_bound else 200
    return render(request, "roadmap/workroom/report_run_create.html", {"form": form}, status=status)


def _announce(request: HttpRequest, run: ReportRun, *, is_new: bool) -> None:
    """Wake the worker and tell the planner what happens next."""
    if not is_new:
        messages.info(request, _("A version of this report is open already. Here it is."))
    elif tasks.wake([run]):
        messages.success(request, _("The report is being made. This page shows how far it is."))
    else:
        messages.warning(
            request,
            _(
                "The request is kept, but the job queue does not answer. The report starts by itself once it is back."
            ),
        )


@require_safe
def report_run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a version: its progress, then its draft to review."""
    _planner(request)
    run = _run(pk)
    return render(request, "roadmap/workroom/report_run_detail.html", _context(run))


def _context(run: ReportRun) -> dict[str, object]:
    language = get_language() or "id"
    context: dict[str, object] = {"run": run, "title": report_title(run, language)}
    if run.sha256 and not run.is_being_made:
        context |= report_context(run, language)
    published = run.report.runs.filter(state=ReportRun.State.PUBLISHED).exclude(pk=run.pk)
    files = list(run.files.all())
    return context | {
        "is_working": run.is_being_made,
        "failed_files": [file for file in files if file.state == "failed"],
        "needs_developer": reports.needs_developer(run, files),
        "replaces": published.defer("snapshot").first(),
    }


@require_safe
def report_run_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the progress bar's question; once the run stands still the whole page is loaded anew."""
    _planner(request)
    run = _run(pk)
    response = render(request, "roadmap/workroom/_report_run_progress.html", _context(run))
    if not run.is_being_made:
        response["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def report_run_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then publish a draft."""
    planner = _planner(request)
    run = _run(pk)
    if request.method == "POST":
        try:
            reports.publish_run(run, by=planner, now=timezone.now())
        except ReportError as error:
            messages.error(request, MESSAGES[error.code]())
        else:
            messages.success(request, _("The report is published. Everybody finds it in the archive now."))
        return redirect("workroom:report_run_detail", pk)
    return render(request, "roadmap/workroom/report_run_publish.html", _context(run))


@require_http_methods(["GET", "HEAD", "POST"])
def report_run_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then throw a draft away."""
    _planner(request)
    run = _run(pk)
    if request.method == "POST":
        try:
            reports.discard_run(run)
        except ReportError as error:
            messages.error(request, MESSAGES[error.code]())
        else:
            messages.success(request, _("The version is discarded. Nothing was published."))
        return redirect("workroom:report_run_list")
    return render(request, "roadmap/workroom/report_run_discard.html", _context(run))


@transaction.non_atomic_requests
@require_POST
def report_run_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again what stopped after errors."""
    _planner(request)
    run = _run(pk)
    try:
        reports.retry_run(run)
    except ReportError as error:
        messages.error(request, MESSAGES[error.code]())
    else:
        tasks.wake([run])
        messages.success(request, _("Trying again. Files that are missing follow within a minute."))
    return redirect("workroom:report_run_detail", pk)


@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def report_run_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what was wrong and make a new version; the published one stays until the new one is published."""
    planner = _planner(request)
    run = get_object_or_404(
        ReportRun.objects.select_related("report__period__phase"), pk=pk, state="published"
    )
    form = ErratumForm(request.POST or None)
    context = {"form": form, "run": run, "title": report_title(run, get_language() or "id")}
    if form.is_bound and form.is_valid():
        new_run, is_new = reports.request_report(
            run.report.period, by=planner, trigger=ReportRun.Trigger.CORRECTION, **form.cleaned_data
        )
        # Sent twice, the same words are the open version's own; other words would be lost without a sign.
        if is_new or new_run.erratum == form.cleaned_data["erratum"]:
            _announce(request, new_run, is_new=is_new)
            return redirect("workroom:report_run_detail", new_run.pk)
        message = _(
            "Version %(number)s of this report is open already, so what you wrote is not kept. Publish or discard "
            "that version first."
        )
        form.add_error(None, message % {"number": new_run.number})
        context["open_run"] = new_run
    status = 422 if form.is_bound else 200
    return render(request, "roadmap/workroom/report_run_correct.html", context, status=status)
