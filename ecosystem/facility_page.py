"""What the page of a facility shows: this week's hours, its floors, what is not known, and how it came about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ecosystem import facility_parts, wards
from ecosystem.facility_building import LOOK_AHEAD, building_of
from ecosystem.facility_floors import floors_of
from ecosystem.facility_history import host_of, progress_of, published_reports, steps_of, words_of
from ecosystem.facility_json_ld import facility_data
from ecosystem.facility_place import EXACT, map_search_url, position_of
from ecosystem.facility_words import clock_span, in_use_since, state_words
from ecosystem.models import AgendaEvent, Closure, Facility, Space, SpaceAmenity
from ecosystem.services.availability import SpaceCalendar, calendars, facility_state
from malangkraf.moments import format_span
from malangkraf.translated import translated

DAYS_OF_WEEK = 7
# What lies inside them is shown.
NO_ROOMS = (Space.Kind.BUILDING, Space.Kind.FLOOR, Space.Kind.DESK)
MOST_EVENTS = 5
MOST_CLOSURES = 5


@dataclass(frozen=True, slots=True)
class DayHours:
    """A line of the week's table; `name` is that of a set that counts for some days only (Ramadan, a holiday)."""

    day: date
    label: str
    is_today: bool
    spans: list[str]
    name: str
    closures: list[str]


def page_of(facility: Facility, *, now: datetime) -> dict[str, Any]:
    """Return the context of the page; the number of queries does not grow with the spaces."""
    today = timezone.localtime(now).date()
    spaces = list(spaces_of(facility))
    whole = next((space for space in spaces if space.parent_id is None), None)
    monday = today - timedelta(days=today.weekday())
    bookable = [space for space in spaces if space.policy_id]
    rooms = [space for space in bookable if space.kind not in NO_ROOMS]
    found = calendars([*filter(None, [whole]), *rooms], monday, today + timedelta(days=LOOK_AHEAD))
    week = found[whole.pk] if whole else None
    floors = floors_of(spaces, facility)
    state = facility_state(facility, now=now)
    photos = list(facility.photos.all())
    place = position_of(facility)
    area = facility.kelurahan or facility.kecamatan
    reports = published_reports(facility)
    steps = steps_of(facility, reports)
    own = [one for one in week.sets if one.space in (None, week.space.pk)] if week else []
    hours_are_sample = any(one.is_sample for one in own)
    return {
        "state": state_words(state, now=now),
        "since": in_use_since(facility, today=today),
        "whole": whole,
        "week": week_of(week, today=today) if week and week.sets else [],
        "hours_are_sample": hours_are_sample,
        "floors": floors,
        "building": building_of(floors, {row.pk: found[row.pk] for row in rooms}, today=today, now=now),
        "bookable": bookable,
        "has_samples": any(space.is_sample for space in spaces),
        "amenities": whole.amenity_rows.all() if whole else [],
        "photos": photos,
        "closures": closures_of(facility, now=now),
        "events": events_of(facility, now=now),
        "unknown": unknown_of(facility, spaces, hours_unknown=state.is_sample or state.kind == "unknown"),
        "steps": steps,
        "sources": sources_of(facility, spaces, [step.source_url for step in steps]),
        "progress": progress_of(reports),
        "parts": facility_parts.parts_of(facility),
        "place_map": wards.locate(area.code, area.name),
        "map_url": map_search_url(facility),
        "is_exact": bool(place and place.precision == EXACT),
        # What is invented is not told to search engines.
        "json_ld": facility_data(
            facility, week=None if hours_are_sample else week, place=place, photos=photos
        ),
    }


def spaces_of(facility: Facility) -> QuerySet[Space]:
    """Return the spaces in use with their rules and equipment, in their order; two queries."""
    rows = Prefetch("amenity_rows", SpaceAmenity.objects.select_related("amenity"))
    spaces = facility.spaces.filter(is_active=True).select_related("policy").prefetch_related(rows)
    return spaces.order_by("order", "pk")


def week_of(calendar: SpaceCalendar, *, today: date) -> list[DayHours]:
    """Return the hours of the calendar's first seven days, each in words."""
    lines = []
    for number in range(DAYS_OF_WEEK):
        day = calendar.first + timedelta(days=number)
        view = calendar.day(day)
        found = view.hours_set
        lines.append(
            DayHours(
                day=day,
                label=date_format(day, "l, j M"),
                is_today=day == today,
                # What opens on this day, uncut: an evening that runs past midnight stands on its own day.
                spans=[
                    clock_span(span)
                    for span in calendar.openings
                    if timezone.localtime(span[0]).date() == day
                ],
                name=translated(found, "name") if found and (found.is_special or found.valid_to) else "",
                closures=[
                    translated(one, "reason")
                    for one in view.closures
                    if one.space in (None, calendar.space.pk)
                ],
            )
        )
    return lines


def sources_of(facility: Facility, spaces: list[Space], others: list[str]) -> list[tuple[str, str, str]]:
    """Return every source that the page rests on once, with its host and the words of its address."""
    urls = [facility.source_url, *(space.source_url for space in spaces), *others]
    return [(url, host_of(url), words_of(url)) for url in dict.fromkeys(urls) if url]


def closures_of(facility: Facility, *, now: datetime) -> list[dict[str, Any]]:
    """Return the closures that are on or to come; one query."""
    rows = facility.closures.filter(ends_at__gt=now, lifted_at=None).select_related("space")
    return [
        {"closure": row, "when": format_span(row.starts_at, row.ends_at), "where": closure_place(row)}
        for row in rows[:MOST_CLOSURES]
    ]


def events_of(facility: Facility, *, now: datetime) -> list[dict[str, Any]]:
    """Return the next public events; one query."""
    rows = AgendaEvent.objects.public().upcoming(at=now).filter(facility=facility).select_related("space")
    return [{"event": row, "when": format_span(row.starts_at, row.ends_at)} for row in rows[:MOST_EVENTS]]


def unknown_of(facility: Facility, spaces: list[Space], *, hours_unknown: bool) -> list[str]:
    """Return what nobody has published, in words; samples are not published."""
    published = [space for space in spaces if not space.is_sample]
    rooms = [space for space in published if space.kind not in NO_ROOMS]
    silent = sum(space.capacity is None for space in rooms)
    place = position_of(facility)
    missing = [
        (hours_unknown, _("the opening hours")),
        (not facility.opens_on and facility.stage == Facility.Stage.OPEN, _("the day on which it opened")),
        (
            bool(silent),
            _("how many people fit into %(silent)s of %(all)s spaces")
            % {"silent": silent, "all": len(rooms)},
        ),
        (not rooms, _("which rooms there are")),
        (not (facility.phone or facility.email), _("a phone number or e-mail address")),
        (all(space.is_accessible is None for space in rooms), _("whether it can be reached without steps")),
        (place is None or place.precision != EXACT, _("the exact position on the map")),
        (facility.stage == Facility.Stage.PLANNED, _("when it will open")),
    ]
    return [text for is_missing, text in missing if is_missing]


def closure_place(closure: Closure) -> str:
    """Return what a closure closes."""
    return translated(closure.space, "name") if closure.space else _("The whole facility")
