"""The registry of sources: what can be counted, and for which kind of indicator."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from roadmap.periods import PeriodSpan

# Model label ("roadmap.action") and key of a row.
RowReference = tuple[str, int]
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure and the rows that it was counted from; a ratio, in percent, has its two parts as well."""

    value: Decimal
    rows: tuple[RowReference, ...]
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Something that the portal can count for any period, past ones too.

    `count` looks only at days that the rows themselves carry: what stood at the end of the period, or what happened
    within it, by the calendar of Malang. `value_types` and `entry_meanings` are codes of Indicator.
    """

    name: str
    label: "str | Promise"
    unit: "str | Promise"
    value_types: frozenset[str]
    entry_meanings: frozenset[str]
    count: Callable[[PeriodSpan], Counted]

    def misfits(self, *, value_type: str, entry_meaning: str) -> list[str]:
        """Return the names of the indicator's fields that this source cannot serve."""
        fits = {
            "value_type": value_type in self.value_types,
            "entry_meaning": entry_meaning in self.entry_meanings,
        }
        return [name for name, is_fit in fits.items() if not is_fit]


class Registry:
    """The sources by name."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def __iter__(self) -> Iterator[Source]:
        return iter(self._sources.values())

    def add(self, source: Source) -> Source:
        """Return the source, known from now on; raise ValueError for a name that is taken or no slug."""
        if not NAME.fullmatch(source.name) or len(source.name) > LONGEST_NAME:
            raise ValueError(f"not the name of a source: {source.name!r}")
        if source.name in self._sources:
            raise ValueError(f"two sources are called {source.name!r}")
        self._sources[source.name] = source
        return source

    def find(self, name: str) -> Source | None:
        """Return the source of this name, None when there is none."""
        return self._sources.get(name)


SOURCES = Registry()


def count_rows(rows: "QuerySet[Any]") -> Counted:
    """Return how many rows there are, and which; one query."""
    model: type[Model] = rows.model
    keys = rows.order_by("pk").values_list("pk", flat=True)
    references = tuple((model._meta.label_lower, key) for key in keys)
    return Counted(Decimal(len(references)), references)
