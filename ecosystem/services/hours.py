"""Changing opening hours: seen for eight weeks before they are saved, and no booking is deleted by them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction

from ecosystem.models import Facility, Occurrence, OpeningHours, OpeningSpan, Space, User
from ecosystem.public_holidays import Holiday
from ecosystem.rules.hours import DaySpan, HoursSet, winning_set
from ecosystem.rules.hours_text import Times, times_on
from ecosystem.rules.spans import covers, utc
from ecosystem.services import hours_rows, spaces
from ecosystem.services.outside_hours import flag_outside_hours
from ecosystem.working_days import local_day
from malangkraf import page_cache

DAYS = 56
FAR = date(9000, 1, 1)
# A set that is not saved yet is newer than every other.
NEW = 2**31


class HoursChanged(Exception):
    """The facility's hours are not those that the preview was made of; nothing was saved."""


@dataclass(frozen=True)
class DayHours:
    """When a facility or space is open on a day, and the set that says so (None: no set counts)."""

    day: date
    times: tuple[Times, ...]
    reason: HoursSet | None


@dataclass(frozen=True)
class DayChange:
    """A day before and after a change of hours."""

    before: DayHours
    after: DayHours

    @property
    def day(self) -> date:
        """Return the day."""
        return self.before.day

    @property
    def differs(self) -> bool:
        """Return whether the opening times change."""
        return self.before.times != self.after.times


@dataclass(frozen=True)
class Preview:
    """What a change of hours would do: its days, the bookings left outside, spaces with hours of their own."""

    days: list[DayChange]
    outside: list[Occurrence]
    # Spaces with hours of their own, and on how many of the days theirs change.
    spaces: list[tuple[Space, int]]

    @property
    def changed_days(self) -> int:
        """Return on how many days something changes."""
        return sum(one.differs for one in self.days)


@dataclass(frozen=True)
class Hours:
    """All sets of a facility from a day on, and what its spaces lie in."""

    facility: Facility
    sets: tuple[HoursSet, ...]
    lines: dict[int, tuple[int, ...]]

    @property
    def state(self) -> str:
        """Return a fingerprint: another one after every change of the sets."""
        told = repr(
            sorted((replace(one, spans=tuple(sorted(one.spans, key=_order))) for one in self.sets), key=_pk)
        )
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def changed(self, *, without: int | None = None, adding: Sequence[HoursSet] = ()) -> "Hours":
        """Return the hours as they would be without one set and with others."""
        kept = tuple(one for one in self.sets if one.pk != without)
        return replace(self, sets=(*kept, *adding))

    def day(self, line: Sequence[int], day: date) -> DayHours:
        """Return a day of what the line names ([]: of the facility itself)."""
        found = winning_set(self.sets, line, day)
        return DayHours(day, times_on(found.spans, day.weekday()) if found else (), found)

    def days(self, line: Sequence[int], first: date) -> list[DayHours]:
        """Return the next eight weeks."""
        return [self.day(line, first + timedelta(days=number)) for number in range(DAYS)]


def _pk(one: HoursSet) -> int:
    return one.pk


def _order(span: DaySpan) -> tuple[int, object]:
    return span.weekday, span.opens


def hours_of(facility: Facility, *, first: date) -> Hours:
    """Return the sets that count on a day or later; two queries."""
    rows = hours_rows.facility_hours([facility.pk], first, FAR)
    parents = dict(Space.objects.filter(facility=facility).values_list("pk", "parent"))
    return Hours(facility, rows[facility.pk].sets, {space: _line(space, parents) for space in parents})


def _line(space: int | None, parents: dict[int, int | None]) -> tuple[int, ...]:
    line: list[int] = []
    while space is not None:
        line.append(space)
        space = parents[space]
    return tuple(line)


def as_set(hours: OpeningHours, spans: Sequence[DaySpan]) -> HoursSet:
    """Return a set that is typed but not saved as the rules know it."""
    return HoursSet(
        pk=hours.pk or NEW,
        space=hours.space_id,
        is_special=hours.kind == OpeningHours.Kind.SPECIAL,
        counts_for_all=hours.counts_for_all_spaces,
        valid_from=hours.valid_from,
        valid_to=hours.valid_to,
        spans=tuple(spans),
        name=hours.name,
        name_en=hours.name_en,
        cause=hours.cause,
    )


def closed_on(holiday: Holiday, number: int) -> HoursSet:
    """Return the set, not saved yet, that closes a facility on a holiday."""
    cause = OpeningHours.Cause.COLLECTIVE_LEAVE if holiday.is_collective_leave else OpeningHours.Cause.HOLIDAY
    return HoursSet(
        pk=NEW + number, space=None, is_special=True, counts_for_all=False, valid_from=holiday.day,
        valid_to=holiday.day, spans=(), name=holiday.name, name_en=holiday.name_en, cause=cause,
    )  # fmt: skip


def preview(before: Hours, after: Hours, *, space: int | None, now: datetime) -> Preview:
    """Return the next eight weeks and the bookings that would lie outside; two queries."""
    first = local_day(now)
    line = before.lines.get(space, ()) if space else ()
    pairs = zip(before.days(line, first), after.days(line, first), strict=True)
    own = {one.space for one in (*before.sets, *after.sets) if one.space and one.space != space}
    rows = Space.objects.filter(pk__in=own).order_by("order", "pk")
    changes = [(row, _count_changed(before, after, before.lines[row.pk], first)) for row in rows]
    return Preview(
        days=[DayChange(*pair) for pair in pairs],
        outside=newly_outside(after, now=now),
        spaces=changes,
    )


def _count_changed(before: Hours, after: Hours, line: Sequence[int], first: date) -> int:
    pairs = zip(before.days(line, first), after.days(line, first), strict=True)
    return sum(DayChange(*pair).differs for pair in pairs)


def newly_outside(after: Hours, *, now: datetime) -> list[Occurrence]:
    """Return the dates to come that new hours would leave outside and that are not marked so yet; one query."""
    dates = list(
        Occurrence.objects.live()
        .filter(space__facility=after.facility, ends_at__gt=now, is_outside_hours=False)
        .select_related("space", "booking")
        .order_by("starts_at", "pk")
    )
    if not dates:
        return []
    first = min(local_day(one.starts_at) for one in dates)
    last = max(local_day(one.ends_at) for one in dates)
    # It computes the openings of spaces that share their hours once.
    rows = hours_rows.FacilityHours(
        facility=after.facility, sets=after.sets, closures=(), first=first, last=last
    )

    def is_inside(one: Occurrence) -> bool:
        open_time = rows.open_time(after.lines[one.space_id])
        return covers(open_time.merged, (utc(one.starts_at), utc(one.ends_at)))

    return [one for one in dates if not is_inside(one)]


@transaction.atomic
def save_hours(
    hours: OpeningHours, spans: Sequence[DaySpan], *, by: User, now: datetime, state: str
) -> list[Occurrence]:
    """Save a set with its spans and return the bookings that lie outside now; saved twice, it is saved once.

    `state` is that of the hours which the preview showed; raise HoursChanged for another one.
    """
    before = _locked(hours.facility, now=now)
    wanted = as_set(hours, spans)
    if any(_same(one, wanted, may_be_another=hours.pk is None) for one in before.sets):
        _keep_mark(hours)
        return []
    if before.state != state or (hours.pk and not OpeningHours.objects.filter(pk=hours.pk).exists()):
        raise HoursChanged
    if hours.pk is None:
        hours.created_by = by
    hours.save()
    _write_spans(hours, spans)
    return _finish(before, now=now)


def _keep_mark(hours: OpeningHours) -> None:
    """Take the mark of a sample away from hours that turned out to be the real ones."""
    if hours.pk and not hours.is_sample:
        OpeningHours.objects.filter(pk=hours.pk, is_sample=True).update(is_sample=False)
        page_cache.bump()


def _same(one: HoursSet, wanted: HoursSet, *, may_be_another: bool) -> bool:
    if not may_be_another and one.pk != wanted.pk:
        return False
    return _content(one) == _content(wanted)


def _content(one: HoursSet) -> tuple[HoursSet, frozenset[DaySpan]]:
    """Return what a set says, whatever its key and the order of its spans."""
    return replace(one, pk=0, spans=()), frozenset(one.spans)


def _write_spans(hours: OpeningHours, spans: Sequence[DaySpan]) -> None:
    hours.spans.all().delete()
    OpeningSpan.objects.bulk_create(
        OpeningSpan(
            hours=hours,
            weekday=one.weekday,
            opens=one.opens,
            closes=one.closes,
            closes_next_day=one.closes_next_day,
        )
        for one in spans
    )


@transaction.atomic
def remove_hours(facility: Facility, pk: int, *, now: datetime, state: str) -> list[Occurrence]:
    """Remove a set and return the bookings that lie outside now; removed twice, it is removed once."""
    before = _locked(facility, now=now)
    row = OpeningHours.objects.filter(facility=facility, pk=pk).first()
    if row is None:
        return []
    if before.state != state:
        raise HoursChanged
    row.delete()
    return _finish(before, now=now)


@transaction.atomic
def close_on_holidays(
    facility: Facility, chosen: Sequence[Holiday], *, by: User, now: datetime, state: str
) -> list[Occurrence]:
    """Close a facility on some holidays, each once, and return the bookings that lie outside now."""
    before = _locked(facility, now=now)
    told = days_told(before)
    missing = [one for one in chosen if one.day not in told]
    if not missing:
        return []
    if before.state != state:
        raise HoursChanged
    for one in missing:
        found = closed_on(one, 0)
        OpeningHours.objects.create(
            facility=facility, kind=OpeningHours.Kind.SPECIAL, cause=found.cause, name=one.name,
            name_en=one.name_en, valid_from=one.day, valid_to=one.day, created_by=by,
        )  # fmt: skip
    return _finish(before, now=now)


def days_told(hours: Hours) -> set[date]:
    """Return the days about which a special set of the facility says something."""
    return {
        one.valid_from + timedelta(days=number)
        for one in hours.sets
        if one.is_special and one.space is None and one.valid_to
        for number in range(min((one.valid_to - one.valid_from).days, 366) + 1)
    }


def _locked(facility: Facility, *, now: datetime) -> Hours:
    return hours_of(spaces.lock_for_change(facility.pk), first=local_day(now))


def _finish(before: Hours, *, now: datetime) -> list[Occurrence]:
    page_cache.bump()
    return flag_outside_hours(before.facility, now)
