"""Planners and the facility's managers say how a building goes on: milestones and physical progress, with sources."""

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ecosystem import permissions
from ecosystem.models import Facility, Milestone, ProgressReport
from ecosystem.settings_forms import MilestoneForm, ProgressForm
from ecosystem.views.manager_parts import person
from ecosystem.views.settings_parts import frame_of, progress_people, remove_page, row_page, sent

LIST = "ecosystem:progress_list"


@require_safe
def progress_home(request: HttpRequest) -> HttpResponse:
    """List the facilities whose progress a person reports, each with the newest figure."""
    newest = ProgressReport.objects.filter(facility=OuterRef("pk")).order_by("-as_of")
    rows = (
        permissions.facilities_reported_by(person(request))
        .select_related("kecamatan")
        .annotate(
            percent=Subquery(newest.values("actual_percent")[:1]), as_of=Subquery(newest.values("as_of")[:1])
        )
    )
    return render(request, "ecosystem/manager/settings/progress_home.html", {"rows": rows})


@require_safe
@progress_people
def progress_list(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Show what was reported and what happened, the newest first."""
    context = {
        "facility": facility,
        "frame": frame_of(request, facility),
        "reports": list(facility.progress_reports.order_by("-as_of")),
        "milestones": list(facility.milestones.order_by("-happened_on", "-pk")),
    }
    return render(request, "ecosystem/manager/settings/progress_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@progress_people
def progress_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Report how much of the building stands."""
    row = ProgressReport(facility=facility, entered_by=person(request))
    form = ProgressForm(sent(request), instance=row)
    return row_page(
        request, facility, form, save=form.save, back=LIST, title=_("New progress report"),
        frame=frame_of(request, facility),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@progress_people
def progress_edit(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Correct a progress report."""
    form = ProgressForm(sent(request), instance=get_object_or_404(facility.progress_reports, pk=pk))
    return row_page(
        request, facility, form, save=form.save, back=LIST, title=_("Change a progress report"),
        frame=frame_of(request, facility), remove_name="ecosystem:progress_remove",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@progress_people
def progress_remove(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Ask, then remove a progress report."""
    row = facility.progress_reports.filter(pk=pk).first()
    return remove_page(
        request, facility, row, back=LIST, title=_("Remove this progress report?"),
        text=_("It disappears from the facility's page; the history keeps it."),
        frame=frame_of(request, facility),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@progress_people
def milestone_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Add something that happened."""
    form = MilestoneForm(sent(request), instance=Milestone(facility=facility))
    return row_page(
        request, facility, form, save=form.save, back=LIST, title=_("New milestone"),
        frame=frame_of(request, facility),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@progress_people
def milestone_edit(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Change a milestone."""
    form = MilestoneForm(sent(request), instance=get_object_or_404(facility.milestones, pk=pk))
    return row_page(
        request, facility, form, save=form.save, back=LIST, title=_("Change a milestone"),
        frame=frame_of(request, facility), remove_name="ecosystem:milestone_remove",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@progress_people
def milestone_remove(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Ask, then remove a milestone."""
    row = facility.milestones.filter(pk=pk).first()
    return remove_page(
        request, facility, row, back=LIST, title=_("Remove this milestone?"),
        text=_("It disappears from the facility's page; the history keeps it."),
        frame=frame_of(request, facility),
    )  # fmt: skip
