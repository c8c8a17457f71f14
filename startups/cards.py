"""An entry as lists show it: on the directory, beside its map, under other entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from malangkraf.drawing.tiles import initial_tile
from startups.code_lists import CodeLists
from startups.logos import logo_url
from startups.models import SearchEntry, Startup
from startups.presentation import Sign, freshness_sign, listed_verification_sign
from startups.rules.freshness import DORMANT_AFTER

MOST_SIMILAR = 3


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card or in a row; `tile` is the drawn sign of an entry without a logo."""

    startup: Startup
    url: str
    logo_url: str
    tile: SafeString
    subsectors: Sequence[str]
    place: str
    freshness: Sign
    verification: Sign | None
    open_to: Sequence[str]


def card_of(entry: SearchEntry, lists: CodeLists, *, on: date, now: datetime) -> Card:
    """Return the card of a search row whose startup is loaded; no query."""
    startup = entry.startup
    codes: dict[str, list[str]] = {}
    for code in entry.codes:
        name, _colon, value = code.partition(":")
        codes.setdefault(name, []).append(value)
    areas = [
        lists[name][code].name
        for name in ("kelurahan", "kecamatan")
        for code in codes.get(name, ())
        if code in lists[name]
    ]
    return Card(
        startup=startup,
        url=reverse("startups:startup_detail", args=[startup.slug]),
        logo_url=logo_url(startup, 96),
        tile=tile_of(startup),
        subsectors=[
            lists["subsektor"][code].label
            for code in codes.get("subsektor", ())
            if code in lists["subsektor"]
        ],
        place=", ".join(dict.fromkeys(areas)),
        freshness=freshness_sign(startup, on=on),
        verification=listed_verification_sign(entry.verification, entry.verified_until, now=now),
        open_to=[str(Startup.OpenTo(code).label) for code in startup.open_to],
    )


def tile_of(startup: Startup) -> SafeString:
    """Return the drawn sign of an entry, "" for one with a logo."""
    return mark_safe("" if startup.logo else initial_tile(startup.name))  # noqa: S308 (escaped in the drawing)


def similar_to(startup: Startup, *, on: date) -> list[Startup]:
    """Return at most three other listed entries of the same primary subsector: same kind and place first; one query."""
    first = next(iter(startup.subsector_rows.all()), None)
    if first is None:
        return []
    near = Case(
        When(codes__contains=[f"jenis:{startup.kind}"], then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    entries = (
        SearchEntry.objects.filter(
            codes__contains=[f"subsektor:{first.subsector.code}"],
            last_confirmed_on__gt=on - timedelta(days=DORMANT_AFTER),
        )
        .exclude(pk=startup.pk)
        .select_related("startup")
        .defer("vector")
        .order_by(near, "-last_confirmed_on", "pk")
    )
    return [entry.startup for entry in entries[:MOST_SIMILAR]]
