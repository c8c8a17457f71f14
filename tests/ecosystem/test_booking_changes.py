"""Withdrawing, cancelling, moving and editing: who may until when, and what becomes of the place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ecosystem.models import AgendaEvent, Booking, Quota
from ecosystem.services import (
    agenda,
    booking,
    booking_changes,
    booking_decisions,
    booking_retention,
    check_in,
)
from ecosystem.services.booking_drafts import EventDraft
from ecosystem.services.outside_hours import flag_outside_hours
from tests.ecosystem.booking_steps import held, make_draft
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    FacilityFactory,
    PolicyFactory,
    UserFactory,
    at,
    make_hours,
    make_manager,
    make_occurrence,
    make_space,
    space_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(facility):
    return make_space(facility, policy=PolicyFactory(facility=facility, change_limit_hours=2))


@pytest.fixture
def date(room, sari):
    return make_occurrence(room, at(9), booker=sari)


def move(date, starts_at, *, hours=1, now=NOW, **options):
    options = {"space": date.space, "version": date.version, "by": date.booking.booker} | options
    return booking_changes.move(
        date, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), now=now, **options
    )


def cancel(date, *, now=NOW, **options):
    options = {"version": date.version, "by": date.booking.booker} | options
    return booking_changes.cancel(date, now=now, **options)


def refused(*codes):
    return pytest.raises(booking.Refused, match=", ".join(f"'{code}'" for code in codes))


# --- giving up -------------------------------------------------------------------------------------------


def test_a_cancelled_date_frees_its_place(date, room, sari):
    cancel(date, reason="Sakit")
    date.refresh_from_db()
    assert (date.state, date.reason, date.ended_at) == ("cancelled", "Sakit", NOW)
    assert Booking.objects.get().state == "cancelled"
    assert booking.book(make_draft(room, UserFactory()), now=NOW).state == "confirmed"


def test_a_request_that_is_given_up_is_withdrawn(facility, sari):
    date = make_occurrence(space_of(facility, mode="approval"), at(9), booker=sari, state="pending")
    booking_changes.withdraw(date.booking, by=sari, now=NOW)
    assert (Booking.objects.get().state, held().count()) == ("withdrawn", 0)
    with pytest.raises(booking.StateConflict) as raised:
        booking_changes.withdraw(date.booking, by=sari, now=NOW)
    assert raised.value.state == "withdrawn"


def test_nothing_is_cancelled_twice_or_from_an_old_page(date):
    with pytest.raises(booking.StateConflict):
        cancel(date, version=7)
    cancel(date)
    with pytest.raises(booking.StateConflict) as raised:
        cancel(date)
    assert raised.value.state == "cancelled"


def test_after_the_limit_only_a_manager_cancels_and_says_why(date, facility):
    late = at(7, 1)
    with refused("too_late_to_change"):
        cancel(date, now=late)
    manager = make_manager(facility)
    with refused("reason"):
        cancel(date, now=late, by=manager, as_manager=True, reason=" ")
    cancel(date, now=late, by=manager, as_manager=True, reason="Listrik padam")
    assert date.booking.steps.get().note == "Listrik padam"


def test_exactly_at_the_limit_is_in_time(date):
    cancel(date, now=at(7))


def test_what_has_begun_is_not_cancelled_by_its_booker(date):
    with refused("begun"):
        cancel(date, now=at(9))


def test_one_date_of_a_series_is_cancelled_alone_and_then_the_rest(room, sari):
    made = booking.book(make_draft(room, sari, repeats_until=TUESDAY + timedelta(days=14)), now=NOW)
    first, *rest = made.occurrences.all()
    cancel(first)
    made.refresh_from_db()
    assert (made.state, held().count()) == ("confirmed", 2)
    assert booking_changes.cancel_all(made, by=sari, now=NOW) == rest
    made.refresh_from_db()
    assert (made.state, held().count()) == ("cancelled", 0)
    with pytest.raises(booking.StateConflict):
        booking_changes.cancel_all(made, by=sari, now=NOW)


def test_cancelling_all_leaves_the_past_and_what_is_too_near(room, sari):
    made = booking.book(make_draft(room, sari, repeats_until=TUESDAY + timedelta(days=14)), now=NOW)
    ended = booking_changes.cancel_all(made, by=sari, now=at(8, day=TUESDAY + timedelta(days=7)))
    assert [date.starts_at for date in ended] == [at(9, day=TUESDAY + timedelta(days=14))]
    with refused("too_late_to_change"):
        booking_changes.cancel_all(made, by=sari, now=at(8, day=TUESDAY + timedelta(days=7)))


# --- moving ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hour", "minute"), [(9, 0), (9, 30), (8, 30), (15, 0)])
def test_a_date_is_moved_onto_itself_half_over_itself_and_away(date, room, hour, minute):
    moved = move(date, at(hour, minute))
    assert (moved.starts_at, moved.state, moved.version) == (at(hour, minute), "confirmed", 2)
    assert held(room).get().during.lower == at(hour, minute)
    assert date.booking.steps.get().what == "moved"


def test_a_move_to_a_taken_slot_leaves_everything_as_it_was(date, room, sari):
    make_occurrence(room, at(12))
    with pytest.raises(booking.Taken):
        move(date, at(11), hours=2)
    date.refresh_from_db()
    assert (date.starts_at, date.version, date.allocations.get().holds) == (at(9), 1, True)


def test_a_move_to_another_room_of_the_facility_changes_the_booking(date, facility):
    other = space_of(facility, setup_minutes=30)
    move(date, at(9), space=other)
    during = held(other).get().during
    assert (during.lower, during.upper, held().count()) == (at(8, 30), at(10), 1)
    assert Booking.objects.get().space == other


def test_another_facility_is_another_booking(date):
    elsewhere = make_space(FacilityFactory())
    with refused("other_facility"):
        move(date, at(9), space=elsewhere)


def test_a_move_is_judged_like_a_booking(date, facility):
    with refused("too_short"):
        booking_changes.move(
            date, space=date.space, starts_at=at(9), ends_at=at(9, 30), by=None, now=NOW, version=1
        )
    with refused("closed"):
        move(date, at(22))
    with refused("too_many_people"):
        move(date, at(9), space=make_space(facility, capacity=1))
    with refused("startups_only"):
        move(date, at(9), space=space_of(facility, who="startup"))
    with refused("purpose"):
        move(date, at(9), space=space_of(facility, purposes=["exhibition"]))
    with refused("too_late_to_change"):
        move(date, at(12), now=at(8))
    with pytest.raises(booking.StateConflict):
        move(date, at(12), version=2)


def test_a_quota_counts_for_a_move_without_the_date_itself(date, room, facility, sari):
    Quota.objects.create(facility=facility, period="day", max_count=1)
    move(date, at(12))
    make_occurrence(room, at(9) + timedelta(days=1), booker=sari)
    date.refresh_from_db()
    with refused("quota"):
        move(date, at(12) + timedelta(days=1))


def test_moved_where_a_manager_decides_a_date_waits_again_and_keeps_its_place(facility, sari):
    room = space_of(facility, mode="approval")
    moved = move(make_occurrence(room, at(9), booker=sari), at(12))
    made = Booking.objects.get()
    assert (moved.state, made.state, held(room).count()) == ("pending", "pending", 1)
    assert made.answer_by is not None


def test_a_request_that_is_moved_to_where_nobody_decides_is_confirmed(facility, room, sari):
    hall = space_of(facility, mode="curated", kind="hall")
    row = booking.book(make_draft(hall, sari), now=NOW)
    moved = move(row.occurrences.get(), at(14), space=room)
    row.refresh_from_db()
    assert (moved.state, row.state, row.decided_at, row.answer_by) == ("confirmed", "confirmed", NOW, None)
    assert held(room).get().occurrence == moved
    assert [step.what for step in row.steps.all()] == ["requested", "confirmed"]


@pytest.mark.parametrize(("declared", "decided"), [(False, True), (True, False)])
def test_what_a_manager_decided_counts_for_a_move_and_not_what_was_declared(
    facility, room, sari, declared, decided
):
    hall = space_of(facility, mode="approval", is_commercial_allowed=True)
    row = booking.book(make_draft(hall, sari, declares_commercial=declared), now=NOW)
    manager = make_manager(facility)
    booking_decisions.approve(row, by=manager, now=NOW, is_commercial=decided, reason="Tiket")
    date = row.occurrences.get()
    if decided:
        # The room is for community use only.
        with refused("commercial"):
            move(date, at(14), space=room)
    else:
        assert move(date, at(14), space=room).state == "confirmed"


def test_a_manager_moves_without_a_new_decision_and_outside_the_hours(facility, sari):
    room = space_of(facility, mode="approval")
    date = make_occurrence(room, at(9), booker=sari)
    moved = move(date, at(22), by=make_manager(facility), as_manager=True, now=at(8, 30), reason="Panggung")
    assert (moved.state, Booking.objects.get().state) == ("confirmed", "confirmed")
    moved.refresh_from_db()
    assert moved.is_outside_hours
    assert Booking.objects.get().steps.get().note == "Panggung\nrules passed over: closed"


def test_who_came_early_is_not_moved_away(date, facility):
    check_in.check_in(date, now=at(8, 45))
    date.refresh_from_db()
    with refused("begun"):
        move(date, at(14), now=at(8, 50), by=make_manager(facility), as_manager=True)


def test_a_manager_never_moves_over_a_rival(date, room, facility):
    make_occurrence(room, at(12))
    with pytest.raises(booking.Taken):
        move(date, at(12), by=make_manager(facility), as_manager=True)


def test_one_date_of_a_series_is_moved_alone(room, sari):
    made = booking.book(make_draft(room, sari, repeats_until=TUESDAY + timedelta(days=7)), now=NOW)
    first, second = made.occurrences.all()
    move(first, at(14))
    second.refresh_from_db()
    assert (second.starts_at, second.version) == (at(9, day=TUESDAY + timedelta(days=7)), 1)


def test_the_desks_of_a_booking_move_with_it(facility, sari):
    area = space_of(facility, kind="desk_area")
    for _ in range(3):
        make_space(parent=area, policy=area.policy, kind="desk")
    made = booking.book(make_draft(area, sari, seats=2), now=NOW)
    moved = move(made.occurrences.get(), at(9, 30))
    assert moved.allocations.filter(holds=True).count() == 2
    assert held().count() == 2


# --- editing ---------------------------------------------------------------------------------------------


def test_details_are_edited_and_the_trail_says_which(date, sari):
    fields = {"title": "Rapat besar", "attendees": 8, "purpose": "meeting"}
    edited = booking_changes.edit(date.booking, fields, by=sari, now=NOW)
    assert (edited.title, edited.attendees) == ("Rapat besar", 8)
    assert date.booking.steps.get().note == "attendees, title"
    booking_changes.edit(date.booking, fields, by=sari, now=NOW)
    assert date.booking.steps.count() == 1


def test_more_people_than_the_room_takes_and_unknown_fields_are_refused(date, sari):
    with refused("too_many_people"):
        booking_changes.edit(date.booking, {"attendees": 11}, by=sari, now=NOW)
    with pytest.raises(ValueError, match="state"):
        booking_changes.edit(date.booking, {"state": "confirmed"}, by=sari, now=NOW)


def test_what_is_over_is_put_right_by_managers_alone_and_within_the_rules(date, sari, facility):
    manager, later = make_manager(facility), at(11)
    with pytest.raises(booking.StateConflict):
        booking_changes.edit(date.booking, {"attendees": 3}, by=sari, now=later)
    with refused("too_many_people"):
        booking_changes.edit(date.booking, {"attendees": 99}, by=manager, now=later, as_manager=True)
    edited = booking_changes.edit(date.booking, {"attendees": 3}, by=manager, now=later, as_manager=True)
    assert edited.attendees == 3
    booking_retention.forget([date.booking_id], now=later)
    with pytest.raises(booking.StateConflict):
        booking_changes.edit(date.booking, {"note": "Nama"}, by=manager, now=later, as_manager=True)


def test_a_booking_of_a_space_taken_out_of_use_is_edited_all_the_same(date, room, sari):
    room.is_active = False
    room.save()
    assert booking_changes.edit(date.booking, {"attendees": 3}, by=sari, now=NOW).attendees == 3
    with refused("too_many_people"):
        booking_changes.edit(date.booking, {"attendees": 11}, by=sari, now=NOW)


def test_what_ended_is_not_edited(date, sari):
    cancel(date)
    with pytest.raises(booking.StateConflict):
        booking_changes.edit(date.booking, {"title": "Lain"}, by=sari, now=NOW)


# --- the agenda, the hours -------------------------------------------------------------------------------


def test_an_event_follows_its_date(room, sari):
    talk = EventDraft(kind="talk", title="Bincang", organizer="Komunitas")
    made = booking.book(make_draft(room, sari, event=talk), now=NOW)
    agenda.publish(AgendaEvent.objects.get(), is_published=True, now=NOW)
    move(made.occurrences.get(), at(14))
    assert AgendaEvent.objects.get().starts_at == at(14)
    cancel(made.occurrences.get())
    event = AgendaEvent.objects.get()
    assert (event.is_published, event.cancelled_at) == (True, NOW)


def test_what_a_manager_took_off_the_agenda_stays_off_when_its_date_moves(room, sari):
    talk = EventDraft(kind="talk", title="Bincang", organizer="Komunitas")
    made = booking.book(make_draft(room, sari, event=talk), now=NOW)
    agenda.publish(AgendaEvent.objects.get(), is_published=False, now=NOW)
    move(made.occurrences.get(), at(14))
    event = AgendaEvent.objects.get()
    assert (event.starts_at, event.is_published) == (at(14), False)
    assert not AgendaEvent.objects.waiting(at=NOW).exists()


def test_an_event_that_was_never_public_vanishes_with_its_request(facility, sari):
    talk = EventDraft(kind="talk", title="Bincang", organizer="Komunitas")
    room = space_of(facility, mode="approval")
    made = booking.book(make_draft(room, sari, event=talk), now=NOW)
    booking_changes.withdraw(made, by=sari, now=NOW)
    assert not AgendaEvent.objects.exists()


def test_hours_that_change_delete_no_booking_but_mark_it(facility, date):
    assert flag_outside_hours(facility, NOW) == []
    shorter = make_hours(facility, opens="10:00", valid_from=TUESDAY, valid_to=TUESDAY, kind="special")
    assert flag_outside_hours(facility, NOW) == [date]
    assert flag_outside_hours(facility, NOW) == []
    date.refresh_from_db()
    assert (date.is_outside_hours, date.state, held().count()) == (True, "confirmed", 1)
    shorter.delete()
    flag_outside_hours(facility, NOW)
    date.refresh_from_db()
    assert not date.is_outside_hours


def test_a_draft_that_was_confirmed_is_not_booked_again_after_it_was_cancelled(room, sari):
    draft = make_draft(room, sari)
    made = booking.book(draft, now=NOW)
    cancel(made.occurrences.get())
    # The same page sent again shows the cancelled booking; a new page makes a new one.
    assert booking.book(draft, now=NOW) == made
    assert booking.book(replace(draft, key=make_draft(room, sari).key), now=NOW) != made
