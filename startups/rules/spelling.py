"""Letters typed wrong: how far two words are from each other, and which known words may have been meant."""

from collections.abc import Iterable

# Of a shorter word only two neighbours that changed places are found: three letters are near to too many others.
SHORTEST = 3
REPLACED = 4
# Words of so many letters or more may have two letters wrong.
LONG = 7


def distance(one: str, other: str) -> int:
    """Return how many letters were added, left out, replaced or swapped with their neighbour."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, target in enumerate(other, 1):
            cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (letter != target))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == target:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        before_last, last = last, current
    return last[-1]


def corrections(word: str, known: Iterable[str]) -> list[str]:
    """Return the known words that may have been meant, the nearest first; none for a short or a known word."""
    if len(word) < SHORTEST:
        return []
    allowed = 2 if len(word) >= LONG else 1
    found = []
    for candidate in known:
        if candidate == word:
            return []
        if abs(len(candidate) - len(word)) <= allowed:
            steps = distance(word, candidate)
            is_swap = len(word) >= REPLACED or sorted(word) == sorted(candidate)
            if steps <= allowed and is_swap:
                found.append((steps, candidate))
    return [candidate for _steps, candidate in sorted(found)]
