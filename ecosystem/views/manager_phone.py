"""Work room: a manager books for somebody who calls or stands at the desk."""

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
from ecosystem.manager_forms import PhoneBookingForm, SlotForm, bookable
from ecosystem.models import Facility, Space
from ecosystem.services import booking
from ecosystem.services.availability import alternatives
from ecosystem.services.booking_drafts import Draft, Refused, StateConflict, Taken
from ecosystem.views.manager_booking import add_problems
from ecosystem.views.manager_dates import NAMES
from ecosystem.views.manager_parts import day_from, managed, person

COPIED = (
    "key", "attendees", "purpose", "title", "subsector", "origin", "note", "declares_commercial", "seats",
    "repeats_until", "contact_name", "contact_email", "contact_phone",
)  # fmt: skip


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def manager_book(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Book for a person without an account: name, and phone or address; confirmed at once."""
    if request.method != "POST":
        return _page(
            request, facility, PhoneBookingForm(initial=_initial(request, facility), facility=facility)
        )
    form = PhoneBookingForm(request.POST, facility=facility)
    if not form.is_valid():
        return _page(request, facility, form)
    try:
        made = booking.book(_draft(request, form), now=timezone.now())
    except Taken as error:
        form.add_error("starts", _("This time is taken. Choose another one; free ones stand below."))
        return _page(request, facility, form, taken=error.dates, status=409)
    except Refused as error:
        add_problems(form, error, NAMES | {"attendees": "attendees", "seats": "seats"})
        return _page(request, facility, form)
    except StateConflict:
        form.add_error(None, _("The portal is very busy. Nothing was booked; send it again."))
        return _page(request, facility, form, status=409)
    messages.success(request, _("Booked: %(code)s. Tell the person this code.") % {"code": made.code})
    return redirect("ecosystem:manager_booking", facility.slug, made.code)


def _draft(request: HttpRequest, form: PhoneBookingForm) -> Draft:
    found = form.cleaned_data
    starts_at, ends_at = form.span
    values = {name: found[name] for name in COPIED}
    values["attendees"] = max(found["attendees"], 1)
    return Draft(
        space=found["space"],
        starts_at=starts_at,
        ends_at=ends_at,
        booker=None,
        entered_by=person(request),
        language=get_language() or "id",
        as_manager=True,
        **values,
    )


def _initial(request: HttpRequest, facility: Facility) -> dict[str, Any]:
    """Return the slot that was clicked in the calendar, or the next full hour; nonsense is left out."""
    next_hour = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    try:
        clock = time.fromisoformat(request.GET.get("mulai", "")).replace(tzinfo=None)
    except ValueError:
        clock = next_hour.time()
    day = day_from(request) if "tanggal" in request.GET else next_hour.date()
    start = datetime.combine(day, clock, tzinfo=next_hour.tzinfo)
    slug = request.GET.get("ruang", "")
    space = bookable(facility).filter(slug=slug).first() if slug and "\x00" not in slug else None
    end = start + timedelta(hours=1)
    return SlotForm.initial_of(space.pk if space else None, start, end) | {"attendees": 1}


def _page(
    request: HttpRequest,
    facility: Facility,
    form: PhoneBookingForm,
    *,
    taken: list[tuple[datetime, datetime]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "facility": facility,
        "form": form,
        "taken": taken or [],
        "offers": _offers(form.cleaned_data["space"], taken[0], form) if taken else [],
    }
    return render(request, "ecosystem/manager/book.html", context, status=status)


def _offers(space: Space, span: tuple[datetime, datetime], form: PhoneBookingForm) -> list[str]:
    people = form.cleaned_data.get("seats") or form.cleaned_data["attendees"]
    found = alternatives(space, *span, attendees=people, now=timezone.now())
    return [parts.offer_words(one) for one in found if one.space.facility_id == space.facility_id]
