"""What the public sees of the facilities: the list, the map's points, the page of each, and its pictures."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecosystem.facility_filters import PARAMETERS, SpaceWishForm
from ecosystem.facility_list_page import cards_of, chips_of, chosen, houses_of, street_map
from ecosystem.facility_map import city_map_of
from ecosystem.facility_page import page_of
from ecosystem.facility_place import feature_of
from ecosystem.models import Facility, FacilityPhoto
from ecosystem.services import facility_edit
from malangkraf.page_cache import never_store, public_page, wants_fragment
from malangkraf.uploads import picture_type


@public_page(params=PARAMETERS)
def facility_list(request: HttpRequest) -> HttpResponse:
    """Show the facilities with their state today; htmx gets the content alone."""
    form = SpaceWishForm(request.GET)
    everything = cards_of(form, now=timezone.now())
    cards = chosen(everything, form)
    context = {
        "form": form,
        "cards": cards,
        "city_map": city_map_of([(card.number, card.facility, card.url) for card in cards]),
        "total": len(everything),
        "chips": chips_of(form, request.path, request.GET),
        "houses": houses_of(everything),
        "is_fragment": wants_fragment(request),
        "is_narrowed": bool(request.GET),
        **street_map(),
    }
    template = "_list.html" if wants_fragment(request) else "facility_list.html"
    response = render(request, f"ecosystem/facilities/{template}", context)
    if wants_fragment(request):
        # The address without the empty fields of the form.
        response["HX-Push-Url"] = request.get_full_path()
    if form.errors or "orang" in request.GET:
        never_store(response)
    return response


@public_page(params=PARAMETERS)
def facility_list_geojson(request: HttpRequest) -> JsonResponse:
    """Send the same facilities as points of a map."""
    form = SpaceWishForm(request.GET)
    cards = chosen(cards_of(form, now=timezone.now()), form)
    features = [feature_of(card.facility, f"{settings.SITE_URL}{card.url}") for card in cards]
    content: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    return JsonResponse(content, content_type="application/geo+json")


@public_page
def facility_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a facility: its state and hours, its floors, and how it came about."""
    facility = get_object_or_404(
        Facility.objects.select_related("kecamatan", "kelurahan", "operator"), slug=slug
    )
    context = {"facility": facility, **page_of(facility, now=timezone.now())}
    return render(request, "ecosystem/facilities/facility_detail.html", context)


@login_not_required
@transaction.non_atomic_requests
@require_safe
def facility_photo(request: HttpRequest, pk: int) -> FileResponse:
    """Send a picture of a facility, with `lebar=480` a narrow copy of it."""
    photo = get_object_or_404(FacilityPhoto, pk=pk)
    name = facility_edit.stored_name(photo, narrow=request.GET.get("lebar") == "480")
    try:
        response = FileResponse(default_storage.open(name), content_type=picture_type(name))
    except FileNotFoundError as error:
        raise Http404 from error
    response["Cache-Control"] = "public, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    # django-csp leaves a header alone that a view has set: nothing in the file can run under the portal's name.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
