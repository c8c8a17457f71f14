"""Checking in at the door: the QR code there leads here."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ecosystem import booking_pages, my_bookings
from ecosystem.booking_forms import CodeForm
from ecosystem.models import Occurrence, Space, User
from ecosystem.services import check_in
from ecosystem.services.booking_drafts import Refused, StateConflict
from malangkraf.limits import Counter, is_allowed, sender_of

# Codes tried from one network and at one door: enough for a class that arrives together, far too few to guess.
PER_SENDER, PER_DOOR = "30/hour", "200/hour"
TOO_MANY = 429
DONE = "berhasil"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def door_check_in(request: HttpRequest, slug: str, space: str, token: str) -> HttpResponse:
    """Let the people of a booking say that they are here: with one button, or with the booking's code."""
    found, now = booking_pages.space_at(slug, space), timezone.now()
    if not constant_time_compare(found.door_token, token):
        raise Http404
    user = request.user if isinstance(request.user, User) else None
    mine = my_bookings.current_date(user, found.pk, now=now, before=check_in.OPENS_BEFORE) if user else None
    is_button = "milik" in request.POST
    form = CodeForm(request.POST if request.method == "POST" and not is_button else None)
    refusal, status = None, 200
    if mine and is_button:
        refusal = _check_in(mine, user)
    elif is_button:
        refusal = _("You have no booking here now. Type the code of a booking.")
    elif form.is_bound and form.is_valid():
        refusal, status = _by_code(request, found, form.cleaned_data["code"], user)
        if refusal:
            form.add_error("code", refusal)
    if refusal == "":
        return redirect(f"{request.path}?{DONE}")
    context = {
        "space": found,
        "facility": found.facility,
        "mine": mine,
        "form": form,
        "notice": refusal if is_button else "",
        "is_done": request.method != "POST" and DONE in request.GET,
    }
    return render(request, "ecosystem/booking/door.html", context, status=status)


def _by_code(request: HttpRequest, space: Space, code: str, user: User | None) -> tuple[str, int]:
    """Check in the booking with this code; return what is wrong ("" for nothing) and the answer's status."""
    counters = (
        Counter(PER_SENDER, f"check-in:from:{sender_of(request)}"),
        Counter(PER_DOOR, f"check-in:at:{space.pk}"),
    )
    if not is_allowed(request, *counters):
        return _("Too many codes were tried from here. Ask the staff, or try again in an hour."), TOO_MANY
    now = timezone.now()
    rows = Occurrence.objects.filter(booking__code=code, space__facility=space.facility_id, ends_at__gt=now)
    living = rows.filter(state=Occurrence.State.CONFIRMED).select_related("booking", "space__facility")
    date = living.filter(space=space).order_by("starts_at").first()
    if date is None:
        return _("This code is for no booking of this space now. Check the code and the door."), 200
    return _check_in(date, user), 200


def _check_in(date: Occurrence, user: User | None) -> str:
    """Check in; return what is wrong, "" for nothing."""
    try:
        check_in.check_in(date, now=timezone.now(), by=user)
    except Refused as error:
        return error.text
    except StateConflict:
        return _("This booking was cancelled or freed meanwhile. Ask the staff.")
    return ""
