"""The tree of spaces and its leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosystem.models import Allocation, Space, SpaceLeaf, WaitingPlace
from ecosystem.services import spaces, waiting_list
from tests.ecosystem.facility_factories import (
    NOW,
    FacilityFactory,
    UserFactory,
    at,
    make_hours,
    make_occurrence,
    make_space,
)


@given(st.lists(st.integers(0, 20), max_size=20))
def test_the_leaves_of_a_space_are_what_has_no_parts_below_it(above):
    parents = {0: None} | {number + 1: min(parent, number) for number, parent in enumerate(above)}

    def below(space):
        parts = [part for part, parent in parents.items() if parent == space]
        return {space} if not parts else set().union(*map(below, parts))

    assert spaces.leaves_by_space(parents) == {space: below(space) for space in parents}


@pytest.mark.django_db
def test_a_part_of_a_booked_floor_is_booked_too():
    facility = FacilityFactory()
    floor = make_space(facility, kind="floor")
    make_space(parent=floor)
    occurrence = make_occurrence(floor, at(9))
    room = spaces.add_space(
        Space(facility=facility, parent=floor, slug="baru", name="Baru", kind="room"), now=NOW
    )
    assert Allocation.objects.get(leaf=room).occurrence == occurrence
    assert set(SpaceLeaf.objects.filter(leaf=room).values_list("space", flat=True)) == {
        room.pk,
        floor.pk,
        floor.parent_id,
    }


@pytest.mark.django_db
def test_a_booking_of_one_room_does_not_reach_the_new_one():
    floor = make_space(FacilityFactory(), kind="floor")
    make_occurrence(make_space(parent=floor), at(9))
    room = spaces.add_space(
        Space(facility=floor.facility, parent=floor, slug="baru", name="Baru", kind="room"), now=NOW
    )
    assert not Allocation.objects.filter(leaf=room).exists()


@pytest.mark.django_db
def test_a_booking_of_desks_does_not_reach_the_new_desk():
    area = make_space(FacilityFactory(), kind="desk_area")
    make_space(parent=area, kind="desk")
    make_occurrence(area, at(9), seats=1)
    desk = spaces.add_space(
        Space(facility=area.facility, parent=area, slug="baru", name="Baru", kind="desk"), now=NOW
    )
    assert not Allocation.objects.filter(leaf=desk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "is_held"), [("floor", True), ("desk_area", False)])
def test_an_offer_reaches_a_new_room_of_its_floor_and_no_new_desk(kind, is_held):
    whole = make_space(FacilityFactory(), kind=kind)
    make_hours(whole.facility)
    make_space(parent=whole)
    WaitingPlace.objects.create(space=whole, user=UserFactory(), starts_at=at(9), ends_at=at(10))
    assert waiting_list.offer_freed(NOW) == 1
    part = Space(facility=whole.facility, parent=whole, slug="baru", name="Baru", kind="desk")
    spaces.add_space(part, now=NOW)
    assert Allocation.objects.filter(leaf=part, holds=True).exists() == is_held


@pytest.mark.django_db
def test_a_booked_room_cannot_be_divided_and_the_message_says_when_it_can():
    room = make_space(FacilityFactory())
    make_occurrence(room, at(9))
    part = Space(facility=room.facility, parent=room, slug="meja", name="Meja", kind="desk")
    with pytest.raises(spaces.SpaceInUse, match=str(room)):
        spaces.add_space(part, now=NOW)
    spaces.add_space(part, now=at(11))
    assert set(room.leaf_rows.values_list("leaf", flat=True)) == {part.pk}
