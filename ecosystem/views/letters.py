"""Confirmation letters: the PDF for who booked and who manages, and the check for everybody."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ecosystem import letters, permissions
from ecosystem.models import Booking, BookingStep, User
from ecosystem.views.accounts import too_many_requests
from malangkraf.limits import Counter, is_allowed, sender_of

CHECKS = "30/min"
LOADED = ("facility__operator", "facility__kecamatan", "space", "subsector")


def booking_of(request: HttpRequest, code: str) -> Booking:
    """Return a booking whose people the account may know; raise Http404 for any other."""
    found = Booking.objects.select_related(*LOADED).filter(code=code).first()
    user = request.user
    if found is None or not isinstance(user, User) or not permissions.sees_booking(user, found):
        raise Http404
    return found


@require_safe
@never_cache
def booking_letter(request: HttpRequest, code: str) -> HttpResponse:
    """Send the confirmation letter in the language of the address."""
    booking = booking_of(request, code)
    if not letters.is_valid(booking):
        messages.info(request, _("There is a letter only for a confirmed booking."))
        return redirect("ecosystem:booking_detail", booking.code)
    if not permissions.is_booker(request.user, booking):  # type: ignore[arg-type]
        # The letter names the person.
        BookingStep.objects.create(
            booking=booking, what=BookingStep.What.CONTACT_SEEN, actor_id=request.user.pk
        )
    pdf = letters.render_letter(booking, language=get_language() or "id")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="surat-{booking.code}.pdf"'
    return response


@login_not_required
@require_safe
@never_cache
def letter_form(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a letter and go to its answer."""
    typed = request.GET.get("kode", "")
    code = as_stored(typed)
    if code:
        return redirect("ecosystem:letter_verify", code)
    return render(
        request, "ecosystem/letters/form.html", {"is_wrong": bool(typed.strip()), "typed": typed[:60]}
    )


@login_not_required
@require_safe
@never_cache
def letter_verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a letter counts now, for which space and which days; of its holder only as much as is needed."""
    if not is_allowed(request, Counter(CHECKS, f"letter:{sender_of(request)}")):
        return too_many_requests(request)
    booking = Booking.objects.select_related(*LOADED).filter(letter_code=as_stored(code)).first()
    context: dict[str, object] = {"code": letters.grouped(code[:40]), "booking": booking}
    # A request that was never confirmed has no letter yet.
    if booking is None or booking.decided_at is None and booking.state != Booking.State.CONFIRMED:
        return render(request, "ecosystem/letters/unknown.html", context, status=404)
    if letters.is_valid(booking):
        dates = letters.dates_of(booking)
        context |= {
            "dates": dates,
            "fallen": booking.occurrences.exclude(pk__in=[date.pk for date in dates]).count(),
            "holder": letters.holder(booking),
            "is_sample": letters.is_sample(booking, dates),
            "is_over": letters.is_over(dates, now=timezone.now()),
        }
    return render(request, "ecosystem/letters/verify.html", context | {"is_valid": letters.is_valid(booking)})


def as_stored(typed: str) -> str:
    """Return a code as it is stored, however it was typed; "" for what cannot be one."""
    code = re.sub(r"[\s.\-–]", "", typed).upper()
    return code if re.fullmatch(r"[0-9A-Z]{16}", code) else ""
