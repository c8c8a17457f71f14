"""What a verification was given for: a badge lapses when the name or the domain is another one."""

import hashlib
import unicodedata


def fingerprint(name: str, domain: str) -> str:
    """Return 64 hex digits that stand for name and domain; case, accents' form and outer spaces do not matter."""
    plain = [" ".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in (name, domain)]
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()
