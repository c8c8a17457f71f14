"""The texts that people agree to (UU 27/2022 articles 20-22): plain, apart from other text, each version kept for ever.

They stand in data/consents.json and not in the catalogue, because a changed word is a new version: what somebody
agreed to must stay readable as it was.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "consents.json"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What a person reads before agreeing: the sentence to agree to, and what it means."""

    purpose: str
    version: str
    language: str
    agree: str
    points: tuple[str, ...]


@cache
def _texts() -> dict[tuple[str, str, str], ConsentText]:
    rows = json.loads(_FILE.read_text(encoding="utf-8"))
    return {
        (row["purpose"], row["version"], language): ConsentText(
            row["purpose"], row["version"], language, text["agree"], tuple(text["points"])
        )
        for row in rows
        for language, text in row["texts"].items()
    }


def current_version(purpose: str) -> str:
    """Return the version that is asked for today; versions are days, the newest one counts."""
    return max(version for found, version, _language in _texts() if found == purpose)


def consent_text(purpose: str, language: str, *, version: str = "") -> ConsentText:
    """Return a text in a language, today's version unless one is named; KeyError for an unknown one."""
    return _texts()[purpose, version or current_version(purpose), language]
