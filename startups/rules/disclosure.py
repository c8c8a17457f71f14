"""Which cells of a table may be shown when the rows behind it choose themselves whether to be seen."""

from collections.abc import Mapping

FEWEST = 3


def hide_small(cells: Mapping[str, int]) -> dict[str, int | None]:
    """Return the cells of a table whose total is public, None for those that are hidden.

    With a cell of one or two, all below FEWEST are hidden, empty ones too: what is hidden may then be nothing. One
    more goes with them, the smallest, where the total would give them away: a cell that is hidden alone, or cells
    that can only be two each.
    """
    hidden = {code for code, number in cells.items() if number < FEWEST}
    if not any(cells[code] for code in hidden):
        return dict(cells)
    largest_possible = (FEWEST - 1) * len(hidden)
    if len(hidden) == 1 or sum(cells[code] for code in hidden) == largest_possible:
        shown = [code for code in cells if code not in hidden]
        hidden |= set(sorted(shown, key=lambda code: cells[code])[:1])
    return {code: None if code in hidden else number for code, number in cells.items()}
