"""What changed in a text, word by word. Pure text."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Beyond this many words the comparison of every pair would take seconds: the texts are shown whole.
MOST_WORDS = 1500


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
        return [Words(mark, text) for mark, text in ((Mark.REMOVED, before), (Mark.ADDED, after)) if text]
    found: list[Words] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Words(Mark.SAME, "".join(old[i1:i2])))
            continue
        found += [
            Words(mark, text)
            for mark, text in ((Mark.REMOVED, "".join(old[i1:i2])), (Mark.ADDED, "".join(new[j1:j2])))
            if text
        ]
    return found


def _words(text: str) -> list[str]:
    """Return the words and the spaces between them."""
    return re.findall(r"\S+|\s+", text)
