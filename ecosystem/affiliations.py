"""For which organisations a person may act: each app says so for its own, this app only asks.

The directory's entries are organisations that this app may not import; it books rooms for them all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ecosystem.models import User


@dataclass(frozen=True, slots=True)
class Affiliation:
    """An organisation a person may act for: a key that lasts ("startup:12"), its name, its subsector's code or ""."""

    key: str
    name: str
    subsector: str = ""


Source = Callable[[User], list[Affiliation]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Add an app's part; apps do so when they are ready."""
    if source not in _sources:
        _sources.append(source)


def affiliations_of(user: User) -> list[Affiliation]:
    """Return what a person may act for, the apps one after the other; each app costs one query."""
    return [found for source in _sources for found in source(user)]
