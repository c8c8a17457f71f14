"""What the pages of facility managers share: who may, which facility, which day."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ecosystem import roles
from ecosystem.models import Booking, Facility, Occurrence, User
from ecosystem.permissions import manages

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
FacilityView = Callable[Concatenate[HttpRequest, Facility, P], HttpResponse]
# Nobody plans further ahead or looks further back than this.
MOST_DAYS = timedelta(days=366 * 3)


def person(request: HttpRequest) -> User:
    """Return the signed-in person; LoginRequiredMiddleware has sent everybody else away."""
    return cast(User, request.user)


def managers_only(view: View[P]) -> View[P]:
    """Refuse a view (403) to everybody but facility managers and administrators."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not person(request).has_role(roles.FACILITY_MANAGER):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def managed(view: FacilityView[P]) -> Callable[..., HttpResponse]:
    """Give a view the facility of its address instead of the slug; 404 for who does not look after it."""

    @wraps(view)
    def guarded(request: HttpRequest, /, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        facility = get_object_or_404(Facility.objects.select_related("kecamatan"), slug=slug)
        if not manages(person(request), facility):
            raise Http404
        return view(request, facility, *args, **kwargs)

    return guarded


def facilities_of(user: User) -> QuerySet[Facility]:
    """Return the facilities that a person looks after: an administrator all of them."""
    rows = Facility.objects.select_related("kecamatan")
    return rows if user.is_superuser else rows.managed_by(user.pk)


def find_booking(facility: Facility, code: str) -> Booking:
    """Return a booking of the facility with what its pages show, or 404."""
    related = ("space", "booker", "entered_by", "decided_by", "subsector", "origin")
    booking = get_object_or_404(facility.bookings.select_related(*related), code=code)
    booking.facility = facility
    return booking


def find_date(facility: Facility, pk: int) -> Occurrence:
    """Return a date of one of the facility's bookings, or 404."""
    rows = Occurrence.objects.select_related("booking__space", "booking__booker", "space__policy")
    occurrence = get_object_or_404(rows.filter(booking__facility=facility), pk=pk)
    occurrence.booking.facility = occurrence.space.facility = facility
    return occurrence


def say_done(request: HttpRequest, booking: Booking, done: str) -> None:
    """Say what was done, and that its booker is told by mail or has to be called."""
    if booking.contact_email:
        # Not within the f-string: the texts would not be found there.
        told = _("The booker is told by mail.")
        messages.success(request, f"{done} {told}")
    else:
        text = _("There is no e-mail address with booking %(code)s: call the person, please.")
        messages.warning(request, f"{done} {text % {'code': booking.code}}")


def day_from(request: HttpRequest) -> date:
    """Return the day that the address asks for, today when it says nothing sensible."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(request.GET.get("tanggal", ""))
    except ValueError:
        return today
    return day if abs(day - today) <= MOST_DAYS else today


def version_from(request: HttpRequest) -> int:
    """Return the version of the row that the form was made from; nonsense counts as having seen nothing."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def conflict_page(request: HttpRequest, booking: Booking, *, typed: str = "", **context: Any) -> HttpResponse:
    """Say what happened to a booking meanwhile and who did it, and keep what was typed (409)."""
    booking.refresh_from_db()
    last = booking.steps.exclude(what="contact_seen").select_related("actor").last()
    values = {
        "facility": booking.facility,
        "booking": booking,
        "step": last,
        "is_mine": last is not None and last.actor_id == person(request).pk,
        "typed": typed,
    }
    return render(request, "ecosystem/manager/conflict.html", values | context, status=409)
