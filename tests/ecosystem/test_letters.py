"""Confirmation letters: who gets one, what it says, and what its check tells everybody."""

import io
import re
from datetime import timedelta

import pypdf
import pytest
from django.core.cache import cache
from django.test import Client

from ecosystem import letters
from ecosystem.models import BookingStep
from tests.ecosystem.facility_factories import (
    NOW,
    FacilityFactory,
    at,
    make_manager,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counters():
    cache.clear()


@pytest.fixture
def occurrence():
    facility = FacilityFactory(
        slug="mcc", name="Malang Creative Center", address="Jalan A. Yani 53", phone="0341 123",
        rules="Dilarang merokok.\nMatikan lampu.",
    )  # fmt: skip
    booker = UserFactory(email="siti@example.org", name="Siti Rahayu")
    row = make_occurrence(
        make_space(facility, name="Studio Siniar"), at(10), hours=2, booker=booker,
        organization_name="Studio Siniar Kita", is_commercial=False, commercial_reason="Kelas gratis untuk warga.",
        decided_at=NOW,
    )  # fmt: skip
    row.setup_minutes = 30
    row.save()
    return row


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def read(pdf):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_a_letter_says_who_may_use_what_and_when(occurrence):
    booking = occurrence.booking
    pdf = letters.render_letter(booking, language="id")
    text = read(pdf)
    for words in (
        "Malang Creative Center", booking.code, booking.contact_name, "Studio Siniar Kita", "1 Desember 2026",
        "10.00–12.00", "Dilarang merokok.", "Kelas gratis untuk warga.", "0341 123",
        letters.grouped(booking.letter_code), f"/verifikasi/surat/{booking.letter_code}/",
    ):  # fmt: skip
        assert words in text, words
    assert letters.render_letter(booking, language="id") == pdf
    assert "10:00–12:00" in read(letters.render_letter(booking, language="en"))


def test_the_letter_is_tagged_for_screen_readers_and_fit_for_the_archive(occurrence):
    reader = pypdf.PdfReader(io.BytesIO(letters.render_letter(occurrence.booking, language="id")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "id"
    metadata = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part" in metadata
    assert re.search(r"pdfaid:part[>=\"']+2", metadata)


def test_a_booking_that_nobody_had_to_decide_has_its_letter_too(occurrence):
    booking = occurrence.booking
    for moment in (None, NOW.replace(microsecond=123456)):
        booking.decided_at = moment
        assert booking.code in read(letters.render_letter(booking, language="id"))


def test_what_people_type_never_costs_the_letter(occurrence):
    booking = occurrence.booking
    booking.title = '#import "x" $ \\ [ \U0001f3e0 \x07 قيمة'
    booking.contact_name = "Ibu *Tebal* _miring_"
    assert "Ibu *Tebal* _miring_" in read(letters.render_letter(booking, language="id"))


def test_a_series_lists_only_the_dates_that_count(occurrence):
    booking = occurrence.booking
    for day, state in ((8, "confirmed"), (15, "cancelled")):
        make_occurrence(occurrence.space, at(10 + 24 * (day - 1)))
        booking.occurrences.create(
            space=occurrence.space, starts_at=at(10 + 24 * (day - 1)), ends_at=at(11 + 24 * (day - 1)), state=state
        )  # fmt: skip
    text = read(letters.render_letter(booking, language="id"))
    assert "8 Desember 2026" in text
    assert "15 Desember 2026" not in text


def test_booker_and_manager_get_it_others_do_not(occurrence):
    booking = occurrence.booking
    address = f"/pesanan/{booking.code}/surat.pdf"
    answer = client_of(booking.booker).get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    assert not booking.steps.exists()
    manager = make_manager(booking.facility)
    assert client_of(manager).get(address).status_code == 200
    assert booking.steps.get().what == BookingStep.What.CONTACT_SEEN
    other = make_manager(FacilityFactory())
    for user in (UserFactory(), other):
        assert client_of(user).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert client_of(manager).get("/pesanan/TIDAKADA/surat.pdf").status_code == 404


def test_a_request_has_no_letter_yet(occurrence):
    booking = occurrence.booking
    booking.state = "pending"
    booking.save()
    booking.occurrences.update(state="pending")
    answer = client_of(booking.booker).get(f"/pesanan/{booking.code}/surat.pdf")
    assert (answer.status_code, answer.url) == (302, f"/pesanan/{booking.code}/")
    assert (
        "nobody has decided" in Client().get(f"/en/verifikasi/surat/{booking.letter_code}/").content.decode()
    )


def test_a_date_that_waits_again_leaves_the_letter_to_the_others(occurrence):
    booking = occurrence.booking
    later = occurrence.starts_at + timedelta(days=7)
    booking.occurrences.create(
        space=occurrence.space, starts_at=later, ends_at=later + timedelta(hours=2), state="pending"
    )
    booking.state = "pending"
    booking.save()
    html = check(booking.letter_code).content.decode()
    assert "1 Desember 2026" in html
    assert "8 Desember 2026" not in html


def test_the_check_says_that_a_space_is_invented(occurrence):
    occurrence.space.is_sample = False
    occurrence.space.save()
    code = occurrence.booking.letter_code
    assert ">Contoh<" not in check(code).content.decode()
    occurrence.space.is_sample = True
    occurrence.space.save()
    assert ">Contoh<" in check(code).content.decode()


def check(code):
    return Client().get(f"/verifikasi/surat/{code}/")


def test_the_check_says_what_counts_and_no_more_of_the_person_than_needed(occurrence):
    booking = occurrence.booking
    html = check(booking.letter_code).content.decode()
    for words in ("Studio Siniar", "1 Desember 2026", "10.00–12.00", "Studio Siniar Kita", booking.code):
        assert words in html, words
    for secret in (booking.contact_name, booking.contact_email, booking.title):
        assert secret not in html
    booking.organization_name = ""
    booking.contact_name = "Siti Rahayu"
    booking.save()
    html = check(booking.letter_code.lower()).content.decode()
    assert "S. R." in html
    assert "Rahayu" not in html


@pytest.mark.parametrize("state", ["cancelled", "withdrawn"])
def test_a_booking_that_was_given_up_has_no_valid_letter(occurrence, state):
    booking = occurrence.booking
    booking.state = state
    booking.save()
    answer = check(booking.letter_code)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "tidak berlaku lagi" in html
    for secret in (booking.code, "Studio Siniar Kita", "Desember"):
        assert secret not in html


@pytest.mark.parametrize("code", ["A" * 16, "x", "%00", "A" * 500, "../../", "DROP TABLE"])
def test_a_code_that_is_not_ours_says_so(occurrence, code):
    answer = check(code)
    assert answer.status_code == 404
    if "/" not in code:
        assert "bukan dari kami" in answer.content.decode()


def test_a_request_that_nobody_confirmed_has_no_letter_to_check(occurrence):
    booking = occurrence.booking
    booking.state, booking.decided_at = "pending", None
    booking.save()
    assert check(booking.letter_code).status_code == 404


def test_an_erased_booking_says_that_it_was_erased(occurrence):
    booking = occurrence.booking
    booking.anonymized_at = NOW
    booking.save()
    html = check(booking.letter_code).content.decode()
    assert "dihapus" in html
    assert booking.code not in html


def test_codes_cannot_be_tried_out_by_the_hundred(occurrence):
    client = Client()
    answers = [client.get(f"/verifikasi/surat/{'A' * 16}/").status_code for _ in range(32)]
    assert answers[:30] == [404] * 30
    assert answers[30:] == [429] * 2


def test_the_code_may_be_typed_with_spaces(occurrence):
    code = occurrence.booking.letter_code
    answer = Client().get("/verifikasi/surat/", {"kode": letters.grouped(code).lower()})
    assert answer.url == f"/verifikasi/surat/{code}/"
    assert "bukan kode" in Client().get("/verifikasi/surat/?kode=abc").content.decode()
    assert Client().get("/verifikasi/surat/").status_code == 200
