"""Work room: one booking for its managers: what it says, the contact behind a logged click, and the decision."""

from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecosystem import manager_booking as parts
from ecosystem import manager_queue
from ecosystem.manager_forms import ApproveForm, DeclineForm, EditForm
from ecosystem.models import Booking, BookingStep, Facility, Occurrence
from ecosystem.services import booking_changes, booking_decisions
from ecosystem.services.booking_drafts import Refused, StateConflict, Taken
from ecosystem.views.manager_parts import conflict_page, find_booking, managed, person, say_done
from malangkraf.form_values import stale
from malangkraf.seen import StaleRow


@managed
@require_safe
def manager_booking(request: HttpRequest, facility: Facility, code: str) -> HttpResponse:
    """Show all details of a booking, its history and what may be decided."""
    return booking_page(request, find_booking(facility, code))


def booking_page(
    request: HttpRequest,
    booking: Booking,
    *,
    approve_form: ApproveForm | None = None,
    decline_form: DeclineForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Return the page of a booking; `approve_form` and `decline_form` are what was typed."""
    now = timezone.now()
    dates = parts.date_rows(booking, now=now)
    values: dict[str, Any] = {
        "facility": booking.facility,
        "booking": booking,
        "tone": parts.STATE_TONES[booking.state],
        "dates": dates,
        "is_over": all(row.occurrence.ends_at <= now for row in dates),
        "can": _possible(booking, dates),
        "is_late": booking.answer_by is not None and booking.answer_by < now,
        "steps": parts.step_rows(booking),
        "others": parts.others(booking, booking.facility),
        "has_contact": bool(booking.contact_email or booking.contact_phone),
        "is_contact_shown": False,
        "now": now,
        "next_request": None,
    }
    if booking.state != Booking.State.PENDING:
        waiting = booking.facility.bookings.filter(state=Booking.State.PENDING)
        values["next_request"] = waiting.order_by("created_at", "pk").first()
    else:
        rivals = booking_decisions.rivals(booking)
        initial = {"is_commercial": "yes"} if booking.declares_commercial else {"is_commercial": "no"}
        values |= {
            "rivals": rivals,
            "approve_form": approve_form or ApproveForm(initial=initial, has_rivals=bool(rivals)),
            "seen": booking_decisions.asked(booking, parts.waiting(dates)),
            "decline_form": decline_form or DeclineForm(offers=_choices(booking, now)),
        }
    return render(request, "ecosystem/manager/booking.html", values | context, status=status)


def _possible(booking: Booking, dates: Sequence[parts.DateRow]) -> dict[str, bool]:
    """Return what may be done to the booking as a whole."""
    lives = booking.state in Occurrence.LIVE
    return {
        "edit": lives,
        "book_again": not lives and booking.anonymized_at is None,
        "cancel_all": sum(row.can_move for row in dates) > 1,
    }


def _offers(booking: Booking, now: Any) -> dict[str, Any]:
    first = (
        booking.occurrences.filter(state=Occurrence.State.PENDING).select_related("space", "booking").first()
    )
    return {parts.offer_key(one): one for one in parts.offers_for(first, now=now)} if first else {}


def _choices(booking: Booking, now: Any) -> list[tuple[str, str]]:
    return [(key, parts.offer_words(offer)) for key, offer in _offers(booking, now).items()]


@managed
@require_POST
def manager_contact(request: HttpRequest, facility: Facility, code: str) -> HttpResponse:
    """Show phone and address of the contact once; the look is written down."""
    booking = find_booking(facility, code)
    if booking.contact_email or booking.contact_phone:
        BookingStep.objects.create(booking=booking, what=BookingStep.What.CONTACT_SEEN, actor=person(request))
    return booking_page(request, booking, is_contact_shown=True)


@managed
@require_POST
def booking_approve(request: HttpRequest, facility: Facility, code: str) -> HttpResponse:
    """Confirm a request: community or commercial use, with the reason; who comes second is told who decided."""
    booking, now = find_booking(facility, code), timezone.now()
    has_rivals = booking.state == Booking.State.PENDING and bool(booking_decisions.rivals(booking))
    form = ApproveForm(request.POST, has_rivals=has_rivals)
    if not form.is_valid():
        if booking.state != Booking.State.PENDING:
            return conflict_page(request, booking)
        return booking_page(request, booking, approve_form=form)
    found = form.cleaned_data
    try:
        booking_decisions.approve(
            booking,
            by=person(request),
            now=now,
            is_commercial=found["is_commercial"] == "yes",
            reason=found["reason"],
            decline_rivals=found.get("decline_rivals", False),
            seen=request.POST.get("seen", ""),
        )
    except StaleRow:
        form.add_error(
            None, _("The booker changed the request after you opened it. Read it again, then decide.")
        )
        return booking_page(request, find_booking(facility, code), approve_form=form, status=409)
    except StateConflict:
        return conflict_page(request, booking, typed=found["reason"])
    except Taken:
        form.add_error(
            None, _("Somebody else has the time by now. Offer another one and decline, or move it.")
        )
        return booking_page(request, booking, approve_form=form, status=409)
    except Refused as error:
        add_problems(form, error)
        return booking_page(request, booking, approve_form=form)
    say_done(request, booking, _("Approved: %(name)s.") % {"name": parts.name_of(booking)})
    if "antrean" in request.POST:
        return redirect(_on_with_the_queue(request, booking))
    return redirect("ecosystem:manager_booking", facility.slug, code)


def _on_with_the_queue(request: HttpRequest, done: Booking) -> str:
    """Return the address of the list at the request after the one that is done."""
    after = manager_queue.following(done)
    place = {"page": request.POST.get("page", "")[:6], "berikut": after.code if after else ""}
    query = urlencode({name: value for name, value in place.items() if value})
    return f"{reverse('ecosystem:manager_requests', args=[done.facility.slug])}?{query}"


@managed
@require_POST
def booking_decline(request: HttpRequest, facility: Facility, code: str) -> HttpResponse:
    """Decline a request with a reason and what is free instead; who comes second is told who decided."""
    booking, now = find_booking(facility, code), timezone.now()
    offers = _offers(booking, now)
    form = DeclineForm(request.POST, offers=[(key, parts.offer_words(one)) for key, one in offers.items()])
    if not form.is_valid():
        if booking.state != Booking.State.PENDING:
            return conflict_page(request, booking, typed=form.data.get("tolak-reason", ""))
        return booking_page(request, booking, decline_form=form)
    chosen = [offers[key] for key in form.cleaned_data.get("offers", ())]
    reason = parts.with_offers(form.cleaned_data["reason"], chosen, language=booking.language)
    try:
        booking_decisions.decline(booking, by=person(request), now=now, reason=reason)
    except StateConflict:
        return conflict_page(request, booking, typed=form.cleaned_data["reason"])
    except Refused as error:
        add_problems(form, error)
        return booking_page(request, booking, decline_form=form)
    say_done(request, booking, _("Declined: %(name)s.") % {"name": parts.name_of(booking)})
    return redirect("ecosystem:manager_requests", facility.slug)


@managed
@require_http_methods(["GET", "HEAD", "POST"])
def manager_edit(request: HttpRequest, facility: Facility, code: str) -> HttpResponse:
    """Put right what a booking says: somebody calls and brings more people, a phone number was typed wrongly."""
    booking = find_booking(facility, code)
    form = EditForm(request.POST if request.method == "POST" else None, booking=booking)
    context: dict[str, Any] = {
        "facility": facility,
        "booking": booking,
        "seen": request.POST.get("seen", booking.fingerprint),
    }
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            booking_changes.edit(
                booking,
                form.changes,
                by=person(request),
                now=timezone.now(),
                as_manager=True,
                seen=context["seen"],
            )
        except StaleRow as error:
            context |= stale(form, EditForm(booking=cast(Booking, error.current)), error.current)
            status = 409
        except StateConflict:
            return conflict_page(request, booking, typed=form.cleaned_data["note"])
        except Refused as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("ecosystem:manager_booking", facility.slug, code)
    return render(request, "ecosystem/manager/edit.html", {**context, "form": form}, status=status)


def add_problems(form: Any, refusal: Refused, names: dict[str, str] | None = None) -> None:
    """Put what a service refused beside the form's fields; what has no field stands above the form."""
    for problem in refusal.problems:
        name = (names or {}).get(problem.field, problem.field)
        form.add_error(name if name in form.fields else None, str(problem.message))
