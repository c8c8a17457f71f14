"""Messages and reports of visitors: what is sent, to whom, and what programs and crowds get."""

import time

import pytest
from django.core import signing
from django.test import Client

from ecosystem.models import OutgoingMail
from startups.forms.contact import SALT
from startups.models import ModerationItem, ProblemReport, Startup
from tests.startups.factories import MembershipFactory, StartupFactory

pytestmark = pytest.mark.django_db
CONTACT, REPORT = "/startup/arunika/kontak/", "/startup/arunika/lapor/"


@pytest.fixture
def studio(founder):
    return StartupFactory(slug="arunika", name="Arunika & Co", owner=founder)


def opened(seconds=30):
    return signing.dumps(int(time.time()) - seconds, salt=SALT)


def message(**changes):
    return {
        "name": "Budi",
        "email": "budi@pembeli.example",
        "message": "Kami perlu gim untuk museum.",
        "opened": opened(),
        **changes,
    }


def report(**changes):
    return {"kind": "wrong", "text": "Alamatnya sudah pindah.", "reply_to": "", "opened": opened(), **changes}


def send(address, values, **client):
    return Client(**client).post(address, values)


def test_a_message_goes_to_everybody_who_owns_the_entry_and_a_copy_to_the_sender(studio, founder, make_user):
    second = make_user("kedua@example.org", language="en")
    MembershipFactory(startup=studio, user=second)
    response = send(CONTACT, message())
    assert response.status_code == 302
    assert response.url == "/startup/arunika/kontak/terkirim/"
    first, other, copy = OutgoingMail.objects.order_by("pk")
    assert {first.to, other.to, copy.to} == {founder.email, second.email, "budi@pembeli.example"}
    assert first.reply_to == other.reply_to == "budi@pembeli.example"
    assert "Kami perlu gim untuk museum." in first.text
    assert "Arunika & Co" in first.subject
    # The owners' addresses stand in no mail to the visitor and on no page.
    assert copy.reply_to == ""
    for text in (copy.text, copy.html, Client().get(response.url).content.decode()):
        assert founder.email not in text
        assert second.email not in text


def test_only_a_signed_in_persons_own_mailbox_gets_the_words_back(studio, make_user, client_for):
    person = make_user("budi@pembeli.example")
    for client, address, is_told in (
        (Client(), "budi@pembeli.example", False),
        (client_for(person), "korban@example.org", False),
        (client_for(person), "Budi@pembeli.example", True),
    ):
        client.post(CONTACT, message(email=address))
        copy = OutgoingMail.objects.filter(to=address).latest("pk")
        assert ("Kami perlu gim untuk museum." in copy.text) == is_told
        assert "Budi" not in copy.text


def test_the_same_message_sent_twice_arrives_once(studio):
    values = message()
    assert send(CONTACT, values).status_code == send(CONTACT, values).status_code == 302
    assert OutgoingMail.objects.count() == 2


def test_the_form_tells_what_is_missing_and_keeps_what_was_typed(studio):
    response = send(CONTACT, message(email="bukan alamat", name="N" * 500))
    html = response.content.decode()
    assert response.status_code == 200
    assert html.count('class="errors"') == 2
    assert "Kami perlu gim untuk museum." in html
    assert "bukan alamat" in html
    assert OutgoingMail.objects.count() == 0


@pytest.mark.parametrize(
    "stamp",
    ["", "rusak", "9" * 5000, signing.dumps(1, salt="lain")],
    ids=["none", "broken", "long", "foreign"],
)
def test_a_form_without_its_stamp_can_be_sent_again(studio, stamp):
    response = send(CONTACT, message(opened=stamp))
    assert "Formulir ini terbuka terlalu lama" in response.content.decode()
    assert OutgoingMail.objects.count() == 0


def test_what_comes_faster_than_a_hand_is_asked_once_more(studio):
    html = send(CONTACT, message(opened=opened(0))).content.decode()
    assert "Itu cepat sekali" in html
    assert "Kami perlu gim untuk museum." in html
    assert OutgoingMail.objects.count() == 0


def test_a_program_that_fills_in_every_field_believes_it_was_heard(studio):
    response = send(CONTACT, message(homepage="https://spam.example"))
    assert response.status_code == 302
    assert OutgoingMail.objects.count() == 0
    assert send(REPORT, report(homepage="x")).status_code == 302
    assert ProblemReport.objects.count() == 0


def test_a_crowd_of_messages_from_one_address_stops_and_nothing_typed_is_lost(studio):
    for number in range(6):
        assert send(CONTACT, message(message=f"Pesan nomor {number}.")).status_code == 302
    response = send(CONTACT, message(message="Pesan yang ketujuh."))
    assert response.status_code == 429
    assert "Pesan yang ketujuh." in response.content.decode()
    # Somebody else may still write.
    other = send(CONTACT, message(email="lain@pembeli.example"), REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 302


def test_one_mailbox_gets_only_so_many_copies_whoever_asks_for_them(studio):
    for number in range(6):
        sender = {"REMOTE_ADDR": f"203.0.113.{number}"}
        assert send(CONTACT, message(message=f"Pesan nomor {number}."), **sender).status_code == 302
    assert send(CONTACT, message(message="Satu lagi saja."), REMOTE_ADDR="203.0.113.99").status_code == 429


@pytest.mark.parametrize(
    "changes",
    [
        {"takes_messages": False},
        {"claim": Startup.Claim.UNCLAIMED},
        {"claim": Startup.Claim.DISPUTED},
        {"lifecycle": "closed"},
    ],
)
def test_who_takes_no_messages_has_no_form(studio, changes):
    Startup.objects.filter(pk=studio.pk).update(**changes)
    assert Client().get(CONTACT).status_code == 404
    assert send(CONTACT, message()).status_code == 404
    assert "/kontak/" not in Client().get("/startup/arunika/").content.decode()
    assert OutgoingMail.objects.count() == 0


def test_line_breaks_and_markup_in_a_name_reach_no_header_and_no_page(studio):
    send(CONTACT, message(name="Budi\r\nBcc: korban@example.org", message="<script>alert(1)</script> halo"))
    first = OutgoingMail.objects.order_by("pk").first()
    assert "\n" not in first.subject
    assert "<script>" not in first.html


def test_a_report_enters_the_queue_with_its_clock_and_thanks(studio):
    response = send(REPORT, report(reply_to="warga@example.org"))
    assert response.url == "/startup/arunika/lapor/terima-kasih/"
    item = ModerationItem.objects.get()
    assert item.kind == "report"
    assert item.report.text == "Alamatnya sudah pindah."
    assert item.report.reply_to == "warga@example.org"
    assert item.due_at > item.created_at
    assert "Terima kasih" in Client().get(response.url).content.decode()


def test_the_same_report_twice_is_one(studio):
    send(REPORT, report())
    send(REPORT, report())
    assert ModerationItem.objects.count() == ProblemReport.objects.count() == 1


def test_a_report_is_possible_about_an_entry_that_takes_no_messages(studio):
    Startup.objects.filter(pk=studio.pk).update(takes_messages=False)
    assert send(REPORT, report(kind="my_data")).status_code == 302
    assert ProblemReport.objects.get().kind == "my_data"


def test_reports_from_one_address_are_limited_too(studio):
    statuses = [send(REPORT, report(text=f"Laporan nomor {number}.")).status_code for number in range(8)]
    assert statuses == [302] * 6 + [429] * 2


@pytest.mark.parametrize("text", ["x" * 10_000, "", "<b>", "\x00" * 20])
def test_bad_reports_are_explained(studio, text):
    response = send(REPORT, report(text=text, kind="tidak-ada"))
    assert response.status_code == 200
    assert ProblemReport.objects.count() == 0
