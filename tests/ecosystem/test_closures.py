"""Closing: who is affected, what becomes of each, and what the closure holds then and later."""

from datetime import timedelta

import pytest
from django.db import transaction

from ecosystem.models import Allocation, Closure, OutgoingMail, WaitingPlace
from ecosystem.services import booking, booking_changes, closure_offers, closures, spaces, waiting_list
from tests.ecosystem.booking_steps import held, make_draft, overlaps, written_mails
from tests.ecosystem.facility_factories import (
    NOW,
    FacilityFactory,
    PolicyFactory,
    UserFactory,
    at,
    make_occurrence,
    make_space,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rooms(facility):
    return [make_space(facility), make_space(facility)]


def draft(facility, *, space=None, **fields):
    fields = {"kind": "maintenance", "reason": "Pengecatan", "starts_at": at(8), "ends_at": at(18)} | fields
    return closures.ClosureDraft(facility=facility, space=space, **fields)


@pytest.fixture
def close(facility, manager):
    def close(decisions=None, **fields):
        return closures.close(draft(facility, **fields), decisions or {}, by=manager, now=NOW)

    return close


def spans_of(closure, space):
    rows = Allocation.objects.filter(closure=closure, leaf=space, holds=True).order_by("during")
    return [(row.during.lower, row.during.upper) for row in rows]


def test_a_closed_facility_cannot_be_booked_and_says_why(facility, rooms, close):
    closure = close()
    assert [spans_of(closure, room) for room in rooms] == [[(at(8), at(18))]] * 2
    with pytest.raises(booking.Taken):
        booking.book(make_draft(rooms[0], UserFactory()), now=NOW)
    booking.book(make_draft(rooms[0], UserFactory(), at(18), at(19)), now=NOW)


def test_a_closed_room_leaves_the_others_open(facility, rooms, close):
    close(space=rooms[0])
    booking.book(make_draft(rooms[1], UserFactory()), now=NOW)


def test_everybody_affected_is_listed_before_anything_is_closed(facility, rooms, close):
    date = make_occurrence(rooms[0], at(9))
    make_occurrence(rooms[1], at(18))
    hall = make_space(facility, policy=PolicyFactory(facility=facility, mode="curated"))
    request = booking.book(make_draft(hall, UserFactory(), at(10), at(11)), now=NOW)
    expected = [date, request.occurrences.get()]
    assert closures.affected(facility, None, at(8), at(18), now=NOW) == expected
    with pytest.raises(closures.Undecided) as raised:
        close({date.pk: "keep"})
    assert raised.value.occurrences == expected
    assert not Closure.objects.exists()


def test_set_up_alone_is_affected_too(facility, rooms):
    policy = PolicyFactory(facility=facility, setup_minutes=60)
    room = make_space(facility, policy=policy)
    made = booking.book(make_draft(room, UserFactory(), at(18), at(19)), now=NOW)
    assert closures.affected(facility, room, at(8), at(18), now=NOW) == [made.occurrences.get()]


def test_each_is_cancelled_kept_or_moved_as_decided(facility, rooms, close):
    gone, kept, moved = (make_occurrence(rooms[0], at(hour)) for hour in (9, 11, 13))
    closure = close(
        {gone.pk: "cancel", kept.pk: "keep", moved.pk: ("move", rooms[1].pk, at(13))}, space=rooms[0]
    )
    for date in (gone, kept, moved):
        date.refresh_from_db()
    assert (gone.state, gone.reason) == ("cancelled", "Pengecatan")
    assert (kept.state, moved.state, moved.space) == ("confirmed", "confirmed", rooms[1])
    hours = [(8, 9), (9, 10), (10, 11), (12, 13), (13, 14), (14, 18)]
    assert spans_of(closure, rooms[0]) == [(at(start), at(end)) for start, end in hours]
    assert overlaps() == 0


def test_each_booker_reads_what_becomes_of_the_booking_in_their_language(facility, rooms, close):
    gone, kept = (make_occurrence(rooms[0], at(hour), language="en") for hour in (9, 11))
    other = make_occurrence(rooms[0], at(13))
    close({gone.pk: "cancel", kept.pk: "keep", other.pk: "keep"}, space=rooms[0], reason_en="New paint")
    told = {row.to: row.text for row in written_mails()}
    for date, words in ((gone, "New paint"), (kept, "New paint"), (other, "Pengecatan")):
        assert words in told[date.booking.contact_email]
    assert "goes on" in told[kept.booking.contact_email]


def test_a_request_that_falls_to_a_closure_is_declined_with_its_reason(facility, close):
    hall = make_space(facility, policy=PolicyFactory(facility=facility, mode="curated"))
    request = booking.book(make_draft(hall, UserFactory(), at(10), at(11)), now=NOW)
    date = request.occurrences.get()
    close({date.pk: "cancel"})
    request.refresh_from_db()
    assert (request.state, request.occurrences.get().reason) == ("declined", "Pengecatan")
    assert request.steps.last().what == "declined"


def test_nobody_is_moved_into_the_closure_or_over_somebody(facility, rooms, close):
    date = make_occurrence(rooms[0], at(9))
    with pytest.raises(booking.Taken):
        close({date.pk: ("move", rooms[0].pk, at(12))})
    make_occurrence(rooms[1], at(20))
    with pytest.raises(booking.Taken):
        close({date.pk: ("move", rooms[1].pk, at(20))}, space=rooms[0])
    date.refresh_from_db()
    assert (date.starts_at, Closure.objects.count()) == (at(9), 0)


def test_what_is_offered_instead_can_be_had_with_its_clearing_up(facility, manager):
    room = make_space(facility, policy=PolicyFactory(facility=facility, teardown_minutes=60))
    date = make_occurrence(room, at(12))
    wish = draft(facility, starts_at=at(11), ends_at=at(15))
    offers = closure_offers.ways(wish, [date], now=NOW, most=10)[date.pk].here
    assert offers
    for offer in offers:
        with transaction.atomic():
            decisions = {date.pk: ("move", offer.space.pk, offer.starts_at)}
            closures.close(wish, decisions, by=manager, now=NOW)
            transaction.set_rollback(True)


def test_the_close_button_pressed_twice_closes_once(facility, rooms, close, manager):
    dates = [make_occurrence(rooms[0], at(9)), make_occurrence(rooms[1], at(9))]
    decisions = {dates[0].pk: "keep", dates[1].pk: "cancel"}
    first = close(decisions)
    told = OutgoingMail.objects.count()
    assert close(decisions) == first
    assert OutgoingMail.objects.count() == told
    # What was kept at first may be decided anew.
    assert close({dates[0].pk: "cancel"}) == first
    assert spans_of(first, rooms[0]) == [(at(8), at(9)), (at(9), at(10)), (at(10), at(18))]
    closures.lift(first, by=manager, now=NOW)
    assert not held().exists()
    assert close() != first


def test_what_is_over_needs_no_decision(facility, rooms, manager):
    make_occurrence(rooms[0], at(9))
    running = make_occurrence(rooms[0], at(11), hours=2)
    with pytest.raises(closures.Undecided) as raised:
        closures.close(draft(facility), {}, by=manager, now=at(12))
    assert raised.value.occurrences == [running]
    closure = closures.close(draft(facility), {running.pk: "cancel"}, by=manager, now=at(12))
    assert spans_of(closure, rooms[0])[-1] == (at(13), at(18))


def test_what_a_kept_date_gives_up_later_goes_to_the_closure(facility, rooms, close):
    kept = make_occurrence(rooms[0], at(11))
    closure = close({kept.pk: "keep"}, space=rooms[0])
    booking_changes.cancel(kept, by=kept.booking.booker, now=NOW, version=1)
    assert spans_of(closure, rooms[0]) == [(at(8), at(11)), (at(11), at(12)), (at(12), at(18))]


def test_a_lifted_closure_gives_its_time_back(facility, rooms, close, manager):
    closure = close()
    closures.lift(closure, by=manager, now=at(12))
    assert spans_of(closure, rooms[0]) == [(at(8), at(12))]
    booking.book(make_draft(rooms[0], UserFactory(), at(13), at(14)), now=at(12))
    with pytest.raises(booking.StateConflict):
        closures.lift(closure, by=manager, now=at(13))


def test_of_two_closures_the_second_goes_on_when_the_first_is_lifted(facility, rooms, close, manager):
    first = close(space=rooms[0])
    second = close(space=rooms[0], starts_at=at(10), ends_at=at(20))
    assert spans_of(second, rooms[0]) == [(at(18), at(20))]
    closures.lift(first, by=manager, now=NOW)
    assert spans_of(second, rooms[0]) == [(at(10), at(18)), (at(18), at(20))]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"ends_at": at(8)}, "end_before_start"),
        ({"starts_at": NOW - timedelta(days=2), "ends_at": NOW}, "in_past"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_closure_that_makes_no_sense_is_refused(close, fields, code):
    with pytest.raises(booking.Refused, match=code):
        close(**fields)


def test_a_space_of_another_facility_is_refused(close):
    with pytest.raises(booking.Refused, match="gone"):
        close(space=make_space(FacilityFactory()))


def test_an_offer_of_the_waiting_list_is_taken_back_and_comes_again(facility, rooms, close, manager):
    place = WaitingPlace.objects.create(space=rooms[0], user=UserFactory(), starts_at=at(9), ends_at=at(10))
    waiting_list.offer_freed(NOW)
    closure = close()
    place.refresh_from_db()
    assert (place.state, place.offered_at, held(rooms[0]).count()) == ("waiting", None, 1)
    assert (
        OutgoingMail.objects.filter(to=place.user.email, key__startswith="booking-wait-closed-").count() == 1
    )
    closures.lift(closure, by=manager, now=NOW)
    place.refresh_from_db()
    assert (place.state, overlaps()) == ("offered", 0)


def test_a_part_that_is_added_to_a_closed_room_is_closed(facility, rooms, close):
    closure = close(space=rooms[0])
    part = type(rooms[0])(facility=facility, parent=rooms[0], slug="baru", name="Baru", kind="desk")
    spaces.add_space(part, now=NOW)
    assert spans_of(closure, part) == [(at(8), at(18))]
