"""Many at the same moment, on real connections: whatever they do, no two have the same place.

The negative control drops the exclusion constraint: the same race then books twice, so the check can fail.
"""

import random
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction

from ecosystem.models import Booking, Occurrence, Quota, WaitingPlace
from ecosystem.services import booking, booking_changes, booking_decisions, closures, spaces, waiting_list
from tests.ecosystem.booking_steps import (
    held,
    kinds,
    make_draft,
    overlaps,
    without_the_constraint,
)
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    PolicyFactory,
    UserFactory,
    at,
    make_manager,
    make_occurrence,
    make_space,
    space_of,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 20


@pytest.fixture
def room(facility):
    return make_space(facility)


@pytest.fixture
def people():
    return UserFactory.create_batch(CLIENTS)


def book(*drafts):
    return at_once(*(lambda draft=draft: booking.book(draft, now=NOW) for draft in drafts))


def race_for_one_slot(room, people):
    return book(*(make_draft(room, person) for person in people))


def test_of_twenty_clients_for_one_slot_one_wins_and_the_others_are_told(room, people):
    for number in range(3):
        day = TUESDAY + timedelta(days=number)
        drafts = [make_draft(room, person, at(9, day=day), at(10, day=day)) for person in people]
        assert kinds(book(*drafts)) == ["Booking", *["Taken"] * (CLIENTS - 1)]
    assert (Booking.objects.count(), held(room).count(), overlaps()) == (3, 3, 0)


def test_without_the_constraint_the_same_race_books_twice(room, people, monkeypatch):
    # All read the calendar before anybody writes: what the constraint is there for.
    everybody_has_read(monkeypatch, CLIENTS)
    with without_the_constraint():
        outcomes = kinds(race_for_one_slot(room, people))
        assert outcomes.count("Booking") > 1
        assert overlaps() > 0


def test_with_the_constraint_the_late_readers_are_refused_as_well(room, people, monkeypatch):
    everybody_has_read(monkeypatch, CLIENTS)
    assert kinds(race_for_one_slot(room, people)) == ["Booking", *["Taken"] * (CLIENTS - 1)]
    assert overlaps() == 0


def everybody_has_read(monkeypatch, number):
    """Let all clients finish their look at the calendar before the first of them writes."""
    meeting, plan = threading.Barrier(number), booking.plan

    def slow_plan(*args, **options):
        found = plan(*args, **options)
        meeting.wait(30)
        return found

    monkeypatch.setattr(booking, "plan", slow_plan)


@pytest.mark.parametrize("seed", range(3))
def test_of_overlapping_times_of_any_length_those_that_win_do_not_overlap(room, people, seed):
    dice = random.Random(seed)
    drafts = []
    for person in people:
        start = at(8, 30 * dice.randrange(16))
        drafts.append(make_draft(room, person, start, start + timedelta(minutes=30 * dice.randint(2, 8))))
    outcomes = book(*drafts)
    assert set(kinds(outcomes)) == {"Booking", "Taken"}
    assert overlaps() == 0
    won = [(row.starts_at, row.ends_at) for row in Occurrence.objects.all()]
    # Nobody is refused without a reason: each loser overlaps a winner.
    for draft, outcome in zip(drafts, outcomes, strict=True):
        if isinstance(outcome, booking.Taken):
            assert any(start < draft.ends_at and draft.starts_at < end for start, end in won)


def test_a_floor_and_its_rooms_are_never_booked_both(facility, people):
    floor = space_of(facility, kind="floor")
    rooms = [make_space(parent=floor, policy=floor.policy) for _ in range(3)]
    outcomes = book(
        *(make_draft(space, person) for space, person in zip([floor, *rooms] * 5, people, strict=True))
    )
    won = {outcome.space_id for outcome in outcomes if isinstance(outcome, Booking)}
    assert set(kinds(outcomes)) == {"Booking", "Taken"}
    assert won in ({floor.pk}, {room.pk for room in rooms}) or won < {room.pk for room in rooms}
    assert overlaps() == 0


def test_floors_that_share_rooms_are_booked_without_a_deadlock(facility, people):
    whole = facility.spaces.get(parent=None)
    whole.policy = PolicyFactory(facility=facility)
    whole.save()
    floors = [make_space(facility, kind="floor", policy=whole.policy) for _ in range(2)]
    for floor in floors:
        for _ in range(3):
            make_space(parent=floor, policy=whole.policy)
    wanted = [whole, *floors] * 5
    for number in range(2):
        day = TUESDAY + timedelta(days=number)
        drafts = [
            make_draft(space, person, at(9, day=day), at(11, day=day), repeats_until=day + timedelta(days=14))
            for space, person in zip(wanted, people[:15], strict=True)
        ]
        random.Random(number).shuffle(drafts)
        assert set(kinds(book(*drafts))) == {"Booking", "Taken"}
    assert overlaps() == 0


def test_a_series_is_booked_whole_or_says_which_dates_went(room, people):
    until = TUESDAY + timedelta(days=28)
    singles = [
        make_draft(room, person, at(9) + timedelta(weeks=week), at(10) + timedelta(weeks=week))
        for week, person in enumerate(people[:5])
    ]
    series = [make_draft(room, person, repeats_until=until) for person in people[5:8]]
    outcomes = book(*series, *singles)
    assert set(kinds(outcomes)) == {"Booking", "Taken"}
    assert all(row.occurrences.count() in (1, 5) for row in Booking.objects.all())
    assert Booking.objects.count() == len([one for one in outcomes if isinstance(one, Booking)])
    for outcome in outcomes[:3]:
        assert isinstance(outcome, Booking) or outcome.dates
    assert overlaps() == 0


def test_of_one_more_than_the_quota_allows_one_is_refused(facility, people):
    most = 3
    Quota.objects.create(facility=facility, period="week", max_count=most)
    rooms = [make_space(facility) for _ in range(most + 1)]
    assert kinds(book(*(make_draft(room, people[0]) for room in rooms))) == ["Booking"] * most + ["Refused"]


def test_without_its_lock_the_quota_would_be_passed(facility, people, monkeypatch):
    Quota.objects.create(facility=facility, period="week", max_count=1)
    monkeypatch.setattr(booking.quotas, "lock", lambda draft: None)
    everybody_has_read(monkeypatch, 2)
    rooms = [make_space(facility) for _ in range(2)]
    # The quota is read after the calendar, so a second meeting is needed: both have counted before one writes.
    meeting, count = threading.Barrier(2), booking.quotas.problems

    def slow_count(*args, **options):
        found = count(*args, **options)
        meeting.wait(30)
        return found

    monkeypatch.setattr(booking.quotas, "problems", slow_count)
    assert kinds(book(*(make_draft(room, people[0]) for room in rooms))) == ["Booking", "Booking"]


def test_the_confirm_button_pressed_twice_at_once_gives_one_booking(room, people):
    draft = make_draft(room, people[0], key=uuid.uuid4())
    outcomes = book(*[draft] * 5)
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert (Booking.objects.count(), held(room).count()) == (1, 1)


def test_so_many_desks_so_many_winners(facility, people):
    area = space_of(facility, kind="desk_area")
    for _ in range(7):
        make_space(parent=area, policy=area.policy, kind="desk")
    drafts = [make_draft(area, person, seats=1, attendees=1) for person in people]
    assert kinds(book(*drafts)) == ["Booking"] * 7 + ["Taken"] * (CLIENTS - 7)
    assert (held().count(), overlaps()) == (7, 0)


def test_desks_of_several_sizes_are_never_given_twice(facility, people):
    area = space_of(facility, kind="desk_area")
    for _ in range(6):
        make_space(parent=area, policy=area.policy, kind="desk")
    until = TUESDAY + timedelta(days=7)
    sizes = [None, 1, 2, 3] * 4
    drafts = [
        make_draft(area, person, seats=size, attendees=size or 5, repeats_until=until)
        for size, person in zip(sizes, people[:16], strict=True)
    ]
    assert set(kinds(book(*drafts))) == {"Booking", "Taken"}
    assert overlaps() == 0
    for row in Booking.objects.all():
        for date in row.occurrences.all():
            assert date.allocations.filter(holds=True).count() == (row.seats or 6)


# --- changes against each other --------------------------------------------------------------------------


def test_of_approving_and_declining_at_once_one_counts(facility):
    manager = make_manager(facility)
    for number in range(4):
        room = space_of(facility, mode="approval")
        row = make_occurrence(room, at(9), state="pending").booking
        outcomes = at_once(
            lambda row=row: booking_decisions.approve(row, by=manager, now=NOW, is_commercial=False),
            lambda row=row: booking_decisions.decline(row, by=manager, now=NOW, reason="Penuh"),
        )
        assert kinds(outcomes) == ["Booking", "StateConflict"], number
        row.refresh_from_db()
        assert held(room).exists() == (row.state == "confirmed")


def test_of_two_competing_requests_approved_at_once_one_gets_the_hall(facility, people):
    hall = space_of(facility, mode="curated", kind="hall")
    rows = [booking.book(make_draft(hall, person), now=NOW) for person in people[:4]]
    manager = make_manager(facility)
    outcomes = at_once(
        *(
            lambda row=row: booking_decisions.approve(row, by=manager, now=NOW, is_commercial=False)
            for row in rows
        )
    )
    assert kinds(outcomes) == ["Booking", "Taken", "Taken", "Taken"]
    assert (Booking.objects.filter(state="confirmed").count(), overlaps()) == (1, 0)


def test_of_two_approvals_that_decline_the_rivals_one_counts(facility, people):
    hall = space_of(facility, mode="curated", kind="hall")
    rows = [booking.book(make_draft(hall, person), now=NOW) for person in people[:3]]
    manager = make_manager(facility)
    outcomes = at_once(
        *(
            lambda row=row: booking_decisions.approve(
                row, by=manager, now=NOW, is_commercial=False, decline_rivals=True
            )
            for row in rows
        )
    )
    assert kinds(outcomes) == ["Booking", "StateConflict", "StateConflict"]
    assert sorted(Booking.objects.values_list("state", flat=True)) == ["confirmed", "declined", "declined"]


def move_to(occurrence, hour, **options):
    return booking_changes.move(
        occurrence,
        space=occurrence.space,
        starts_at=at(hour),
        ends_at=at(hour + 1),
        by=occurrence.booking.booker,
        now=NOW,
        version=1,
        **options,
    )


def test_of_moving_and_booking_into_one_slot_one_wins_and_the_other_keeps_what_it_has(room, people):
    moving = make_occurrence(room, at(12))
    outcomes = at_once(
        lambda: move_to(moving, 9),
        *(lambda person=person: booking.book(make_draft(room, person), now=NOW) for person in people[:6]),
    )
    assert kinds(outcomes).count("Taken") == 6
    moving.refresh_from_db()
    assert moving.starts_at == (at(9) if isinstance(outcomes[0], Occurrence) else at(12))
    assert moving.allocations.filter(holds=True).count() == 1
    assert overlaps() == 0


def test_two_that_want_each_others_slot_both_stay_where_they_are(room):
    one, other = make_occurrence(room, at(9)), make_occurrence(room, at(12))
    assert kinds(at_once(lambda: move_to(one, 12), lambda: move_to(other, 9))) == ["Taken", "Taken"]
    assert held(room).count() == 2


def test_a_date_that_is_moved_and_cancelled_at_once_is_one_of_both(room):
    date = make_occurrence(room, at(9))
    outcomes = at_once(
        lambda: move_to(date, 12),
        lambda: booking_changes.cancel(date, by=date.booking.booker, now=NOW, version=1),
    )
    assert len([one for one in outcomes if isinstance(one, booking.StateConflict)]) == 1


def test_a_closure_and_bookings_at_once_leave_nobody_overlooked(room, people):
    manager = make_manager(room.facility)
    closing = closures.ClosureDraft(
        facility=room.facility, space=None, kind="maintenance", starts_at=at(8), ends_at=at(18), reason="Cat"
    )
    for number in range(3):
        draft = make_draft(room, people[number], at(9 + number), at(10 + number))
        outcomes = at_once(
            lambda: closures.close(closing, {}, by=manager, now=NOW),
            lambda draft=draft: booking.book(draft, now=NOW),
        )
        if isinstance(outcomes[0], closures.Undecided):
            assert [date.booking for date in outcomes[0].occurrences] == [outcomes[1]]
            decisions = {date.pk: "cancel" for date in outcomes[0].occurrences}
            closures.close(closing, decisions, by=manager, now=NOW)
        else:
            assert isinstance(outcomes[1], booking.Taken)
        assert overlaps() == 0
        assert not Occurrence.objects.live().exists()


def test_an_offer_that_is_taken_and_expires_at_once_is_one_of_both(room, people):
    place = WaitingPlace.objects.create(space=room, user=people[0], starts_at=at(9), ends_at=at(10))
    waiting_list.offer_freed(NOW)
    place.refresh_from_db()
    later = place.offer_ends_at
    outcomes = at_once(
        lambda: waiting_list.take(place, make_draft(room, people[0]), now=later - timedelta(seconds=1)),
        lambda: waiting_list.expire_offers(later),
        lambda: booking.book(make_draft(room, people[1]), now=NOW),
    )
    assert not [
        one for one in outcomes if not isinstance(one, Booking | int | booking.Taken | booking.StateConflict)
    ]
    assert overlaps() == 0
    assert held(room).count() <= 1


def test_who_waits_too_long_for_others_is_asked_to_try_again(room, people):
    """A facility's lock that is not given back in time is no error page."""
    is_locked, may_end = threading.Event(), threading.Event()

    def keep_locked():
        with transaction.atomic():
            spaces.lock_for_change(room.facility_id)
            is_locked.set()
            may_end.wait(30)

    def book_impatiently():
        is_locked.wait(30)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            return booking.book(make_draft(room, people[0]), now=NOW)
        finally:
            may_end.set()

    outcomes = at_once(keep_locked, book_impatiently)
    assert isinstance(outcomes[1], booking.StateConflict)
    assert not Booking.objects.exists()
