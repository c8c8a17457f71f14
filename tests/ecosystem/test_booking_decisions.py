"""Deciding: approve, decline and expire; commercial use; competing requests."""

from datetime import timedelta

import pytest

from ecosystem.models import AgendaEvent, Booking
from ecosystem.services import agenda, booking, booking_changes, booking_decisions
from ecosystem.services.booking_drafts import EventDraft
from tests.ecosystem.booking_steps import held, make_draft
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    PolicyFactory,
    UserFactory,
    at,
    make_occurrence,
    make_space,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(facility):
    rules = {"mode": "approval", "is_commercial_allowed": True}
    return make_space(facility, policy=PolicyFactory(facility=facility, **rules))


@pytest.fixture
def hall(facility):
    return make_space(facility, policy=PolicyFactory(facility=facility, mode="curated"), kind="hall")


def ask(space, **fields):
    return booking.book(make_draft(space, UserFactory(), **fields), now=NOW)


@pytest.fixture
def approve(manager):
    def approve(row, *, is_commercial=False, now=NOW, **options):
        return booking_decisions.approve(row, by=manager, now=now, is_commercial=is_commercial, **options)

    return approve


@pytest.fixture
def decline(manager):
    return lambda row, reason="Penuh": booking_decisions.decline(row, by=manager, now=NOW, reason=reason)


def refused(code):
    return pytest.raises(booking.Refused, match=code)


def test_an_approved_request_is_confirmed_with_who_and_when(room, manager, approve):
    row = approve(ask(room))
    assert (row.state, row.decided_by, row.decided_at, row.is_commercial) == (
        "confirmed",
        manager,
        NOW,
        False,
    )
    assert (row.answer_by, row.occurrences.get().state, held(room).count()) == (None, "confirmed", 1)
    assert [step.what for step in row.steps.all()] == ["requested", "confirmed"]


def test_a_declined_request_frees_its_place_and_keeps_its_reason(room, decline):
    row = decline(ask(room))
    assert (row.state, row.reason, held().count()) == ("declined", "Penuh", 0)
    assert row.occurrences.get().reason == "Penuh"


def test_a_decline_needs_a_reason(room, decline):
    row = ask(room)
    with refused("reason"):
        decline(row, " ")


@pytest.mark.parametrize("first", ["approve", "decline"])
def test_what_is_decided_is_not_decided_again(room, approve, decline, first):
    row = ask(room)
    (approve if first == "approve" else decline)(row)
    for again in (approve, decline):
        with pytest.raises(booking.StateConflict) as raised:
            again(row)
        assert raised.value.state == ("confirmed" if first == "approve" else "declined")


def test_what_was_withdrawn_is_not_approved(room, approve):
    row = ask(room)
    booking_changes.withdraw(row, by=row.booker, now=NOW)
    with pytest.raises(booking.StateConflict):
        approve(row)


def test_commercial_use_is_decided_with_a_reason(room, approve):
    row = ask(room, declares_commercial=True)
    with refused("reason"):
        approve(row, is_commercial=False)
    with refused("reason"):
        approve(row, is_commercial=True)
    row = approve(row, is_commercial=True, reason="Tiket berbayar")
    assert (row.is_commercial, row.commercial_reason) == (True, "Tiket berbayar")
    assert [step.what for step in row.steps.all()] == ["requested", "commercial", "confirmed"]


def test_what_nobody_declared_may_be_commercial_all_the_same(room, approve):
    assert approve(ask(room), is_commercial=True, reason="Pameran dagang").is_commercial


def test_where_use_is_for_the_community_only_nothing_is_approved_as_commercial(hall, approve):
    row = ask(hall)
    with refused("commercial"):
        approve(row, is_commercial=True, reason="Tiket")


def test_a_request_whose_time_has_passed_is_not_approved(room, approve):
    row = ask(room)
    with refused("begun"):
        approve(row, now=at(10))


def test_of_requests_that_compete_one_is_chosen_and_the_others_cannot_be_any_more(hall, approve):
    one, other = ask(hall), ask(hall)
    assert booking_decisions.rivals(one) == [other]
    approve(one)
    with pytest.raises(booking.Taken) as raised:
        approve(other)
    assert raised.value.dates == [(at(9), at(10))]
    other.refresh_from_db()
    assert (other.state, held(hall).count()) == ("pending", 1)


def test_the_others_are_declined_when_the_manager_says_so(hall, facility, approve):
    one, other = ask(hall), ask(hall, language="en")
    beside = booking.book(make_draft(hall, UserFactory(), at(10), at(11)), now=NOW)
    approve(one, decline_rivals=True)
    states = [Booking.objects.get(pk=row.pk).state for row in (one, other, beside)]
    assert states == ["confirmed", "declined", "pending"]
    assert Booking.objects.get(pk=other.pk).reason == "Another request was chosen for this time."


def test_a_rival_series_loses_only_the_dates_that_collide(hall, approve):
    series = ask(hall, repeats_until=TUESDAY + timedelta(days=7))
    approve(ask(hall), decline_rivals=True)
    assert [date.state for date in series.occurrences.all()] == ["declined", "pending"]
    series.refresh_from_db()
    assert (series.state, series.reason, series.decided_at) == ("pending", "", None)
    assert approve(series).state == "confirmed"


def test_requests_that_follow_each_other_do_not_compete(hall, approve):
    row, before, after = (
        booking.book(make_draft(hall, UserFactory(), at(hour), at(hour + 1)), now=NOW) for hour in (10, 9, 11)
    )
    assert booking_decisions.rivals(row) == []
    assert [approve(one, decline_rivals=True).state for one in (row, before, after)] == ["confirmed"] * 3


def test_a_request_for_a_floor_competes_with_those_for_its_rooms(facility, approve):
    policy = PolicyFactory(facility=facility, mode="curated")
    floor = make_space(facility, policy=policy, kind="floor")
    room = make_space(parent=floor, policy=policy)
    row, rival = ask(floor), ask(room)
    assert booking_decisions.rivals(row) == [rival]
    approve(rival)
    with pytest.raises(booking.Taken):
        approve(row)


def test_an_approved_event_becomes_public(room, approve):
    row = ask(room, event=EventDraft(kind="talk", title="Bincang", organizer="Komunitas"))
    approve(row)
    assert AgendaEvent.objects.get().is_published


@pytest.mark.parametrize("was_public", [True, False])
def test_an_event_whose_date_waits_again_is_public_again_only_if_it_was(facility, room, approve, was_public):
    """Its booker moves it to where a manager decides."""
    instant = make_space(facility)
    row = ask(instant, event=EventDraft(kind="talk", title="Bincang", organizer="Komunitas"))
    agenda.publish(AgendaEvent.objects.get(), is_published=was_public, now=NOW)
    date = row.occurrences.get()
    booking_changes.move(
        date, space=room, starts_at=date.starts_at, ends_at=date.ends_at, by=row.booker, now=NOW, version=1
    )
    assert not AgendaEvent.objects.public().exists()
    approve(Booking.objects.get())
    assert AgendaEvent.objects.public().exists() == was_public


def test_a_request_that_nobody_answers_expires_once(room):
    row = ask(room)
    assert not booking_decisions.expire(row, row.answer_by - timedelta(seconds=1))
    assert booking_decisions.expire_unanswered(row.answer_by) == 1
    assert booking_decisions.expire_unanswered(row.answer_by) == 0
    row.refresh_from_db()
    assert (row.state, held().count()) == ("expired", 0)
    assert [step.what for step in row.steps.all()] == ["requested", "expired"]


def test_a_decided_request_does_not_expire(room, approve):
    row = ask(room)
    due = row.answer_by
    approve(row)
    assert not booking_decisions.expire(row, due)


def test_a_date_that_waits_again_is_declined_alone(facility, room, decline, manager):
    date = make_occurrence(room, at(9))
    booking_changes.move(
        date, space=room, starts_at=at(12), ends_at=at(13), by=date.booking.booker, now=NOW, version=1
    )
    assert decline(date.booking).state == "declined"
    assert not held().exists()
