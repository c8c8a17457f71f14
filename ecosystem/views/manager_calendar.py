"""Work room: the calendar of a facility, its day sheet, and finding a booking."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecosystem import manager_calendar as tables
from ecosystem import manager_queue
from ecosystem.models import Booking, Facility, Occurrence
from ecosystem.rules.hours import day_span
from ecosystem.services.check_in import can_check_in
from ecosystem.space_tree import tree_of
from ecosystem.views.manager_parts import day_from, managed

PAGE_SIZE = 25
WEEK = timedelta(days=7)
LONGEST_WORDS = 80


@managed
@require_safe
def manager_calendar(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Show a day (spaces × time) or a week (spaces × days); every booking opens, every free time can be booked."""
    day, now = day_from(request), timezone.now()
    is_week = request.GET.get("tampilan") == "minggu"
    step = WEEK if is_week else timedelta(days=1)
    context = {
        "facility": facility,
        "day": day,
        "today": timezone.localdate(now),
        "now": now,
        "is_week": is_week,
        "before": day - step,
        "after": day + step,
        "waiting": facility.bookings.filter(state=Booking.State.PENDING).count(),
    }
    if is_week:
        first = day - timedelta(days=day.weekday())
        context |= {
            "first": first,
            "last": first + timedelta(days=6),
            "days": [first + timedelta(days=number) for number in range(7)],
            "rows": tables.week_rows(facility, first),
        }
    else:
        context["table"] = tables.day_table(facility, day)
    return render(request, "ecosystem/manager/calendar.html", context)


@managed
@require_safe
def manager_requests(request: HttpRequest, facility: Facility) -> HttpResponse:
    """List what waits for a decision, the oldest first, and what lies outside the opening hours."""
    now = timezone.now()
    page = Paginator(manager_queue.groups(facility, now=now), PAGE_SIZE).get_page(request.GET.get("page"))
    outside = list(manager_queue.outside_hours(facility, now=now)[: PAGE_SIZE + 1])
    context = {
        "facility": facility,
        "page_obj": page,
        "outside": outside[:PAGE_SIZE],
        "are_more_outside": len(outside) > PAGE_SIZE,
    }
    return render(request, "ecosystem/manager/requests.html", context)


@managed
@require_safe
def manager_search(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Find a booking by its code, or by a name or title."""
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST_WORDS]
    code = words.upper().replace(" ", "").replace("-", "")
    if found := facility.bookings.filter(code=code).first():
        return redirect("ecosystem:manager_booking", facility.slug, found.code)
    named = (
        Q(contact_name__icontains=words) | Q(title__icontains=words) | Q(organization_name__icontains=words)
    )
    rows = facility.bookings.filter(named) if words else facility.bookings.none()
    page = Paginator(rows.select_related("space").prefetch_related("occurrences"), PAGE_SIZE)
    context = {"facility": facility, "q": words, "page_obj": page.get_page(request.GET.get("page"))}
    return render(request, "ecosystem/manager/search.html", context)


@managed
@require_safe
def day_sheet(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Show the day for the front desk, to print: spaces, times, names, boxes for who came."""
    day = day_from(request)
    dates = (
        Occurrence.objects.overlapping(*day_span(day))
        .filter(booking__facility=facility, state=Occurrence.State.CONFIRMED)
        .select_related("booking", "space")
        .order_by("starts_at", "pk")
    )
    # As the building stands: each floor with its rooms.
    place = {branch.space.pk: number for number, branch in enumerate(tree_of(facility.spaces.all()))}
    rows, now = sorted(dates, key=lambda row: place[row.space_id]), timezone.now()
    begin, end = day_span(day)
    closures = facility.closures.filter(lifted_at=None, starts_at__lt=end, ends_at__gt=begin)
    context = {
        "facility": facility,
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "rows": rows,
        "arriving": {row.pk for row in rows if can_check_in(row, now=now)},
        "closures": list(closures.select_related("space")),
        "now": now,
        "people": sum(row.booking.attendees for row in rows),
    }
    return render(request, "ecosystem/manager/day_sheet.html", context)
