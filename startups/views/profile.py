"""The page of one entry, its logo, and the picture that a shared link shows."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from malangkraf.page_cache import public_page
from startups import profile_page
from startups.addresses import entry_view
from startups.cards import similar_to, tile_of
from startups.logos import SIZES, logo_url
from startups.models import Startup
from startups.presentation import freshness_sign, verification_sign
from startups.public import current_verification, public_record
from startups.rules.freshness import Freshness, freshness
from startups.services.visitors import takes_messages
from startups.share_picture import share_picture
from startups.structured_data import json_ld, names_of

PICTURE_SECONDS = 7 * 24 * 60 * 60
A_YEAR = 365 * 24 * 60 * 60


@public_page
@entry_view
def startup_detail(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Show one entry: what it makes, where it is, how fresh and how sure that is, and how to reach it."""
    now = timezone.now()
    today = timezone.localdate(now)
    record = public_record(startup, at=now)
    page = f"{settings.SITE_URL}{request.path}"
    logo = logo_url(startup)
    context = {
        "startup": startup,
        "subsectors": [row.subsector for row in startup.subsector_rows.all()],
        "facts": profile_page.facts(startup, record),
        "contacts": profile_page.contacts(startup),
        "links": profile_page.links(record, startup),
        "street": record["street"],
        "point": (record["latitude"], record["longitude"]) if record["point_precision"] == "exact" else None,
        "place_map": profile_page.place_map(record),
        "open_to": [(code, Startup.OpenTo(code).label) for code in startup.open_to],
        "logo_url": logo,
        "tile": tile_of(startup),
        "freshness": freshness_sign(startup, on=today),
        "is_old": freshness(startup.last_confirmed_on, on=today) in (Freshness.STALE, Freshness.DORMANT),
        "verification": verification_sign(current_verification(startup, now), startup),
        "takes_messages": takes_messages(startup),
        "similar": profile_page.signs(similar_to(startup, on=today)),
        "page_url": page,
        "json_ld": json_ld(
            record, page=page, logo=f"{settings.SITE_URL}{logo}" if logo else "", names=names_of(startup)
        ),
    }
    return render(request, "startups/startup_detail.html", context)


@login_not_required
@require_safe
@entry_view
def startup_picture(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Send the picture of a shared link; drawn once for each version of the entry and language."""
    language = get_language() or "id"
    key = f"share-picture:{startup.uuid}:{startup.version}:{language}"
    picture = cache.get(key)
    if not isinstance(picture, bytes):
        picture = share_picture(startup)
        cache.set(key, picture, PICTURE_SECONDS)
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@login_not_required
@require_safe
def startup_logo(request: HttpRequest, slug: str, size: int) -> FileResponse:
    """Send the logo of an entry that the public may see; whoever asks with an old version gets the new file."""
    startup = Startup.objects.public().filter(slug=slug).first() if size in SIZES else None
    file = startup and (startup.logo_small if size == SIZES[0] and startup.logo_small else startup.logo)
    if not file:
        raise Http404
    try:
        response = FileResponse(file.open("rb"), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if "v" in request.GET else "no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    # django-csp leaves a header alone that a view has set: nothing in the file can run under the portal's name.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
