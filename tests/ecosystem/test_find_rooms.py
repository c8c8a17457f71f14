"""A free room for so many people, the next free time, and what else there is when one is taken."""

from datetime import time, timedelta

import pytest

from ecosystem.models import Amenity, Space, SpaceAmenity
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
from tests.ecosystem.factories import KecamatanFactory

pytestmark = pytest.mark.django_db


def make_facility(**fields):
    row = FacilityFactory(**fields)
    make_hours(row)
    return row


def find(**wish):
    wish = {"day": TUESDAY, "minutes": 60, "now": NOW} | wish
    return availability.find_rooms(**wish)


def names(offers):
    return [one.space.name for one in offers]


def test_a_room_for_twelve_on_tuesday_afternoon(facility):
    small, fits, large = (make_space(facility, capacity=n, name=f"untuk {n}") for n in (8, 12, 40))
    make_occurrence(fits, at(13), hours=2)
    found = find(attendees=12, earliest=time(13), latest=time(17), minutes=120)
    assert [(one.space, one.starts_at, one.ends_at) for one in found] == [
        (large, at(13), at(15)),
        (fits, at(15), at(17)),
    ]
    assert small.pk not in {one.space.pk for one in found}
    assert names(find(attendees=12, earliest=time(13), latest=time(16), minutes=120)) == ["untuk 40"]


def test_the_smallest_room_that_fits_comes_first_and_unknown_ones_last(facility):
    for capacity in (40, None, 12):
        make_space(facility, capacity=capacity, name=f"untuk {capacity}")
    found = find(attendees=10)
    assert names(found) == ["untuk 12", "untuk 40", "untuk None"]
    assert [one.is_capacity_known for one in found] == [True, True, False]


def test_by_kind_kecamatan_and_step_free_access(facility):
    studio = make_space(facility, kind="studio", is_accessible=True)
    blimbing = KecamatanFactory(code="35.73.01", name="Blimbing")
    elsewhere = make_space(make_facility(kecamatan=blimbing), kind="studio", is_accessible=None)
    make_space(facility)
    assert {one.space for one in find(kind="studio")} == {studio, elsewhere}
    assert [one.space for one in find(kind=["studio"], accessible=True)] == [studio]
    assert [one.space for one in find(kecamatan="35.73.01")] == [elsewhere]


def test_what_stands_in_the_whole_facility_counts_for_its_rooms(facility):
    wifi, projector = (Amenity.objects.create(code=code, name=code) for code in ("wifi", "proyektor"))
    plain, equipped = make_space(facility), make_space(facility)
    elsewhere = make_space(make_facility())
    SpaceAmenity.objects.create(space=plain.parent, amenity=wifi)
    SpaceAmenity.objects.create(space=equipped, amenity=projector)
    SpaceAmenity.objects.create(space=elsewhere, amenity=projector)
    assert {one.space for one in find(amenities=["wifi"])} == {plain, equipped}
    assert [one.space for one in find(amenities=["wifi", "proyektor"])] == [equipped]


def test_only_what_can_be_booked(facility):
    make_space(facility, is_active=False)
    make_space(make_facility(stage="planned"))
    make_space(make_facility(opens_on=TUESDAY + timedelta(days=1)))
    make_space(facility, policy=PolicyFactory(facility=facility, min_minutes=120))
    make_space(facility, policy=PolicyFactory(facility=facility, horizon_days=1), name="satu hari")
    assert find(now=at(-48)) == []
    assert names(find(now=at(-1))) == ["satu hari"]


def test_desks_for_so_many_people(facility):
    area = make_space(facility, kind="desk_area", capacity=3)
    for number in range(3):
        desk = make_space(parent=area, kind="desk", policy=area.policy, capacity=None)
        if number:
            make_occurrence(desk, at(8), hours=4)
    found = find(attendees=2)
    assert [(one.space, one.starts_at) for one in found] == [(area, at(12))]
    assert (area, at(8)) in [(one.space, one.starts_at) for one in find(attendees=1)]


def test_a_use_that_begins_in_the_evening_may_end_after_midnight():
    facility = FacilityFactory()
    make_hours(facility, opens="18:00", closes="02:00")
    make_space(facility)
    assert find(minutes=120, earliest=time(23), latest=time(1))[0].starts_at == at(23)
    assert find(minutes=120, earliest=time(23), latest=time(0)) == []
    assert find(minutes=120, earliest=time(23))[0].starts_at == at(23)


@pytest.mark.parametrize("count", [1, 12])
def test_finding_takes_three_queries(count, django_assert_num_queries):
    amenity = Amenity.objects.create(code="wifi", name="Wi-Fi")
    for number in range(count):
        room = make_space(make_facility(), capacity=12)
        SpaceAmenity.objects.create(space=room.parent, amenity=amenity)
        make_occurrence(room, at(8 + number))
    with django_assert_num_queries(3):
        assert len(find(attendees=12, kind="room", amenities=["wifi"])) == count


def test_the_next_free_time(facility, django_assert_num_queries):
    room = make_space(facility)
    make_occurrence(room, at(8), hours=12)
    with django_assert_num_queries(3):
        assert availability.next_free(room, 60, now=at(8)) == (at(20), at(21))
    assert availability.next_free(room, 120, now=at(8)) == (at(32), at(34))
    assert availability.next_free(room, 500, now=at(8)) is None
    assert availability.next_free(room, 60, now=at(8), attendees=11) is None
    assert availability.next_free(facility.spaces.get(parent=None), 60, now=at(8)) is None


def test_no_free_time_within_the_horizon(facility):
    room = make_space(facility, policy=PolicyFactory(facility=facility, horizon_days=1))
    make_occurrence(room, at(0), hours=48)
    assert availability.next_free(room, 60, now=at(9)) is None


def test_other_spaces_by_likeness_then_other_times(facility):
    elsewhere = make_facility()
    taken = make_space(facility, kind="studio", name="diminta")
    make_space(elsewhere, kind="hall", name="aula jauh")
    make_space(facility, kind="hall", name="aula")
    make_space(elsewhere, kind="studio", name="studio jauh")
    make_space(facility, kind="studio", capacity=None, name="studio, besarnya tak diketahui")
    make_space(facility, kind="studio", name="studio")
    make_space(facility, kind="studio", capacity=3, name="terlalu kecil")
    make_occurrence(taken, at(10))
    found = availability.alternatives(taken, at(10), at(11), attendees=8, now=NOW, most=7)
    assert names(found) == [
        "studio",
        "studio jauh",
        "aula",
        "aula jauh",
        "studio, besarnya tak diketahui",
        "diminta",
        "diminta",
    ]
    assert {(one.starts_at, one.ends_at) for one in found[:5]} == {(at(10), at(11))}
    assert [one.starts_at for one in found[5:]] == [at(9), at(11)]


def test_some_other_times_are_among_the_first_five(facility):
    taken, *_others = [make_space(facility) for _number in range(8)]
    make_occurrence(taken, at(10))
    found = availability.alternatives(taken, at(10), at(11), attendees=2, now=NOW)
    assert [one.space == taken for one in found] == [False, False, False, True, True]


def test_without_other_spaces_all_alternatives_are_other_times(facility, django_assert_num_queries):
    room = make_space(facility)
    make_occurrence(room, at(8), hours=13)
    with django_assert_num_queries(6):
        found = availability.alternatives(room, at(20), at(21), attendees=2, now=NOW, most=3)
    assert [one.starts_at for one in found] == [at(32), at(32, 30), at(33)]


def test_what_shares_the_taken_place_is_no_alternative(facility):
    floor = make_space(facility, kind="floor", name="lantai")
    room = make_space(parent=floor, name="ruang")
    make_space(parent=floor, name="ruang lain")
    found = availability.alternatives(room, at(10), at(11), attendees=2, now=NOW, most=3)
    assert "lantai" not in names(found)
    assert names(found)[0] == "ruang lain"


def test_a_time_that_nobody_could_book_has_no_alternatives_in_the_past(facility):
    room = make_space(facility)
    assert availability.alternatives(room, at(-240), at(-239), attendees=2, now=NOW) == []
    assert Space.objects.count() == 2
