"""Planners and the facility's managers say how a building goes on: milestones and physical progress, with sources."""

from typing import Any

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
from malangkraf.seen import SeenForm

LIST = "ecosystem:progress_list"
FORM = require_http_methods(["GET", "HEAD", "POST"])


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


def _row_page(request: HttpRequest, form: SeenForm, title: str, *, remove_name: str = "") -> HttpResponse:
    facility = form.instance.facility
    return row_page(
        request, facility, form, save=form.save, back=LIST, title=title,
        frame=frame_of(request, facility), remove_name=remove_name,
    )  # fmt: skip


def _remove_page(request: HttpRequest, facility: Facility, row: Any, title: str) -> HttpResponse:
    return remove_page(
        request, facility, row, back=LIST, title=title,
        text=_("It disappears from the facility's page; the history keeps it."),
        frame=frame_of(request, facility),
    )  # fmt: skip


@FORM
@progress_people
def progress_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Report how much of the building stands."""
    row = ProgressReport(facility=facility, entered_by=person(request))
    return _row_page(request, ProgressForm(sent(request), instance=row), _("New progress report"))


@FORM
@progress_people
def progress_edit(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Correct a progress report."""
    form = ProgressForm(sent(request), instance=get_object_or_404(facility.progress_reports, pk=pk))
    title = _("Change a progress report")
    return _row_page(request, form, title, remove_name="ecosystem:progress_remove")


@FORM
@progress_people
def progress_remove(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Ask, then remove a progress report."""
    row = facility.progress_reports.filter(pk=pk).first()
    return _remove_page(request, facility, row, _("Remove this progress report?"))


@FORM
@progress_people
def milestone_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Add something that happened."""
    form = MilestoneForm(sent(request), instance=Milestone(facility=facility))
    return _row_page(request, form, _("New milestone"))


@FORM
@progress_people
def milestone_edit(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Change a milestone."""
    form = MilestoneForm(sent(request), instance=get_object_or_404(facility.milestones, pk=pk))
    return _row_page(request, form, _("Change a milestone"), remove_name="ecosystem:milestone_remove")


@FORM
@progress_people
def milestone_remove(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Ask, then remove a milestone."""
    row = facility.milestones.filter(pk=pk).first()
    return _remove_page(request, facility, row, _("Remove this milestone?"))
