"""What the database itself refuses of allocations, whoever writes them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosystem.models import Allocation, Closure, WaitingPlace
from tests.ecosystem.booking_steps import overlaps
from tests.ecosystem.facility_factories import FacilityFactory, UserFactory, at, make_occurrence, make_space

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return make_space(FacilityFactory())


@pytest.fixture
def closure(room):
    return Closure.objects.create(
        facility=room.facility, space=room, starts_at=at(8), ends_at=at(18), reason="Cat"
    )


def put(room, start, end, **cause):
    return Allocation.objects.create(leaf=room, during=DateTimeTZRange(start, end), **cause)


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


def test_two_that_hold_never_overlap(room, closure):
    put(room, at(9), at(11), closure=closure)
    with refuses("allocation_never_twice"), transaction.atomic():
        put(room, at(10), at(12), closure=closure)


def test_back_to_back_is_no_overlap(room, closure):
    put(room, at(9), at(10), closure=closure)
    put(room, at(10), at(11), closure=closure)
    put(room, at(8), at(9), closure=closure)
    assert overlaps() == 0


def test_another_leaf_is_another_place(room, closure):
    put(room, at(9), at(10), closure=closure)
    put(make_space(room.facility), at(9), at(10), closure=closure)


def test_what_does_not_hold_blocks_nothing_and_cannot_hold_again(room, closure):
    ended = put(room, at(9), at(10), closure=closure, holds=False)
    put(room, at(9), at(10), closure=closure)
    # Nobody un-cancels or un-declines over somebody else, by whatever way.
    with refuses("allocation_never_twice"), transaction.atomic():
        Allocation.objects.filter(pk=ended.pk).update(holds=True)


def test_an_allocation_is_never_moved_over_another(room, closure):
    put(room, at(9), at(10), closure=closure)
    other = put(room, at(10), at(11), closure=closure)
    with refuses("allocation_never_twice"), transaction.atomic():
        Allocation.objects.filter(pk=other.pk).update(during=DateTimeTZRange(at(9, 59), at(11)))


@pytest.mark.parametrize(
    ("start", "end", "bounds", "name"),
    [
        (at(9), at(9), "[)", "allocation_is_some_time"),
        (at(9), None, "[)", "allocation_is_finite"),
        (None, at(9), "[)", "allocation_is_finite"),
    ],
)
def test_an_empty_or_endless_time_is_refused(room, closure, start, end, bounds, name):
    with refuses(name), transaction.atomic():
        put(room, start, end, closure=closure)


def test_an_end_before_the_start_is_no_range_at_all(room, closure):
    with pytest.raises(Exception, match="range"), transaction.atomic():
        put(room, at(10), at(9), closure=closure)


def test_an_allocation_has_one_cause_and_not_more(room, closure):
    with refuses("allocation_has_one_cause"), transaction.atomic():
        put(room, at(9), at(10))
    occurrence = make_occurrence(room, at(12))
    with refuses("allocation_has_one_cause"), transaction.atomic():
        put(room, at(9), at(10), closure=closure, occurrence=occurrence)
    place = WaitingPlace.objects.create(space=room, user=UserFactory(), starts_at=at(9), ends_at=at(10))
    with refuses("allocation_has_one_cause"), transaction.atomic():
        put(room, at(9), at(10), closure=closure, waiting_place=place)


@given(spans=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12), st.booleans()), max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_inserted_what_holds_never_overlaps(room, closure, spans):
    Allocation.objects.all().delete()
    rows = [
        Allocation(
            leaf=room,
            during=DateTimeTZRange(at(0, start * 15), at(0, (start + length) * 15)),
            holds=holds,
            closure=closure,
        )
        for start, length, holds in spans
    ]
    Allocation.objects.bulk_create(rows, ignore_conflicts=True)
    assert overlaps() == 0
    # None is refused without a reason: whatever is missing overlaps something that holds.
    landed = set(Allocation.objects.values_list("pk", flat=True))
    for row in rows:
        if row.pk not in landed:
            assert Allocation.objects.filter(holds=True, during__overlap=row.during).exists()


def test_the_constraint_is_there_and_only_for_what_holds():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'allocation_never_twice'"
        )
        (definition,) = cursor.fetchone()
    assert definition.startswith("EXCLUDE USING gist (leaf_id WITH =, during WITH &&)")
    assert definition.endswith("WHERE (holds)")


def test_the_moment_counts_not_the_way_it_is_written(room, closure):
    put(room, at(9), at(10), closure=closure)
    same = at(9, 30).astimezone(timezone.get_fixed_timezone(0))
    with refuses("allocation_never_twice"), transaction.atomic():
        put(room, same, same + timedelta(minutes=1), closure=closure)
