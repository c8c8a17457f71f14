"""What the managers of a facility write into the agenda."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecosystem.agenda_forms import EventForm
from ecosystem.models import AgendaEvent, Facility, Occurrence
from ecosystem.services import agenda
from ecosystem.views.manager_parts import managed

PAGE_SIZE = 40
NOT_ANY_MORE = 409
LIST = "ecosystem:manager_agenda"


def _event(facility: Facility, pk: int) -> AgendaEvent:
    rows = facility.agenda_events.select_related(
        "space", "subsector", "occurrence__booking", "occurrence__space"
    )
    event: AgendaEvent = get_object_or_404(rows, pk=pk)
    event.facility = facility
    return event


@require_safe
@managed
def manager_agenda(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Show the events of a facility to its managers: those to come, or those that are over."""
    now = timezone.now()
    is_past = request.GET.get("waktu") == "lalu"
    rows = facility.agenda_events.select_related("space")
    waiting = [] if is_past else agenda.to_look_at(facility, now=now)
    seen = rows.upcoming(at=now).exclude(pk__in=[pk for one in waiting for pk in one.pks])
    rows = rows.filter(ends_at__lte=now).order_by("-starts_at", "-pk") if is_past else seen
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"facility": facility, "page_obj": page, "is_past": is_past, "waiting": waiting}
    return render(request, "ecosystem/agenda/manage/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def event_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Write a new event, or the public face of a booked date (`?tanggal=` its number)."""
    date = _date(request, facility)
    form = EventForm(request.POST or None, facility=facility, date=date)
    if request.method == "POST" and form.is_valid():
        event = agenda.save(form.filled())
        messages.success(request, _("The event is kept. Look at it, then publish it."))
        return redirect("ecosystem:event_edit", facility.slug, event.pk)
    return _form(request, facility, form, title=_("New event"))


def _date(request: HttpRequest, facility: Facility) -> Occurrence | None:
    """Return the booked date that the address names; one that has an event or does not count is none (404)."""
    asked = request.GET.get("tanggal", "")
    if not asked:
        return None
    rows = Occurrence.objects.live().filter(booking__facility=facility, agenda_event=None)
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise Http404
    return get_object_or_404(rows.select_related("booking__subsector", "space"), pk=int(asked))


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def event_edit(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Change an event; who was slower is told what stands there now and keeps what was typed."""
    event = _event(facility, pk)
    form = EventForm(request.POST or None, facility=facility, event=event)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            agenda.save(form.filled(), read_at=form.read_at)
        except agenda.EventChanged:
            status = NOT_ANY_MORE
            form = _again(request, facility, pk)
        else:
            messages.success(request, _("The changes are kept."))
            return redirect(LIST, facility.slug)
    return _form(request, facility, form, title=_("Change the event"), status=status)


def _again(request: HttpRequest, facility: Facility, pk: int) -> EventForm:
    """Return the form with what was typed, now knowing the row as it stands."""
    event = _event(facility, pk)
    data = request.POST.copy()
    data["seen"] = event.updated_at.isoformat()
    form = EventForm(data, facility=facility, event=event)
    form.add_error(
        None,
        _(
            "Somebody else changed this event while you were writing. Nothing of yours is kept yet; save again to"
            " replace it."
        ),
    )
    return form


def _form(
    request: HttpRequest, facility: Facility, form: EventForm, *, title: str, status: int = 200
) -> HttpResponse:
    if form.errors and status == 200:
        status = 422
    context = {
        "facility": facility,
        "form": form,
        "event": form.event if form.event.pk else None,
        "date": form.date,
        "title": title,
        "english_is_open": any(
            form[name].errors or form[name].value() for name in ("title_en", "summary_en")
        ),
    }
    return render(request, "ecosystem/agenda/manage/form.html", context, status=status)


@require_POST
@managed
def event_publish(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Show an event to everybody, or take it off the public pages."""
    event = _event(facility, pk)
    wished = request.POST.get("publish") == "1"
    if not agenda.publish(event, is_published=wished, now=timezone.now()):
        messages.error(request, _("The booking behind this event is not confirmed yet. Decide it first."))
    elif wished:
        messages.success(request, _("The event stands in the agenda now."))
    else:
        messages.success(request, _("The event is off the public pages."))
    return redirect(LIST, facility.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def event_cancel(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Ask, then mark an event as cancelled; or take the mark away again."""
    event, now = _event(facility, pk), timezone.now()
    if request.method != "POST":
        return render(request, "ecosystem/agenda/manage/cancel.html", {"facility": facility, "event": event})
    _marked(request, event, now=now)
    return redirect(LIST, facility.slug)


def _marked(request: HttpRequest, event: AgendaEvent, *, now: datetime) -> None:
    if request.POST.get("cancel") == "1":
        agenda.cancel(event, now=now)
        messages.success(request, _("The event is marked as cancelled. Its page says so."))
    elif agenda.revive(event, now=now):
        messages.success(request, _("The event takes place again."))
    else:
        messages.error(request, _("The booking behind this event does not count any more."))
