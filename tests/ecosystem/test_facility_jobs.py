"""The jobs of the facilities: due rows and no others, twice is once, one failing row stops no other."""

import logging
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from ecosystem import tasks
from ecosystem.models import AgendaEvent, Allocation, BookingStep, Occurrence, OutgoingMail, WaitingPlace
from ecosystem.services import booking_decisions, booking_mails, check_in, facility_jobs, waiting_list
from ecosystem.services.one_by_one import one_by_one
from malangkraf.celery import app
from tests.ecosystem.booking_steps import written_mails
from tests.ecosystem.facility_factories import (
    NOW,
    TUESDAY,
    FacilityFactory,
    PolicyFactory,
    at,
    make_hours,
    make_manager,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import UserFactory
from tests.ecosystem.test_outbox_worker import worker
from tests.patience import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def space(facility):
    return make_space(facility, policy=PolicyFactory(facility=facility, needs_check_in=True))


def request_of(space, hour, *, answer_by):
    return make_occurrence(space, at(hour), state="pending", answer_by=answer_by).booking


def kinds(prefix):
    return OutgoingMail.objects.filter(key__startswith=prefix).count()


# --- unanswered requests ---------------------------------------------------------------------------------


def test_what_nobody_answered_expires_once_and_frees_its_time(space):
    due = request_of(space, 9, answer_by=NOW)
    waits = request_of(space, 12, answer_by=NOW + timedelta(minutes=1))
    assert booking_decisions.expire_unanswered(NOW) == 1
    assert booking_decisions.expire_unanswered(NOW) == 0
    due.refresh_from_db(), waits.refresh_from_db()
    assert (due.state, waits.state) == ("expired", "pending")
    assert not Allocation.objects.filter(occurrence__booking=due, holds=True).exists()
    assert due.steps.get().what == BookingStep.What.EXPIRED
    assert OutgoingMail.objects.filter(to=due.contact_email).count() == 1


def test_one_failing_request_stops_no_other(space, monkeypatch, caplog):
    first, bad, last = (request_of(space, hour, answer_by=NOW) for hour in (9, 12, 15))
    expire = booking_decisions.expire

    def fail_for_one(row, now):
        if row.pk == bad.pk:
            raise ValueError("broken row")
        return expire(row, now)

    monkeypatch.setattr(booking_decisions, "expire", fail_for_one)
    with caplog.at_level(logging.ERROR):
        assert booking_decisions.expire_unanswered(NOW) == 2
    assert [str(bad.pk) in record.message for record in caplog.records] == [True]
    assert "broken row" not in caplog.text  # it may hold somebody's words
    for row, state in ((first, "expired"), (bad, "pending"), (last, "expired")):
        row.refresh_from_db()
        assert row.state == state


def test_without_the_net_the_first_failure_would_stop_the_rest():
    """The negative control of the test above."""
    done = []

    def deed(row):
        if row == 2:
            raise ValueError("bad row")
        done.append(row)
        return True

    with pytest.raises(ValueError, match="bad row"):
        [deed(row) for row in (1, 2, 3)]
    assert done == [1]
    done.clear()
    assert one_by_one((1, 2, 3), deed) == 2
    assert done == [1, 3]


# --- no-shows --------------------------------------------------------------------------------------------


def test_nobody_came_is_marked_after_twenty_minutes_and_once(space):
    date = make_occurrence(space, at(10))
    came = make_occurrence(space, at(10, day=TUESDAY + timedelta(days=7)))
    came.checked_in_at = came.starts_at
    came.save()
    assert check_in.mark_no_shows(at(10, 19)) == 0
    assert check_in.mark_no_shows(at(10, 20)) == 1
    assert check_in.mark_no_shows(at(10, 21)) == 0
    date.refresh_from_db()
    assert date.state == Occurrence.State.NO_SHOW
    free = Allocation.objects.filter(
        holds=True, during__endswith__gt=at(10, 30), during__startswith__lt=at(11)
    )
    assert not free.exists()


# --- reminders -------------------------------------------------------------------------------------------


def test_tomorrows_dates_are_reminded_of_from_four_in_the_afternoon_once(space):
    make_occurrence(space, at(10))
    make_occurrence(space, at(10, day=TUESDAY + timedelta(days=1)))
    make_occurrence(space, at(14), state="pending")
    make_occurrence(space, at(18), state="cancelled")
    monday = TUESDAY - timedelta(days=1)
    assert facility_jobs.send_reminders(at(15, 59, day=monday)) == 0
    assert facility_jobs.send_reminders(at(16, day=monday)) == 1
    assert facility_jobs.send_reminders(at(16, 10, day=monday)) == 0
    (row,) = written_mails()
    assert row.subject.startswith("Besok, 1 Desember 2026")


def test_a_date_that_is_booked_in_the_evening_is_reminded_of_too(space):
    monday = TUESDAY - timedelta(days=1)
    make_occurrence(space, at(10))
    facility_jobs.send_reminders(at(16, day=monday))
    make_occurrence(space, at(12))
    assert facility_jobs.send_reminders(at(21, day=monday)) == 1
    assert kinds("booking-reminder-") == 2


def test_the_day_is_that_of_malang(space):
    late = make_occurrence(space, at(23, 30))
    make_occurrence(space, at(0, 30, day=TUESDAY + timedelta(days=1)))
    facility_jobs.send_reminders(at(17, day=TUESDAY - timedelta(days=1)))
    (row,) = OutgoingMail.objects.all()
    assert row.key.startswith(f"booking-reminder-{late.pk}-")


def test_reminders_cost_the_same_however_often_they_run(space, django_assert_max_num_queries):
    for hour in range(9, 15):
        make_occurrence(space, at(hour))
    evening = at(16, day=TUESDAY - timedelta(days=1))
    facility_jobs.send_reminders(evening)
    with django_assert_max_num_queries(2):
        facility_jobs.send_reminders(evening)


# --- the waiting list, the managers, forgetting ----------------------------------------------------------


def test_an_offer_of_two_hours_passes_to_the_next(space):
    first, second = (
        WaitingPlace.objects.create(space=space, user=UserFactory(), starts_at=at(10), ends_at=at(11))
        for _number in range(2)
    )
    assert waiting_list.offer_freed(NOW) == 1
    assert waiting_list.offer_freed(NOW) == 0
    later = NOW + timedelta(hours=2)
    assert waiting_list.expire_offers(later) == 1
    assert waiting_list.expire_offers(later) == 0
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, second.state) == ("expired", "offered")
    assert kinds("booking-offer-") == 2


def test_each_facility_tells_its_own_managers(facility, space):
    manager = make_manager(facility)
    make_manager(FacilityFactory())
    now = timezone.now()
    request_of(space, 9, answer_by=now + timedelta(days=2))
    assert facility_jobs.tell_managers(now) == 1
    assert facility_jobs.tell_managers(now) == 0
    assert OutgoingMail.objects.get(key__startswith="booking-digest").to == manager.email
    # Once more when only hours are left, then not again.
    for hours, told in ((30, 0), (37, 1), (39, 0)):
        later = now + timedelta(hours=hours)
        assert facility_jobs.tell_managers(later) == told
        OutgoingMail.objects.filter(key__endswith=f"{later:%Y%m%d%H}-{manager.pk}").update(created_at=later)


def test_people_are_forgotten_twelve_months_after_the_last_date(space):
    old = make_occurrence(space, datetime(2025, 11, 1, 3, tzinfo=NOW.tzinfo)).booking
    kept = make_occurrence(space, at(10)).booking
    assert facility_jobs.forget_old_bookings(NOW) == 1
    assert facility_jobs.forget_old_bookings(NOW) == 0
    old.refresh_from_db(), kept.refresh_from_db()
    assert (old.contact_name, old.contact_email, old.booker) == ("", "", None)
    assert old.purpose == "meeting"
    assert kept.contact_email


def test_the_public_event_of_a_person_goes_with_them_that_of_an_organisation_stays(space):
    long_ago = datetime(2025, 11, 1, 3, tzinfo=NOW.tzinfo)
    for number, organization in enumerate(("", "Studio Terang")):
        date = make_occurrence(space, long_ago + timedelta(hours=3 * number), organization_name=organization)
        AgendaEvent.objects.create(
            slug=f"acara-{number}", facility=space.facility, booking=date.booking, occurrence=date, kind="talk",
            title="Kelas", organizer=organization or "Siti Rahayu", is_published=True,
            starts_at=date.starts_at, ends_at=date.ends_at,
        )  # fmt: skip
    assert facility_jobs.forget_old_bookings(NOW) == 2
    assert AgendaEvent.objects.get().organizer == "Studio Terang"
    assert not AgendaEvent.pgh_event_model.objects.filter(organizer="Siti Rahayu").exists()


def test_what_was_given_up_between_the_reminder_and_its_writing_is_not_reminded_of(space):
    evening = at(16, day=TUESDAY - timedelta(days=1))
    stays, falls = make_occurrence(space, at(10)), make_occurrence(space, at(13))
    assert facility_jobs.send_reminders(evening) == 2
    Occurrence.objects.filter(pk=falls.pk).update(state="cancelled")
    rows = {row.about["dates"][0]: row for row in OutgoingMail.objects.all()}
    assert booking_mails.write(rows[stays.pk].about, now=evening)
    assert booking_mails.write(rows[falls.pk].about, now=evening) is None
    # A mail server that came back a day later.
    assert booking_mails.write(rows[stays.pk].about, now=at(10)) is None


def test_every_job_stands_in_the_schedule_and_runs_on_an_empty_portal():
    planned = {entry["task"] for entry in app.conf.beat_schedule.values()}
    jobs = (
        tasks.expire_requests, tasks.mark_no_shows, tasks.sweep_waiting_list, tasks.send_booking_reminders,
        tasks.tell_facility_managers, tasks.forget_old_bookings,
    )  # fmt: skip
    for job in jobs:
        assert job.name in planned
        job()


# --- a real worker ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_half_way_leaves_a_row_for_the_next_one(tmp_path):
    facility = FacilityFactory()
    make_hours(facility)
    tomorrow = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    date = make_occurrence(
        make_space(facility), tomorrow, state="pending", answer_by=timezone.now() - timedelta(minutes=1)
    )
    booking = date.booking
    tasks.expire_requests.delay()
    with worker(tmp_path, "expired") as dying:
        wait_until(
            lambda: dying.poll() is not None, seconds=60, what="the worker dying while it ends a request"
        )
    booking.refresh_from_db()
    assert booking.state == "pending"
    assert Allocation.objects.filter(occurrence=date, holds=True).exists()
    app.control.purge()
    missed, old, manager = rows_for_other_jobs(date.space)
    for job in (
        tasks.expire_requests,
        tasks.mark_no_shows,
        tasks.tell_facility_managers,
        tasks.forget_old_bookings,
    ):
        job.delay(), job.delay()
    with worker(tmp_path):
        wait_until(lambda: booking.steps.exists(), seconds=60, what="the request to end")
        wait_until(lambda: len(list(tmp_path.iterdir())) == 3, seconds=60, what="three mails")
        wait_until(lambda: old.steps.exists(), seconds=60, what="the old booking to be forgotten")
    booking.refresh_from_db(), missed.refresh_from_db(), old.refresh_from_db()
    assert (booking.state, missed.state, old.contact_name) == ("expired", "no_show", "")
    for row in (booking, missed.booking, old):
        assert row.steps.count() == 1
    for address in (booking.contact_email, missed.booking.contact_email, manager.email):
        assert OutgoingMail.objects.filter(to=address).count() == 1


def rows_for_other_jobs(space):
    """A date that nobody came to, a booking of two years ago, and somebody who hears of a request that waits."""
    now = timezone.now()
    policy = PolicyFactory(facility=space.facility, needs_check_in=True)
    missed = make_occurrence(make_space(space.facility, policy=policy), now - timedelta(minutes=30))
    old = make_occurrence(make_space(space.facility), now - timedelta(days=730)).booking
    waits = make_space(space.facility)
    make_occurrence(waits, now + timedelta(days=9), state="pending", answer_by=now + timedelta(days=5))
    return missed, old, make_manager(space.facility)
