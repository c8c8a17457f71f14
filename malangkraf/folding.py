"""Text as searchers type it: lower case, without accents."""

import re
import unicodedata


def fold(text: str) -> str:
    """Return the text in lower case, without accents, with single spaces ("Kafé  Élan" gives "kafe elan")."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def words_of(text: str) -> list[str]:
    """Return the folded words, without punctuation ("itch.io & AR/VR" gives itch, io, ar, vr)."""
    return re.findall(r"\w+", fold(text))
