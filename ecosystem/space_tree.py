"""The spaces of a facility as a tree, in the order in which lists show them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ecosystem.models import Space


@dataclass(frozen=True)
class Branch:
    """A space in its place; `depth` 0 is the whole. `in_use`: it and all that it lies in are in use."""

    space: Space
    depth: int
    in_use: bool


def tree_of(spaces: Iterable[Space]) -> list[Branch]:
    """Return the spaces of one facility, each followed by its parts; no query."""
    parts: dict[int | None, list[Space]] = defaultdict(list)
    for space in spaces:
        parts[space.parent_id].append(space)
    found: list[Branch] = []

    def grow(parent: int | None, depth: int, in_use: bool) -> None:
        for space in parts[parent]:
            is_used = in_use and space.is_active
            found.append(Branch(space, depth, is_used))
            grow(space.pk, depth + 1, is_used)

    grow(None, 0, True)
    return found
