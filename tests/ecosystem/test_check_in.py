"""Checking in at the door, freeing what nobody came to, and forgetting people after a year."""

from datetime import timedelta

import pgtrigger
import pytest

from ecosystem.models import Booking, BookingStep, WaitingPlace
from ecosystem.services import booking, booking_changes, booking_personal, booking_retention, check_in
from tests.ecosystem.booking_steps import held, make_draft, overlaps
from tests.ecosystem.facility_factories import (
    NOW,
    PolicyFactory,
    UserFactory,
    at,
    make_manager,
    make_occurrence,
    make_space,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(facility):
    return make_space(facility)


@pytest.fixture
def date(room):
    return make_occurrence(room, at(9), hours=2)


def test_people_check_in_from_half_an_hour_before_until_the_end(date):
    for early in (at(8, 29), NOW):
        assert not check_in.can_check_in(date, now=early)
        with pytest.raises(booking.Refused, match="too_early"):
            check_in.check_in(date, now=early)
    with pytest.raises(booking.Refused, match="over"):
        check_in.check_in(date, now=at(11))
    assert check_in.can_check_in(date, now=at(8, 30))
    assert check_in.check_in(date, now=at(8, 30)).checked_in_at == at(8, 30)


def test_checking_in_again_changes_nothing(date):
    check_in.check_in(date, now=at(9))
    assert check_in.check_in(date, now=at(10)).checked_in_at == at(9)
    assert date.booking.steps.filter(what="checked_in").count() == 1


def test_nobody_checks_in_to_what_was_given_up(date):
    booking_changes.cancel(date, by=date.booking.booker, now=NOW, version=1)
    with pytest.raises(booking.StateConflict) as raised:
        check_in.check_in(date, now=at(9))
    assert raised.value.state == "cancelled"


def test_twenty_minutes_after_the_start_the_rest_is_free_for_others(date, room):
    assert check_in.mark_no_shows(at(9, 19)) == 0
    assert check_in.mark_no_shows(at(9, 20)) == 1
    assert check_in.mark_no_shows(at(9, 20)) == 0
    date.refresh_from_db()
    during = held(room).get().during
    assert (date.state, during.lower, during.upper) == ("no_show", at(9), at(9, 20))
    assert Booking.objects.get().state == "confirmed"
    booking.book(make_draft(room, UserFactory(), at(9, 30), at(10, 30)), now=at(9, 20))


def test_a_missed_date_is_marked_even_when_the_worker_was_away(date, room):
    assert check_in.mark_no_shows(at(20)) == 1
    assert held(room).get().during.upper == at(11)


def test_asking_for_check_in_from_now_on_marks_nobody_of_the_past(date, room):
    assert check_in.mark_no_shows(at(11) + check_in.LOOKED_BACK) == 0
    assert held(room).get().during.upper == at(11)


def test_a_date_that_began_before_check_in_was_asked_for_is_not_missed(facility):
    room = make_space(facility, policy=PolicyFactory(facility=facility, needs_check_in=False))
    before, after = make_occurrence(room, at(9)), make_occurrence(room, at(11))
    room.policy.needs_check_in = True
    room.policy.save()
    turned_on = room.policy.pgh_event_model.objects.latest("pgh_id")
    with pgtrigger.ignore():
        type(turned_on).objects.filter(pk=turned_on.pk).update(pgh_created_at=at(10))
    assert check_in.mark_no_shows(at(11, 30)) == 1
    for date, state in ((before, "confirmed"), (after, "no_show")):
        date.refresh_from_db()
        assert date.state == state


def test_who_checked_in_is_no_no_show(date):
    check_in.check_in(date, now=at(9, 10))
    assert check_in.mark_no_shows(at(9, 30)) == 0


def test_a_space_without_check_in_has_no_no_shows(facility):
    room = make_space(facility, policy=PolicyFactory(facility=facility, needs_check_in=False))
    make_occurrence(room, at(9))
    assert check_in.mark_no_shows(at(9, 30)) == 0


def test_who_was_missed_by_mistake_gets_the_rest_of_the_time_back(date, room, facility):
    manager = make_manager(facility)
    check_in.mark_no_shows(at(9, 20))
    for now in (at(9, 40), at(9, 50)):
        check_in.came_after_all(date, by=manager, now=now)
    date.refresh_from_db()
    assert (date.state, date.checked_in_at, date.booking.steps.filter(what="checked_in").count()) == (
        "confirmed",
        at(9),
        1,
    )
    assert [(row.during.lower, row.during.upper) for row in held(room).order_by("during")] == [
        (at(9), at(9, 20)),
        (at(9, 40), at(11)),
    ]


def test_others_keep_what_they_booked_of_a_missed_date(date, room, facility):
    manager = make_manager(facility)
    check_in.mark_no_shows(at(9, 20))
    booking.book(make_draft(room, UserFactory(), at(9, 30), at(10, 30)), now=at(9, 20))
    with pytest.raises(booking.Refused, match="taken"):
        check_in.came_after_all(date, by=manager, now=at(9, 40))
    with pytest.raises(booking.StateConflict):
        check_in.came_after_all(date, by=manager, now=at(11) + timedelta(days=31))
    assert held(room).count() == 2
    # When all is over, nothing needs to be held.
    check_in.came_after_all(date, by=manager, now=at(12))
    assert (held(room).count(), overlaps()) == (2, 0)


# --- retention -------------------------------------------------------------------------------------------

YEAR = timedelta(days=365)


def test_a_year_after_its_last_date_a_booking_names_nobody_and_still_counts(room):
    made = booking.book(make_draft(room, UserFactory(), note="Bawa kabel", contact_phone="0812"), now=NOW)
    booking_changes.cancel(made.occurrences.get(), by=made.booker, reason="Sakit", now=NOW, version=1)
    Booking.objects.filter(pk=made.pk).update(commercial_reason="Tiket dijual", decided_by=made.booker)
    WaitingPlace.objects.create(space=room, user=UserFactory(), starts_at=at(9), ends_at=at(10))
    assert booking_retention.anonymize(at(10) + YEAR - timedelta(seconds=1)) == 0
    assert booking_retention.anonymize(at(10) + YEAR) == 1
    assert booking_retention.anonymize(at(10) + YEAR) == 0
    made.refresh_from_db()
    assert not WaitingPlace.objects.exists()
    names = ("contact_name", "contact_email", "contact_phone", "title", "note", "reason", "commercial_reason")
    assert {getattr(made, name) for name in names} == {""}
    assert (made.booker, made.entered_by, made.decided_by) == (None, None, None)
    assert made.anonymized_at == at(10) + YEAR
    assert (made.purpose, made.attendees, made.occurrences.get().reason) == ("meeting", 2, "")
    steps = BookingStep.objects.values_list("what", "actor", "note")
    assert list(steps) == [("confirmed", None, ""), ("cancelled", None, ""), ("anonymized", None, "")]


def test_a_booking_with_a_later_date_is_kept(room):
    first = make_occurrence(room, at(9))
    later = make_occurrence(room, at(9) + timedelta(days=30))
    first.booking.occurrences.add(later)
    assert booking_retention.anonymize(at(10) + YEAR) == 0


def test_nobody_is_erased_whose_dates_cannot_be_given_up_now(room, monkeypatch):
    made = booking.book(make_draft(room, UserFactory()), now=NOW)
    sari = made.booker

    def busy(*args, **options):
        raise booking.StateConflict

    with monkeypatch.context() as patch:
        patch.setattr(booking_changes, "cancel_all", busy)
        with pytest.raises(booking.StateConflict):
            booking_personal.erase(sari, NOW)
    made.refresh_from_db()
    assert (made.booker, made.contact_name, made.state) == (sari, "Sari", "confirmed")
    assert booking_personal.erase(sari, NOW) == 1
    assert not held(room).exists()
