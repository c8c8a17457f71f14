"""What the home page and the portal's search show of the directory."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from malangkraf.drawing.houses import PALETTE, House, row_of_houses
from startups.code_lists import CodeLists, Concept
from startups.filters import StartupFilter
from startups.models import SearchEntry
from startups.rules.freshness import DORMANT_AFTER
from startups.services.statistics import Counts
from startups.statistics_page import list_url, written


def subsector_houses(counts: Counts, lists: CodeLists) -> SafeString:
    """Return one house for each subsector, the taller the more entries, an empty plot without any; "" for no list."""
    numbers = counts.cells["subsektor"]
    subsectors = _as_a_town(list(lists["subsektor"].values()), numbers)
    if not subsectors:
        return SafeString("")
    most = max(numbers.values(), default=1)
    houses = [
        House(
            label=concept.label,
            height=numbers[concept.code] / most if concept.code in numbers else None,
            colour=PALETTE[place % len(PALETTE)],
            href=list_url(subsektor=concept.code) if concept.code in numbers else "",
            value=_entries(numbers.get(concept.code, 0)),
        )
        for place, concept in enumerate(subsectors)
    ]
    title = _("One house per subsector: the taller, the more entries; an empty plot has none yet")
    return mark_safe(row_of_houses(houses, title=title, missing=_("no entry yet")))  # noqa: S308 (escaped in the drawing)


def largest_subsectors(counts: Counts, lists: CodeLists, *, most: int) -> list[tuple[str, str]]:
    """Return (name, address of its entries) of the subsectors with the most entries."""
    numbers = counts.cells["subsektor"]
    codes = sorted(numbers, key=lambda code: (-numbers[code], code))
    known = [lists["subsektor"][code] for code in codes if code in lists["subsektor"]]
    return [(concept.label, list_url(subsektor=concept.code)) for concept in known[:most]]


def latest_entries(*, on: date, most: int) -> list[SearchEntry]:
    """Return the listed entries that were published last, their startup loaded; one query."""
    listed = SearchEntry.objects.filter(last_confirmed_on__gt=on - timedelta(days=DORMANT_AFTER))
    return list(
        listed.select_related("startup__kecamatan").defer("vector").order_by("-published_at", "pk")[:most]
    )


def find_entries(text: str, *, most: int) -> list[SearchEntry]:
    """Return the listed entries that fit the words, the best first, their startup loaded; five queries at most."""
    found = StartupFilter({"q": text})
    if not found.is_valid() or found.text is None:
        return []
    return list(found.qs.select_related("startup").defer("vector")[:most])


def _entries(number: int) -> str:
    text = ngettext("%(count)s entry", "%(count)s entries", number)
    return text % {"count": written(number)} if number else _("no entry yet")


def _as_a_town(subsectors: Sequence[Concept], numbers: Mapping[str, int]) -> list[Concept]:
    """Return the subsectors with the tall houses in the middle, as a town grows around its square."""
    town: list[Concept] = []
    for place, concept in enumerate(sorted(subsectors, key=lambda one: -numbers.get(one.code, 0))):
        town.insert(len(town) if place % 2 else 0, concept)
    return town
