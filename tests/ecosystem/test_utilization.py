"""How much the facilities are used: what is counted, in which hours, and in how few queries."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.utils import timezone

from ecosystem.models import Closure, Facility, OpeningHours
from ecosystem.services import check_in
from ecosystem.services.utilization import figures
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    PolicyFactory,
    at,
    make_hours,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import KecamatanFactory, SubsectorFactory

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)
AFTER = at(12, day=date(2027, 1, 15))


@pytest.fixture
def facility():
    facility = FacilityFactory(slug="mcc")
    make_hours(facility, opens="08:00", closes="18:00")
    return facility


def count(*facilities, first=FIRST, last=LAST, now=AFTER, **options):
    return figures(facilities, first, last, now=now, **options)


def checked_in(space, starts_at, **fields):
    occurrence = make_occurrence(space, starts_at, **fields)
    occurrence.checked_in_at = starts_at
    occurrence.save()
    return occurrence


def test_a_date_was_used_unless_nobody_came(facility):
    space = make_space(facility)
    checked_in(space, at(9), hours=2)
    make_occurrence(space, at(12), hours=3)
    assert check_in.mark_no_shows(at(12, 20)) == 1
    total = count(facility).total
    assert (total.dates, total.used_dates, total.no_shows, total.people) == (2, 1, 1, 2)
    assert (total.booked, total.used) == (5, 2)


def test_a_check_in_that_is_asked_for_later_does_not_change_what_was(facility):
    space = make_space(facility, policy=PolicyFactory(facility=facility, needs_check_in=False))
    make_occurrence(space, at(9), hours=2)
    space.policy.needs_check_in = True
    space.policy.save()
    assert count(facility).total.used == 2


def test_without_a_check_in_a_date_that_is_over_was_used(facility):
    space = make_space(facility, policy=PolicyFactory(facility=facility, needs_check_in=False))
    make_occurrence(space, at(9), hours=2)
    assert count(facility).total.used == 2
    assert count(facility, now=at(10)).total.dates == 0


@pytest.mark.parametrize("state", ["pending", "declined", "expired", "withdrawn", "cancelled"])
def test_what_was_not_granted_does_not_count(facility, state):
    make_occurrence(make_space(facility), at(9), state=state)
    assert count(facility).total.dates == 0


def test_samples_are_apart_from_real_bookings(facility):
    space = make_space(facility)
    checked_in(space, at(9), is_sample=True)
    checked_in(space, at(11), hours=2)
    assert count(facility).total.used == 2
    assert count(facility, samples=True).total.used == 1


def test_a_month_is_the_one_of_malang(facility):
    space = make_space(facility)
    # 06.00 on 1 January in Malang is still December in London.
    checked_in(space, at(6, day=date(2027, 1, 1)))
    checked_in(space, at(9, day=LAST))
    found = count(facility, last=date(2027, 1, 31))
    assert {month: use.dates for month, use in found.by["month"].items()} == {
        date(2026, 12, 1): 1,
        date(2027, 1, 1): 1,
    }
    assert count(facility).total.dates == 1


def test_a_floor_counts_for_each_of_its_rooms(facility):
    floor = make_space(facility, kind="floor")
    rooms = [make_space(parent=floor) for _ in range(3)]
    checked_in(floor, at(9), hours=2)
    found = count(facility)
    assert (found.total.used_dates, found.total.used) == (1, 6)
    assert {space: use.used for space, use in found.by["space"].items()} == {room.pk: 2 for room in rooms}


def test_desks_are_shares_of_their_area(facility):
    area = make_space(facility, kind="desk_area")
    for _ in range(4):
        make_space(parent=area, kind="desk")
    checked_in(area, at(9), hours=2, seats=3)
    checked_in(area, at(12), hours=1)
    found = count(facility)
    assert found.total.used == Fraction(3, 4) * 2 + 1
    assert list(found.by["space"]) == [area.pk]
    # One area, ten hours on each of 31 days.
    assert found.open_by_space == {area.pk: 310}


def test_the_dimensions_of_a_booking(facility):
    games, district = SubsectorFactory(code="gim"), KecamatanFactory(name="Klojen")
    space = make_space(facility)
    checked_in(space, at(9), subsector=games, origin=district)
    checked_in(space, at(11))
    found = count(facility)
    assert {key: use.used for key, use in found.by["subsector"].items()} == {games.pk: 1, None: 1}
    assert {key: use.used for key, use in found.by["origin"].items()} == {district.pk: 1, None: 1}
    assert {key: use.used for key, use in found.by["purpose"].items()} == {"meeting": 2}


# --- open hours ------------------------------------------------------------------------------------------


def test_open_hours_are_those_of_what_can_be_booked(facility):
    room = make_space(facility)
    lobby = make_space(facility)
    lobby.policy = None
    lobby.save()
    found = count(facility)
    assert found.open_by_space == {room.pk: 310}
    assert found.open_total == 310
    assert found.open_by_month == {FIRST: 310}


def test_closures_are_not_open_and_a_lifted_one_counts_until_then(facility):
    room, other = make_space(facility), make_space(facility)
    times = {"starts_at": at(8), "ends_at": at(18), "reason": "Perbaikan"}
    Closure.objects.create(facility=facility, space=room, **times)
    assert count(facility).open_by_space == {room.pk: 300, other.pk: 310}
    day = date(2026, 12, 2)
    whole = {"starts_at": at(8, day=day), "ends_at": at(18, day=day), "reason": "Acara"}
    Closure.objects.create(facility=facility, lifted_at=at(12, day=day), **whole)
    assert count(facility).open_by_space == {room.pk: 296, other.pk: 306}


def test_special_hours_count(facility):
    room = make_space(facility)
    make_hours(facility, kind="special", weekdays=[], valid_from=FIRST, valid_to=FIRST)
    make_hours(facility, space=room, opens="08:00", closes="10:00", valid_from=LAST)
    assert count(facility).open_total == 29 * 10 + 2


def test_a_facility_is_open_from_the_day_of_its_use_and_until_now(facility):
    make_space(facility)
    Facility.objects.update(opens_on=date(2026, 12, 31))
    facility.refresh_from_db()
    assert count(facility).open_total == 10
    assert count(facility, now=at(13, day=LAST)).open_total == 5
    Facility.objects.update(stage="construction")
    facility.refresh_from_db()
    assert count(facility).open_total == 0


def test_sample_hours_are_told(facility):
    make_space(facility)
    assert count(facility).are_hours_samples is False
    OpeningHours.objects.update(is_sample=True)
    assert count(facility).are_hours_samples is True


def test_the_queries_do_not_grow(facility, django_assert_num_queries):
    other = FacilityFactory(slug="lain")
    make_hours(other)
    for place in (facility, other):
        floor = make_space(place, kind="floor")
        for number in range(3):
            room = make_space(parent=floor)
            checked_in(room, at(9 + number))
            Closure.objects.create(
                facility=place, space=room, starts_at=at(14), ends_at=at(15), reason="Perbaikan"
            )
    with django_assert_num_queries(5):
        found = count(facility, other)
    assert found.total.dates == 6


def test_a_long_time_without_bookings_is_empty_not_an_error(facility):
    now = timezone.now()
    found = figures([facility], now.date(), now.date() + timedelta(days=400), now=now)
    assert found.total.dates == 0
