"""Calendars of spaces from the database: what counts as busy, why nothing can be booked, how many queries it takes."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import override

from ecosystem.models import Allocation, Closure, Space
from ecosystem.services import availability, spaces
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    FacilityFactory,
    PolicyFactory,
    at,
    make_hours,
    make_occurrence,
    make_space,
)

pytestmark = pytest.mark.django_db
OPEN = (at(8), at(21))


def calendar_of(space, *, days=1, **options):
    return availability.calendars([space], TUESDAY, TUESDAY + timedelta(days=days - 1), **options)[space.pk]


def codes(calendar, start, end, **options):
    return [one.code for one in calendar.problems(start, end, now=NOW, **options)]


def close(facility, start, end, *, space=None, leaves=(), **fields):
    row = Closure.objects.create(
        facility=facility, space=space, starts_at=start, ends_at=end, **{"reason": "Perbaikan lampu"} | fields
    )
    Allocation.objects.bulk_create(
        Allocation(leaf=leaf, closure=row, during=DateTimeTZRange(start, end)) for leaf in leaves
    )
    return row


def test_a_booking_takes_its_time_and_nothing_beside_it(facility):
    room = make_space(facility)
    make_occurrence(room, at(10), hours=2)
    calendar = calendar_of(room)
    assert calendar.hours == [OPEN]
    assert calendar.busy == [(at(10), at(12))]
    assert calendar.free == [(at(8), at(10)), (at(12), at(21))]
    found = calendar.starts(TUESDAY, 60, now=NOW)
    assert at(9) in found and at(12) in found and at(11) not in found and at(9, 30) not in found
    assert codes(calendar, at(9), at(10)) == []
    assert codes(calendar, at(11), at(12)) == ["taken"]


@pytest.mark.parametrize("state", ["declined", "cancelled", "withdrawn", "expired"])
def test_what_does_not_hold_takes_nothing(facility, state):
    room = make_space(facility)
    make_occurrence(room, at(10), state=state)
    assert calendar_of(room).busy == []


def test_a_date_that_is_about_to_be_moved_does_not_stand_in_its_own_way(facility):
    room = make_space(facility)
    mine, other = make_occurrence(room, at(10)), make_occurrence(room, at(12))
    calendar = calendar_of(room, without_occurrence=mine.pk)
    assert calendar.busy == [(other.starts_at, other.ends_at)]
    assert codes(calendar, at(10, 30), at(11, 30)) == []


def test_a_floor_and_its_rooms_take_each_others_time(facility):
    floor = make_space(facility, kind="floor")
    room, other = make_space(parent=floor), make_space(parent=floor)
    make_occurrence(room, at(10))
    make_occurrence(floor, at(15))
    found = availability.calendars(facility, TUESDAY, TUESDAY)
    assert found[floor.pk].busy == [(at(10), at(11)), (at(15), at(16))]
    assert found[room.pk].busy == found[floor.pk].busy
    assert found[other.pk].busy == [(at(15), at(16))]
    assert found[room.pk].line == (room.pk, floor.pk, floor.parent_id)


def test_a_desk_area_is_free_while_a_desk_is(facility):
    area = make_space(facility, kind="desk_area")
    desks = [make_space(parent=area, kind="desk", policy=area.policy) for _number in range(3)]
    for desk, hour in zip(desks, (9, 10, 11), strict=True):
        make_occurrence(desk, at(hour), hours=3)
    calendar = calendar_of(area)
    assert calendar.is_by_seats
    assert calendar.busy == [(at(11), at(12))]
    assert [calendar.free_seats(at(hour), at(hour + 1)) for hour in (8, 9, 10, 11, 13, 14)] == [
        3,
        2,
        1,
        0,
        2,
        3,
    ]
    assert codes(calendar, at(12), at(13), seats=1) == []
    assert codes(calendar, at(12), at(13), seats=2) == ["taken"]
    assert codes(calendar, at(9), at(10), seats=None) == ["taken"]
    assert codes(calendar, at(15), at(16), seats=None) == []
    assert at(9) in calendar.starts(TUESDAY, 60, now=NOW)
    assert at(9) not in calendar.starts(TUESDAY, 60, now=NOW, seats=None)


def test_one_desk_for_all_of_the_time(facility):
    area = make_space(facility, kind="desk_area")
    desks = [make_space(parent=area, kind="desk", policy=area.policy) for _number in range(2)]
    make_occurrence(desks[0], at(8), hours=2)
    make_occurrence(desks[1], at(10), hours=2)
    calendar = calendar_of(area)
    assert calendar.busy == []
    assert calendar.free_seats(at(9), at(11)) == 0
    assert codes(calendar, at(9), at(11)) == ["taken"]


def test_a_desk_out_of_use_is_given_to_nobody(facility):
    area = make_space(facility, kind="desk_area")
    desk, broken = (make_space(parent=area, kind="desk", is_active=active) for active in (True, False))
    make_occurrence(desk, at(9))
    calendar = calendar_of(area)
    assert calendar.free_seats(at(10), at(11)) == 1
    assert calendar.busy == [(at(9), at(10))]
    assert codes(calendar, at(10), at(11), seats=2) == ["taken"]
    assert calendar_of(broken).reason == "inactive"


def test_the_turnaround_of_the_day_before_reaches_into_the_day(facility):
    policy = PolicyFactory(facility=facility, setup_minutes=480)
    room = make_space(facility, policy=policy)
    make_occurrence(room, at(-1), hours=2)
    calendar = calendar_of(room)
    assert calendar.busy == [(at(0), at(1))]
    assert calendar.starts(TUESDAY, 60, now=NOW)[0] == at(9)


def test_set_up_is_kept_free_of_the_evening_before_too():
    facility = FacilityFactory()
    make_hours(facility, opens="00:00", closes="00:00")
    room = make_space(facility, policy=PolicyFactory(facility=facility, setup_minutes=120))
    make_occurrence(room, at(-2))
    calendar = calendar_of(room)
    assert calendar.busy == []
    assert calendar.starts(TUESDAY, 60, now=NOW)[0] == at(1)
    assert calendar.day(TUESDAY).opening == [(at(0), at(24))]


def test_a_use_past_midnight_needs_the_next_days_time():
    facility = FacilityFactory()
    make_hours(facility, opens="18:00", closes="02:00")
    room = make_space(facility)
    make_occurrence(room, at(25))
    calendar = calendar_of(room)
    assert calendar.hours == [(at(0), at(2)), (at(18), at(24))]
    # Words say when the door closes; the rest of the night before is not an opening of its own.
    assert calendar.day(TUESDAY).opening == [(at(18), at(26))]
    assert calendar.starts(TUESDAY, 120, now=NOW)[-1] == at(23)
    assert codes(calendar, at(23), at(25)) == []
    assert codes(calendar, at(23, 30), at(25, 30)) == ["taken"]


def test_a_calendar_names_the_special_day_and_the_closure(facility):
    make_hours(
        facility,
        weekdays=[],
        kind="special",
        cause="holiday",
        name="Hari libur",
        valid_from=TUESDAY,
        valid_to=TUESDAY,
    )
    floor = make_space(facility, kind="floor")
    room, other = make_space(parent=floor), make_space(parent=floor)
    close(facility, at(33), at(40), space=room, leaves=[room])
    found = availability.calendars(facility, TUESDAY, TUESDAY + timedelta(days=1))
    day, next_day = (found[room.pk].day(TUESDAY + timedelta(days=number)) for number in (0, 1))
    assert (day.hours, day.hours_set.name, day.closures) == ([], "Hari libur", [])
    assert next_day.busy == [(at(33), at(40))]
    assert [one.reason for one in next_day.closures] == ["Perbaikan lampu"]
    assert [one.reason for one in found[floor.pk].closures] == ["Perbaikan lampu"]
    assert found[other.pk].closures == ()


def test_a_lifted_closure_ends_when_it_was_lifted(facility):
    room = make_space(facility)
    close(facility, at(9), at(20), lifted_at=at(12))
    close(facility, at(15), at(20), lifted_at=at(14))
    assert [(one.starts_at, one.ends_at) for one in calendar_of(room).closures] == [(at(9), at(12))]


@pytest.mark.parametrize(
    ("stage", "reason"),
    [("planned", "planned"), ("construction", "construction"), ("closed", "ended"), ("trial", "")],
)
def test_a_facility_that_is_not_in_use_has_no_slots(facility, stage, reason):
    room = make_space(facility)
    facility.stage = stage
    facility.save()
    calendar = calendar_of(room)
    assert calendar.reason == reason
    assert bool(calendar.starts(TUESDAY, 60, now=NOW)) == bool(calendar.hours) == (reason == "")
    assert codes(calendar, at(9), at(10)) == ([reason] if reason else [])
    assert bool(availability.reason_text(reason)) == bool(reason)


def test_nothing_before_the_first_day(facility):
    facility.opens_on = TUESDAY + timedelta(days=1)
    facility.save()
    calendar = calendar_of(make_space(facility), days=2)
    assert calendar.hours == [(at(32), at(45))]
    assert codes(calendar, at(9), at(10)) == ["not_open_yet"]
    assert codes(calendar, at(33), at(34)) == []
    with override("id"):
        assert "2 Desember 2026" in str(calendar.problems(at(9), at(10), now=NOW)[0].message)


def test_a_space_without_rules_shows_its_time_and_lists_nothing(facility):
    make_occurrence(make_space(facility), at(10))
    whole = facility.spaces.get(parent=None)
    calendar = calendar_of(whole)
    assert (calendar.reason, calendar.hours, calendar.busy) == ("not_bookable", [OPEN], [(at(10), at(11))])
    assert calendar.starts(TUESDAY, 60, now=NOW) == []


def test_a_room_of_a_floor_out_of_use_is_out_of_use(facility):
    floor = make_space(facility, kind="floor", is_active=False)
    assert calendar_of(make_space(parent=floor)).reason == "inactive"
    assert calendar_of(make_space(facility)).reason == ""


def test_every_problem_has_its_sentence_and_its_field(facility):
    policy = PolicyFactory(facility=facility, notice_hours=100, horizon_days=1, grid_minutes=60)
    calendar = calendar_of(make_space(facility, policy=policy), days=3)
    found = calendar.problems(at(9, 10), at(9, 20), now=NOW)
    assert [one.code for one in found] == ["too_short", "too_soon", "off_grid"]
    assert {one.field for one in found} == {"starts_at", "ends_at"}
    with override("en"):
        assert str(found[0].message) == "This space is booked for at least 60 minutes."
        assert str(found[1].message) == "This space is booked at least 100 hours ahead."


def fill(facility, count):
    whole, policy = facility.spaces.get(parent=None), PolicyFactory(facility=facility)
    rows = Space.objects.bulk_create(
        Space(facility=facility, parent=whole, policy=policy, kind="room", slug=f"r{n}", name=f"R {n}")
        for n in range(count)
    )
    spaces.rebuild_leaves(facility.pk)
    return rows


@pytest.mark.parametrize("count", [1, 200])
def test_calendars_take_three_queries(facility, count, django_assert_num_queries):
    rows, elsewhere = fill(facility, count), make_space()
    make_occurrence(rows[0], at(10))
    with django_assert_num_queries(3):
        found = availability.calendars(Space.objects.all(), TUESDAY, TUESDAY + timedelta(days=30))
        for calendar in found.values():
            calendar.starts(TUESDAY, 60, now=NOW)
            assert calendar.day(TUESDAY).hours == ([OPEN] if calendar.space.facility == facility else [])
            assert calendar.space.facility.kecamatan.name
    assert elsewhere.pk in found
    assert found[rows[0].pk].busy == [(at(10), at(11))]
    assert found[rows[0].parent_id].busy == [(at(10), at(11))]


def test_a_query_of_some_spaces_gives_these_alone(facility):
    room, _other = make_space(facility), make_space(facility)
    found = availability.calendars(Space.objects.filter(pk=room.pk), TUESDAY, TUESDAY)
    assert set(found) == {room.pk}
    assert found[room.pk].line == (room.pk, room.parent_id)
    assert availability.calendars(Space.objects.none(), TUESDAY, TUESDAY) == {}


def test_hours_that_end_and_those_that_follow(facility):
    make_hours(
        facility, opens="09:00", closes="15:00", name="Ramadan", counts_for_all_spaces=True,
        valid_from=date(2026, 11, 1), valid_to=TUESDAY,
    )  # fmt: skip
    room = make_space(facility)
    make_hours(facility, space=room, opens="10:00", closes="20:00")
    assert calendar_of(room, days=2).hours == [(at(9), at(15)), (at(34), at(44))]


def known(row):
    """Return what a row of the database says, and of the rows that were read with it."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    joined = [
        getattr(row, name) for name in ("facility", "policy", "kecamatan") if name in row._state.fields_cache
    ]
    return values, [known(one) if one else None for one in joined]


def test_the_calendar_at_an_address_is_the_same_in_two_queries(facility, django_assert_num_queries):
    whole = facility.spaces.get(parent=None)
    room, area = make_space(facility), make_space(facility, kind="desk_area")
    desk = make_space(parent=area, kind="desk", is_active=False)
    unruled = Space.objects.create(facility=facility, parent=whole, slug="gudang", kind="room", name="Gudang")
    spaces.rebuild_leaves(facility.pk)
    make_occurrence(room, at(10), hours=2)
    close(facility, at(12), at(13), space=area, leaves=[desk])
    for space in (whole, room, area, desk, unruled):
        usual = calendar_of(space)
        with django_assert_num_queries(2):
            found = availability.calendar_at(facility.slug, space.slug, TUESDAY, TUESDAY)
            assert known(found.space) == known(usual.space)
        assert found == usual
        assert (found.reason, found.busy, found.closures) == (usual.reason, usual.busy, usual.closures)
    assert availability.calendar_at(facility.slug, "tak-ada", TUESDAY, TUESDAY) is None
    assert availability.calendar_at("tak-ada", room.slug, TUESDAY, TUESDAY) is None
