"""What the public may know of an entry: the one allow-list that page, API and exports are made from."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from startups.models import Startup, Verification
from startups.rules.freshness import freshness

# The strongest first.
LEVELS = (Verification.Level.IN_PERSON, Verification.Level.DOMAIN, Verification.Level.MAILBOX)
_PARTS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


def with_public_parts(startups: QuerySet[Startup]) -> QuerySet[Startup]:
    """Return the entries with all that `public_record` reads; a fixed number of queries for however many."""
    together = ("kelurahan", "kecamatan", "merged_into", "search_entry")
    return (
        startups.select_related(*together)
        .defer("search_entry__vector")
        .prefetch_related(
            "subsector_rows__subsector",
            "services",
            "technologies",
            "products",
            "links",
            "kbli_codes",
            # Those that were taken back or ran out never count again; the newest of the rest decide.
            Prefetch(
                "verifications", Verification.objects.filter(Q(lapsed_at=None)), to_attr="kept_verifications"
            ),
        )
    )


def public_record(startup: Startup, *, at: datetime | None = None) -> dict[str, Any]:
    """Return the public fields as plain values (texts, numbers, lists, dicts; dates as ISO texts).

    What the owner does not show is None or "". Contacts are no part of it: only the profile page shows the public
    ones, one entry at a time. Expects an entry that the public may see; reads no query with `with_public_parts`.
    """
    at = at or timezone.now()
    verification = current_verification(startup, at)
    return {
        "id": str(startup.uuid),
        "slug": startup.slug,
        "name": startup.name,
        "alternate_names": startup.alternate_names,
        "legal_name": _if_shown(startup, "legal_name"),
        "kind": startup.kind,
        "lifecycle": startup.lifecycle,
        "summary": startup.summary,
        "summary_en": startup.summary_en,
        "description": startup.description,
        "description_en": startup.description_en,
        "website": startup.website,
        "logo": f"{path_of(startup.slug)}logo-192.webp" if startup.logo else "",
        "logo_alt": startup.logo_alt,
        "logo_alt_en": startup.logo_alt_en,
        "founded": founded_text(startup) if startup.shows("founded") else "",
        "closed_on": startup.closed_on.isoformat() if startup.closed_on else None,
        "stage": _if_shown(startup, "stage"),
        "team_band": _if_shown(startup, "team_band"),
        **_place(startup),
        "subsectors": [row.subsector.code for row in startup.subsector_rows.all()],
        "services": [service.code for service in startup.services.all()],
        "technologies": [technology.code for technology in startup.technologies.all()],
        "products": [_product(product) for product in startup.products.all()],
        "links": [{"kind": link.kind, "url": link.url} for link in startup.links.all()],
        "kbli": [
            {"scheme": row.scheme, "code": row.code}
            for row in (startup.kbli_codes.all() if startup.shows("kbli") else ())
        ],
        "open_to": list(startup.open_to),
        "is_claimed": startup.claim == Startup.Claim.CLAIMED,
        "verification": verification.level if verification else "",
        "verified_until": verification.expires_at.isoformat() if verification else None,
        "last_confirmed_on": startup.last_confirmed_on.isoformat() if startup.last_confirmed_on else None,
        "freshness": freshness(startup.last_confirmed_on, on=timezone.localdate(at)).value,
        "published_at": startup.published_at.isoformat() if startup.published_at else None,
        # The search row knows of changes around the entry too, of a product for example.
        "updated_at": getattr(startup, "search_entry", startup).updated_at.isoformat(),
        "merged_into": str(startup.merged_into.uuid) if startup.merged_into else None,
        "is_sample": startup.is_sample,
    }


def path_of(slug: str) -> str:
    """Return the path of an entry's page in the active language."""
    return reverse("startups:startup_detail", args=[slug])


def current_verification(startup: Startup, at: datetime) -> Verification | None:
    """Return the strongest verification in force at an instant, of the longest one of that level; None for none."""
    kept: Iterable[Verification] = (
        startup.kept_verifications
        if hasattr(startup, "kept_verifications")
        else startup.verifications.filter(lapsed_at=None)
    )
    in_force = [row for row in kept if row.expires_at > at]
    return min(in_force, key=lambda row: (LEVELS.index(row.level), -row.expires_at.timestamp()), default=None)


def public_point(startup: Startup) -> tuple[Decimal, Decimal, str] | None:
    """Return latitude, longitude and precision ("exact" or "kelurahan"); None where not even the area is known.

    The exact point only when the owner shows it as such; else the middle of the kelurahan, or of the kecamatan.
    """
    is_exact = startup.shows("point") and startup.point_precision == Startup.PointPrecision.EXACT
    if is_exact and startup.latitude is not None and startup.longitude is not None:
        return startup.latitude, startup.longitude, "exact"
    for precision, area in (("kelurahan", startup.kelurahan), ("kecamatan", startup.kecamatan)):
        if area is not None and area.latitude is not None and area.longitude is not None:
            return area.latitude, area.longitude, precision
    return None


def founded_text(startup: Startup) -> str:
    """Return the founding day no more exactly than it is known: "2019", "2019-05" or "2019-05-20"; "" for none."""
    return f"{startup.founded:{_PARTS[startup.founded_precision]}}" if startup.founded else ""


def _if_shown(startup: Startup, field: str) -> str:
    return str(getattr(startup, field)) if startup.shows(field) else ""


def _place(startup: Startup) -> dict[str, Any]:
    point = public_point(startup)
    return {
        "kecamatan": startup.kecamatan.code if startup.kecamatan else "",
        "kecamatan_name": startup.kecamatan.name if startup.kecamatan else "",
        "kelurahan": startup.kelurahan.code if startup.kelurahan else "",
        "kelurahan_name": startup.kelurahan.name if startup.kelurahan else "",
        "street": _if_shown(startup, "street"),
        "latitude": str(point[0]) if point else None,
        "longitude": str(point[1]) if point else None,
        "point_precision": point[2] if point else "",
    }


def _product(product: Any) -> dict[str, Any]:
    return {
        "kind": product.kind,
        "title": product.title,
        "year": product.year,
        "summary": product.summary,
        "summary_en": product.summary_en,
        "url": product.url,
    }
