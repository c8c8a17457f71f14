"""A person's own bookings: the list, one booking, and the address for the own calendar."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ecosystem import codes, my_bookings, permissions
from ecosystem.models import Booking, CalendarFeed, Occurrence, User
from ecosystem.services import check_in
from malangkraf.drawing import qr

PER_PAGE = 20
PARTS = (
    my_bookings.PART_UPCOMING,
    my_bookings.PART_PENDING,
    my_bookings.PART_WAITING,
    my_bookings.PART_PAST,
)


def own_booking(request: HttpRequest, code: str) -> Booking:
    """Return the signed-in person's booking; 404 for those of others."""
    found = my_bookings.booking_of(cast(User, request.user), code)
    if found is None:
        raise Http404
    return found


@require_safe
@never_cache
def booking_list(request: HttpRequest) -> HttpResponse:
    """Show the dates to come, what waits for a decision, the waiting list with its offers, and the past."""
    user, now = cast(User, request.user), timezone.now()
    part = request.GET.get("bagian", "")
    part = part if part in PARTS else my_bookings.PART_UPCOMING
    places = my_bookings.places_of(user)
    counts = my_bookings.counts_of(user, now=now)
    facilities = my_bookings.facilities_of(user)
    facility = request.GET.get("fasilitas", "")
    facility = facility if any(one.slug == facility for one in facilities) else ""
    rows = my_bookings.dates_of(user, part, facility=facility, now=now)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "part": part,
        "tabs": my_bookings.tabs(reverse("ecosystem:my_bookings"), part, counts, len(places)),
        "offers": my_bookings.live_offers(places, now=now),
        "places": [row for row in places if row not in my_bookings.live_offers(places, now=now)],
        "page_obj": page,
        "rows": [(row, my_bookings.tone_of(row.state), my_bookings.icon_of(row.state)) for row in page],
        "facilities": facilities if len(facilities) > 1 else [],
        "facility": facility,
    }
    return render(request, "ecosystem/booking/my_bookings.html", context)


def _to_manager(user: User, code: str) -> HttpResponse:
    """Lead who manages the facility, and scanned the code of a guest, to the manager's page; 404 for others."""
    found = Booking.objects.filter(code=code.upper()).select_related("facility").first()
    if found is None or not permissions.manages(user, found.facility):
        raise Http404
    return redirect("ecosystem:manager_booking", found.facility.slug, found.code)


@require_safe
@never_cache
def booking_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a booking: its dates, its code for the door, what it says, and what happened to it."""
    user, now = cast(User, request.user), timezone.now()
    booking = my_bookings.booking_of(user, code)
    if booking is None:
        return _to_manager(user, code)
    rows = my_bookings.date_rows(booking, now=now)
    upcoming = [row for row in rows if row.date.state in Occurrence.LIVE and row.date.ends_at > now]
    events = list(booking.agenda_events.all())
    is_confirmed = any(row.date.state == Occurrence.State.CONFIRMED for row in rows)
    address = settings.SITE_URL + reverse("ecosystem:booking_detail", args=[booking.code])
    context = {
        "booking": booking,
        "facility": booking.facility,
        "space": booking.space,
        "tone": my_bookings.tone_of(booking.state),
        "icon": my_bookings.icon_of(booking.state),
        "rows": rows,
        "has_upcoming": bool(upcoming),
        "may_cancel_all": len([row for row in upcoming if row.may_change]) > 1,
        "may_edit": bool(upcoming),
        "now_here": next((row.date for row in rows if check_in.can_check_in(row.date, now=now)), None),
        "qr": mark_safe(qr.qr_svg(address)) if is_confirmed and upcoming else "",  # noqa: S308 (drawn by us)
        "is_confirmed": is_confirmed,
        "about": my_bookings.about_rows(booking),
        "again": my_bookings.again_url(booking),
        "trail": my_bookings.trail_of(booking, user),
        # What is not public says the same for all dates.
        "events": [event for event in events if event.is_published] or events[:1],
    }
    return render(request, "ecosystem/booking/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def personal_calendar(request: HttpRequest) -> HttpResponse:
    """Show the secret address that a calendar program reads the own bookings from; make it, a new one, or end it."""
    user = cast(User, request.user)
    if request.method == "POST" and "end" in request.POST:
        CalendarFeed.objects.filter(user=user).delete()
        messages.success(
            request, _("The secret address is switched off. No calendar reads your bookings any more.")
        )
        return redirect("ecosystem:personal_calendar")
    if request.method == "POST":
        feed, is_new = CalendarFeed.objects.get_or_create(user=user)
        if not is_new:
            feed.token, feed.read_at, feed.created_at = codes.token(), None, timezone.now()
            feed.save()
            messages.success(request, _("The old address ends here. Put the new one into your calendar."))
        return redirect("ecosystem:personal_calendar")
    feed_row = CalendarFeed.objects.filter(user=user).first()
    address = ""
    if feed_row:
        address = settings.SITE_URL + reverse("ecosystem:personal_feed", args=[feed_row.token])
    context = {
        "feed": feed_row,
        "address": address,
        "subscribe": f"webcal:{address.partition(':')[2]}",
    }
    return render(request, "ecosystem/booking/calendar.html", context)
