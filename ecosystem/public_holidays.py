"""Indonesia's public holidays and days of collective leave by name; days that hang on the moon may be estimates."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays


@dataclass(frozen=True)
class Holiday:
    """A day on which offices are closed; `is_estimate`: the moon decides, and nobody has set the day yet."""

    day: date
    name: str
    name_en: str
    is_collective_leave: bool
    is_estimate: bool


@cache
def _of_year(year: int) -> tuple[Holiday, ...]:
    found: dict[date, Holiday] = {}
    # A public holiday that is also one of collective leave is a public holiday.
    for category in ("government", "public"):
        names, names_en = (
            holidays.country_holidays("ID", years=year, categories=(category,), language=language)
            for language in ("id", "en_US")
        )
        for day in names:
            name, name_en = _plain(names[day]), _plain(names_en.get(day, ""))
            found[day] = Holiday(day, name, name_en, category == "government", names[day] != name)
    return tuple(found[day] for day in sorted(found))


def _plain(name: str) -> str:
    return name.replace(" (perkiraan)", "").replace(" (estimated)", "")


def holidays_between(first: date, last: date) -> list[Holiday]:
    """Return the holidays of some days, both ends included, sorted."""
    return [
        one for year in range(first.year, last.year + 1) for one in _of_year(year) if first <= one.day <= last
    ]
