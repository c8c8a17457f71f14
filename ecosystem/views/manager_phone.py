"""Work room: a manager books for somebody who calls or stands at the desk."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ecosystem import manager_booking as parts
from ecosystem.affiliations import affiliations_of
from ecosystem.manager_forms import PhoneBookingForm, SlotForm, bookable
from ecosystem.models import Booking, Facility, Occurrence, Space
from ecosystem.rules.spans import Span
from ecosystem.services import booking, check_in
from ecosystem.services.availability import alternatives
from ecosystem.services.booking_drafts import Draft, Refused, StateConflict, Taken
from ecosystem.services.facility_states import facility_state
from ecosystem.views.manager_booking import add_problems
from ecosystem.views.manager_dates import NAMES
from ecosystem.views.manager_parts import day_from, managed, person

COPIED = (
    "key", "attendees", "purpose", "title", "subsector", "origin", "note", "declares_commercial",
    "commercial_reason", "seats", "repeats_until", "contact_name", "contact_email", "contact_phone",
)  # fmt: skip
COPIED_AGAIN = (
    "attendees", "purpose", "title", "subsector", "origin", "note", "declares_commercial", "seats", "contact_name",
)  # fmt: skip
STEP = 5


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def manager_book(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Book for a person without an account, or one whose booking ended (`dari` its code); confirmed at once."""
    source = _source(request, facility)
    if request.method != "POST":
        initial = _initial(request, facility) | (_again(source) if source else {})
        return _page(request, PhoneBookingForm(initial=initial, facility=facility, source=source), source)
    form = PhoneBookingForm(_sent(request), facility=facility, source=source)
    if not form.is_valid():
        return _page(request, form, source)
    skip = _left_out(request)
    try:
        made = booking.book(_draft(request, form, skip, source), now=timezone.now())
    except Taken as error:
        form.add_error("starts", _("This time is taken. Choose another one; free ones stand below."))
        return _page(request, form, source, taken=error.dates, skip=skip, status=409)
    except Refused as error:
        add_problems(form, error, NAMES | {"attendees": "attendees", "seats": "seats"})
        return _page(request, form, source)
    except StateConflict:
        form.add_error(None, _("The portal is very busy. Nothing was booked; send it again."))
        return _page(request, form, source, status=409)
    messages.success(request, _("Booked: %(code)s. Tell the person this code.") % {"code": made.code})
    if form.cleaned_data["is_here"]:
        _arrive(request, made)
    return redirect("ecosystem:manager_booking", facility.slug, made.code)


def _source(request: HttpRequest, facility: Facility) -> Booking | None:
    """Return the booking that ended and is booked again, None for none and for nonsense."""
    code = (request.POST if request.method == "POST" else request.GET).get("dari", "").replace("\x00", "")
    rows = facility.bookings.filter(code=code, anonymized_at=None).exclude(state__in=Occurrence.LIVE)
    return rows.select_related("booker", "space").first() if code else None


def _again(source: Booking) -> dict[str, Any]:
    """Return what the form shows of a booking that is booked again; phone and address stay unseen."""
    found = {name: getattr(source, name) for name in COPIED_AGAIN}
    if (first := source.occurrences.first()) and first.starts_at > timezone.now():
        found |= SlotForm.initial_of(first.space_id, first.starts_at, first.ends_at)
    return found | {"space": first.space_id if first else source.space_id}


def _sent(request: HttpRequest) -> Any:
    """Return what was sent, with the space and time of the free slot whose button was pressed ("ke")."""
    offer = parts.read_offer(request.POST.get("ke", ""))
    if offer is None:
        return request.POST
    data = request.POST.copy()
    start = timezone.localtime(offer[1])
    try:
        times = [time.fromisoformat(data.get(name, "")) for name in ("starts", "ends")]
    except ValueError:
        return data
    begin, end = (datetime.combine(start.date(), one) for one in times)
    length = end - begin if end > begin else end - begin + timedelta(days=1)
    data["space"], data["day"] = str(offer[0]), start.date().isoformat()
    data["starts"], data["ends"] = f"{start:%H:%M}", f"{start + length:%H:%M}"
    return data


def _left_out(request: HttpRequest) -> frozenset[datetime]:
    """Return the starts of a series that the manager leaves out because they are taken; nonsense is none."""
    if "lewati" not in request.POST:
        return frozenset()
    found = (parts.read_offer(f"0@{text}") for text in request.POST.getlist("skip"))
    return frozenset(one[1] for one in found if one)


def _draft(
    request: HttpRequest, form: PhoneBookingForm, skip: frozenset[datetime], source: Booking | None
) -> Draft:
    found = form.cleaned_data
    starts_at, ends_at = form.span
    values = {name: found[name] for name in COPIED}
    if not found["declares_commercial"]:
        values["commercial_reason"] = ""
    if source is not None:
        for name in ("contact_phone", "contact_email"):
            values[name] = values[name] or getattr(source, name)
    booker = source.booker if source and source.booker and source.booker.is_active else None
    mine = affiliations_of(booker) if booker else []
    return Draft(
        space=found["space"],
        starts_at=starts_at,
        ends_at=ends_at,
        booker=booker,
        affiliation=next((one for one in mine if source and one.key == source.on_behalf_of), None),
        entered_by=person(request),
        language=source.language if source else get_language() or "id",
        as_manager=True,
        skip=skip,
        **values,
    )


def _arrive(request: HttpRequest, made: Booking) -> None:
    """Check the first date in, if its time has come."""
    first = made.occurrences.select_related("space").first()
    try:
        if first is not None:
            check_in.check_in(first, now=timezone.now(), by=person(request))
    except (Refused, StateConflict):
        messages.warning(request, _("It is too early to check in: do it when they come."))


def _initial(request: HttpRequest, facility: Facility) -> dict[str, Any]:
    """Return the slot that was clicked in the calendar, or the next hour of the house; nonsense is left out."""
    start = _start(request, facility)
    slug = request.GET.get("ruang", "")
    space = bookable(facility).filter(slug=slug).first() if slug and "\x00" not in slug else None
    end = start + timedelta(hours=1)
    return SlotForm.initial_of(space.pk if space else None, start, end) | {"attendees": 1}


def _start(request: HttpRequest, facility: Facility) -> datetime:
    """Return when the slot begins: now while the house is open, else when it opens, for who names no time."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    now -= timedelta(minutes=now.minute % STEP)
    day = day_from(request) if "tanggal" in request.GET else now.date()
    this_time = datetime.combine(day, now.time(), tzinfo=now.tzinfo)
    try:
        clock = time.fromisoformat(request.GET.get("mulai", "")).replace(tzinfo=None)
    except ValueError:
        moment = now if day == now.date() else datetime.combine(day, time(0), tzinfo=now.tzinfo)
        state = facility_state(facility, now=moment)
        return moment if state.is_open else timezone.localtime(state.next_open or this_time)
    return datetime.combine(day, clock, tzinfo=now.tzinfo)


def _page(
    request: HttpRequest,
    form: PhoneBookingForm,
    source: Booking | None,
    *,
    taken: Sequence[Span] = (),
    skip: frozenset[datetime] = frozenset(),
    status: int = 200,
) -> HttpResponse:
    is_series = bool(taken and form.cleaned_data.get("repeats_until"))
    context = {
        "facility": form.facility,
        "form": form,
        "source": source,
        "taken": taken,
        "skip": sorted(skip | {start for start, _end in taken}) if is_series else [],
        "offers": _offers(form.cleaned_data["space"], taken[0], form) if taken and not is_series else [],
    }
    return render(request, "ecosystem/manager/book.html", context, status=status)


def _offers(space: Space, span: Span, form: PhoneBookingForm) -> list[tuple[str, str]]:
    people = form.cleaned_data.get("seats") or form.cleaned_data["attendees"]
    found = alternatives(space, *span, attendees=people, now=timezone.now())
    here = [one for one in found if one.space.facility_id == space.facility_id]
    return [(parts.offer_key(one), parts.offer_words(one)) for one in here]
