"""The floors of a facility with what lies on each, as its page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import ngettext

from ecosystem.facility_history import host_of
from ecosystem.facility_words import capacity_words, mode_words
from ecosystem.models import Facility, Space
from malangkraf.translated import translated


@dataclass(slots=True)
class SpaceLine:
    """A space in the list of its floor; `desks` counts the single desks that it consists of."""

    space: Space
    depth: int
    url: str
    capacity: str
    mode: str
    desks: str
    amenities: list[str]


@dataclass(slots=True)
class Floor:
    """A floor with its spaces; `space` None: what lies on no floor."""

    space: Space | None
    lines: list[SpaceLine] = field(default_factory=list)

    @property
    def source(self) -> str:
        """Return the host that says what lies on the floor, "" for none."""
        return host_of(self.space.source_url) if self.space else ""

    @property
    def anchor(self) -> str:
        """Return the id of the floor's section on the page."""
        return f"di-{self.space.slug}" if self.space else ""

    @property
    def is_below(self) -> bool:
        """Return whether the floor lies below the street: a basement is "B" or "B1"."""
        return self.space is not None and self.space.floor.upper().startswith("B")


def floors_of(spaces: list[Space], facility: Facility) -> list[Floor]:
    """Return the floors one by one with what lies on each, rooms inside rooms indented; no query."""
    parts: dict[int | None, list[Space]] = {}
    for space in spaces:
        parts.setdefault(space.parent_id, []).append(space)
    whole = parts.get(None, [])[:1]
    loose = Floor(None)
    floors = []
    for space in parts.get(whole[0].pk, []) if whole else []:
        if space.kind == Space.Kind.FLOOR:
            floors.append(Floor(space, list(_lines(parts.get(space.pk, []), parts, facility, 0))))
        else:
            loose.lines += _lines([space], parts, facility, 0)
    return [*floors, loose] if loose.lines else floors


def lines_inside(spaces: list[Space], facility: Facility) -> list[SpaceLine]:
    """Return spaces as lines of a list, without what lies inside them; no query when the rows are loaded."""
    return list(_lines(spaces, {}, facility, 0))


def _lines(
    spaces: list[Space], parts: dict[int | None, list[Space]], facility: Facility, depth: int
) -> Iterable[SpaceLine]:
    for space in spaces:
        inside = parts.get(space.pk, [])
        desks = [one for one in inside if one.kind == Space.Kind.DESK]
        yield SpaceLine(
            space=space,
            depth=depth,
            url=reverse("ecosystem:space_detail", args=[facility.slug, space.slug]),
            capacity=capacity_words(space) if not inside else "",
            mode=mode_words(space.policy) if space.policy else "",
            desks=ngettext("%(count)s desk", "%(count)s desks", len(desks)) % {"count": len(desks)}
            if desks
            else "",
            amenities=[translated(row.amenity, "name") for row in space.amenity_rows.all()],
        )
        yield from _lines([one for one in inside if one not in desks], parts, facility, depth + 1)
