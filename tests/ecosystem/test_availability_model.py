"""Calendars from the database against a model that looks at each quarter of an hour by itself."""

from datetime import time, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosystem.models import Allocation, Closure, OpeningHours, OpeningSpan, Space
from ecosystem.rules import hours as hour_rules
from ecosystem.services import availability
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    FacilityFactory,
    PolicyFactory,
    at,
    make_occurrence,
    make_space,
)
from tests.ecosystem.hours_model import open_ticks, spans_that_open

QUARTER = timedelta(minutes=15)
DAYS = 2
NAMES = ["whole", "floor", "room", "other room", "hall", "desks"]
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))


@st.composite
def day_spans(draw):
    rows = draw(st.lists(st.tuples(st.sampled_from([0, 1, 2]), CLOCKS, CLOCKS), max_size=4))
    return {(weekday, opens): closes for weekday, opens, closes in rows}


SETS = st.lists(
    st.fixed_dictionaries(
        {
            "space": st.none() | st.sampled_from(NAMES),
            "kind": st.sampled_from(["weekly", "special"]),
            "for_all": st.booleans(),
            "first": st.integers(-1, 1),
            "days": st.none() | st.integers(0, 2),
            "spans": day_spans(),
        }
    ),
    max_size=4,
)
# What the facility's weekly hours are on all days.
USUAL = st.sampled_from([("08:00", "21:00"), ("18:00", "02:00"), ("00:00", "00:00")])
# Who takes what when: (space, quarter from TUESDAY's midnight, how many, does it hold, is it a closure).
TAKEN = st.lists(
    st.tuples(
        st.sampled_from([*NAMES, "desk 0", "desk 1", "desk 2"]),
        st.integers(-8, 4 * 24 * DAYS + 8),
        st.integers(1, 12),
        st.sampled_from([True, True, True, False]),
        st.booleans(),
    ),
    min_size=2,
    max_size=10,
)
RULES = st.fixed_dictionaries(
    {
        "min_minutes": st.sampled_from([15, 60]),
        "max_minutes": st.sampled_from([90, 600]),
        "grid_minutes": st.sampled_from([15, 30, 45, 60]),
        "setup_minutes": st.sampled_from([0, 15, 90]),
        "teardown_minutes": st.sampled_from([0, 30, 480]),
        "notice_hours": st.sampled_from([0, 3, 30]),
        "horizon_days": st.sampled_from([1, 60]),
    }
)
# What each space consists of.
DESKS = ["desk 0", "desk 1", "desk 2"]
LEAVES = {"floor": ["room", "other room"], "desks": DESKS, "whole": ["room", "other room", "hall", *DESKS]}
ABOVE = {"room": ["floor"], "other room": ["floor"]} | dict.fromkeys(DESKS, ["desks"])


def instant(quarter):
    return at(0) + quarter * QUARTER


def every_day(opens, closes):
    return {(weekday, time.fromisoformat(opens)): time.fromisoformat(closes) for weekday in range(7)}


def build(rules):
    """Return the spaces by name: a floor with two rooms, a hall, three desks in an area."""
    facility = FacilityFactory()
    policy = PolicyFactory(facility=facility, **rules)
    world = {"whole": facility.spaces.get(parent=None)}
    world["floor"] = make_space(facility, kind="floor", policy=policy)
    world["room"] = make_space(parent=world["floor"], policy=policy)
    world["other room"] = make_space(parent=world["floor"], policy=policy)
    world["hall"] = make_space(facility, kind="hall", policy=policy)
    world["desks"] = make_space(facility, kind="desk_area", policy=policy)
    for number in range(3):
        world[f"desk {number}"] = make_space(parent=world["desks"], kind="desk", policy=policy)
    return world


def write_hours(world, wish):
    last = None if wish["days"] is None else TUESDAY + timedelta(days=wish["first"] + wish["days"])
    row = OpeningHours.objects.create(
        facility=world["whole"].facility,
        space=world[wish["space"]] if wish["space"] else None,
        kind="weekly" if last is None else wish["kind"],
        name="Jam",
        valid_from=TUESDAY + timedelta(days=wish["first"]),
        valid_to=last,
        counts_for_all_spaces=wish["for_all"],
    )
    spans = [
        OpeningSpan(hours=row, weekday=weekday, opens=opens, closes=closes, closes_next_day=closes <= opens)
        for (weekday, opens), closes in wish["spans"].items()
    ]
    OpeningSpan.objects.bulk_create(spans)
    return hour_rules.HoursSet(
        pk=row.pk,
        space=row.space_id,
        is_special=row.kind == "special",
        counts_for_all=row.counts_for_all_spaces,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        spans=tuple(
            hour_rules.DaySpan(one.weekday, one.opens, one.closes, one.closes_next_day) for one in spans
        ),
    )


def write_taken(world, leaves, taken):
    """Write what fits, and return which quarters each leaf is held in."""
    held = {leaf: set() for leaf in leaves["whole"]}
    for name, first, count, holds, is_closure in taken:
        asked = set(range(first, first + count))
        if holds and any(held[leaf] & asked for leaf in leaves[name]):
            continue
        if is_closure:
            cause = {"closure": close(world[name], instant(first), instant(first + count))}
        else:
            cause = {"occurrence": make_occurrence(world[name], at(0), state="declined")}
        Allocation.objects.bulk_create(
            Allocation(
                leaf_id=leaf,
                during=DateTimeTZRange(instant(first), instant(first + count)),
                holds=holds,
                **cause,
            )
            for leaf in leaves[name]
        )
        for leaf in leaves[name] if holds else ():
            held[leaf] |= asked
    return held


def close(space, starts_at, ends_at):
    return Closure.objects.create(
        facility=space.facility, space=space, starts_at=starts_at, ends_at=ends_at, reason="Perbaikan"
    )


def leaf_pks(world):
    return {name: {world[leaf].pk for leaf in LEAVES.get(name, [name])} for name in world}


def line_to(name):
    return [name, *ABOVE.get(name, []), *([] if name == "whole" else ["whole"])]


def quarters_of(found):
    return {q for q in range(4 * 24 * DAYS) if any(start <= instant(q) < end for start, end in found)}


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rules=RULES,
    usual=USUAL,
    sets=SETS,
    taken=TAKEN,
    minutes=st.sampled_from([60, 120]),
    seats=st.sampled_from([1, 2, None]),
    unused=st.none() | st.sampled_from(["room", "floor", "desk 1", "desks"]),
    first_day=st.none() | st.sampled_from([TUESDAY, TUESDAY + timedelta(days=1)]),
    now=st.sampled_from([NOW, at(10, 7)]),
)
def test_calendars_are_those_of_the_model(rules, usual, sets, taken, minutes, seats, unused, first_day, now):
    world = build(rules)
    leaves = leaf_pks(world)
    facility = world["whole"].facility
    facility.opens_on = first_day
    facility.save()
    Space.objects.filter(pk=world[unused].pk if unused else None).update(is_active=False)
    weekly = {
        "space": None,
        "kind": "weekly",
        "for_all": False,
        "first": -9,
        "days": None,
        "spans": every_day(*usual),
    }
    hours = [write_hours(world, wish) for wish in (weekly, *sets)]
    held = write_taken(world, leaves, taken)
    last = TUESDAY + timedelta(days=DAYS - 1)
    found = availability.calendars(facility, TUESDAY, last)
    assert set(found) == {space.pk for space in world.values()}
    for name, space in world.items():
        calendar = found[space.pk]
        is_unused = unused in line_to(name)
        line = [world[one].pk for one in line_to(name)]
        ticks = open_ticks(
            hours, line, at(-24), at(24 * (DAYS + 1)), hour_rules.JAKARTA, step=QUARTER, first_day=first_day
        )
        opened = {q for q in range(-96, 96 * (DAYS + 1)) if instant(q) in ticks and not is_unused}
        given = leaves[name] - {world[unused].pk} if unused and name == "desks" else leaves[name]
        places = len(given) if name == "desks" else 1
        busy = {q for q in range(96 * DAYS) if sum(q in held[leaf] for leaf in given) >= places}
        assert quarters_of(calendar.hours) == opened & set(range(96 * DAYS))
        assert quarters_of(calendar.busy) == busy
        assert quarters_of(calendar.free) == (opened & set(range(96 * DAYS))) - busy
        if name == "whole" or is_unused:
            assert calendar.reason == ("inactive" if is_unused else "not_bookable")
            continue
        grid = starts_by_grid(hours, line, rules["grid_minutes"] // 15, first_day)
        expected = [
            instant(q)
            for q in range(96 * DAYS)
            if q in grid
            and may_begin(rules, instant(q), now)
            and rules["min_minutes"] <= minutes <= rules["max_minutes"]
            and opened.issuperset(range(q, q + minutes // 15))
            and is_free(
                held,
                given if seats else leaves[name],
                range(q - rules["setup_minutes"] // 15, q + (minutes + rules["teardown_minutes"]) // 15),
                seats=seats if name == "desks" else None,
            )
        ]
        days = [TUESDAY + timedelta(days=number) for number in range(DAYS)]
        listed = [start for day in days for start in calendar.starts(day, minutes, now=now, seats=seats)]
        assert listed == expected
        for day in days:
            assert calendar.has_start(day, minutes, now=now) == bool(calendar.starts(day, minutes, now=now))
        for number in range(0, 96 * DAYS, 3):
            start = instant(number)
            wrong = calendar.problems(start, start + timedelta(minutes=minutes), now=now, seats=seats)
            assert (wrong == []) == (start in expected)


def may_begin(rules, start, now):
    """Return whether the notice is kept and the day not too far."""
    hours = (start - now).total_seconds() / 3600
    days = (start.astimezone(hour_rules.JAKARTA).date() - now.astimezone(hour_rules.JAKARTA).date()).days
    return hours >= rules["notice_hours"] and days <= rules["horizon_days"]


def is_free(held, leaves, padded, *, seats):
    free = sum(held[leaf].isdisjoint(padded) for leaf in leaves)
    return free == len(leaves) if seats is None else free >= seats


def starts_by_grid(sets, line, grid, first_day):
    """Return the quarters at which a grid of one of the openings begins a step."""
    found = set()
    for number in range(-1, DAYS + 1):
        for span in spans_that_open(sets, line, TUESDAY + timedelta(days=number), first_day):
            first = number * 96 + span.opens.hour * 4 + span.opens.minute // 15
            last = number * 96 + span.closes.hour * 4 + span.closes.minute // 15
            found |= set(range(first, last + 96 * span.closes_next_day, grid))
    return found
