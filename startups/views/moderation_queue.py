"""Work room: the coordinators' queue, taking a thing from it, and finding any entry."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ecosystem import working_days
from startups import queue_texts, signs
from startups.forms.moderation import QueueFilter
from startups.models import DataRequest, ModerationItem, Startup
from startups.permissions import has_interest
from startups.services import moderation
from startups.views.data_queue import ANSWERABLE
from startups.views.moderation_parts import coordinators_only, find_item, person, refuse_own

PAGE_SIZE = 25
Kind, State = ModerationItem.Kind, ModerationItem.State
WITHOUT_AFTER_CHECKS = ~Q(kind=Kind.AFTER_CHECK)
TURNS = {
    "kami": Q(state=State.OPEN) & WITHOUT_AFTER_CHECKS,
    "pemohon": Q(state=State.ASKED),
    "tunda": Q(state=State.HELD),
    "sesudah": Q(kind=Kind.AFTER_CHECK) & ~Q(state=State.SETTLED),
    "selesai": Q(state=State.SETTLED),
}


@coordinators_only
@require_safe
def moderation_queue(request: HttpRequest) -> HttpResponse:
    """List what waits, the most urgent first, with its clock and what stands out."""
    form = QueueFilter(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    turn = chosen.get("giliran") or "kami"
    now, paused = timezone.now(), moderation.paused_spans()
    page_obj = _page(request, _rows(request, turn, chosen))
    own = _own_entries(request, page_obj)
    counts = ModerationItem.objects.aggregate(
        **{name: Count("pk", filter=turn_) for name, turn_ in TURNS.items()}
    )
    context = {
        "tabs": [
            (f"{label} ({counts[name]})" if name != "selesai" else label, f"?giliran={name}", name == turn)
            for name, label in QueueFilter.TURNS
        ],
        "turn": turn,
        "form": form,
        "is_filtered": any(chosen.get(name) for name in ("jenis", "petugas", "q")),
        "page_obj": page_obj,
        "rows": [
            _row(item, now=now, paused=paused)
            | {"is_mine": item.assigned_to_id == request.user.pk, "is_own": item.startup_id in own}
            for item in page_obj
        ],
        "requests": [
            (row, queue_texts.hours_of(row, now=now))
            for row in DataRequest.objects.filter(state=DataRequest.State.OPEN).order_by("due_at")[:5]
        ],
        "answerable": ANSWERABLE,
    }
    return render(request, "startups/moderation/queue.html", context)


def _rows(request: HttpRequest, turn: str, chosen: dict[str, Any]) -> QuerySet[ModerationItem]:
    rows = ModerationItem.objects.filter(TURNS[turn])
    if chosen.get("jenis"):
        rows = rows.filter(kind=chosen["jenis"])
    if chosen.get("petugas"):
        rows = rows.filter(assigned_to=person(request) if chosen["petugas"] == "saya" else None)
    if chosen.get("q"):
        words = chosen["q"].strip().replace("\x00", "")
        rows = rows.filter(Q(startup__name__icontains=words) | Q(startup__reference__iexact=words))
    related = ("startup__created_by", "change_set", "claim", "report", "assigned_to", "proposed_by")
    order = ("-settled_at", "-pk") if turn == "selesai" else ("due_at", "pk")
    return rows.select_related(*related).prefetch_related("startup__links").order_by(*order)


def _page(request: HttpRequest, rows: QuerySet[ModerationItem]) -> Page[ModerationItem]:
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def _own_entries(request: HttpRequest, items: Page[ModerationItem]) -> set[int]:
    """Return which of the entries are the person's own; one query for the whole page."""
    user = person(request)
    interest = Q(created_by=user) | Q(memberships__user=user) | Q(claims__user=user)
    ids = [item.startup_id for item in items]
    return set(Startup.objects.filter(interest, pk__in=ids).values_list("pk", flat=True))


def _row(item: ModerationItem, *, now: datetime, paused: Iterable[working_days.Span]) -> dict[str, Any]:
    return {
        "item": item,
        "headline": queue_texts.headline_of(item),
        "clock": queue_texts.clock_of(item, now=now, paused=paused),
        "signs": [sign for sign in signs.signs_at_a_glance(item) if sign.tone in ("bad", "warn")],
    }


@coordinators_only
@require_POST
def moderation_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item, or give it back; who comes second is told who has it."""
    item = find_item(pk)
    if refusal := refuse_own(request, item):
        return refusal
    gives_back, was_mine = "lepas" in request.POST, item.assigned_to_id == person(request).pk
    changed = moderation.assign(item, to=None if gives_back else person(request))
    item.refresh_from_db()
    if gives_back and was_mine:
        messages.success(request, _("You gave it back. A colleague can take it."))
    elif gives_back:
        messages.success(request, _("Nobody has it now. Whoever wants can take it."))
    elif changed or item.assigned_to == person(request):
        messages.success(request, _("It is yours now. Colleagues see that you are looking at it."))
    else:
        messages.warning(request, _("%(name)s took it a moment ago.") % {"name": item.assigned_to})
    return redirect("startups:moderation_detail", pk=pk)


@coordinators_only
@require_safe
def moderation_entries(request: HttpRequest) -> HttpResponse:
    """Find any entry that was sent once, whatever its state, to begin a check of it."""
    words = request.GET.get("q", "").strip().replace("\x00", "")[:120]
    rows = Startup.objects.exclude(lifecycle=Startup.Lifecycle.DRAFT).order_by("name", "pk")
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(alternate_names__icontains=words) | Q(reference__iexact=words)
        )
    state = request.GET.get("keadaan", "")
    if state in Startup.Lifecycle.values:
        rows = rows.filter(lifecycle=state)
    context = {
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "q": words,
        "state": state,
        "states": [choice for choice in Startup.Lifecycle.choices if choice[0] != Startup.Lifecycle.DRAFT],
    }
    return render(request, "startups/moderation/entries.html", context)


@coordinators_only
@require_POST
def moderation_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a check of an entry, or go on with the one that is open; its page holds all decisions."""
    startup = get_object_or_404(Startup.objects.exclude(lifecycle=Startup.Lifecycle.DRAFT), pk=pk)
    if has_interest(person(request), startup):
        item = ModerationItem(startup=startup, kind=Kind.REPORT)
        return render(request, "startups/moderation/own_entry.html", {"item": item}, status=403)
    item = moderation.open_check(startup, by=person(request))
    return redirect("startups:moderation_detail", pk=item.pk)
