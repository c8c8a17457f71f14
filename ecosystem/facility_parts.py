"""What other apps add to the page of a facility: each says so for its own, this app only asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ecosystem.models import Facility


@dataclass(frozen=True, slots=True)
class PartLink:
    """A line of a part: where it leads, and a detail beside it; `lang` marks a text that is not translated."""

    text: str
    url: str
    detail: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class FacilityPart:
    """A section of the page with its links."""

    title: str
    links: Sequence[PartLink]


Source = Callable[[Facility], list[FacilityPart]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Add an app's part; apps do so when they are ready."""
    if source not in _sources:
        _sources.append(source)


def parts_of(facility: Facility) -> list[FacilityPart]:
    """Return the sections that have something to say, the apps one after the other."""
    return [part for source in _sources for part in source(facility) if part.links]
