"""When the spaces are free: the calendar of a facility, the page of a space, and the search for a free room."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ecosystem import calendar_views, facility_calendar_page, room_finder_page, space_page
from ecosystem.models import Facility
from malangkraf.page_cache import never_store, public_page


# Every booking, closure and change of hours bumps the stored pages, so that a stored calendar is never out of date.
@public_page(params=calendar_views.PARAMETERS)
def facility_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Show when the spaces of a facility are free: a day, a week or a month."""
    facility = get_object_or_404(Facility.objects.select_related("kecamatan"), slug=slug)
    context = facility_calendar_page.page_of(facility, request.GET.dict(), now=timezone.now())
    context["is_narrowed"] = bool(request.GET)
    response = render(request, "ecosystem/facilities/facility_calendar.html", context)
    return response if context["form"].is_valid() else never_store(response)


@public_page(params=calendar_views.PARAMETERS)
def space_detail(request: HttpRequest, slug: str, space: str) -> HttpResponse:
    """Show a space, its rules, and when it is free."""
    found = space_page.shown_at(slug, space)
    context = space_page.page_of(found, request.GET.dict(), now=timezone.now())
    context["is_narrowed"] = bool(request.GET)
    response = render(request, "ecosystem/facilities/space_detail.html", context)
    is_known = "form" not in context or context["form"].is_valid()
    return response if is_known else never_store(response)


@public_page(params=room_finder_page.PARAMETERS)
def room_finder(request: HttpRequest) -> HttpResponse:
    """Find a free room across all facilities."""
    context = room_finder_page.page_of(request.GET, now=timezone.now())
    response = render(request, "ecosystem/facilities/room_finder.html", context)
    # What people look for is endless: only the page without a wish is kept.
    return never_store(response) if request.GET else response
