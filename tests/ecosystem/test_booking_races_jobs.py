"""People against what runs by itself, and jobs against themselves: each thing happens once, and only one of two."""

from datetime import timedelta

import pytest

from ecosystem import affiliations
from ecosystem.models import BookingStep, Closure, Occurrence, OutgoingMail, Quota, User, WaitingPlace
from ecosystem.services import (
    booking,
    booking_changes,
    booking_decisions,
    booking_retention,
    check_in,
    closures,
    waiting_list,
)
from tests.ecosystem.booking_steps import held, kinds, make_draft, overlaps
from tests.ecosystem.facility_factories import (
    NOW,
    PolicyFactory,
    UserFactory,
    at,
    make_manager,
    make_occurrence,
    make_space,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(facility):
    return make_space(facility)


def test_a_request_that_is_approved_and_expires_at_once_is_one_of_both(facility):
    manager = make_manager(facility)
    room = make_space(facility, policy=PolicyFactory(facility=facility, mode="approval"))
    for hour in (9, 10, 11):
        row = make_occurrence(room, at(hour), state="pending", answer_by=NOW).booking
        approved, expired = at_once(
            lambda row=row: booking_decisions.approve(row, by=manager, now=NOW, is_commercial=False),
            lambda: booking_decisions.expire_unanswered(NOW),
        )
        row.refresh_from_db()
        if row.state == "confirmed":
            assert (approved.pk, expired) == (row.pk, 0)
        else:
            assert (row.state, type(approved), expired) == ("expired", booking.StateConflict, 1)
        assert held(room).filter(occurrence__booking=row).exists() == (row.state == "confirmed")
        assert row.steps.count() == 1


def test_who_comes_in_the_twentieth_minute_is_there_or_missed_and_not_both(room):
    for hour in (9, 11, 13):
        date = make_occurrence(room, at(hour), hours=2)
        came, missed = at_once(
            lambda date=date: check_in.check_in(date, now=at(date.starts_at.hour, 20)),
            lambda date=date: check_in.mark_no_shows(at(date.starts_at.hour, 20)),
        )
        date.refresh_from_db()
        until = held(room).get(occurrence=date).during.upper
        if date.checked_in_at:
            assert (date.state, missed, until) == ("confirmed", 0, date.ends_at)
        else:
            assert (date.state, type(came), until) == (
                "no_show",
                booking.StateConflict,
                date.starts_at + check_in.FREED_AFTER,
            )


def test_two_workers_that_forget_people_forget_them_once(room):
    row = make_occurrence(room, at(9)).booking
    later = at(10) + booking_retention.KEEP
    assert sorted(at_once(*[lambda: booking_retention.anonymize(later)] * 2)) == [0, 1]
    assert row.steps.filter(what=BookingStep.What.ANONYMIZED).count() == 1


def test_two_workers_that_sweep_the_waiting_list_make_one_offer(room):
    for _ in range(2):
        WaitingPlace.objects.create(space=room, user=UserFactory(), starts_at=at(9), ends_at=at(10))
    assert sorted(at_once(*[lambda: waiting_list.offer_freed(NOW)] * 3)) == [0, 0, 1]
    assert sorted(WaitingPlace.objects.values_list("state", flat=True)) == ["offered", "waiting"]
    assert (held(room).count(), OutgoingMail.objects.count()) == (1, 1)


def test_the_close_button_pressed_twice_at_once_closes_once(room):
    manager = make_manager(room.facility)
    draft = closures.ClosureDraft(
        facility=room.facility, space=None, kind="maintenance", starts_at=at(8), ends_at=at(18), reason="Cat"
    )
    assert kinds(at_once(*[lambda: closures.close(draft, {}, by=manager, now=NOW)] * 2)) == ["Closure"] * 2
    assert (Closure.objects.count(), overlaps()) == (1, 0)


def test_the_members_of_an_organisation_do_not_pass_its_quota_together(facility, monkeypatch):
    ours = affiliations.Affiliation("startup:1", "Karya Kita")
    monkeypatch.setattr(affiliations, "_sources", [lambda user: [ours]])
    Quota.objects.create(facility=facility, holder="organization", period="week", max_count=2)
    drafts = [make_draft(make_space(facility), UserFactory(), affiliation=ours) for _ in range(4)]
    outcomes = at_once(*(lambda draft=draft: booking.book(draft, now=NOW) for draft in drafts))
    assert kinds(outcomes) == ["Booking"] * 2 + ["Refused"] * 2


def test_nobody_passes_a_quota_by_moving_and_booking_at_once(facility, room):
    Quota.objects.create(facility=facility, period="week", max_count=1)
    sari, week = UserFactory(), timedelta(days=7)
    date = make_occurrence(room, at(9) + week, booker=sari)
    moving = {"space": room, "starts_at": at(9), "ends_at": at(10)}
    outcomes = at_once(
        lambda: booking_changes.move(date, **moving, by=sari, now=NOW, version=1),
        lambda: booking.book(make_draft(make_space(facility), sari, at(14), at(15)), now=NOW),
    )
    assert len([one for one in outcomes if isinstance(one, booking.Refused)]) == 1
    assert Occurrence.objects.live().filter(starts_at__lt=at(24)).count() == 1


def test_who_is_erased_while_booking_books_nothing_and_meets_no_error(room):
    draft = make_draft(room, UserFactory())
    User.objects.filter(pk=draft.entered_by.pk).delete()

    with pytest.raises(booking.StateConflict):
        booking.book(draft, now=NOW)

    assert not held(room).exists()
