"""Calendars of spaces from the database: what counts as busy, and how many queries it takes."""

from datetime import timedelta

import pytest

from ecosystem.services import availability
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


def calendar_of(space, *, days=1, **options):
    return availability.calendars([space], TUESDAY, TUESDAY + timedelta(days=days - 1), **options)[space.pk]


def test_a_booking_takes_its_time_and_nothing_beside_it():
    facility = FacilityFactory()
    make_hours(facility)
    room = make_space(facility)
    make_occurrence(room, at(10), hours=2)
    calendar = calendar_of(room)
    assert calendar.hours == [(at(8), at(21))]
    assert calendar.busy == [(at(10), at(12))]
    assert calendar.free == [(at(8), at(10)), (at(12), at(21))]
    found = calendar.starts(TUESDAY, 60, now=NOW)
    assert at(9) in found and at(12) in found and at(11) not in found and at(9, 30) not in found
    assert calendar.problems(at(9), at(10), now=NOW) == []
    assert [one.code for one in calendar.problems(at(11), at(12), now=NOW)] == ["taken"]


@pytest.mark.parametrize("count", [1, 200])
def test_calendars_take_three_queries(count, django_assert_num_queries):
    facility = FacilityFactory()
    make_hours(facility)
    policy = PolicyFactory(facility=facility)
    from ecosystem.models import Space
    from ecosystem.services import spaces

    whole = facility.spaces.get(parent=None)
    rows = Space.objects.bulk_create(
        Space(facility=facility, parent=whole, policy=policy, kind="room", slug=f"r{n}", name=f"R {n}")
        for n in range(count)
    )
    spaces.rebuild_leaves(facility.pk)
    make_occurrence(rows[0], at(10))
    with django_assert_num_queries(3):
        found = availability.calendars(facility, TUESDAY, TUESDAY + timedelta(days=30))
        for calendar in found.values():
            assert calendar.free
            assert calendar.day(TUESDAY).hours == [(at(8), at(21))]
            assert calendar.space.facility.kecamatan.name
    assert found[whole.pk].busy == [(at(10), at(11))]


def test_states_offers_and_the_next_free_time(django_assert_num_queries):
    facility = FacilityFactory()
    make_hours(facility)
    room, other = make_space(facility), make_space(facility)
    make_occurrence(room, at(10))
    with django_assert_num_queries(1):
        state = availability.facility_state(facility, now=at(10))
    assert (state.kind, state.until) == ("open", at(21))
    assert availability.next_free(room, 60, now=at(9, 30))[0] == at(11)
    offers = availability.find_rooms(day=TUESDAY, minutes=60, attendees=4, now=at(9, 30))
    assert [(one.space, one.starts_at) for one in offers] == [(other, at(9, 30)), (room, at(11))]
    found = availability.alternatives(room, at(10), at(11), attendees=4, now=NOW)
    assert (found[0].space, found[0].starts_at) == (other, at(10))
    assert [one.starts_at for one in found[1:3]] == [at(9), at(11)]
