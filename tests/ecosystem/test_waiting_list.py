"""The waiting list: joining a line, being offered a freed slot for two hours, taking it, and who comes next."""

from datetime import timedelta

import pytest

from ecosystem import affiliations
from ecosystem.models import Booking, OutgoingMail, User, WaitingPlace
from ecosystem.services import booking, booking_changes, booking_decisions, check_in, waiting_list
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
HOUR = timedelta(hours=1)


@pytest.fixture
def room(facility):
    return make_space(facility, policy=PolicyFactory(facility=facility, notice_hours=24))


@pytest.fixture
def date(room):
    return make_occurrence(room, at(9) + timedelta(days=7))


def join(room, *, user=None, start=None, hours=1, now=NOW):
    start = start or at(9) + timedelta(days=7)
    return waiting_list.join(room, start, start + timedelta(hours=hours), user or UserFactory(), now=now)


def cancel(date, now=NOW):
    booking_changes.cancel(date, by=date.booking.booker, now=now, version=date.version)


def state(place):
    place.refresh_from_db()
    return place.state


def take(place, *, now=NOW, **fields):
    draft = make_draft(place.space, place.user, place.starts_at, place.ends_at, **fields)
    return waiting_list.take(place, draft, now=now)


def refused(code):
    return pytest.raises(booking.Refused, match=code)


def test_one_joins_the_line_of_a_taken_slot_once(room, date):
    user = UserFactory()
    assert join(room, user=user) == join(room, user=user)
    assert WaitingPlace.objects.get().state == "waiting"


def test_a_free_slot_is_booked_and_not_waited_for(room):
    with refused("free"):
        join(room)


def test_nobody_waits_for_what_could_never_be_booked(room, date):
    with refused("closed"):
        join(room, start=at(22) + timedelta(days=7))
    with refused("in_past"):
        join(room, start=at(9) - timedelta(days=7))


def test_nobody_waits_for_an_offer_that_they_could_not_take(facility, monkeypatch):
    room = make_space(facility, policy=PolicyFactory(facility=facility, who="startup"))
    make_occurrence(room, at(9))
    with refused("startups_only"):
        join(room, start=at(9))
    mine = affiliations.Affiliation("startup:1", "Karya Kita")
    monkeypatch.setattr(affiliations, "_sources", [lambda user: [mine]])
    assert join(room, start=at(9)).state == "waiting"


def test_nobody_waits_for_their_own_booking_or_everywhere(room, date):
    with refused("own"):
        join(room, user=date.booking.booker)
    user = UserFactory()
    for number in range(waiting_list.MOST_PLACES):
        start = at(9) + timedelta(days=8 + number)
        WaitingPlace.objects.create(space=room, user=user, starts_at=start, ends_at=start + HOUR)
    with refused("too_many_places"):
        join(room, user=user)


def test_a_freed_slot_is_held_for_the_first_in_line(room, date):
    first, second = join(room), join(room)
    cancel(date)
    assert (state(first), state(second)) == ("offered", "waiting")
    assert (first.offered_at, first.offer_ends_at) == (NOW, NOW + 2 * HOUR)
    with pytest.raises(booking.Taken):
        booking.book(make_draft(room, UserFactory(), first.starts_at, first.ends_at), now=NOW)


def test_an_account_that_is_switched_off_is_passed_over(room, date):
    gone, second = join(room, user=UserFactory()), join(room)
    gone.user.is_active = False
    gone.user.save()
    cancel(date)
    assert (state(gone), state(second)) == ("waiting", "offered")


def test_an_offer_is_taken_and_becomes_a_booking(room, date):
    place = join(room)
    cancel(date)
    place.refresh_from_db()
    made = take(place)
    assert (made.state, state(place), held(room).get().occurrence.booking) == ("confirmed", "taken", made)
    with pytest.raises(booking.StateConflict):
        take(place)


def test_the_notice_does_not_count_for_who_waited(room, date):
    place, late = join(room), date.starts_at - 3 * HOUR
    cancel(date, now=late)
    place.refresh_from_db()
    assert take(place, now=late + HOUR).state == "confirmed"


def test_the_take_button_pressed_twice_gives_one_booking(room, date):
    place = join(room)
    cancel(date)
    place.refresh_from_db()
    draft = make_draft(room, place.user, place.starts_at, place.ends_at)
    assert waiting_list.take(place, draft, now=NOW) == waiting_list.take(place, draft, now=NOW)
    assert Booking.objects.count() == 2


def test_an_offer_is_for_its_slot_and_its_person(room, date):
    place = join(room)
    cancel(date)
    place.refresh_from_db()
    with pytest.raises(ValueError, match="another slot"):
        waiting_list.take(place, make_draft(room, place.user, at(12), at(13)), now=NOW)
    other = make_draft(room, UserFactory(), place.starts_at, place.ends_at)
    with pytest.raises(booking.StateConflict):
        waiting_list.take(place, other, now=NOW)
    assert state(place) == "offered"


def test_a_refused_take_leaves_the_offer_as_it_was(room, date):
    place = join(room)
    cancel(date)
    place.refresh_from_db()
    with refused("too_many_people"):
        take(place, attendees=99)
    assert (state(place), held(room).count()) == ("offered", 1)


def test_an_offer_that_nobody_takes_goes_to_the_next(room, date):
    first, second = join(room), join(room)
    cancel(date)
    assert waiting_list.expire_offers(NOW + 2 * HOUR - timedelta(seconds=1)) == 0
    assert waiting_list.expire_offers(NOW + 2 * HOUR) == 1
    assert waiting_list.expire_offers(NOW + 2 * HOUR) == 0
    assert (state(first), state(second), held(room).count()) == ("expired", "offered", 1)
    with pytest.raises(booking.StateConflict):
        take(first, now=NOW + 2 * HOUR)


def test_an_offer_ends_when_its_time_begins(room, date):
    place = join(room)
    soon = date.starts_at - timedelta(minutes=30)
    booking_changes.cancel(date, by=None, now=soon, version=1, as_manager=True, reason="Sakit")
    place.refresh_from_db()
    assert place.offer_ends_at == date.starts_at
    assert waiting_list.expire_offers(date.starts_at) == 1
    assert state(place) == "expired"


def test_an_offer_that_is_over_cannot_be_taken_although_no_worker_ended_it(room, date):
    place = join(room)
    cancel(date)
    place.refresh_from_db()
    with pytest.raises(booking.StateConflict):
        take(place, now=NOW + 2 * HOUR)
    assert take(place, now=NOW + 2 * HOUR - timedelta(seconds=1)).state == "confirmed"


def test_who_leaves_passes_the_offer_on(room, date):
    first, second = join(room), join(room)
    cancel(date)
    waiting_list.leave(first, now=NOW)
    assert (state(first), state(second)) == ("withdrawn", "offered")
    with pytest.raises(booking.StateConflict):
        waiting_list.leave(first, now=NOW)


def test_a_long_wish_is_passed_over_when_only_a_part_is_free(room, date):
    make_occurrence(room, date.ends_at)
    long, short = join(room, hours=2), join(room)
    cancel(date)
    assert (state(long), state(short)) == ("waiting", "offered")


def test_a_freed_floor_is_offered_to_each_of_its_rooms(facility):
    floor = make_space(facility, kind="floor")
    rooms = [make_space(parent=floor, policy=floor.policy) for _ in range(2)]
    date = make_occurrence(floor, at(9))
    places = [join(room, start=at(9)) for room in rooms]
    cancel(date)
    assert [state(place) for place in places] == ["offered", "offered"]
    assert overlaps() == 0


def test_a_declined_request_and_a_move_free_a_slot_too(facility, room):
    approval = make_space(facility, policy=PolicyFactory(facility=facility, mode="approval"))
    request = make_occurrence(approval, at(9), state="pending").booking
    place = join(approval, start=at(9))
    booking_decisions.decline(request, by=make_manager(facility), now=NOW, reason="Penuh")
    assert state(place) == "offered"
    other = make_occurrence(room, at(9) + timedelta(days=3))
    place = join(room, start=other.starts_at)
    start = at(14) + timedelta(days=3)
    booking_changes.move(
        other, space=room, starts_at=start, ends_at=start + HOUR, by=other.booking.booker, now=NOW, version=1
    )
    assert state(place) == "offered"


def test_one_desk_is_waited_for_in_a_desk_area(facility):
    area = make_space(facility, kind="desk_area")
    for _ in range(2):
        make_space(parent=area, policy=area.policy, kind="desk")
    made = booking.book(make_draft(area, UserFactory(), seats=2), now=NOW)
    places = [join(area, start=at(9)) for _ in range(3)]
    cancel(made.occurrences.get())
    assert [state(place) for place in places] == ["offered", "offered", "waiting"]
    places[0].refresh_from_db()
    assert take(places[0], seats=1, attendees=1).seats == 1
    assert held().count() == 2


def test_an_area_without_single_desks_is_waited_for_as_a_whole(facility):
    area = make_space(facility, kind="desk_area")
    date = make_occurrence(area, at(9))
    place = join(area, start=at(9))
    cancel(date)
    assert state(place) == "offered"
    place.refresh_from_db()
    assert take(place).state == "confirmed"


@pytest.mark.parametrize("count", [1, 30])
def test_looking_through_a_long_line_takes_few_queries(room, date, count, django_assert_max_num_queries):
    for _ in range(count):
        join(room)
    # Those that are over, and which facility to lock: none, for everything is held.
    with django_assert_max_num_queries(2):
        assert waiting_list.offer_freed(NOW) == 0


def test_the_sweep_offers_what_nobody_was_told_of_and_ends_what_is_over(room, date):
    place = join(room)
    date.allocations.update(holds=False)
    assert waiting_list.offer_freed(NOW) == 1
    assert waiting_list.offer_freed(NOW) == 0
    late = WaitingPlace.objects.create(
        space=room, user=UserFactory(), starts_at=NOW - HOUR, ends_at=NOW + HOUR
    )
    for _twice in range(2):
        waiting_list.offer_freed(NOW)
    assert (state(place), state(late)) == ("offered", "over")
    (told,) = OutgoingMail.objects.filter(key__startswith="booking-wait-")
    assert (told.to, "tidak menjadi kosong" in told.text) == (late.user.email, True)


@pytest.mark.parametrize("gone", ["space", "rules", "facility", "account"])
def test_who_waits_for_what_nobody_can_book_any_more_is_told_once(room, date, gone):
    place = join(room)
    if gone == "rules":
        type(room).objects.update(policy=None)
    elif gone == "facility":
        type(room.facility).objects.update(stage="closed")
    else:
        type(room).objects.update(is_active=False)
    if gone == "account":
        User.objects.filter(pk=place.user_id).update(is_active=False)
    for _twice in range(2):
        waiting_list.offer_freed(NOW)
    assert state(place) == "over"
    assert OutgoingMail.objects.filter(to=place.user.email).count() == (0 if gone == "account" else 1)


@pytest.mark.parametrize(("buffers", "hour"), [({"setup_minutes": 60}, 10), ({"teardown_minutes": 60}, 8)])
def test_who_waits_beside_the_freed_time_with_buffers_that_reach_into_it_is_offered_theirs(
    facility, buffers, hour
):
    room = make_space(facility, policy=PolicyFactory(facility=facility, **buffers))
    date = make_occurrence(room, at(9))
    place = join(room, start=at(hour))
    cancel(date)
    assert state(place) == "offered"


def test_what_an_unanswered_request_frees_is_offered(facility):
    room = make_space(facility, policy=PolicyFactory(facility=facility, mode="approval"))
    make_occurrence(room, at(9), state="pending", answer_by=NOW)
    place = join(room, start=at(9))
    assert booking_decisions.expire_unanswered(NOW) == 1
    assert state(place) == "offered"


def test_what_a_no_show_frees_is_offered(facility):
    room = make_space(facility)
    make_occurrence(room, at(9), hours=4)
    place = join(room, start=at(11))
    assert check_in.mark_no_shows(at(9, 20)) == 1
    assert state(place) == "offered"
