"""The search table: the public side of the published entries."""

from collections.abc import Iterable


def refresh(startup_ids: Iterable[int]) -> None:
    """Bring the search rows of some entries up to date: made, changed or removed."""
