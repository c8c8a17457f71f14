"""The slots of a space as its pages show them: free ones lead to the booking, taken ones say "taken" and no more."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecosystem.facility_words import clock, clock_span
from ecosystem.models import Space
from ecosystem.rules.spans import Span, intersect, merge, subtract
from ecosystem.services.availability import DayView, SpaceCalendar
from malangkraf.translated import translated

FREE, TAKEN, CLOSED, PAST, SHUT = "free", "taken", "closed", "past", "shut"


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of a day: `kind` is free (with a link), taken, closed for a while, past, or shut (no use is allowed)."""

    kind: str
    text: str
    label: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a space with its slots; `hours` in words, [] for a closed day, and why it is closed."""

    day: date
    label: str
    is_today: bool
    hours: list[str]
    reasons: list[str]
    slots: list[Slot]
    free_minutes: int
    url: str = ""

    @property
    def free_hours(self) -> int:
        """Return the free time in whole hours, at least one where something is free."""
        return max(1, self.free_minutes // 60) if self.free_minutes else 0

    @property
    def taken(self) -> list[Slot]:
        """Return the times that are taken."""
        return [slot for slot in self.slots if slot.kind == TAKEN]

    @property
    def state(self) -> str:
        """Return free, full, closed, or shut: there is free time, but the rules let nobody begin in it."""
        kinds = {slot.kind for slot in self.slots}
        if not self.hours or kinds == {CLOSED}:
            return CLOSED
        if FREE in kinds:
            return FREE
        return SHUT if kinds & {PAST, SHUT} else "full"

    @property
    def why(self) -> str:
        """Return why nobody can begin in the free time, "" for none."""
        return next((slot.label for slot in self.slots if slot.kind in (PAST, SHUT)), "")


def booking_url(space: Space, start: datetime, end: datetime) -> str:
    """Return the address at which a time is booked, on Malang's clocks."""
    path = reverse("ecosystem:booking_create", args=[space.facility.slug, space.slug])
    times = {"mulai": start, "selesai": end}
    query = {name: f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}" for name, moment in times.items()}
    return f"{path}?{urlencode(query)}"


def day_of(
    calendar: SpaceCalendar, day: date, minutes: int, *, now: datetime, is_exact: bool, url: str = ""
) -> Day:
    """Return a day: `is_exact` lists each start, otherwise each free time is one slot with its first start."""
    view = calendar.day(day)
    starts = calendar.starts(day, minutes, now=now)
    length = timedelta(minutes=minutes)
    found: list[tuple[datetime, Slot]] = []
    for span in view.free:
        within = [start for start in starts if span[0] <= start < span[1]]
        if not within:
            found.append((span[0], _unused(calendar, span, now)))
        elif is_exact:
            found += [(start, _start(calendar, start, length)) for start in within]
        else:
            found.append((within[0], _free(calendar, span, within, length)))
    shut = closed_time(calendar, view)
    found += [(span[0], Slot(CLOSED, clock_span(span), _("closed"))) for span in shut]
    found += [(span[0], _taken(span)) for span in subtract(intersect(view.hours, merge(view.busy)), shut)]
    free = sum(((span[1] - max(span[0], now)) for span in view.free if span[1] > now), timedelta())
    return Day(
        day=day,
        label=date_format(day, "l, j F Y" if is_exact else "l, j M"),
        is_today=day == timezone.localtime(now).date(),
        hours=[clock_span(span) for span in view.opening],
        reasons=reasons_of(view),
        slots=[slot for _moment, slot in sorted(found, key=lambda pair: pair[0])],
        free_minutes=int(free.total_seconds() // 60) if starts else 0,
        url=url,
    )


def closed_time(calendar: SpaceCalendar, view: DayView) -> list[Span]:
    """Return when closures take the whole of a space out of its hours; one of a part of it does not count."""
    leaves = set(calendar.leaves)
    whole = [one for one in view.closures if one.space is None or leaves.issubset(one.leaves)]
    return intersect(view.hours, merge((one.starts_at, one.ends_at) for one in whole))


def reasons_of(view: DayView) -> list[str]:
    """Return what is special about a day: the name of its special hours, and the closures that touch it."""
    found = view.hours_set
    special = [translated(found, "name")] if found and (found.is_special or found.valid_to) else []
    return special + [translated(one, "reason") for one in view.closures]


def _start(calendar: SpaceCalendar, start: datetime, length: timedelta) -> Slot:
    return Slot(
        FREE,
        clock(start),
        _("free: book %(time)s WIB") % {"time": clock_span((start, start + length))},
        booking_url(calendar.space, start, start + length),
        _seats(calendar, start, start + length),
    )


def _free(calendar: SpaceCalendar, span: Span, starts: list[datetime], length: timedelta) -> Slot:
    first = starts[0]
    text = clock_span((max(span[0], first), span[1]))
    label = _("free: book from %(time)s WIB on") % {"time": clock(first)}
    return Slot(FREE, text, label, booking_url(calendar.space, first, first + length))


def _taken(span: Span) -> Slot:
    return Slot(TAKEN, clock_span(span), _("taken"))


def _unused(calendar: SpaceCalendar, span: Span, now: datetime) -> Slot:
    """Return a free time in which no use can begin, with the reason."""
    if span[1] <= now:
        return Slot(PAST, clock_span(span), _("over"))
    problems = [] if calendar.reason else calendar.problems(span[0], span[1], now=now)
    note = next((str(one.message) for one in problems if one.code in ("too_soon", "too_late")), "")
    return Slot(SHUT, clock_span(span), note or _("too short for this length"))


def _seats(calendar: SpaceCalendar, start: datetime, end: datetime) -> str:
    if not calendar.is_by_seats:
        return ""
    count = calendar.free_seats(start, end)
    return ngettext("%(count)s desk free", "%(count)s desks free", count) % {"count": count}
