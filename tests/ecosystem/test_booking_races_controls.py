"""The exclusion constraint is what holds: with it one wins, without it the same race or stale look books twice.

Each case is a way to come by a place. All clients have read before anybody writes; moving and approving, which take
the facility's lock alone, are given a calendar that says "free" although it is not.
"""

import random
import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from ecosystem.models import Allocation, Closure
from ecosystem.services import allocations, booking, booking_changes, booking_decisions
from tests.ecosystem.booking_steps import held, kinds, make_draft, overlaps, without_the_constraint
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    PolicyFactory,
    UserFactory,
    at,
    make_manager,
    make_occurrence,
    make_space,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def series(facility):
    room = make_space(facility)
    return [(room, {"repeats_until": TUESDAY + timedelta(days=14)})] * 2


def series_and_single(facility):
    room = make_space(facility)
    second = {"starts_at": at(9) + timedelta(days=7), "ends_at": at(10) + timedelta(days=7)}
    return [(room, {"repeats_until": TUESDAY + timedelta(days=14)}), (room, second)]


def overlapping_times(facility):
    room = make_space(facility)
    return [(room, {"ends_at": at(11)}), (room, {"starts_at": at(10), "ends_at": at(12)})]


def buffers(facility):
    room = make_space(facility, policy=PolicyFactory(facility=facility, teardown_minutes=30))
    return [(room, {}), (room, {"starts_at": at(10), "ends_at": at(11)})]


def floor_and_room(facility):
    floor = make_space(facility, kind="floor")
    room = make_space(parent=floor, policy=floor.policy)
    return [(floor, {}), (room, {})]


def last_desk(facility):
    area = make_space(facility, kind="desk_area")
    make_space(parent=area, policy=area.policy, kind="desk")
    return [(area, {"seats": 1, "attendees": 1})] * 2


WAYS = [series, series_and_single, overlapping_times, buffers, floor_and_room, last_desk]


def test_one_of_two_gets_the_place_and_without_the_constraint_both(facility, monkeypatch):
    for way in WAYS:
        drafts = [
            make_draft(space, person, **more)
            for (space, more), person in zip(way(facility), people(2), strict=True)
        ]
        with monkeypatch.context() as patch:
            all_have_read(patch, 2)
            assert kinds(race(drafts)) == ["Booking", "Taken"], way
        assert overlaps() == 0
        with without_the_constraint(), monkeypatch.context() as patch:
            held().delete()
            all_have_read(patch, 2)
            assert kinds(race([replace(one, key=uuid.uuid4()) for one in drafts])) == ["Booking"] * 2, way
            assert overlaps() > 0, way


def people(count):
    return UserFactory.create_batch(count)


def race(drafts):
    return at_once(*(lambda draft=draft: booking.book(draft, now=NOW) for draft in drafts))


def all_have_read(monkeypatch, number):
    """Let all clients come to their first insert before one of them inserts."""
    meeting, hold, own = threading.Barrier(number), allocations.hold, threading.local()

    def slow_hold(rows):
        wanted = list(rows)
        if not hasattr(own, "has_met"):
            own.has_met = True
            meeting.wait(30)
        return hold(wanted)

    monkeypatch.setattr(allocations, "hold", slow_hold)


def test_a_move_on_a_stale_look_is_refused_and_without_the_constraint_it_is_not(facility, monkeypatch):
    room = make_space(facility)
    make_occurrence(room, at(9))
    date = make_occurrence(room, at(12))
    monkeypatch.setattr("ecosystem.services.space_calendars.overlaps", lambda spans, span: False)

    def move():
        span = {"starts_at": at(9, 30), "ends_at": at(10, 30)}
        booking_changes.move(date, space=room, by=None, now=NOW, version=1, **span)

    with pytest.raises(booking.Taken):
        move()
    date.refresh_from_db()
    assert (date.starts_at, date.version, overlaps()) == (at(12), 1, 0)
    with without_the_constraint():
        move()
        assert overlaps() == 1


def test_of_two_requests_one_is_approved_and_without_the_constraint_both(facility):
    hall = make_space(facility, kind="hall", policy=PolicyFactory(facility=facility, mode="curated"))
    manager = make_manager(facility)

    def approve(row):
        return booking_decisions.approve(row, by=manager, now=NOW, is_commercial=False)

    first, second = (booking.book(make_draft(hall, person), now=NOW) for person in people(2))
    approve(first)
    with pytest.raises(booking.Taken):
        approve(second)
    assert overlaps() == 0
    with without_the_constraint():
        third, fourth = (
            booking.book(make_draft(hall, person, at(14), at(15)), now=NOW) for person in people(2)
        )
        approve(third), approve(fourth)
        assert overlaps() == 1


def test_places_are_written_in_one_order_so_nobody_waits_in_a_circle(facility):
    rooms = [make_space(facility) for _ in range(4)]
    closure = Closure.objects.create(facility=facility, starts_at=at(8), ends_at=at(18), reason="Cat")
    rows = [
        Allocation(leaf=room, during=DateTimeTZRange(at(hour), at(hour + 1)), closure=closure)
        for room in rooms
        for hour in (9, 12, 10)
    ]
    with connection.cursor() as cursor:
        # Where a row lies says when it was written, unless it lies where a deleted one was.
        cursor.execute("TRUNCATE ecosystem_allocation")
        assert len(allocations.hold(random.Random(4).sample(rows, len(rows)))) == 12
        cursor.execute("SELECT lower(during), leaf_id FROM ecosystem_allocation ORDER BY ctid")
        written = cursor.fetchall()
    assert written == sorted(written)
