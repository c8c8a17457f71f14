"""What persons asked about their data: the coordinators' list with the 72-hour clock."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from startups import permissions
from startups.forms.personal_data import AnswerForm
from startups.models import DataRequest
from startups.services import data_requests

PAGE_SIZE = 50
ANSWERABLE = (DataRequest.Kind.CORRECTION, DataRequest.Kind.STOP)


def _only_coordinators(request: HttpRequest) -> None:
    if not permissions.is_coordinator(request.user):
        raise PermissionDenied


@require_safe
def data_request_list(request: HttpRequest) -> HttpResponse:
    """Show the requests, open ones first, each with its clock; a copy that was made needs nobody any more."""
    _only_coordinators(request)
    is_settled = Case(When(state=DataRequest.State.OPEN, then=Value(0)), default=Value(1))
    shown = DataRequest.objects.exclude(kind=DataRequest.Kind.ACCESS, state=DataRequest.State.DONE)
    rows = shown.select_related("user").order_by(is_settled, "due_at", "pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "now": timezone.now(), "answerable": ANSWERABLE}
    return render(request, "startups/workroom/data_request_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def data_request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request to correct or to stop, and answer it."""
    _only_coordinators(request)
    found = get_object_or_404(DataRequest.objects.select_related("user"), pk=pk, kind__in=ANSWERABLE)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and found.state == DataRequest.State.OPEN and form.is_valid():
        values = form.cleaned_data
        if data_requests.answer(pk, state=values["state"], text=values["text"], now=timezone.now()):
            messages.success(request, _("The answer was sent."))
        return redirect("startups:data_request_list")
    context = {"row": found, "form": form, "now": timezone.now()}
    return render(request, "startups/workroom/data_request_detail.html", context)
