"""What changed in a text, word by word. Pure text."""

import re
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from enum import StrEnum

# Beyond this many words the comparison of every pair would take seconds: the texts are shown whole.
MOST_WORDS = 1500
# With less in common than this share of the words, marks between them would only confuse.
LEAST_IN_COMMON = 0.35


class Mark(StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Words:
    """Words next to each other with the same fate; `text` keeps the spaces between them."""

    mark: Mark
    text: str


def word_marks(before: str, after: str) -> list[Words]:
    """Return both texts in one, in reading order: what stayed, what was removed, what was added."""
    old, new = _words(before), _words(after)
    if len(old) + len(new) > MOST_WORDS:
        return _replaced(before, after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    words = len([word for word in [*old, *new] if word.strip()])
    blocks = [block for block in matcher.get_matching_blocks() if _is_worth_it(block, old, new)]
    common = sum(word.strip() != "" for block in blocks for word in old[block.a : block.a + block.size])
    if 2 * common < LEAST_IN_COMMON * words:
        return _replaced(before, after)
    found: list[Words] = []
    i = j = 0
    for block in blocks:
        found += _replaced("".join(old[i : block.a]), "".join(new[j : block.b]))
        i, j = block.a + block.size, block.b + block.size
        found.append(Words(Mark.SAME, "".join(old[block.a : i])))
    return found + _replaced("".join(old[i:]), "".join(new[j:]))


def _is_worth_it(block: Match, old: list[str], new: list[str]) -> bool:
    """Return whether a common block is more than a space between changed words."""
    text = "".join(old[block.a : block.a + block.size])
    at_an_end = block.a == 0 == block.b or (block.a + block.size, block.b + block.size) == (
        len(old),
        len(new),
    )
    return bool(text.strip()) or (bool(text) and at_an_end)


def _replaced(before: str, after: str) -> list[Words]:
    """Return the one text removed and the other added, without empty ones."""
    return [Words(mark, text) for mark, text in ((Mark.REMOVED, before), (Mark.ADDED, after)) if text]


def _words(text: str) -> list[str]:
    """Return the words and the spaces between them."""
    return re.findall(r"\S+|\s+", text)
