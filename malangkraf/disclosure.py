"""Which cells of a table may be shown when a small one would say something about single people. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

FEWEST = 3
Key = TypeVar("Key", bound=Hashable)


def hide_small(cells: Mapping[Key, int], *, fewest: int = FEWEST) -> dict[Key, int | None]:
    """Return the cells of a table whose total is public, None for those that are hidden.

    With a cell of at least one and less than `fewest`, all below that are hidden, empty ones too: what is hidden may
    then be nothing. One more goes with them, the smallest, where the total would give them away: a cell that is
    hidden alone, or cells that can only be as large as they may.
    """
    hidden = {code for code, number in cells.items() if number < fewest}
    if not any(cells[code] for code in hidden):
        return dict(cells)
    largest_possible = (fewest - 1) * len(hidden)
    if len(hidden) == 1 or sum(cells[code] for code in hidden) == largest_possible:
        shown = [code for code in cells if code not in hidden]
        hidden |= set(sorted(shown, key=lambda code: cells[code])[:1])
    return {code: None if code in hidden else number for code, number in cells.items()}
