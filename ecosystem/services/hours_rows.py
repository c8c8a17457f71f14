"""The hours and closures of facilities as one query reads them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from ecosystem.models import Facility, OpeningHours
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


# Written out: building it from expressions took longer than the database needs for it, in every booking.
KNOWN = """
    (SELECT jsonb_build_object(
        'sets', (
            SELECT coalesce(json_agg(json_build_object(
                'pk', h.id, 'space', h.space_id, 'kind', h.kind, 'counts_for_all', h.counts_for_all_spaces,
                'cause', h.cause, 'valid_from', h.valid_from, 'valid_to', h.valid_to, 'name', h.name,
                'name_en', h.name_en, 'is_sample', h.is_sample, 'spans', (
                    SELECT coalesce(json_agg(json_build_array(s.weekday, s.opens, s.closes, s.closes_next_day)), '[]')
                    FROM ecosystem_openingspan AS s WHERE s.hours_id = h.id
                )
            )), '[]')
            FROM ecosystem_openinghours AS h
            WHERE h.facility_id = ecosystem_facility.id AND h.valid_from <= %s
                AND (h.valid_to IS NULL OR h.valid_to >= %s)
        ),
        'closures', (
            SELECT coalesce(json_agg(json_build_object(
                'starts_at', c.starts_at, 'ends_at', least(c.ends_at, c.lifted_at), 'reason', c.reason,
                'reason_en', c.reason_en, 'kind', c.kind, 'space', c.space_id, 'leaves', (
                    SELECT coalesce(json_agg(l.leaf_id), '[]') FROM ecosystem_spaceleaf AS l
                    WHERE l.space_id = c.space_id
                )
            ) ORDER BY c.starts_at, c.id), '[]')
            FROM ecosystem_closure AS c
            WHERE c.facility_id = ecosystem_facility.id AND c.starts_at < %s
                AND least(c.ends_at, c.lifted_at) > greatest(%s, c.starts_at)
        ),
        'tree', (
            SELECT coalesce(json_agg(json_build_array(p.id, p.parent_id, p.is_active)), '[]')
            FROM ecosystem_space AS p WHERE p.facility_id = ecosystem_facility.id
        )
    ))
"""


def with_hours(facilities: QuerySet[Facility], first: date, last: date) -> QuerySet[Any]:
    """Return the facilities with their hours and closures of some days, and their spaces; no further query."""
    known = RawSQL(KNOWN, known_values(first, last), output_field=JSONField())
    return facilities.annotate(known_json=known)


def known_values(first: date, last: date) -> list[date | datetime]:
    """Return the values of KNOWN for some days."""
    begin, end = day_span(first, last)
    return [last + DAY, first - DAY, end, begin]


def hours_of(facility: Facility, known: Mapping[str, Any], first: date, last: date) -> FacilityHours:
    """Return the sets and closures of a facility, of which KNOWN has told for some days."""
    return FacilityHours(
        facility,
        tuple(_hours_set(one) for one in known["sets"]),
        tuple(_closed_time(one) for one in known["closures"]),
        first,
        last,
        {pk: parent for pk, parent, _is_active in known["tree"]},
        frozenset(pk for pk, _parent, is_active in known["tree"] if not is_active),
    )


def facility_hours(pks: Collection[int], first: date, last: date) -> dict[int, FacilityHours]:
    rows = with_hours(Facility.objects.filter(pk__in=pks).select_related("kecamatan").order_by(), first, last)
    return {row.pk: hours_of(row, row.known_json, first, last) for row in rows}


def _hours_set(row: dict[str, Any]) -> HoursSet:
    return HoursSet(
        pk=row["pk"],
        space=row["space"],
        is_special=row["kind"] == OpeningHours.Kind.SPECIAL,
        counts_for_all=row["counts_for_all"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        spans=tuple(
            DaySpan(weekday, time.fromisoformat(opens), time.fromisoformat(closes), closes_next_day)
            for weekday, opens, closes, closes_next_day in row["spans"]
        ),
        name=row["name"],
        name_en=row["name_en"],
        cause=row["cause"],
        is_sample=row["is_sample"],
    )


def _closed_time(row: dict[str, Any]) -> ClosedTime:
    instants = {name: utc(datetime.fromisoformat(row[name])) for name in ("starts_at", "ends_at")}
    return ClosedTime(**row | instants | {"leaves": tuple(row["leaves"])})
