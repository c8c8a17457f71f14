"""Work room: closing a facility or a space for a time, with a decision about every booking that it touches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ecosystem import manager_booking as parts
from ecosystem.manager_forms import ClosureForm
from ecosystem.models import Facility, Occurrence, SpaceLeaf
from ecosystem.services import closure_offers, closures
from ecosystem.services.availability import Offer
from ecosystem.services.booking_drafts import Refused, StateConflict, Taken
from ecosystem.services.closure_offers import Ways
from ecosystem.services.closures import ClosureDraft, Decision
from ecosystem.views.manager_booking import add_problems
from ecosystem.views.manager_parts import day_from, managed, person

PAGE_SIZE = 25
# For more bookings nobody waits until free slots are found: the rest is moved one by one, and the page says so.
MOST_WITH_OFFERS = 100
NAMES = {"starts_at": "first_day", "ends_at": "last_day"}


@managed
@require_safe
def closure_list(request: HttpRequest, facility: Facility) -> HttpResponse:
    """List the closures, those to come first."""
    now = timezone.now()
    rows = facility.closures.select_related("space", "created_by").order_by("-ends_at", "-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"facility": facility, "page_obj": page, "now": now}
    return render(request, "ecosystem/manager/closures.html", context)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def closure_create(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Ask what to close, then what becomes of each booking that is touched, then close."""
    now = timezone.now()
    if request.method != "POST":
        day = max(day_from(request), timezone.localdate(now))
        slug = request.GET.get("ruang", "").replace("\x00", "")
        space = facility.spaces.filter(slug=slug, is_active=True, parent__isnull=False).first()
        form = ClosureForm(initial={"first_day": day, "last_day": day, "space": space}, facility=facility)
        return _page(request, facility, form)
    form = ClosureForm(request.POST, facility=facility)
    if not form.is_valid() or "ubah" in request.POST:
        return _page(request, facility, form)
    draft = _draft(facility, form)
    touched = closures.affected(facility, draft.space, draft.starts_at, draft.ends_at, now=now)
    decisions, missing = _decisions(request, touched)
    if "tutup" not in request.POST or missing:
        return _affected_page(request, facility, form, touched, is_incomplete="tutup" in request.POST)
    try:
        closures.close(draft, decisions, by=person(request), now=now)
    except closures.Undecided as error:
        return _affected_page(request, facility, form, error.occurrences, has_grown=True, status=409)
    except (Taken, StateConflict):
        touched = closures.affected(facility, draft.space, draft.starts_at, draft.ends_at, now=now)
        return _affected_page(request, facility, form, touched, is_gone=True, status=409)
    except Refused as error:
        add_problems(form, error, NAMES)
        return _page(request, facility, form)
    messages.success(
        request, _("Closed. Everybody with an e-mail address is told what became of their booking.")
    )
    if unreached := [date.booking.code for date in touched if not date.booking.contact_email]:
        text = _("These bookings have no e-mail address; call the people, please: %(codes)s.")
        messages.warning(request, text % {"codes": ", ".join(dict.fromkeys(unreached))})
    return redirect("ecosystem:closure_list", facility.slug)


def _draft(facility: Facility, form: ClosureForm) -> ClosureDraft:
    starts_at, ends_at = form.span
    found = form.cleaned_data
    return ClosureDraft(
        facility=facility,
        space=found["space"],
        kind=found["kind"],
        starts_at=starts_at,
        ends_at=ends_at,
        reason=found["reason"],
        reason_en=found["reason_en"],
    )


def _decisions(request: HttpRequest, touched: Iterable[Occurrence]) -> tuple[dict[int, Decision], bool]:
    """Return what was chosen for each date, and whether one is missing; nonsense counts as missing."""
    found: dict[int, Decision] = {}
    missing = False
    for date in touched:
        decision = _decision(request.POST.get(f"putusan-{date.pk}", ""))
        # A date that changed since the page was made is decided anew.
        is_seen = request.POST.get(f"versi-{date.pk}") == str(date.version)
        if decision is None or not is_seen:
            missing = True
        else:
            found[date.pk] = decision
    return found, missing


def _decision(text: str) -> Decision | None:
    if text in ("cancel", "keep"):
        return text
    offer = parts.read_offer(text)
    return ("move", *offer) if offer else None


def _page(request: HttpRequest, facility: Facility, form: ClosureForm) -> HttpResponse:
    return render(request, "ecosystem/manager/closure.html", {"facility": facility, "form": form})


def _affected_page(
    request: HttpRequest,
    facility: Facility,
    form: ClosureForm,
    touched: list[Occurrence],
    *,
    status: int = 200,
    **context: bool,
) -> HttpResponse:
    """Return the list of the bookings that are touched, each with its choices; what was chosen stays."""
    starts_at, ends_at = form.span
    values: dict[str, Any] = {
        "facility": facility,
        "form": form,
        "rows": _rows(request, _draft(facility, form), touched),
        "space": form.cleaned_data["space"],
        "starts_at": starts_at,
        "ends_at": ends_at,
        "kind": dict(form.fields["kind"].choices)[form.cleaned_data["kind"]],  # type: ignore[attr-defined]
    }
    return render(request, "ecosystem/manager/affected.html", values | context, status=status)


def _rows(request: HttpRequest, draft: ClosureDraft, touched: Sequence[Occurrence]) -> list[dict[str, Any]]:
    """Return each date with where it could go, and what is chosen or proposed for it."""
    found = closure_offers.ways(draft, touched[:MOST_WITH_OFFERS], now=timezone.now())
    leaves: dict[int, set[int]] = defaultdict(set)
    for space, leaf in SpaceLeaf.objects.filter(space__facility=draft.facility).values_list("space", "leaf"):
        leaves[space].add(leaf)
    promised: list[Offer] = []
    rows = []
    for number, date in enumerate(touched):
        ways = found.get(date.pk, Ways())
        chosen = request.POST.get(f"putusan-{date.pk}", "")
        if not chosen:
            # No slot is proposed for two bookings, and another time never: nobody knows whether it suits them.
            same = [one for one in ways.here if one.starts_at == date.starts_at]
            mine = next((one for one in same if not _collides(one, promised, leaves)), None)
            promised += [mine] if mine else []
            chosen = parts.offer_key(mine) if mine else "cancel"
        row = {
            "date": date,
            "offers": [(parts.offer_key(one), parts.offer_words(one)) for one in ways.here],
            "elsewhere": [parts.offer_words(one, with_facility=True) for one in ways.elsewhere],
            "chosen": chosen,
            "was_searched": number < MOST_WITH_OFFERS,
        }
        rows.append(row)
    return rows


def _collides(offer: Offer, promised: Iterable[Offer], leaves: Mapping[int, set[int]]) -> bool:
    """Return whether an offer wants a part of a place that another booking is to get at the same time."""
    return any(
        offer.starts_at < other.ends_at
        and other.starts_at < offer.ends_at
        and not leaves[offer.space.pk].isdisjoint(leaves[other.space.pk])
        for other in promised
    )


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def closure_lift(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Ask, then end a closure before its time; a second click is told that it is open already."""
    closure = get_object_or_404(facility.closures.select_related("space"), pk=pk)
    if request.method != "POST":
        context = {"facility": facility, "closure": closure, "place": closure.space or facility}
        return render(request, "ecosystem/manager/closure_lift.html", context)
    try:
        closures.lift(closure, by=person(request), now=timezone.now())
    except StateConflict:
        messages.warning(request, _("This closure was lifted already."))
    else:
        messages.success(request, _("Lifted. What it had closed can be booked again."))
    return redirect("ecosystem:closure_list", facility.slug)
