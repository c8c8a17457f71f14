"""Work room: what managers do to single dates of a booking: move, cancel, check in, mark as missed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ecosystem import manager_booking as parts
from ecosystem.manager_forms import MoveForm, ReasonForm, SlotForm
from ecosystem.models import Facility, Occurrence
from ecosystem.services import booking_changes, check_in
from ecosystem.services.booking_drafts import Refused, StateConflict, Taken
from ecosystem.views.manager_booking import add_problems
from ecosystem.views.manager_parts import (
    conflict_page,
    find_booking,
    find_date,
    managed,
    person,
    say_done,
    version_from,
)

FORM = require_http_methods(["GET", "HEAD", "POST"])
# The services name the fields of the booking form.
NAMES = {"starts_at": "starts", "ends_at": "ends", "space": "space", "seats": "space", "attendees": "space"}


def _back(facility: Facility, occurrence: Occurrence) -> HttpResponse:
    return redirect("ecosystem:manager_booking", facility.slug, occurrence.booking.code)


@managed
@FORM
def date_move(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Move one date to another space or time: a plain form, with what is free as ready choices."""
    occurrence = find_date(facility, pk)
    if request.method != "POST":
        return _move_page(
            request, occurrence, MoveForm(initial=_wanted(request, occurrence), facility=facility)
        )
    form = MoveForm(request.POST, facility=facility)
    if not form.is_valid():
        return _move_page(request, occurrence, form)
    starts_at, ends_at = form.span
    try:
        booking_changes.move(
            occurrence,
            space=form.cleaned_data["space"],
            starts_at=starts_at,
            ends_at=ends_at,
            by=person(request),
            now=timezone.now(),
            version=version_from(request),
            as_manager=True,
            reason=form.cleaned_data["reason"],
        )
    except StateConflict:
        return conflict_page(request, occurrence.booking, typed=form.cleaned_data["reason"])
    except Taken:
        form.add_error("starts", _("This time is taken. Choose another one; free ones stand below."))
        return _move_page(request, occurrence, form, status=409)
    except Refused as error:
        add_problems(form, error, NAMES)
        return _move_page(request, occurrence, form)
    say_done(request, occurrence.booking, _("Moved."))
    return _back(facility, occurrence)


def _wanted(request: HttpRequest, occurrence: Occurrence) -> dict[str, Any]:
    """Return where the date is now, or the free slot that was chosen on the page."""
    chosen = request.GET.get("ke", "")
    offers = {parts.offer_key(one): one for one in parts.offers_for(occurrence, now=timezone.now())}
    if offer := offers.get(chosen):
        return SlotForm.initial_of(offer.space.pk, offer.starts_at, offer.ends_at)
    return MoveForm.showing(occurrence)


def _move_page(
    request: HttpRequest, occurrence: Occurrence, form: MoveForm, *, status: int = 200
) -> HttpResponse:
    offers = parts.offers_for(occurrence, now=timezone.now())
    context = {
        "facility": occurrence.space.facility,
        "booking": occurrence.booking,
        "occurrence": occurrence,
        "form": form,
        "version": request.POST.get("version", "") or occurrence.version,
        "offers": [(parts.offer_key(one), parts.offer_words(one)) for one in offers],
    }
    return render(request, "ecosystem/manager/move.html", context, status=status)


@managed
@FORM
def date_cancel(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Cancel one date with a reason that its booker reads."""
    occurrence = find_date(facility, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            booking_changes.cancel(
                occurrence,
                by=person(request),
                reason=reason,
                now=timezone.now(),
                version=version_from(request),
                as_manager=True,
            )
        except StateConflict:
            return conflict_page(request, occurrence.booking, typed=reason)
        except Refused as error:
            add_problems(form, error)
        else:
            say_done(request, occurrence.booking, _("Cancelled."))
            return _back(facility, occurrence)
    context = {
        "facility": facility,
        "booking": occurrence.booking,
        "occurrence": occurrence,
        "form": form,
        "version": request.POST.get("version", "") or occurrence.version,
    }
    return render(request, "ecosystem/manager/cancel.html", context)


@managed
@FORM
def booking_cancel(request: HttpRequest, facility: Facility, code: str) -> HttpResponse:
    """Cancel every date of a series that is still to come, with one reason."""
    booking = find_booking(facility, code)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            booking_changes.cancel_all(
                booking, by=person(request), reason=reason, now=timezone.now(), as_manager=True
            )
        except StateConflict:
            return conflict_page(request, booking, typed=reason)
        except Refused as error:
            add_problems(form, error)
        else:
            say_done(request, booking, _("Cancelled."))
            return redirect("ecosystem:manager_booking", facility.slug, code)
    context = {"facility": facility, "booking": booking, "occurrence": None, "form": form, "version": ""}
    return render(request, "ecosystem/manager/cancel.html", context)


@managed
@require_POST
def date_check_in(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Write down by hand that people came, also to a date marked as missed; a second click changes nothing."""
    occurrence, now = find_date(facility, pk), timezone.now()
    was_missed = occurrence.state == Occurrence.State.NO_SHOW
    write = check_in.came_after_all if was_missed else check_in.check_in
    try:
        write(occurrence, now=now, by=person(request))
    except StateConflict:
        return conflict_page(request, occurrence.booking)
    except Refused as error:
        messages.warning(request, error.text)
    else:
        messages.success(request, _("Put right: they came.") if was_missed else _("Checked in."))
    if "lembar" in request.POST:
        day = timezone.localdate(occurrence.starts_at).isoformat()
        return redirect(f"{reverse('ecosystem:day_sheet', args=[facility.slug])}?tanggal={day}")
    return _back(facility, occurrence)


@managed
@require_POST
def date_no_show(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    """Mark a date to which nobody came, and free the rest of its time."""
    occurrence = find_date(facility, pk)
    try:
        check_in.mark_no_show(occurrence, by=person(request), now=timezone.now())
    except StateConflict:
        return conflict_page(request, occurrence.booking)
    except Refused as error:
        messages.warning(request, error.text)
    else:
        messages.success(request, _("Marked: nobody came. The rest of the time is free again."))
    return _back(facility, occurrence)
