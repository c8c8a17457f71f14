"""What the list of facilities shows: a card for each with its state today, and the spaces that fit a wish."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Prefetch
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecosystem import wards
from ecosystem.facility_filters import PARAMETERS, SpaceWishForm
from ecosystem.facility_words import StateWords, in_use_since, state_words
from ecosystem.models import Facility, FacilityPhoto, Space, SpaceAmenity
from ecosystem.services.availability import facility_states
from malangkraf.drawing.city_map import paint_of
from malangkraf.drawing.houses import House, relative_heights, row_of_houses
from malangkraf.drawing.tiles import empty_plot, numbered_tile
from malangkraf.translated import translated

# Buildings, floors and single desks are counted with what they consist of.
NOT_COUNTED = (Space.Kind.BUILDING, Space.Kind.FLOOR, Space.Kind.DESK)


@dataclass(frozen=True, slots=True)
class FacilityCard:
    """A facility as the list shows it; `fitting` are the spaces that are as wished, [] without a wish.

    `unsure` counts those that fit if they are large enough, which nobody has published; `rooms` counts what has been
    published, samples left out.
    """

    facility: Facility
    # On the map and on the card, the same whatever is filtered; the colour is the district's.
    number: int
    paint: str
    url: str
    state: StateWords
    since: str
    photo: FacilityPhoto | None
    tile: SafeString
    rooms: int
    bookable: int
    fitting: list[Space]
    unsure: int
    has_samples: bool


def cards_of(form: SpaceWishForm, *, now: datetime) -> list[FacilityCard]:
    """Return all facilities in their order, each with the spaces as wished; five queries whatever their number."""
    rows = list(facilities_with_spaces())
    states = facility_states(rows, now)
    return [
        _card(row, state_words(states[row.pk], now=now), form, now, number=number)
        for number, row in enumerate(rows, start=1)
    ]


def today(*, now: datetime) -> list[tuple[Facility, StateWords]]:
    """Return the facilities in their order, each with its state now; two queries."""
    rows = list(Facility.objects.all())
    states = facility_states(rows, now)
    return [(row, state_words(states[row.pk], now=now)) for row in rows]


def chosen(cards: list[FacilityCard], form: SpaceWishForm) -> list[FacilityCard]:
    """Return those that are as wished."""
    districts = form.values["kecamatan"]
    return [
        card
        for card in cards
        if (not districts or card.facility.kecamatan.code in districts)
        and (card.fitting or card.unsure or not form.wants_a_space)
    ]


def facilities_with_spaces() -> Any:
    """Return the facilities with what their cards and the map need; four queries."""
    amenities = SpaceAmenity.objects.select_related("amenity")
    spaces = Space.objects.filter(is_active=True).select_related("policy")
    return Facility.objects.select_related("kecamatan", "kelurahan", "operator").prefetch_related(
        Prefetch("spaces", spaces.prefetch_related(Prefetch("amenity_rows", amenities))),
        Prefetch("photos", FacilityPhoto.objects.filter(space=None)),
    )


def amenity_codes(spaces: list[Space]) -> dict[int, set[str]]:
    """Return the codes of what stands in each space or at the whole facility; the rows are loaded."""
    whole = {
        row.amenity.code for space in spaces if space.parent_id is None for row in space.amenity_rows.all()
    }
    return {space.pk: whole | {row.amenity.code for row in space.amenity_rows.all()} for space in spaces}


def _card(
    facility: Facility, state: StateWords, form: SpaceWishForm, now: datetime, *, number: int
) -> FacilityCard:
    everything = list(facility.spaces.all())
    spaces = [space for space in everything if space.kind not in NOT_COUNTED]
    bookable = [space for space in everything if space.policy_id and space.kind not in NOT_COUNTED]
    codes = amenity_codes(everything)
    # Where nothing has been published but the whole, the whole is what somebody may look for.
    candidates = bookable or spaces or everything
    is_in_use = facility.stage in (Facility.Stage.TRIAL, Facility.Stage.OPEN)
    wanted = candidates if form.wants_a_space and is_in_use else []
    fitting = [one for one in wanted if form.suits(one, codes[one.pk])]
    sure = [one for one in fitting if one.capacity is not None or not form.values["orang"]]
    paint = paint_of(facility.kecamatan.code)
    is_planned = facility.stage == Facility.Stage.PLANNED
    tile = empty_plot() if is_planned else numbered_tile(number, paint)
    return FacilityCard(
        facility=facility,
        number=number,
        paint=paint,
        url=reverse("ecosystem:facility_detail", args=[facility.slug]),
        state=state,
        since=in_use_since(facility, today=timezone.localtime(now).date()),
        photo=next(iter(facility.photos.all()), None),
        tile=mark_safe(tile),  # noqa: S308 (escaped in the drawing)
        rooms=sum(not space.is_sample for space in spaces),
        bookable=len(bookable),
        fitting=sure,
        unsure=len(fitting) - len(sure),
        has_samples=any(space.is_sample for space in everything),
    )


def houses_of(cards: list[FacilityCard]) -> SafeString:
    """Return a row of houses, one for each facility, as tall as it has rooms; a planned one is an empty plot."""
    heights = relative_heights(
        [None if card.facility.stage == Facility.Stage.PLANNED else card.rooms + 1.0 for card in cards]
    )
    houses = [
        House(
            label=translated(card.facility, "name"),
            height=height if height is None else max(height, 0.25),
            colour=card.paint,
            href=card.url,
            value=_rooms(card) if card.rooms else _("rooms not published"),
        )
        for card, height in zip(cards, heights, strict=True)
    ]
    drawing = row_of_houses(houses, title=_("The city's facilities"), height=230, missing=_("Planned"))
    return mark_safe(drawing)  # noqa: S308 (escaped in the drawing)


def _rooms(card: FacilityCard) -> str:
    return ngettext("%(count)s room", "%(count)s rooms", card.rooms) % {"count": card.rooms}


def chips_of(form: SpaceWishForm, path: str, query: QueryDict) -> list[tuple[str, str]]:
    """Return what the facilities are filtered by, each with the address without it."""
    found = []
    for name in PARAMETERS:
        chosen = form.values[name]
        if not chosen:
            continue
        if name == "orang":
            text = ngettext("%(count)s person", "%(count)s people", chosen) % {"count": chosen}
            found.append((text, _without(path, query, name, str(chosen))))
            continue
        labels = dict(form.fields[name].choices)  # type: ignore[attr-defined]
        found += [(str(labels[code]), _without(path, query, name, code)) for code in chosen]
    return found


def _without(path: str, query: QueryDict, name: str, value: str) -> str:
    left = query.copy()
    left.setlist(name, [one for one in left.getlist(name) if one != value])
    text = left.urlencode()
    return f"{path}?{text}" if text else path


def street_map() -> dict[str, Any]:
    """Return what the map with streets needs; without pictures of streets the names of the wards: one query."""
    return {
        "map_tiles_url": settings.MAP_TILES_URL,
        "map_tiles_host": urlsplit(settings.MAP_TILES_URL).hostname,
        "map_tiles_attribution": settings.MAP_TILES_ATTRIBUTION,
        "ward_names": "" if settings.MAP_TILES_URL else json.dumps(wards.names()),
    }
