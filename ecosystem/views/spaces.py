"""When the spaces are free: the calendar of a facility, the page of a space, and the search for a free room."""

from django.http import Http404, HttpRequest, HttpResponse

from malangkraf.page_cache import public_page


@public_page
def facility_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Show when the spaces of a facility are free."""
    raise Http404


@public_page
def space_detail(request: HttpRequest, slug: str, space: str) -> HttpResponse:
    """Show a space and when it is free."""
    raise Http404


@public_page
def room_finder(request: HttpRequest) -> HttpResponse:
    """Find a free room across all facilities."""
    raise Http404
