"""How many startups others have said there are: quoted figures, each with where it was said, none with a list."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils.formats import date_format

FILE = Path(__file__).parent / "data" / "published_counts.json"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A figure as it was published; `url` is "" where no address is known, and the note says who quotes it."""

    on: date
    precision: str
    number: int
    is_more: bool
    what: str
    what_en: str
    source: str
    source_en: str
    url: str
    note: str
    note_en: str

    @property
    def when(self) -> str:
        """Return the year or month that the figure is about, in the active language."""
        return date_format(self.on, "Y" if self.precision == "year" else "M Y")


@cache
def published_counts() -> tuple[Quoted, ...]:
    """Return the quoted figures, the oldest first."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    quoted = [Quoted(**{**row, "on": date.fromisoformat(row["on"])}) for row in rows]
    return tuple(sorted(quoted, key=lambda one: one.on))
