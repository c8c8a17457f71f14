"""What the texts of an entry look like: hints for a coordinator, never a verdict. Pure text, no entry."""

import re
import unicodedata

# In the directory's two languages; what the trade in stolen attention writes most.
SUSPICIOUS = frozenset(
    {
        "bandar", "betting", "bokep", "casino", "gacor", "jackpot", "judi", "kasino", "loan", "maxwin", "mlm",
        "pinjol", "poker", "porn", "porno", "rtp", "sbobet", "scatter", "situs slot", "slot gacor", "slot online",
        "slot88", "taruhan", "togel", "toto", "viagra", "gandakan uang", "cepat kaya", "bocoran slot", "hoki88",
        "make money fast", "crypto doubler", "escort", "obat kuat", "pinjaman cepat", "tanpa modal", "passive income",
    }
)  # fmt: skip
SHORTEST_SHOUT = 12
SHOUTED_SHARE = 0.7
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|co|id|net|org|me|xyz|site|link|info|top)\b", re.I
)
# The same sign four times, or the same word three times, one after the other.
_STUTTER = re.compile(r"([^\W\d_!?.\-])\1{3,}|([!?])\2{2,}|\b(\w{2,})(?:\W+\3\b){2,}", re.I)
_INVISIBLE = {"Cf", "Co", "Cn"}


def links_in(text: str) -> int:
    """Return how many web addresses a text holds."""
    return len(_LINK.findall(text))


def is_shouted(text: str) -> bool:
    """Return whether most of a text's letters are capitals; short names and abbreviations never are."""
    letters = [sign for sign in text if sign.isalpha()]
    return len(letters) >= SHORTEST_SHOUT and sum(sign.isupper() for sign in letters) > SHOUTED_SHARE * len(
        letters
    )


def is_repeated(text: str) -> bool:
    """Return whether a text stutters: "aaaaa", "!!!", "promo promo promo"."""
    return bool(_STUTTER.search(text))


def suspicious_words(text: str) -> list[str]:
    """Return the suspicious words of a text, each once, in alphabetical order."""
    plain = f" {' '.join(re.findall(r'[a-z0-9]+', text.casefold()))} "
    return sorted(word for word in SUSPICIOUS if f" {word} " in plain)


def hidden_signs(text: str) -> int:
    """Return how many signs of a text cannot be seen, such as those that turn its direction; joined emoji are not."""
    return sum(unicodedata.category(sign) in _INVISIBLE and sign not in "\u200d\ufe0f\u00ad" for sign in text)
