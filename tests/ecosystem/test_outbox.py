"""The outbox: what a mail looks like, that it goes out once, and what happens when it cannot."""

import re
import smtplib
import time
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import OperationalError

from ecosystem import tasks
from ecosystem.models import OutgoingMail
from ecosystem.services import mail, mail_texts
from tests.races import at_once

pytestmark = pytest.mark.django_db
ADDRESS = "orang@example.org"


def put(**changes):
    text = mail_texts.lay_out("Perihal", "Isi surat.\n\n-- \nKaki", language="id")
    return mail.put(changes.pop("to", ADDRESS), changes.pop("text", text), language="id", **changes)


def send(row, **passed):
    return mail.send(row.pk, now=timezone.now() + timedelta(**passed))


@pytest.fixture
def broken_server(monkeypatch):
    """Let the mail server answer with an error; the list says which, one a try."""
    answers = []

    def fail(*_args, **_words):
        raise answers.pop(0)

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    return answers


@pytest.mark.parametrize(
    ("language", "reason"), [("id", "Anda menerima email ini karena"), ("en", "You get this mail because")]
)
def test_a_mail_reads_well_as_text_and_as_html(language, reason, settings):
    lines = "Halo & selamat\n\nBaris satu\nBaris dua: {url}\n\n- butir\n- butir <b>\n\n    123-456".replace(
        "{url}", f"lihat {settings.SITE_URL}/startup/."
    )
    lines += f"\n\n- Ya & tidak: {settings.SITE_URL}/ya/?a=1&b=2"
    lines += "".join(f"\n\nBuka: {settings.SITE_URL}/{name}/" for name in ("satu", "dua"))
    written = mail_texts.lay_out("Perihal", f"{lines}\n\n-- \nKaki", language=language)
    main, other = re.findall(r'<p class="(action.*?)"><a href=".*?/(satu|dua)/">Buka</a></p>', written.html)
    assert (main, other) == (("action main", "satu"), ("action", "dua"))
    assert "Halo & selamat" in written.text
    assert f'<html lang="{language}">' in written.html
    assert "<p>Halo &amp; selamat</p>" in written.html
    assert f'<a href="{settings.SITE_URL}/startup/">{settings.SITE_URL}/startup/</a>.' in written.html
    assert "<ul><li>butir</li><li>butir &lt;b&gt;</li></ul>" in written.html
    assert f'<a href="{settings.SITE_URL}/ya/?a=1&amp;b=2">Ya &amp; tidak</a>' in written.html
    assert "<pre><strong>123-456</strong></pre>" in written.html
    assert 'content="light dark"' in written.html
    assert "style=" not in written.html
    assert reason in render_footer(language)


def render_footer(language):
    from django.template import Context
    from django.utils import translation

    with translation.override(language):
        return mail_texts._compiled("mail/_footer.txt").render(Context({"portal_url": "", "why": ""}))


def test_a_foreign_address_in_a_mail_is_no_link(settings):
    foreign = f"https://jahat.example/ {settings.SITE_URL}.jahat.example/ {settings.SITE_URL}@jahat.example"
    assert "<a " not in mail_texts.lay_out("Perihal", foreign, language="id").html


def test_no_header_can_be_slipped_in():
    subject = "Halo\r\nBcc: korban@example.org\x00\u2028 dunia"
    row = put(text=mail_texts.lay_out(subject, "Isi", language="id"))
    assert send(row)
    (sent,) = django_mail.outbox
    assert sent.subject == "Halo Bcc: korban@example.org dunia"
    assert "Bcc" not in sent.message()
    for bad in ("a@example.org\nBcc: b@example.org", "a@example.org, b@example.org", "x", "", "<a@b.id>"):
        assert put(to=bad) is None
        assert put(reply_to="a@example.org\nBcc: b@example.org") is None


def test_a_very_long_subject_is_cut():
    assert len(put(text=mail_texts.lay_out("x" * 10_000, "Isi", language="id")).subject) == 200


def test_a_key_sends_a_mail_once():
    assert put(key="tanya:1") is not None
    assert put(key="tanya:1") is None
    assert put() is not None
    assert put() is not None
    assert OutgoingMail.objects.count() == 3


def test_a_sent_mail_is_not_sent_again_and_keeps_its_message_id():
    row = put(reply_to="balas@example.org")
    other = put()
    assert send(row)
    assert not send(row)
    assert send(other)
    first, second = django_mail.outbox
    assert first.to == [ADDRESS]
    assert first.reply_to == ["balas@example.org"]
    assert first.message()["Message-ID"] != second.message()["Message-ID"]
    # The one exception: killed after the server took it, before the row said so.
    OutgoingMail.objects.filter(pk=row.pk).update(sent_at=None, claimed_at=timezone.now())
    assert not send(row)
    assert send(row, minutes=2)
    assert django_mail.outbox[2].message()["Message-ID"] == first.message()["Message-ID"]


def test_a_mail_waits_for_its_time():
    row = put()
    OutgoingMail.objects.update(due_at=timezone.now() + timedelta(days=1))
    assert not send(row)
    assert send(row, days=2)


def test_the_text_of_a_secret_mail_is_gone_once_it_is_sent():
    secret, plain = put(is_secret=True), put()
    assert send(secret)
    assert send(plain)
    secret.refresh_from_db()
    plain.refresh_from_db()
    assert (secret.text, secret.html) == ("", "")
    assert plain.text


def test_a_fault_that_passes_is_tried_three_times_and_then_parked(broken_server):
    row = put()
    broken_server += [ConnectionRefusedError("no"), smtplib.SMTPServerDisconnected("no"), TimeoutError("no")]
    assert not send(row)
    row.refresh_from_db()
    assert row.due_at > timezone.now() + timedelta(minutes=4)
    assert not send(row)  # not due yet
    assert not send(row, minutes=6)
    assert not send(row, minutes=40)
    row.refresh_from_db()
    assert row.parked_at is not None
    assert row.attempts == 3
    assert row.error == "TimeoutError"
    assert broken_server == []
    assert not send(row, days=1)


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"no such user")}), "SMTPRecipientsRefused 550"),
        (smtplib.SMTPDataError(554, b"spam"), "SMTPDataError 554"),
        (ValueError("a fault of the program"), "ValueError"),
    ],
)
def test_a_fault_that_stays_parks_at_once_without_the_servers_words(broken_server, error, shown):
    row = put()
    broken_server.append(error)
    assert not send(row)
    row.refresh_from_db()
    assert row.parked_at is not None
    assert row.error == shown


def test_a_busy_mailbox_is_tried_again(broken_server):
    row = put()
    broken_server.append(smtplib.SMTPRecipientsRefused({ADDRESS: (451, b"greylisted")}))
    send(row)
    row.refresh_from_db()
    assert row.parked_at is None


def test_the_sweep_parks_what_three_workers_died_of():
    row = put()
    long_ago = timezone.now() - timedelta(hours=1)
    OutgoingMail.objects.filter(pk=row.pk).update(attempts=3, claimed_at=long_ago)
    mail.sweep(timezone.now())
    row.refresh_from_db()
    assert row.parked_at is not None
    assert row.error == "WorkerLost"


def test_old_texts_and_addresses_are_erased():
    now = timezone.now()
    old, young, parked = put(), put(), put()
    OutgoingMail.objects.filter(pk=old.pk).update(sent_at=now - timedelta(days=31))
    OutgoingMail.objects.filter(pk=young.pk).update(sent_at=now - timedelta(days=29))
    OutgoingMail.objects.filter(pk=parked.pk).update(parked_at=now - timedelta(days=31))
    assert mail.erase_old_texts(now) == 2
    assert mail.erase_old_texts(now) == 0
    assert list(OutgoingMail.objects.exclude(text="")) == [young]
    assert OutgoingMail.objects.exclude(to="").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_page_waits_once_when_the_broker_is_away(monkeypatch):
    monkeypatch.setattr(mail, "_broker_away_until", 0.0)
    tried = []

    def nobody_answers(mail_id):
        tried.append(mail_id)
        with Connection("redis://127.0.0.1:1/0", transport_options={"socket_connect_timeout": 1}) as nobody:
            tasks.send_mail.apply_async([mail_id], connection=nobody)

    monkeypatch.setattr(tasks.send_mail, "delay", nobody_answers)
    began = time.monotonic()
    with transaction.atomic():
        for _ in range(5):
            put()
    assert time.monotonic() - began < 2
    assert len(tried) == 1
    assert mail.waiting().count() == 5
    with pytest.raises(OperationalError):
        nobody_answers(1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_workers_at_once_send_one_mail(monkeypatch, guarded):
    """With the guard off, the negative control, both send it."""
    row = put()
    sent = []

    class Message:
        def send(self):
            sent.append(1)

    monkeypatch.setattr(mail, "_message", lambda _row: Message())
    if not guarded:
        monkeypatch.setattr(mail, "waiting", OutgoingMail.objects.all)
        monkeypatch.setattr(mail, "STALE_AFTER", timedelta(minutes=-10))

    at_once(*[lambda: mail.send(row.pk, now=timezone.now())] * 2)
    assert len(sent) == (1 if guarded else 2)


def test_administrators_see_what_is_parked_and_try_it_again(admin_user, client_for):
    row = put()
    OutgoingMail.objects.filter(pk=row.pk).update(parked_at=timezone.now(), error="TimeoutError", attempts=3)
    client = client_for(admin_user)
    assert "TimeoutError" in client.get(reverse("ecosystem:mail_list")).content.decode()
    assert "Perihal" in client.get(reverse("ecosystem:workroom_home")).content.decode()
    client.post(reverse("ecosystem:mail_retry", args=[row.pk]))
    assert send(row)
    client.post(reverse("ecosystem:mail_retry", args=[row.pk]))
    assert not send(row)
    page = client.get(reverse("ecosystem:mail_list")).content.decode()
    assert "TimeoutError" not in page


@pytest.mark.parametrize("who", ["founder", "planner", "coordinator"])
def test_others_do_not_see_the_outbox(who, request, client_for):
    client = client_for(request.getfixturevalue(who))
    assert client.get(reverse("ecosystem:mail_list")).status_code == 403


def test_the_list_takes_the_same_queries_for_one_and_for_fifty(
    admin_user, client_for, django_assert_max_num_queries
):
    for _ in range(51):
        put()
    OutgoingMail.objects.update(parked_at=timezone.now())
    client = client_for(admin_user)
    with django_assert_max_num_queries(8):
        assert client.get(reverse("ecosystem:mail_list") + "?page=1").status_code == 200
