"""No private field of an entry in a mail about it, nor in its picture for shared links."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from ecosystem.services.mail_texts import render_mail
from startups import share_picture
from tests.ecosystem.factories import UserFactory
from tests.startups.test_privacy import PRIVATE, make_entry, secret

pytestmark = pytest.mark.django_db
TEMPLATES = sorted(
    path.stem
    for path in Path(settings.BASE_DIR, "templates/mail").glob("*.txt")
    if "startup." in path.read_text()
)
# Written to people who do not keep the entry: they read nothing of it but what everybody can.
OUTSIDERS = {
    "claim_denied", "claim_expired", "claim_held", "claim_lost", "claim_started", "freshness_question_unclaimed",
    "proof_code", "report_answered", "startup_invitation", "startup_member_removed", "visitor_message_copy",
}  # fmt: skip


@pytest.fixture
def entry():
    return make_entry(slug="terbuka-semua", name="Terbuka Semua")


def facts_of(entry):
    """Return what any mail of the directory is given, as its services give it."""
    now, person = timezone.now(), UserFactory(name="Orang Luar", email="orang@example.org")
    return {
        "startup": entry, "target": entry, "person": person, "member": person, "role": "editor", "event": "joined",
        "claim": entry.claims.get(), "invitation": entry.invitations.get(), "item": entry.moderation_items.get(),
        "verification": entry.verifications.get(), "badge": entry.verifications.get(), "round": 0,
        "note": "Penjelasan.", "text": "Pesan.", "reason": "expired", "sender": "Warga", "token": "kunci",
        "sender_email": "warga@example.org", "code": "123456", "minutes": 10, "address": "https://alamat.example/",
        "expires_on": timezone.localdate(now), "day": now, "due_at": now,
        "has_other": False, "why": "",
    }  # fmt: skip


def leaks_of(template, facts):
    """Return the private texts in both languages of a mail: subject, text and HTML."""
    found = set()
    for language in ("id", "en"):
        mail = render_mail(template, facts, language=language)
        whole = f"{mail.subject}\n{mail.text}\n{mail.html}"
        found |= {mark for mark in PRIVATE if mark in whole}
    return found


def test_no_mail_says_what_is_private(entry):
    facts = facts_of(entry)
    found = {template: leaks for template in TEMPLATES if (leaks := leaks_of(template, facts))}
    assert found == {}
    assert set(TEMPLATES) >= OUTSIDERS


def test_each_outsiders_mail_is_about_the_entry(entry):
    facts = facts_of(entry)
    for template in OUTSIDERS:
        assert "Terbuka Semua" in render_mail(template, facts, language="id").text, template


def test_a_planted_leak_in_a_mail_is_seen(entry):
    """The negative control: a name that holds something private shows up."""
    entry.name = secret("legal")
    assert leaks_of("report_answered", facts_of(entry)) == {secret("legal")}


def test_the_picture_for_shared_links_is_drawn_from_what_everybody_sees(entry, client, monkeypatch):
    drawn = []

    def draw(card, **fonts):
        drawn.append(card)
        return real(card, **fonts)

    real = share_picture.share_card
    monkeypatch.setattr(share_picture, "share_card", draw)
    for prefix in ("", "/en"):
        answer = client.get(f"{prefix}/startup/{entry.slug}/gambar.png")
        assert answer["Content-Type"] == "image/png"
        assert not any(mark.encode() in answer.content for mark in PRIVATE)
    assert len(drawn) == 2
    assert all("Terbuka Semua" in str(card) for card in drawn)
    assert not any(mark in str(card) for card in drawn for mark in PRIVATE)
