"""Asking for a space: instant, by approval and curated; one date and series; desks; the agenda's event."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ecosystem.models import AgendaEvent, Booking, BookingStep, Occurrence
from ecosystem.services import booking
from ecosystem.services.booking_drafts import EventDraft
from tests.ecosystem.booking_steps import held, make_draft
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    UserFactory,
    at,
    make_hours,
    make_manager,
    make_occurrence,
    make_space,
    space_of,
)

pytestmark = pytest.mark.django_db


def test_an_instant_booking_is_confirmed_and_holds_its_place_with_its_buffers(facility, sari):
    room = space_of(facility, setup_minutes=15, teardown_minutes=30)
    made = booking.book(make_draft(room, sari), now=NOW)
    assert (made.state, made.mode, made.decided_at) == ("confirmed", "instant", NOW)
    during = held(room).get().during
    assert (during.lower, during.upper) == (at(8, 45), at(10, 30))
    assert list(made.steps.values_list("what", flat=True)) == ["confirmed"]


def test_clearing_up_may_pass_closing_time_the_use_may_not(facility, sari):
    room = space_of(facility, setup_minutes=60, teardown_minutes=60)
    booking.book(make_draft(room, sari, at(20), at(21)), now=NOW)
    booking.book(make_draft(room, sari, at(8), at(9)), now=NOW)
    assert [(row.during.lower, row.during.upper) for row in held(room).order_by("during")] == [
        (at(7), at(10)),
        (at(19), at(22)),
    ]
    with pytest.raises(booking.Refused):
        booking.book(make_draft(room, sari, at(20, 30), at(21, 30)), now=NOW)


def test_between_two_uses_lies_the_clearing_up_of_one_and_the_set_up_of_the_other(facility, sari):
    room = space_of(facility, setup_minutes=30, teardown_minutes=30)
    booking.book(make_draft(room, sari), now=NOW)
    with pytest.raises(booking.Taken):
        booking.book(make_draft(room, sari, at(10, 30), at(11, 30)), now=NOW)
    assert booking.book(make_draft(room, sari, at(11), at(12)), now=NOW).state == "confirmed"


def test_a_request_holds_its_place_until_it_is_answered(facility, sari):
    room = space_of(facility, mode="approval")
    made = booking.book(make_draft(room, sari), now=NOW)
    assert (made.state, made.occurrences.get().state, held(room).count()) == ("pending", "pending", 1)
    with pytest.raises(booking.Taken):
        booking.book(make_draft(room, UserFactory()), now=NOW)


def test_a_request_is_answered_by_the_end_of_a_working_day_but_before_it_begins(facility, sari):
    room = space_of(facility, mode="approval", answer_days=2)
    friday, soon = date(2026, 12, 18), TUESDAY
    drafts = [make_draft(room, sari, at(9, day=day), at(10, day=day)) for day in (friday, soon)]
    late, early = (booking.book(draft, now=NOW).answer_by for draft in drafts)
    # NOW is a Monday: the second working day after it is Wednesday.
    assert late == datetime(2026, 12, 2, 16, 59, 59, tzinfo=UTC)
    assert early == at(9)


def test_requests_that_compete_hold_nothing(facility, sari):
    hall = space_of(facility, mode="curated", kind="hall")
    for person in (sari, UserFactory()):
        assert booking.book(make_draft(hall, person), now=NOW).state == "pending"
    assert not held().exists()


def test_a_request_is_not_taken_for_a_slot_that_was_decided(facility, sari):
    hall = space_of(facility, mode="curated", kind="hall")
    make_occurrence(hall, at(9))
    with pytest.raises(booking.Taken) as raised:
        booking.book(make_draft(hall, sari), now=NOW)
    assert raised.value.dates == [(at(9), at(10))]
    assert Booking.objects.count() == 1


def test_back_to_back_bookings_are_allowed(facility, sari):
    room = space_of(facility)
    make_occurrence(room, at(8))
    make_occurrence(room, at(10))
    assert booking.book(make_draft(room, sari), now=NOW).state == "confirmed"


@pytest.mark.parametrize("state", ["cancelled", "declined", "withdrawn", "expired", "no_show"])
def test_what_ended_never_blocks(facility, sari, state):
    room = space_of(facility)
    make_occurrence(room, at(9), state=state if state != "no_show" else "cancelled")
    assert booking.book(make_draft(room, sari), now=NOW).state == "confirmed"


def test_the_same_form_sent_twice_gives_one_booking(facility, sari):
    draft = make_draft(space_of(facility), sari)
    assert booking.book(draft, now=NOW) == booking.book(draft, now=NOW)
    assert (Booking.objects.count(), held().count(), BookingStep.objects.count()) == (1, 1, 1)


def test_the_same_key_of_another_person_is_another_booking(facility, sari):
    draft = make_draft(space_of(facility), sari)
    booking.book(draft, now=NOW)
    other = UserFactory()
    with pytest.raises(booking.Taken):
        booking.book(replace(draft, booker=other, entered_by=other), now=NOW)


def test_a_floor_and_its_rooms_block_each_other(facility, sari):
    floor = space_of(facility, kind="floor")
    rooms = [make_space(parent=floor, policy=floor.policy) for _ in range(2)]
    booking.book(make_draft(rooms[0], sari), now=NOW)
    with pytest.raises(booking.Taken):
        booking.book(make_draft(floor, sari), now=NOW)
    booking.book(make_draft(rooms[1], sari), now=NOW)
    later = make_draft(floor, sari, at(10), at(12))
    booking.book(later, now=NOW)
    with pytest.raises(booking.Taken):
        booking.book(make_draft(rooms[0], sari, at(11), at(12)), now=NOW)


def test_commercial_use_is_decided_by_a_manager_even_where_the_rest_is_instant(facility, sari):
    room = space_of(facility, is_commercial_allowed=True)
    made = booking.book(make_draft(room, sari, declares_commercial=True), now=NOW)
    assert (made.state, made.is_commercial, held(room).count()) == ("pending", None, 1)


def test_a_manager_books_for_somebody_outside_the_hours_and_it_is_written_down(facility, sari):
    room = space_of(facility, mode="approval", notice_hours=48)
    manager = make_manager(facility)
    draft = make_draft(room, sari, at(22), at(23), entered_by=manager, as_manager=True)
    made = booking.book(draft, now=NOW)
    assert (made.state, made.decided_by, made.occurrences.get().is_outside_hours) == (
        "confirmed",
        manager,
        True,
    )
    assert made.steps.get().note == "rules passed over: closed, too_soon"


def test_a_manager_never_books_over_a_rival(facility, sari):
    room = space_of(facility)
    make_occurrence(room, at(22))
    draft = make_draft(room, sari, at(22), at(23), entered_by=make_manager(facility), as_manager=True)
    with pytest.raises(booking.Taken):
        booking.book(draft, now=NOW)


# --- series ----------------------------------------------------------------------------------------------


def test_a_series_lists_its_conflicts_and_is_booked_without_them(facility, sari):
    room = space_of(facility)
    make_occurrence(room, at(9, day=TUESDAY + timedelta(days=7)))
    draft = make_draft(room, sari, repeats_until=TUESDAY + timedelta(days=21))
    plans = booking.preview(draft, now=NOW)
    assert [plan.is_taken for plan in plans] == [False, True, False, False]
    with pytest.raises(booking.Taken) as raised:
        booking.book(draft, now=NOW)
    assert raised.value.dates == [(plans[1].starts_at, plans[1].ends_at)]
    made = booking.book(replace(draft, skip=frozenset({plans[1].starts_at})), now=NOW)
    days = [row.starts_at for row in made.occurrences.all()]
    assert days == [at(9), at(9, day=TUESDAY + timedelta(days=14)), at(9, day=TUESDAY + timedelta(days=21))]


def test_a_preview_says_which_date_is_a_closed_day(facility, sari):
    closed = TUESDAY + timedelta(days=7)
    make_hours(facility, kind="special", valid_from=closed, valid_to=closed, weekdays=())
    plans = booking.preview(
        make_draft(space_of(facility), sari, repeats_until=TUESDAY + timedelta(days=14)), now=NOW
    )
    assert [[problem.code for problem in plan.problems] for plan in plans] == [[], ["closed"], []]


# --- desks -----------------------------------------------------------------------------------------------


@pytest.fixture
def desks(facility):
    area = space_of(facility, kind="desk_area")
    for _ in range(3):
        make_space(parent=area, policy=area.policy, kind="desk")
    return area


def test_desks_are_given_in_their_order_until_none_is_left(desks, sari):
    booking.book(make_draft(desks, sari, seats=2), now=NOW)
    with pytest.raises(booking.Taken):
        booking.book(make_draft(desks, UserFactory(), seats=2), now=NOW)
    booking.book(make_draft(desks, UserFactory(), seats=1, attendees=1), now=NOW)
    assert held().count() == 3


def test_the_whole_area_is_taken_while_one_desk_is(desks, sari):
    booking.book(make_draft(desks, sari, seats=1, attendees=1), now=NOW)
    with pytest.raises(booking.Taken):
        booking.book(make_draft(desks, UserFactory()), now=NOW)


# --- the agenda ------------------------------------------------------------------------------------------

TALK = EventDraft(kind="talk", title="Bincang desain", organizer="Komunitas")


def test_the_event_of_an_instant_booking_waits_for_a_managers_look(facility, sari):
    made = booking.book(make_draft(space_of(facility), sari, event=TALK), now=NOW)
    event = AgendaEvent.objects.get()
    assert (event.is_published, event.occurrence.booking, event.starts_at) == (False, made, at(9))
    assert AgendaEvent.objects.waiting(at=NOW).get() == event


def test_the_event_of_a_request_is_not_public(facility, sari):
    booking.book(make_draft(space_of(facility, mode="approval"), sari, event=TALK), now=NOW)
    assert not AgendaEvent.objects.get().is_published
    assert not AgendaEvent.objects.waiting(at=NOW).exists()  # it is looked at with the request


def test_booking_asks_the_database_a_bounded_number_of_times(facility, sari, django_assert_max_num_queries):
    room = space_of(facility)
    until = TUESDAY + timedelta(days=42)
    with django_assert_max_num_queries(32):
        booking.book(make_draft(room, sari, repeats_until=until), now=NOW)
    assert Occurrence.objects.count() == 7
