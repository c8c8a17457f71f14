"""The public agenda: what takes place in the city's creative spaces, and its feeds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecosystem import agenda_page
from ecosystem.event_filters import PARAMETERS, PAST, EventFilter
from ecosystem.models import AgendaEvent, Facility
from ecosystem.services import calendars
from ecosystem.views.feeds import answer
from malangkraf.feeds import AtomFeed
from malangkraf.moments import format_span
from malangkraf.page_cache import never_store, public_page, wants_fragment
from malangkraf.spreadsheets import without_controls
from malangkraf.translated import named, translated

PAGE_SIZE = 30
MOST_IN_FEED = 200
MOST_OTHERS = 3
MOST_IN_ATOM = 50
LISTED = ("facility__kecamatan", "space", "subsector")


@public_page(params=(*PARAMETERS, "page"))
def event_list(request: HttpRequest) -> HttpResponse:
    """Show the public events by day; htmx gets the list alone."""
    found = EventFilter(request.GET)
    is_valid = found.is_valid()
    rows = found.qs if is_valid else AgendaEvent.objects.none()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    found.form.fields["bulan"].widget = forms.Select(choices=agenda_page.months(found))
    context = {
        "filter": found,
        "is_valid": is_valid,
        "fields": [found.form[name] for name in ("fasilitas", "jenis", "subsektor", "bulan")],
        "page_obj": page,
        "count": page.paginator.count,
        "days": agenda_page.days_of(page, now=found.now, is_past=found.is_past),
        "is_narrowed": any(request.GET.get(name) for name in PARAMETERS if name != "waktu"),
        "feed_query": agenda_page.query_of(request.GET),
        # Another month is the one thing that does not go with the other time.
        "coming_query": agenda_page.query_of(request.GET, without=("page", "waktu", "bulan")),
        "past_query": agenda_page.query_of(request.GET, without=("page", "waktu", "bulan"), waktu=PAST),
    }
    template = "_results.html" if wants_fragment(request) else "event_list.html"
    response = render(request, f"ecosystem/agenda/{template}", context)
    if wants_fragment(request):
        response["HX-Push-Url"] = request.get_full_path()
    if not is_valid or request.GET.get("page", "1") != str(page.number):
        never_store(response)
    return response


@public_page
def event_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one event: what, when, where, how to take part."""
    event = get_object_or_404(AgendaEvent.objects.public().select_related(*LISTED), slug=slug)
    now = timezone.now()
    context = {
        "event": event,
        "is_over": event.ends_at <= now,
        "page_url": f"{settings.SITE_URL}{request.path}",
        "json_ld": agenda_page.json_ld(event),
        "others": _at_the_same_place(event, now=now),
    }
    return render(request, "ecosystem/agenda/event_detail.html", context)


def _at_the_same_place(event: AgendaEvent, *, now: datetime) -> list[AgendaEvent]:
    rows = AgendaEvent.objects.public().upcoming(at=now).exclude(pk=event.pk)
    found = rows.filter(facility=event.facility_id, cancelled_at=None)
    return list(found.select_related("facility", "space")[:MOST_OTHERS])


@public_page
def event_ics(request: HttpRequest, slug: str) -> HttpResponse:
    """Send one event for a calendar."""
    event = get_object_or_404(AgendaEvent.objects.public().select_related(*LISTED), slug=slug)
    return _calendar([event], name=translated(event, "title"), file=slug)


def feed(send: Callable[[HttpRequest, EventFilter], HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a public view of a function that sends what the filter finds; wrong filters are refused by name."""

    @public_page(params=PARAMETERS)
    def view(request: HttpRequest) -> HttpResponse:
        found = EventFilter(request.GET)
        if not found.is_valid():
            lines = [f"{name}: {text}" for name, texts in found.errors.items() for text in texts]
            answer = HttpResponse("\n".join(lines), status=400, content_type="text/plain; charset=utf-8")
            return never_store(answer)
        return send(request, found)

    view.__doc__ = send.__doc__
    return view


@feed
def agenda_ics(request: HttpRequest, found: EventFilter) -> HttpResponse:
    """Send the chosen events for a calendar that comes by again."""
    return _calendar(found.qs[:MOST_IN_FEED], name=_("Agenda of Malang's creative spaces"), file="agenda")


@feed
def agenda_atom(request: HttpRequest, found: EventFilter) -> HttpResponse:
    """Send the chosen events as a feed, the ones written down last first."""
    site = settings.SITE_URL
    atom = AtomFeed(
        title=_("Agenda of Malang's creative spaces"),
        link=f"{site}{reverse('ecosystem:event_list')}",
        description="",
        language=get_language(),
        author_name="MalangKraf",
        feed_url=f"{site}{request.get_full_path()}",
        # Chosen differently it is another feed.
        feed_guid=f"{site}{request.get_full_path()}",
    )
    for event in found.qs.order_by("-created_at", "-pk")[:MOST_IN_ATOM]:
        page = f"{site}{reverse('ecosystem:event_detail', args=[event.slug])}"
        when = f"{format_span(event.starts_at, event.ends_at)}, {translated(event.facility, 'name')}"
        about = [when, translated(event, "summary")]
        atom.add_item(
            title=without_controls(_feed_title(event)),
            link=page,
            # Readers take it for HTML.
            description="<br>".join(escape(without_controls(text)) for text in about if text),
            # The same in both languages.
            unique_id=f"{site}/agenda/#{event.pk}",
            pubdate=event.created_at,
            updateddate=event.updated_at,
            categories=[event.kind],
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _feed_title(event: AgendaEvent) -> str:
    title = named(event, "title")
    return _("Cancelled: %(name)s") % {"name": title} if event.cancelled_at else title


@public_page
def facility_agenda_ics(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the public events of one facility for a calendar that comes by again."""
    facility = get_object_or_404(Facility, slug=slug)
    rows = AgendaEvent.objects.public().upcoming(at=timezone.now()).filter(facility=facility)
    name = _("Agenda of %(place)s") % {"place": translated(facility, "name")}
    return _calendar(rows.select_related(*LISTED)[:MOST_IN_FEED], name=name, file=f"agenda-{slug}")


def _calendar(events: Any, *, name: str, file: str) -> HttpResponse:
    text = calendars.agenda(events, language=get_language() or "id", name=name)
    return answer(text, file=file)
