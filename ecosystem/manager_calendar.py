"""The calendar of a facility as its managers see it: spaces × time of one day, or spaces × days of a week.

A day is a table of quarter hours; a booking is one cell over several of them. Bookings of a space that overlap
(requests that compete, desks of one area) stand in lanes below each other. Four queries whatever there is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil, floor

from django.utils.translation import gettext as _

from ecosystem.facility_words import clock_span
from ecosystem.manager_booking import name_of
from ecosystem.models import Facility, Occurrence, Space
from ecosystem.rules.hours import day_span
from ecosystem.rules.spans import Span, clip, intersect, merge, subtract
from ecosystem.services.availability import ClosedTime, SpaceCalendar, calendars
from malangkraf.translated import translated

QUARTER = timedelta(minutes=15)
SHOWN = (*Occurrence.LIVE, Occurrence.State.NO_SHOW)
# What is drawn of a day on which nothing is open and nothing booked, in hours.
USUAL = (8, 17)


@dataclass(frozen=True)
class Cell:
    """A part of a lane: kind is booking, blocked (a larger space is booked), closure, free, shut or gap."""

    kind: str
    columns: int
    starts_at: datetime
    ends_at: datetime
    text: str = ""
    occurrence: Occurrence | None = None

    @property
    def clock(self) -> str:
        """Return from when to when."""
        return clock_span((self.starts_at, self.ends_at))


@dataclass
class Row:
    """A space of the day, or of the week (`days`: the entries of each day)."""

    space: Space
    depth: int
    lanes: list[list[Cell]] = field(default_factory=list)
    days: list["WeekDay"] = field(default_factory=list)
    is_open: bool = True


@dataclass
class WeekDay:
    """What a space has on one day of a week."""

    day: date
    cells: list[Cell]
    closures: list[ClosedTime]
    is_open: bool


@dataclass
class DayTable:
    """A day: the full hours of its head, and the rows."""

    day: date
    hours: list[datetime]
    rows: list[Row]
    columns: int


def occurrences(facility: Facility, span: Span) -> list[Occurrence]:
    """Return the dates of a time that take place, are asked for or were missed; one query."""
    rows = Occurrence.objects.overlapping(*span).filter(booking__facility=facility, state__in=SHOWN)
    return list(rows.select_related("booking", "space").order_by("starts_at", "pk"))


def day_table(facility: Facility, day: date) -> DayTable:
    """Return a day; four queries."""
    found = calendars(facility, day, day)
    dates = occurrences(facility, day_span(day))
    first, last = _frame(found, dates, day)
    table = DayTable(
        day,
        [first + timedelta(hours=number) for number in range((last - first) // timedelta(hours=1))],
        [],
        (last - first) // QUARTER,
    )
    for calendar, depth in _in_order(found, dates):
        row = Row(calendar.space, depth, is_open=bool(calendar.hours))
        row.lanes = _lanes(calendar, found, dates, frame=(first, last))
        table.rows.append(row)
    return table


def week_rows(facility: Facility, first: date) -> list[Row]:
    """Return the seven days from `first` on; four queries."""
    last = first + timedelta(days=6)
    found = calendars(facility, first, last)
    dates = occurrences(facility, day_span(first, last))
    rows = []
    for calendar, depth in _in_order(found, dates):
        row = Row(calendar.space, depth)
        cells = _cells(calendar, found, dates)
        for number in range(7):
            view = calendar.day(first + timedelta(days=number))
            window = day_span(view.day)
            own = [cell for cell in cells if cell.starts_at < window[1] and window[0] < cell.ends_at]
            row.days.append(WeekDay(view.day, own, view.closures, bool(view.hours)))
        rows.append(row)
    return rows


def _in_order(
    found: dict[int, SpaceCalendar], dates: Iterable[Occurrence]
) -> list[tuple[SpaceCalendar, int]]:
    """Return what can be booked or is booked, in the order of the tree, with its depth below the first of them."""
    used = {one.space_id for one in dates}
    wanted = {
        pk
        for pk, one in found.items()
        if pk in used or (one.space.policy_id and one.space.is_active and one.space.kind != Space.Kind.DESK)
    }
    parts: dict[int | None, list[SpaceCalendar]] = {}
    for one in sorted(found.values(), key=lambda one: (one.space.order, one.space.pk)):
        parts.setdefault(one.space.parent_id, []).append(one)
    ordered: list[tuple[SpaceCalendar, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for one in parts.get(parent, ()):
            is_in = one.space.pk in wanted
            if is_in:
                ordered.append((one, depth))
            walk(one.space.pk, depth + is_in)

    walk(None, 0)
    return ordered


def _frame(found: dict[int, SpaceCalendar], dates: Sequence[Occurrence], day: date) -> Span:
    """Return the full hours from which to which the day is drawn."""
    midnight, end = day_span(day)
    spans = [span for one in found.values() for span in one.hours]
    spans += clip(((one.starts_at, one.ends_at) for one in dates), midnight, end)
    if not spans:
        return midnight + timedelta(hours=USUAL[0]), midnight + timedelta(hours=USUAL[1])
    hour = timedelta(hours=1)
    first = floor((min(start for start, _ in spans) - midnight) / hour)
    last = ceil((max(stop for _, stop in spans) - midnight) / hour)
    return midnight + first * hour, midnight + last * hour


def _cells(
    calendar: SpaceCalendar, found: dict[int, SpaceCalendar], dates: Iterable[Occurrence]
) -> list[Cell]:
    """Return the bookings of a space and of what it lies in, and its closures; the columns are not set."""
    cells = []
    for one in dates:
        if one.space_id == calendar.space.pk:
            cells.append(Cell("booking", 0, one.starts_at, one.ends_at, name_of(one.booking), one))
        elif one.space_id in calendar.line and one.state != Occurrence.State.NO_SHOW:
            where = translated(found[one.space_id].space, "name")
            text = _("%(space)s: %(booking)s") % {"space": where, "booking": name_of(one.booking)}
            cells.append(Cell("blocked", 0, one.starts_at, one.ends_at, text, one))
    for closure in calendar.closures:
        cells.append(Cell("closure", 0, closure.starts_at, closure.ends_at, translated(closure, "reason")))
    return sorted(cells, key=lambda cell: cell.starts_at)


def _lanes(
    calendar: SpaceCalendar,
    found: dict[int, SpaceCalendar],
    dates: Iterable[Occurrence],
    *,
    frame: Span,
) -> list[list[Cell]]:
    """Return the lanes of a space on a day, each filled up to the last column."""
    columns = (frame[1] - frame[0]) // QUARTER
    lanes: list[list[tuple[int, int, Cell]]] = [[]]
    for cell in _cells(calendar, found, dates):
        start = max(0, floor((cell.starts_at - frame[0]) / QUARTER))
        stop = min(columns, max(start + 1, ceil((cell.ends_at - frame[0]) / QUARTER)))
        if stop <= start:
            continue
        lane = next((one for one in lanes if not one or one[-1][1] <= start), None)
        if lane is None:
            lane = []
            lanes.append(lane)
        lane.append((start, stop, cell))
    free = calendar.free if not calendar.reason else []
    return [
        _filled(lane, columns, free if number == 0 else None, frame=frame)
        for number, lane in enumerate(lanes)
    ]


def _filled(
    lane: list[tuple[int, int, Cell]],
    columns: int,
    free: list[Span] | None,
    *,
    frame: Span,
) -> list[Cell]:
    """Return a lane with what lies between its cells; `free` None: it is not the first lane and says nothing."""
    found: list[Cell] = []
    at = 0
    for start, stop, cell in [*lane, (columns, columns, None)]:
        if at < start:
            gap = (frame[0] + at * QUARTER, frame[0] + start * QUARTER)
            found += _gap(gap, free)
        if cell is not None:
            found.append(
                Cell(cell.kind, stop - start, cell.starts_at, cell.ends_at, cell.text, cell.occurrence)
            )
        at = stop
    return found


def _gap(gap: Span, free: list[Span] | None) -> list[Cell]:
    if free is None:
        return [Cell("gap", (gap[1] - gap[0]) // QUARTER, *gap)]
    inside = [_to_quarters(span) for span in intersect([gap], free)]
    open_time = merge(span for span in clip(inside, *gap))
    parts = [("free", span) for span in open_time] + [("shut", span) for span in subtract([gap], open_time)]
    return [
        Cell(kind, (end - start) // QUARTER, start, end)
        for kind, (start, end) in sorted(parts, key=lambda part: part[1])
    ]


def _to_quarters(span: Span) -> Span:
    """Return the full quarter hours within a span, so that columns stay whole."""
    midnight = span[0].replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        midnight + ceil((span[0] - midnight) / QUARTER) * QUARTER,
        midnight + floor((span[1] - midnight) / QUARTER) * QUARTER,
    )
