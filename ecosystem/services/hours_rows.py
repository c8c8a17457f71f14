"""The hours and closures of facilities as one query reads them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Greatest, JSONObject, Least

from ecosystem.models import Closure, Facility, OpeningHours, OpeningSpan, Space, SpaceLeaf
from ecosystem.rules import hours as hour_rules
from ecosystem.rules.hours import DAY, DaySpan, HoursSet, day_span
from ecosystem.rules.spans import Span, cut_out, merge, utc


@dataclass(frozen=True)
class ClosedTime:
    """A closure that touches a space, with the reason that everybody sees."""

    starts_at: datetime
    ends_at: datetime
    reason: str
    reason_en: str
    kind: str
    space: int | None
    leaves: tuple[int, ...] = ()

    def touches(self, leaves: Collection[int]) -> bool:
        """Return whether the closure takes any of some leaves; one without a space is of the whole facility."""
        return self.space is None or not set(self.leaves).isdisjoint(leaves)


@dataclass(frozen=True)
class OpenTime:
    """When a space is open around some days: each opening uncut, all of them put together, and cut to the days."""

    openings: Sequence[Span]
    merged: Sequence[Span]
    hours: list[Span]


@dataclass
class FacilityHours:
    """What the second query says about a facility, for the days from `first` to `last`."""

    facility: Facility
    sets: tuple[HoursSet, ...]
    closures: tuple[ClosedTime, ...]
    first: date = date.min
    last: date = date.min
    # Of all its spaces: what each lies in, and which are out of use.
    parents: Mapping[int, int | None] = field(default_factory=dict)
    inactive: frozenset[int] = frozenset()
    _found: dict[tuple[int, ...], OpenTime] = field(default_factory=dict)

    def open_time(self, line: Sequence[int]) -> OpenTime:
        """Return when a space is open, past midnight of the last day too; computed once for all that share it."""
        with_sets = {one.space for one in self.sets}
        own = tuple(pk for pk in line if pk in with_sets)
        if own not in self._found:
            spans = self.openings(own, self.first, self.last)
            merged = merge(spans)
            self._found[own] = OpenTime(spans, merged, cut_out(merged, *day_span(self.first, self.last)))
        return self._found[own]

    def openings(self, line: Sequence[int], first: date, last: date) -> list[Span]:
        """Return what opens from the day before `first` to the day after `last`; nothing before its first day."""
        if self.facility.stage not in (Facility.Stage.TRIAL, Facility.Stage.OPEN):
            return []
        spans = hour_rules.openings(self.sets, line, first, last + DAY)
        if self.facility.opens_on is None:
            return spans
        opens_at = hour_rules.instant(self.facility.opens_on, time(0))
        return [span for span in spans if span[0] >= opens_at]


NEVER = OpenTime((), (), [])


def with_hours(facilities: QuerySet[Facility], first: date, last: date) -> QuerySet[Any]:
    """Return the facilities with their sets of hours and closures of some days as JSON; no further query."""
    spans = OpeningSpan.objects.filter(hours=OuterRef("pk")).values(
        row=JSONObject(weekday="weekday", opens="opens", closes="closes", closes_next_day="closes_next_day")
    )
    sets = OpeningHours.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=first - DAY), facility=OuterRef("pk"), valid_from__lte=last + DAY
    ).values(
        row=JSONObject(
            pk="pk", space="space_id", kind="kind", counts_for_all="counts_for_all_spaces", cause="cause",
            valid_from="valid_from", valid_to="valid_to", name="name", name_en="name_en", spans=ArraySubquery(spans),
        )
    )  # fmt: skip
    begin, end = day_span(first, last)
    leaves = SpaceLeaf.objects.filter(space=OuterRef("space")).values("leaf")
    closures = (
        Closure.objects.alias(until=Least("ends_at", "lifted_at"))
        .filter(facility=OuterRef("pk"), starts_at__lt=end, until__gt=Greatest(Value(begin), "starts_at"))
        .values(
            row=JSONObject(
                starts_at="starts_at", ends_at=F("until"), reason="reason", reason_en="reason_en", kind="kind",
                space="space_id", leaves=ArraySubquery(leaves),
            )
        )
    )  # fmt: skip
    tree = Space.objects.filter(facility=OuterRef("pk")).values(
        row=JSONObject(pk="pk", parent="parent_id", is_active="is_active")
    )
    return facilities.annotate(
        hours_json=ArraySubquery(sets), closures_json=ArraySubquery(closures), tree_json=ArraySubquery(tree)
    )


def hours_of(row: Any, first: date, last: date) -> FacilityHours:
    """Return the sets and closures of a facility that `with_hours` has read for some days."""
    return FacilityHours(
        row,
        tuple(_hours_set(one) for one in row.hours_json),
        tuple(_closed_time(one) for one in row.closures_json),
        first,
        last,
        {one["pk"]: one["parent"] for one in row.tree_json},
        frozenset(one["pk"] for one in row.tree_json if not one["is_active"]),
    )


def facility_hours(pks: Collection[int], first: date, last: date) -> dict[int, FacilityHours]:
    rows = with_hours(Facility.objects.filter(pk__in=pks).select_related("kecamatan"), first, last)
    return {row.pk: hours_of(row, first, last) for row in rows}


def _hours_set(row: dict[str, Any]) -> HoursSet:
    return HoursSet(
        pk=row["pk"],
        space=row["space"],
        is_special=row["kind"] == OpeningHours.Kind.SPECIAL,
        counts_for_all=row["counts_for_all"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        spans=tuple(
            DaySpan(
                one["weekday"],
                time.fromisoformat(one["opens"]),
                time.fromisoformat(one["closes"]),
                one["closes_next_day"],
            )
            for one in row["spans"]
        ),
        name=row["name"],
        name_en=row["name_en"],
        cause=row["cause"],
    )


def _closed_time(row: dict[str, Any]) -> ClosedTime:
    instants = {name: utc(datetime.fromisoformat(row[name])) for name in ("starts_at", "ends_at")}
    return ClosedTime(**row | instants | {"leaves": tuple(row["leaves"])})
