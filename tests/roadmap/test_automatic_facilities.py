"""What the portal counts of the facilities: hours, people, the rate of use; samples never; and the value moves."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ecosystem.models import Facility, Occurrence, OpeningHours
from roadmap.automatic import SOURCES, public_rows
from roadmap.models import Achievement, Measurement
from roadmap.periods import parse_period
from roadmap.services import measurements
from roadmap.services.automatic import take_snapshot
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    PolicyFactory,
    at,
    make_hours,
    make_occurrence,
    make_space,
)
from tests.roadmap.factories import IndicatorFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 2, tzinfo=UTC)


@pytest.fixture
def facility():
    facility = FacilityFactory(slug="mcc", name="MCC", opens_on=date(2023, 1, 1))
    make_hours(facility, opens="08:00", closes="18:00")
    return facility


def count(name, code="2026-12"):
    return SOURCES.find(name).count(parse_period(code))


def came(space, starts_at, **fields):
    row = make_occurrence(space, starts_at, **fields)
    Occurrence.objects.filter(pk=row.pk).update(checked_in_at=starts_at)
    return row


def keys(counted):
    assert {label for label, _key in counted.rows} <= {"ecosystem.occurrence"}
    return sorted(key for _label, key in counted.rows)


def test_hours_are_counted_in_the_month_in_which_they_begin(facility):
    space = make_space(facility)
    used = came(space, at(9), hours=2)
    missed = make_occurrence(space, at(12), hours=3, state="no_show")
    make_occurrence(space, at(16), state="cancelled")
    # 1 January in Malang, December in London.
    came(space, at(6, day=date(2027, 1, 1)))
    assert (count("facility-hours-booked").value, keys(count("facility-hours-booked"))) == (
        5,
        [used.pk, missed.pk],
    )
    assert (count("facility-hours-used").value, keys(count("facility-hours-used"))) == (2, [used.pk])
    assert count("facility-visitors").value == 2
    assert count("facility-hours-used", "2026Q4").value == 2


def test_desks_and_floors_are_weighed_as_on_the_page(facility):
    area = make_space(facility, kind="desk_area")
    for _ in range(4):
        make_space(parent=area, kind="desk")
    came(area, at(9), hours=2, seats=3)
    assert count("facility-hours-used").value == Decimal("1.5")


def test_samples_never_count(facility):
    came(make_space(facility), at(9), is_sample=True)
    for name in ("facility-hours-booked", "facility-hours-used", "facility-visitors"):
        assert (count(name).value, count(name).rows) == (0, ())


def test_an_invented_room_adds_neither_use_nor_open_hours(facility):
    floor = make_space(facility, kind="floor")
    make_space(parent=floor)
    invented = make_space(parent=floor, is_sample=True)
    came(floor, at(9), hours=2)
    came(invented, at(12), hours=2)
    for name in ("facility-hours-booked", "facility-hours-used"):
        assert count(name).value == 2
    assert count("facility-visitors").value == 2
    # 31 days of 10 hours of the one real room.
    assert (count("facility-utilization").numerator, count("facility-utilization").denominator) == (2, 310)
    # Invented desks in a real area are shares of what is real.
    area = make_space(facility, kind="desk_area")
    make_space(parent=area, kind="desk", is_sample=True)
    assert count("facility-utilization").denominator == 620


def test_without_a_check_in_a_date_counts_as_used(facility):
    make_occurrence(
        make_space(facility, policy=PolicyFactory(facility=facility, needs_check_in=False)), at(9)
    )
    assert count("facility-hours-used").value == 1


def test_the_rate_is_of_facilities_with_published_hours(facility):
    came(make_space(facility), at(9), hours=2)
    other = FacilityFactory(slug="lain", opens_on=date(2023, 1, 1))
    make_hours(other, is_sample=True)
    came(make_space(other), at(9), hours=4)
    counted = count("facility-utilization")
    assert (counted.numerator, counted.denominator) == (2, 310)
    assert counted.value == Decimal("0.645161")
    OpeningHours.objects.update(is_sample=True)
    counted = count("facility-utilization")
    assert (counted.numerator, counted.denominator, counted.rows) == (0, 0, ())


def test_facilities_count_from_their_known_first_day(facility):
    FacilityFactory(slug="kapan", opens_on=None)
    FacilityFactory(slug="nanti", opens_on=date(2027, 2, 1))
    FacilityFactory(slug="dibangun", opens_on=date(2023, 1, 1), stage="construction")
    counted = count("facilities-open")
    assert counted.value == 1
    (row,) = public_rows(counted.rows)
    assert (row.title, row.url, row.day) == ("MCC", "/fasilitas/mcc/", date(2023, 1, 1))


def test_the_dates_behind_a_number_are_counted_and_never_named(facility):
    came(make_space(facility), at(9))
    assert public_rows(count("facility-hours-used").rows) == []


def test_the_value_moves_when_a_planner_has_it_counted_again(facility, planner):
    """A booking is used: the recount of the same month shows it, and the first count stays."""
    indicator = IndicatorFactory(
        automatic_source="facility-hours-used",
        value_type="count",
        entry_meaning="increment",
        aggregation="sum",
        frequency="month",
        valid_from=date(2026, 12, 1),
    )
    space = make_space(facility)
    came(space, at(9), hours=2)
    take_snapshot(indicator.pk, "2026-12", now=NOW)
    assert Measurement.objects.get().value == 2
    came(space, at(12), hours=3)
    value = Measurement.objects.get()
    measurements.reopen_measurement(value.pk, by=planner, version=value.version, reason="Terlambat dicatat.")
    take_snapshot(indicator.pk, "2026-12", now=NOW)
    assert Measurement.objects.get().value == 5
    assert [snapshot.value for snapshot in indicator.automatic_snapshots.order_by("number")] == [2, 5]


def test_a_rate_has_its_two_parts_and_without_open_hours_no_value(facility):
    indicator = IndicatorFactory(
        automatic_source="facility-utilization",
        value_type="ratio",
        entry_meaning="increment",
        aggregation="ratio_of_sums",
        frequency="month",
        numerator_label="jam terpakai",
        denominator_label="jam buka",
        valid_from=date(2026, 11, 1),
    )
    came(make_space(facility), at(9), hours=31)
    take_snapshot(indicator.pk, "2026-12", now=NOW)
    value = Measurement.objects.get()
    assert (value.value, value.numerator, value.denominator) == (10, 31, 310)
    Facility.objects.update(stage="construction")
    take_snapshot(indicator.pk, "2026-11", now=NOW)
    empty = Measurement.objects.get(period__start=date(2026, 11, 1))
    assert (empty.value, empty.denominator) == (None, 0)
    assert empty.missing_reason
    assert not Achievement.objects.filter(measurement=empty, percent__isnull=False).exists()
