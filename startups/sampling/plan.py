"""What the sample entries are: texts from samples.json, everything else counted out from their number.

No chance is involved, so that every portal shows the same samples. Days are relative to `on`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from startups.models import Startup, Verification

FILE = Path(__file__).resolve().parent.parent / "data" / "samples.json"
# The top-level domain "test" is reserved: no such website can ever exist.
DOMAIN = "contoh.malangkraf.test"
BANDS = {
    "idea": ("1", "2-5"),
    "prototype": ("2-5", "2-5", "1"),
    "launched": ("2-5", "6-10", "1"),
    "growing": ("6-10", "11-25", "2-5"),
    "established": ("11-25", "26-50", "6-10", "51+"),
}
OPEN_TO = tuple(Startup.OpenTo.values)
LEVELS = (Verification.Level.DOMAIN, Verification.Level.MAILBOX, Verification.Level.IN_PERSON)


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry to be made: the fields of its row, and what belongs to it, by code."""

    fields: dict[str, Any]
    subsectors: tuple[str, ...]
    services: tuple[str, ...]
    technologies: tuple[str, ...]
    product: dict[str, Any]
    area: int
    is_claimed: bool
    verification: str
    link: str


def planned_samples(*, on: date) -> Iterator[Sample]:
    """Yield the 120 samples, neighbours of different groups."""
    groups = json.loads(FILE.read_text(encoding="utf-8"))["groups"]
    turns = zip_longest(*([(group, entry) for entry in group["entries"]] for group in groups))
    flat = [pair for turn in turns for pair in turn if pair is not None]
    for number, (group, entry) in enumerate(flat):
        yield _sample(number, group, entry, on=on)


def days_since_confirmed(number: int) -> int:
    """Return for how long a sample was not confirmed: 7 of 10 are fresh, 1 of 20 is dormant."""
    share = (number * 37) % 100
    if share < 70:
        return (number * 13) % 170
    if share < 85:
        return 185 + (number * 11) % 160
    return 370 + (number * 7) % 160 if share < 95 else 545 + number


def _sample(number: int, group: dict[str, Any], entry: dict[str, str], *, on: date) -> Sample:
    slug = slugify(entry["name"])
    confirmed = on - timedelta(days=days_since_confirmed(number))
    stage = group["stages"][number % len(group["stages"])]
    bands = BANDS[stage]
    speaks_english = number % 3 != 2
    focus, focus_en = {"focus": entry["focus"]}, {"focus": entry["focus_en"]}
    fields = {
        "slug": slug,
        "reference": f"CONTOH-{number + 1:04d}",
        "name": entry["name"],
        "kind": group["kind"],
        "summary": group["summary"].format(**focus),
        "summary_en": group["summary_en"].format(**focus_en) if speaks_english else "",
        "description": group["description"].format(**focus),
        "description_en": group["description_en"].format(**focus_en) if speaks_english else "",
        "founded": date(2009 + (number * 7) % 17, 1 + number % 12, 1),
        "founded_precision": "month" if number % 4 == 0 else "year",
        "stage": stage,
        "team_band": bands[number % len(bands)],
        "open_to": [value for bit, value in enumerate(OPEN_TO) if (number * 11 + 5) >> bit & 1],
        "website": f"https://{slug}.{DOMAIN}/" if number % 3 == 0 else "",
        "website_domain": f"{slug}.{DOMAIN}" if number % 3 == 0 else "",
        "public_fields": _public_fields(number),
        "confirmed": confirmed,
        "published": confirmed - timedelta(days=(number * 29) % 500),
    }
    is_claimed = number % 3 != 2
    return Sample(
        fields=fields,
        subsectors=tuple(group["subsectors"]),
        services=tuple(group["services"]),
        technologies=tuple(group["technologies"]),
        product={
            "kind": group["product_kind"],
            "title": entry["product"],
            "year": max(fields["founded"].year, 2018 + number % 8),
        },
        area=number * 23,
        is_claimed=is_claimed,
        verification=LEVELS[number % 3] if is_claimed and number % 4 == 0 else "",
        link=f"https://instagram.test/{slug}" if number % 5 == 1 else "",
    )


def _public_fields(number: int) -> list[str]:
    shown = ["founded", "stage", "team_band"]
    if number % 7 == 3:
        shown.remove("team_band")
    if number % 9 == 4:
        shown.remove("stage")
    return [*shown, "point"] if number % 5 == 0 else shown
