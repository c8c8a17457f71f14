"""The building of a facility as a drawing: a floor for each floor, a lit window for each room that is still free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecosystem.facility_floors import Floor
from ecosystem.facility_words import day_words
from ecosystem.services.availability import SpaceCalendar
from malangkraf.drawing.building import BLIND, FREE, TAKEN, Storey, building
from malangkraf.translated import translated

# Late in the evening the next days are looked at.
LOOK_AHEAD = 6


@dataclass(frozen=True, slots=True)
class Building:
    """The drawing, and the sentence that says what its windows say."""

    drawing: SafeString
    sentence: str


def building_of(
    floors: Sequence[Floor], found: Mapping[int, SpaceCalendar], *, today: date, now: datetime
) -> Building | None:
    """Return the building of the floors, None without any; `found` has the calendars of what can be booked."""
    storeys = [floor for floor in floors if floor.space]
    if not storeys:
        return None
    days = (today + timedelta(days=number) for number in range(LOOK_AHEAD + 1))
    all_free = ((day, _free_on(day, found, now)) for day in days)
    day, free = next(((day, free) for day, free in all_free if free), (today, set[int]()))
    words = day_words(day, today=today)
    rows = [_storey(floor, found, free, words) for floor in storeys]
    title = _("The building floor by floor")
    values = {"free": len(free), "all": len(found), "day": words}
    sentence = _("Lit windows: %(free)s of %(all)s bookable rooms are still free %(day)s.") % values
    drawing = mark_safe(building(rows, title=title))  # noqa: S308 (escaped in the drawing)
    return Building(drawing, sentence if found else "")


def _free_on(day: date, found: Mapping[int, SpaceCalendar], now: datetime) -> set[int]:
    return {pk for pk, one in found.items() if one.has_start(day, one.rules.min_minutes, now=now)}


def _storey(floor: Floor, found: Mapping[int, SpaceCalendar], free: set[int], day: str) -> Storey:
    # A room that consists of rooms is shown by these.
    rooms = [line.space for line in floor.lines if line.capacity or line.desks]
    bookable = [room.pk for room in rooms if room.pk in found]
    values = {"free": sum(pk in free for pk in bookable), "all": len(bookable), "day": day}
    name = translated(floor.space, "name")
    if bookable:
        note = _("%(free)s/%(all)s free") % values
        about = _("%(free)s of %(all)s bookable rooms are still free %(day)s") % values
    else:
        note = ""
        count = len(rooms)
        about = ngettext("%(count)s room", "%(count)s rooms", count) % {"count": count} if count else ""
    return Storey(
        name=name,
        note=note,
        label=f"{name}: {about}" if about else name,
        href=f"#{floor.anchor}",
        windows=[FREE if room.pk in free else TAKEN if room.pk in found else BLIND for room in rooms],
        is_below=floor.is_below,
    )
