"""iCalendar objects: what a calendar programme needs, and nothing that another person may not know."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from icalendar import Calendar

from ecosystem.models import AgendaEvent, OutgoingMail
from ecosystem.services import calendars, mail, mail_texts
from malangkraf.moments import format_span
from tests.ecosystem.facility_factories import NOW, FacilityFactory, at, make_occurrence, make_space

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility():
    return FacilityFactory(slug="mcc", name="Malang Creative Center", address="Jalan A. Yani 53")


def event_of(facility, **fields):
    values = {
        "slug": "bincang", "facility": facility, "kind": "talk", "title": "Bincang gim", "organizer": "Komunitas",
        "starts_at": at(19), "ends_at": at(21), "is_published": True,
    }  # fmt: skip
    return AgendaEvent.objects.create(**values | fields)


def read(text):
    calendar = Calendar.from_ical(text)
    return calendar, calendar.walk("VEVENT")


def test_a_booking_says_when_where_and_which_change_it_is(facility):
    occurrence = make_occurrence(make_space(facility, name="Studio Siniar"), at(10), hours=2)
    calendar, (event,) = read(calendars.bookings([occurrence], now=NOW, language="id"))
    assert calendar["METHOD"] == "PUBLISH"
    assert event["DTSTART"].dt == datetime(2026, 12, 1, 3, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert b"DTSTART:20261201T030000Z" in calendar.to_ical()
    assert (event["SEQUENCE"], event["STATUS"]) == (1, "CONFIRMED")
    assert "Studio Siniar" in event["SUMMARY"]
    assert "Jalan A. Yani 53" in event["LOCATION"]
    assert occurrence.booking.code in event["URL"]
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == -timedelta(hours=1)


def test_a_moved_date_keeps_its_uid_and_counts_on(facility):
    occurrence = make_occurrence(make_space(facility), at(10))
    _, (before,) = read(calendars.bookings([occurrence], now=NOW, language="id"))
    occurrence.starts_at, occurrence.ends_at, occurrence.version = at(14), at(15), 2
    _, (after,) = read(calendars.bookings([occurrence], now=NOW, language="en"))
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (1, 2)
    other = make_occurrence(occurrence.space, at(18))
    _, (another,) = read(calendars.bookings([other], now=NOW, language="id"))
    assert another["UID"] != after["UID"]


@pytest.mark.parametrize(
    ("state", "status"),
    [("pending", "TENTATIVE"), ("confirmed", "CONFIRMED"), ("cancelled", "CANCELLED"), ("declined", "CANCELLED")],
)  # fmt: skip
def test_what_takes_place_no_more_is_cancelled(facility, state, status):
    occurrence = make_occurrence(make_space(facility), at(10), state=state)
    _, (event,) = read(calendars.bookings([occurrence], now=NOW, language="id"))
    assert event["STATUS"] == status
    assert bool(event.walk("VALARM")) == (status != "CANCELLED")


def test_a_cancellation_has_its_method(facility):
    occurrence = make_occurrence(make_space(facility), at(10))
    calendar, (event,) = read(
        calendars.bookings([occurrence], now=NOW, language="id", method=calendars.CANCEL)
    )
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert event["ORGANIZER"].startswith("mailto:")


def test_no_text_breaks_out_of_its_line(facility):
    occurrence = make_occurrence(make_space(facility, name="Aula\r\nATTENDEE:x"), at(10))
    occurrence.booking.title = "Kelas; A, B\r\nEND:VCALENDAR\x07\u2028X-A:1 " + "é" * 200
    text = calendars.bookings([occurrence], now=NOW, language="id")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    _, (event,) = read(text)
    assert "ATTENDEE" not in event
    assert event["SUMMARY"].startswith("Kelas; A, B\nEND:VCALENDAR")


def test_busy_times_name_nobody(facility):
    space = make_space(facility, name="Ruang Rapat")
    occurrence = make_occurrence(space, at(10), organization_name="Studio Rahasia")
    text = calendars.busy(space, [(at(10), at(11)), (at(13), at(15))], language="id")
    booking = occurrence.booking
    for secret in (booking.code, booking.title, booking.contact_name, booking.contact_email, "Rahasia"):
        assert secret not in text
    calendar, events = read(text)
    assert calendar["X-WR-CALNAME"] == "Ruang Rapat, Malang Creative Center"
    assert [event["SUMMARY"] for event in events] == ["Terisi", "Terisi"]
    assert all(event["ORGANIZER"] for event in events)
    space.is_sample = True
    assert "Ruang Rapat (contoh)" in calendars.busy(space, [], language="id")
    assert len({event["UID"] for event in events}) == 2
    # A feed without names cannot be joined with somebody's own by the identifier.
    _, (own,) = read(calendars.bookings([occurrence], now=NOW, language="id"))
    assert own["UID"] not in text


def test_a_public_event_tells_what_the_page_tells(facility):
    row = event_of(facility, title_en="A talk on games", summary="Tentang gim.", is_sample=True)
    _, (event,) = read(calendars.agenda([row], language="id", name="Agenda"))
    assert event["SUMMARY"] == "Bincang gim (contoh)"
    assert "Penyelenggara: Komunitas" in event["DESCRIPTION"]
    assert event["URL"].endswith("/agenda/bincang/")
    _, (english,) = read(calendars.agenda([row], language="en", name="Agenda"))
    assert english["SUMMARY"].startswith("A talk on games")
    assert english["UID"] == event["UID"]
    assert event["ORGANIZER"].startswith("mailto:")  # RFC 5546 asks for one where METHOD is PUBLISH
    row.cancelled_at, row.updated_at = NOW, row.updated_at + timedelta(seconds=5)
    _, (cancelled,) = read(calendars.agenda([row], language="id", name="Agenda"))
    assert cancelled["STATUS"] == "CANCELLED"
    assert (cancelled["UID"], cancelled["SEQUENCE"] > event["SEQUENCE"]) == (event["UID"], True)


def test_the_same_rows_give_the_same_bytes(facility):
    row = event_of(facility)
    first = calendars.agenda([row], language="id", name="Agenda")
    assert first == calendars.agenda([row], language="id", name="Agenda")
    space = make_space(facility)
    spans = [(at(10), at(11))]
    assert calendars.busy(space, spans, language="id") == calendars.busy(space, spans, language="id")


def test_a_mail_takes_the_calendar_along_and_forgets_it_with_the_text(facility, mailoutbox):
    occurrence = make_occurrence(make_space(facility), at(10))
    calendar = calendars.bookings([occurrence], now=NOW, language="id", method=calendars.CANCEL)
    text = mail_texts.lay_out("Perihal", "Isi\n\n-- \nKaki", language="id")

    def sent_with_calendar(*, is_secret):
        row = mail.put("a@example.org", text, language="id", is_secret=is_secret)
        OutgoingMail.objects.filter(pk=row.pk).update(calendar=calendar, due_at=NOW)
        assert mail.send(row.pk, now=NOW + timedelta(minutes=1))
        return row

    row = sent_with_calendar(is_secret=True)
    (sent,) = mailoutbox
    (part,) = sent.attachments
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "CANCEL"
    assert part.get_filename() == "pesanan.ics"
    assert part.get_payload(decode=True).decode() == calendar
    row.refresh_from_db()
    assert row.calendar == ""
    kept = sent_with_calendar(is_secret=False)
    mail.erase_old_texts(datetime.now(UTC) + timedelta(days=31))
    kept.refresh_from_db()
    assert (kept.calendar, kept.text) == ("", "")


def test_spans_read_as_people_write_them():
    with translation.override("id"):
        assert format_span(at(10), at(12)) == "Selasa, 1 Desember 2026, 10.00–12.00 WIB"
        assert format_span(at(19), at(24)) == "Selasa, 1 Desember 2026, 19.00–24.00 WIB"
        later = at(17, day=date(2026, 12, 3))
        assert format_span(at(10), later) == "1 Desember 2026, 10.00 – 3 Desember 2026, 17.00 WIB"
    with translation.override("en"):
        assert format_span(at(9, 30), at(12)) == "Tuesday, 1 December 2026, 09:30–12:00 WIB"
