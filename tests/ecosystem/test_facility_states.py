"""Whether a facility is open now, until when, and why not."""

from datetime import timedelta

import pytest

from ecosystem.models import Closure, Facility
from ecosystem.services import availability
from tests.ecosystem.facility_factories import TUESDAY, FacilityFactory, at, make_hours, make_space

pytestmark = pytest.mark.django_db


def close(facility, start, end, **fields):
    fields = {"reason": "Perbaikan lampu", "reason_en": "New lamps"} | fields
    return Closure.objects.create(facility=facility, starts_at=start, ends_at=end, **fields)


def state(facility, now):
    return availability.facility_state(facility, now=now)


def test_open_until_closing_time_and_closed_until_the_next_morning(facility):
    found = state(facility, at(20, 59))
    assert (found.kind, found.is_open, found.until) == ("open", True, at(21))
    found = state(facility, at(21))
    assert (found.kind, found.is_open, found.until, found.next_open) == ("closed", False, at(32), at(32))
    assert state(facility, at(7)).until == at(8)


def test_open_past_midnight():
    facility = FacilityFactory()
    make_hours(facility, opens="18:00", closes="02:00", weekdays=[1])
    assert state(facility, at(25)).until == at(26)
    assert state(facility, at(26)).next_open == at(18, day=TUESDAY + timedelta(days=7))


def test_a_special_day_is_named(facility):
    make_hours(
        facility,
        weekdays=[],
        kind="special",
        name="Natal",
        name_en="Christmas",
        valid_from=TUESDAY,
        valid_to=TUESDAY,
    )
    found = state(facility, at(10))
    assert (found.kind, found.until, found.reason, found.reason_en) == (
        "closed",
        at(32),
        "Natal",
        "Christmas",
    )


def test_a_closure_of_the_whole_closes_the_facility_and_that_of_a_room_does_not(facility):
    close(facility, at(12), at(14), space=make_space(facility))
    assert state(facility, at(13)).is_open
    close(facility, at(14), at(36))
    assert state(facility, at(10)).until == at(14)
    found = state(facility, at(15))
    assert (found.kind, found.until, found.reason, found.reason_en) == (
        "closed", at(36), "Perbaikan lampu", "New lamps",
    )  # fmt: skip
    # In the night it is the closure, not the hour, that keeps it closed on the next morning.
    assert state(facility, at(23)).reason == "Perbaikan lampu"


def test_a_closure_that_stands_on_the_whole_space_and_one_that_was_lifted(facility):
    row = close(facility, at(9), at(12), space=facility.spaces.get(parent=None))
    assert state(facility, at(10)).kind == "closed"
    row.lifted_at = at(9, 30)
    row.save()
    assert state(facility, at(10)).is_open


def test_the_hours_of_the_whole_space_are_those_of_the_facility(facility):
    make_hours(facility, space=facility.spaces.get(parent=None), opens="10:00", closes="12:00")
    assert state(facility, at(9)).until == at(10)


@pytest.mark.parametrize(
    ("stage", "kind"), [("planned", "planned"), ("construction", "construction"), ("closed", "ended")]
)
def test_a_facility_that_is_not_in_use(facility, stage, kind):
    facility.stage = stage
    facility.save()
    assert state(facility, at(10)) == availability.State(kind)


def test_before_the_first_day_and_in_trial(facility):
    Facility.objects.update(stage="trial", opens_on=TUESDAY + timedelta(days=2))
    found = state(facility, at(10))
    assert (found.kind, found.next_open) == ("not_yet", at(56))
    assert state(facility, at(57)).is_open


def test_hours_that_nobody_has_published_are_unknown():
    assert state(FacilityFactory(), at(10)).kind == "unknown"


def test_closed_for_longer_than_anybody_looks_ahead(facility):
    close(facility, at(0), at(24 * 60))
    found = state(facility, at(10))
    assert (found.kind, found.until, found.reason) == ("closed", None, "Perbaikan lampu")


@pytest.mark.parametrize("count", [1, 8])
def test_all_facilities_take_one_query(count, django_assert_num_queries):
    rows = [FacilityFactory() for _number in range(count)]
    for row in rows:
        make_hours(row)
        make_space(row)
    with django_assert_num_queries(1):
        found = availability.facility_states(rows, at(10))
    assert [found[row.pk].kind for row in rows] == ["open"] * count
