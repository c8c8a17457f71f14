"""The mails about bookings: each says what happened and what to do next, in the person's language, once."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from ecosystem.models import AgendaEvent, Booking, BookingStep, OutgoingMail, WaitingPlace
from ecosystem.services import booking, booking_changes, booking_decisions, booking_mails, mail, waiting_mails
from tests.ecosystem.booking_steps import make_draft, written_mails
from tests.ecosystem.facility_factories import (
    NOW,
    FacilityFactory,
    PolicyFactory,
    at,
    make_hours,
    make_manager,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import UserFactory

pytestmark = pytest.mark.django_db
TOMORROW = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)


@pytest.fixture
def facility():
    facility = FacilityFactory(
        slug="mcc", name="Malang Creative Center", phone="0341 123", email="mcc@example.org"
    )
    make_hours(facility)
    return facility


def occurrence_of(facility, *, days=3, **fields):
    space = make_space(facility, name="Studio Siniar", policy=PolicyFactory(facility=facility))
    return make_occurrence(space, TOMORROW + timedelta(days=days), **fields)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("what", sorted(booking_mails.TEMPLATES))
def test_each_mail_says_what_where_and_leads_to_the_booking(facility, what, language, settings):
    date = occurrence_of(facility, language=language)
    booking_mails.tell(date.booking, what, date, reason="Lantai sedang diperbaiki.")
    (row,) = written_mails()
    assert row.to == date.booking.contact_email
    assert "Studio Siniar" in row.subject + row.text
    prefix = "/en" if language == "en" else ""
    assert f"{settings.SITE_URL}{prefix}/pesanan/{date.booking.code}/" in row.text
    assert "WIB" in row.text
    assert row.reply_to == "mcc@example.org"
    assert ("Halo" in row.text) == (language == "id")
    if what in ("declined", "cancelled", "moved", "withdrawn"):
        assert "Lantai sedang diperbaiki." in row.text
    for leftover in ("{{", "{%", "%(", "None"):
        assert leftover not in row.subject + row.text
    assert "\n\n\n" not in row.text
    assert re.search(r"<a href=", row.html)


@pytest.mark.parametrize(
    ("what", "method"),
    [
        ("confirmed", "PUBLISH"),
        ("moved", "PUBLISH"),
        ("cancelled", "CANCEL"),
        ("requested", ""),
        ("declined", ""),
    ],
)
def test_the_calendar_goes_along_when_it_changes_something(facility, what, method):
    date = occurrence_of(facility)
    booking_mails.tell(date.booking, what, date)
    (row,) = written_mails()
    assert bool(row.calendar) == bool(method)
    if method:
        calendar = Calendar.from_ical(row.calendar)
        assert calendar["METHOD"] == method
        assert len(calendar.walk("VEVENT")) == 1


def test_who_booked_by_phone_without_an_address_gets_none(facility):
    date = occurrence_of(facility)
    date.booking.contact_email = ""
    date.booking.save()
    for what in booking_mails.TEMPLATES:
        booking_mails.tell(date.booking, what, date)
    assert written_mails() == []


@pytest.mark.parametrize("what", ["changed", "checked_in", "contact_seen", "anonymized", "commercial"])
def test_what_the_booker_knows_is_not_told(facility, what):
    assert what in BookingStep.What.values
    date = occurrence_of(facility)
    booking_mails.tell(date.booking, what, date)
    assert written_mails() == []


def test_a_mail_that_takes_something_away_offers_free_times(facility, settings):
    date = occurrence_of(facility)
    other = make_space(facility, name="Studio Kedua", slug="studio-kedua")
    booking_mails.tell(date.booking, "cancelled", date, reason="Penutupan")
    (row,) = written_mails()
    assert "Studio Kedua" in row.text
    start = timezone.localtime(date.starts_at)
    assert f"{settings.SITE_URL}/fasilitas/mcc/{other.slug}/pesan/?mulai={start:%Y-%m-%dT%H:%M}" in row.text
    assert f"{settings.SITE_URL}/fasilitas/cari-ruang/" in row.text


def test_dates_that_fall_together_come_in_one_mail(facility):
    first = occurrence_of(facility)
    booking = first.booking
    second = booking.occurrences.create(
        space=first.space, starts_at=first.starts_at + timedelta(days=7), ends_at=first.ends_at + timedelta(days=7),
        state="confirmed",
    )  # fmt: skip
    booking_changes.cancel_all(booking, by=booking.booker, now=timezone.now())
    (row,) = written_mails()
    assert row.text.count("Studio Siniar") >= 2
    assert len(Calendar.from_ical(row.calendar).walk("VEVENT")) == 2
    assert second.starts_at > first.starts_at


def test_a_name_is_no_way_into_the_mail(facility):
    date = occurrence_of(facility)
    booking = date.booking
    booking.contact_name = "Budi\r\nBcc: semua@example.org <script>"
    booking_mails.tell(booking, "confirmed", date)
    (row,) = written_mails()
    assert "<script>" not in row.html
    assert "\r" not in row.subject + row.text
    assert mail.send(row.pk, now=timezone.now() + timedelta(minutes=1))


def test_the_offer_of_a_freed_slot_says_until_when(facility, settings):
    space = make_space(facility, name="Studio Siniar")
    now = timezone.now()
    place = WaitingPlace.objects.create(
        space=space, user=UserFactory(language="en"), starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=1),
        state="offered", offered_at=now, offer_ends_at=now + timedelta(hours=2),
    )  # fmt: skip
    waiting_mails.tell_offer(place)
    waiting_mails.tell_offer(place)
    (row,) = written_mails()
    assert row.subject.startswith("Free for you until")
    assert f"{settings.SITE_URL}/en/pesanan/tunggu/{place.pk}/ambil/" in row.text


# --- the managers ----------------------------------------------------------------------------------------


def request_of(facility, *, answer_in=timedelta(days=2), created=timedelta()):
    date = occurrence_of(facility, state="pending", answer_by=timezone.now() + answer_in)
    booking = date.booking
    type(booking).objects.filter(pk=booking.pk).update(created_at=timezone.now() - created)
    booking.refresh_from_db()
    return booking


def test_managers_get_one_mail_an_hour_about_new_requests(facility):
    manager = make_manager(facility)
    make_manager(FacilityFactory())
    now = timezone.now()
    request_of(facility), request_of(facility)
    assert booking_mails.digest(facility, now=now)
    assert not booking_mails.digest(facility, now=now)
    (row,) = written_mails()
    assert row.to == manager.email
    assert row.subject.startswith("2 permintaan menunggu")
    assert "contact" not in row.text
    third = request_of(facility)
    assert not booking_mails.digest(facility, now=now + timedelta(minutes=50))
    later = now + timedelta(minutes=61)
    assert booking_mails.digest(facility, now=later)
    assert third.code in written_mails()[-1].text
    # Nothing new since: nobody is told again.
    OutgoingMail.objects.filter(key__startswith="booking-digest").update(created_at=later)
    assert not booking_mails.digest(facility, now=later + timedelta(hours=2))


def test_what_waits_again_or_wants_into_the_agenda_is_told_too_and_the_urgent_not_twice(facility):
    make_manager(facility)
    now = timezone.now()
    urgent = request_of(facility, answer_in=timedelta(hours=6))
    booking_mails.tell(urgent, "requested")
    assert not booking_mails.digest(facility, now=now)
    moved = request_of(facility, created=timedelta(days=1))
    booking_mails.digest(facility, now=now)
    OutgoingMail.objects.filter(key__startswith="booking-digest").update(created_at=now - timedelta(hours=2))
    assert not booking_mails.digest(facility, now=now)
    BookingStep.objects.create(booking=moved, what="moved")
    assert booking_mails.digest(facility, now=now + timedelta(hours=1))
    OutgoingMail.objects.all().delete()
    Booking.objects.update(state="confirmed", answer_by=None)
    date = occurrence_of(facility)
    AgendaEvent.objects.create(
        facility=facility, booking=date.booking, occurrence=date, slug="a", kind="talk", title="Rahasia",
        organizer="A", starts_at=date.starts_at, ends_at=date.ends_at,
    )  # fmt: skip
    assert list(booking_mails.facilities_to_tell(now)) == [facility]
    assert booking_mails.digest(facility, now=now)
    (row,) = written_mails()
    assert row.subject.startswith("1 acara menunggu")
    assert f"/ruang-kerja/fasilitas/{facility.slug}/agenda/" in row.text
    assert "Rahasia" not in row.text
    assert "permintaan" not in row.text


def test_a_manager_reads_no_name_in_the_mail(facility):
    make_manager(facility)
    booking = request_of(facility)
    booking_mails.digest(facility, now=timezone.now())
    (row,) = written_mails()
    for secret in (booking.contact_name, booking.contact_email, booking.title):
        assert secret not in row.text


def test_a_request_that_must_be_answered_soon_is_told_at_once(facility):
    manager = make_manager(facility)
    booking = request_of(facility, answer_in=timedelta(hours=5))
    booking_mails.tell(booking, "requested")
    assert {row.to for row in written_mails()} == {manager.email, booking.contact_email}


def test_a_reminder_is_known_by_its_time(facility):
    date = occurrence_of(facility)
    date.starts_at = datetime(2026, 12, 1, 3, tzinfo=UTC)
    assert booking_mails.reminder_key(date) == f"booking-reminder-{date.pk}-202612010300"


def test_a_mail_is_written_when_it_is_sent_with_what_is_true_then(facility, mailoutbox):
    date = occurrence_of(facility)
    booking_mails.tell(date.booking, "confirmed", date)
    row = OutgoingMail.objects.get()
    assert (row.subject, row.text, row.calendar) == ("", "", "")
    date.version += 1
    date.starts_at, date.ends_at = date.starts_at + timedelta(hours=1), date.ends_at + timedelta(hours=1)
    date.save()
    assert mail.send(row.pk, now=timezone.now())
    (sent,) = mailoutbox
    assert "11.00–12.00" in sent.body
    row.refresh_from_db()
    assert (row.about, row.text) == (None, sent.body)
    assert Calendar.from_ical(row.calendar).walk("VEVENT")[0]["SEQUENCE"] == date.version


def test_a_mail_about_a_booking_that_is_gone_goes_with_it(facility, mailoutbox):
    date = occurrence_of(facility)
    booking_mails.tell(date.booking, "confirmed", date)
    date.booking.delete()
    assert not mail.send(OutgoingMail.objects.get().pk, now=timezone.now())
    assert not OutgoingMail.objects.exists()
    assert len(mailoutbox) == 0


def test_a_mail_that_cannot_be_written_is_parked_and_written_at_the_next_try(
    facility, mailoutbox, monkeypatch
):
    date = occurrence_of(facility)
    booking_mails.tell(date.booking, "confirmed", date)
    row = OutgoingMail.objects.get()
    with monkeypatch.context() as broken:
        broken.setitem(booking_mails.TEMPLATES, "confirmed", "no_such_template")
        assert not mail.send(row.pk, now=timezone.now())
    row.refresh_from_db()
    assert row.parked_at
    assert row.error == "TemplateDoesNotExist"
    assert mail.retry(row.pk, now=timezone.now())
    assert mail.send(row.pk, now=timezone.now())
    assert len(mailoutbox) == 1


# --- what a mail about a whole booking tells of ------------------------------------------------------------


def series_of(facility, *, mode, dates=3):
    """Return a weekly series that was just booked."""
    space = make_space(facility, name="Studio Siniar", policy=PolicyFactory(facility=facility, mode=mode))
    draft = make_draft(space, UserFactory(), starts_at=at(9), contact_email="sari@example.org")
    draft = replace(draft, repeats_until=draft.starts_at.date() + timedelta(days=7 * (dates - 1)))
    return booking.book(draft, now=NOW)


def events_of(row):
    return [(event["STATUS"], event["SEQUENCE"]) for event in Calendar.from_ical(row.calendar).walk("VEVENT")]


def test_a_request_is_confirmed_without_the_date_that_was_taken_back(facility):
    made = series_of(facility, mode="approval")
    booking_changes.cancel(made.occurrences.first(), by=made.booker, now=NOW, version=1)
    booking_decisions.approve(made, by=make_manager(facility), now=NOW, is_commercial=False)
    mails = written_mails()
    assert [row.text.count("\n- ") for row in mails] == [3, 1, 2]
    assert len(events_of(mails[-1])) == 2


def test_a_moved_date_is_tentative_in_the_calendar_and_struck_when_it_is_declined(facility):
    made = series_of(facility, mode="instant")
    first = made.occurrences.first()
    wished = make_space(facility, name="Aula", policy=PolicyFactory(facility=facility, mode="approval"))
    booking_changes.move(
        first, space=wished, starts_at=at(12), ends_at=at(13), by=made.booker, now=NOW, version=1
    )
    moved = written_mails()[-1]
    assert events_of(moved) == [("TENTATIVE", 2)]
    booking_decisions.decline(made, by=make_manager(facility), now=NOW, reason="Ada acara kota.")
    declined = written_mails()[-1]
    assert events_of(declined) == [("CANCELLED", 3)]


def test_a_move_tells_what_was_and_what_is(facility):
    date = occurrence_of(facility)
    other = make_space(facility, name="Studio Kedua", slug="studio-kedua", policy=date.space.policy)
    later = date.starts_at + timedelta(hours=2)
    booking_changes.move(
        date, space=other, starts_at=later, ends_at=later + timedelta(hours=1), by=date.booking.booker,
        now=timezone.now(), version=date.version,
    )  # fmt: skip
    (row,) = written_mails()
    was, now = (
        row.text.index("10.00–11.00 WIB, Studio Siniar"),
        row.text.index("12.00–13.00 WIB, Studio Kedua"),
    )
    assert was < row.text.index("Sekarang") < now
