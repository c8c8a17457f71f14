"""Registering an entry in the browser: the opening page, five steps, sending, and coming back."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from ecosystem.models import OutgoingMail
from startups.models import ConsentRecord, ContactPoint, Membership, ModerationItem, Startup
from tests.ecosystem.account_steps import code_in
from tests.startups.factories import PauseNoticeFactory, StartupFactory
from tests.startups.registration_steps import NAME, address, begin, send_step, stamp_of, the_draft, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_for, founder):
    return client_for(founder)


@pytest.fixture
def draft(client, monkeypatch):
    begin(client, monkeypatch)
    return the_draft()


def text(response):
    return " ".join(response.content.decode().split())


def test_the_opening_page_says_what_is_asked_and_leads_through_sign_up_back_here():
    response = Client().get(reverse("startups:registration_start"))
    page = text(response)
    assert f"{reverse('account_signup')}?next=%2Fstartup%2Fdaftar%2Fbaru%2F" in page
    assert response["Cache-Control"] == "no-cache", "one page for all visitors without a session"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_who_signs_up_comes_back_to_the_first_step(mailoutbox, prefix):
    visitor = Client()
    opening = text(visitor.get(f"{prefix}/startup/daftar/"))
    sign_up = re.search(rf'href="({prefix}/akun/signup/[^"]+)"', opening)[1]
    assert 'name="next"' in text(visitor.get(sign_up))
    new = {"email": "baru@example.org", "name": "", "password1": "kopi-arjuno-pagi-77"}
    code_page = visitor.post(sign_up, {**new, "next": f"{prefix}/startup/daftar/baru/"})
    answer = visitor.post(code_page.url, {"code": code_in(mailoutbox[0])})
    assert answer.url == f"{prefix}/startup/daftar/baru/"
    assert visitor.get(answer.url).status_code == 200


def test_the_opening_page_asks_the_database_little(django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        Client().get(reverse("startups:registration_start"))
    with django_assert_max_num_queries(0):
        Client().get(reverse("startups:registration_start"))


def test_the_opening_page_shows_a_pause(client):
    PauseNoticeFactory(text="Stasion rapat kerja.")
    assert "Stasion rapat kerja." in text(Client().get(reverse("startups:registration_start")))


def test_a_founder_registers_in_five_steps_and_gets_a_reference_number(client, founder, draft):
    assert draft.language == "id"
    assert Membership.objects.get(startup=draft).role == "owner"
    walk(client, draft, until="kontak")
    response = send_step(client, draft, "periksa")
    assert response.url == reverse("startups:registration_done", args=[draft.pk])
    draft.refresh_from_db()
    assert (draft.lifecycle, draft.slug, draft.step) == ("submitted", "kopi-lumba", 5)
    page = text(client.get(response.url))
    assert draft.reference in page
    item = ModerationItem.objects.get(startup=draft)
    assert f"{item.due_at.astimezone().day} " in page
    consent = ConsentRecord.objects.get(startup=draft)
    assert (consent.purpose, consent.language, consent.user) == ("directory", "id", founder)


def test_every_step_stays_saved_and_the_person_goes_on_where_they_were(client, draft):
    walk(client, draft, until="tempat")
    other_device = Client()
    other_device.force_login(draft.created_by)
    opening = text(other_device.get(reverse("startups:registration_start")))
    assert address(draft, "kegiatan") in opening
    resumed = other_device.get(reverse("startups:registration_resume", args=[draft.pk]))
    assert resumed.url == address(draft, "kegiatan")
    assert "Kopi Lumba" in text(other_device.get(reverse("startups:my_startups")))


def test_mails_come_in_the_language_of_the_person(client_for, make_user, monkeypatch):
    foreigner = make_user("founder@example.org", language="en")
    client = client_for(foreigner)
    begin(client, monkeypatch)
    draft = walk(client, the_draft())
    (mail,) = OutgoingMail.objects.filter(to=foreigner.email)
    assert mail.language == "en"
    assert draft.reference in mail.subject
    assert "Stasion answers by" in mail.text
    assert f"/en/ruang-kerja/startup/{draft.pk}/status/" in mail.text


def test_the_same_form_twice_gives_one_entry_and_one_reference(client, monkeypatch):
    stamp = stamp_of(client)
    first = begin(client, monkeypatch, stamp=stamp)
    second = begin(client, monkeypatch, stamp=stamp)
    assert first.url == second.url
    draft = walk(client, Startup.objects.get())
    again = client.post(address(draft, "periksa"), {"version": 1, "agree_directory": "on"})
    assert again.url == reverse("startups:registration_done", args=[draft.pk])
    assert Startup.objects.get().reference == draft.reference
    assert ModerationItem.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_a_change_link_of_the_summary_returns_to_it(client, draft):
    walk(client, draft, until="kontak")
    page = text(client.get(address(draft, "periksa")))
    assert f"{address(draft, 'nama')}?ke=periksa" in page
    assert "tidak diisi" in page
    response = send_step(client, draft, "nama", "?ke=periksa", name="Kopi Lumba Dua")
    assert response.url == address(draft, "periksa")


def test_what_is_missing_is_named_and_nothing_is_sent(client, draft):
    page = text(client.get(address(draft, "periksa")))
    assert f"{address(draft, 'tempat')}?ke=periksa" in page
    send_step(client, draft, "periksa")
    draft.refresh_from_db()
    assert (draft.lifecycle, draft.reference) == ("draft", "")


def test_without_consent_it_is_not_sent(client, draft):
    walk(client, draft, until="kontak")
    response = send_step(client, draft, "periksa", agree_directory="")
    assert response.status_code == 200
    assert "<title>Kesalahan:" in text(response)
    draft.refresh_from_db()
    assert draft.lifecycle == "draft"


def test_a_public_contact_needs_a_consent_of_its_own(client, draft):
    walk(client, draft, until="kegiatan")
    send_step(client, draft, "kontak", show_email="on")
    assert send_step(client, draft, "periksa").status_code == 200
    assert send_step(client, draft, "periksa", agree_contact="on").status_code == 302
    assert set(ConsentRecord.objects.values_list("purpose", flat=True)) == {"directory", "contact"}


def test_contacts_and_optional_fields_are_private_until_shown(client, draft):
    walk(client, draft, until="tempat")
    send_step(client, draft, "kegiatan", stage="growing", team_band="2-5", founded_year="2019")
    walk(client, draft, until="tempat")
    send_step(client, draft, "kontak", whatsapp="0812-3456-7890", show_phone="on")
    draft.refresh_from_db()
    assert draft.public_fields == []
    contacts = {contact.kind: contact for contact in ContactPoint.objects.all()}
    assert set(contacts) == {"email", "whatsapp"}
    assert not any(contact.is_public for contact in contacts.values())
    assert contacts["whatsapp"].value == "+6281234567890"
    send_step(client, draft, "kontak", public_fields=["stage", "founded"])
    draft.refresh_from_db()
    assert set(draft.public_fields) == {"stage", "founded"}


def test_a_half_done_step_is_saved_and_the_way_back_is_mailed_once_an_hour(client, founder, draft):
    for _ in range(2):
        response = send_step(
            client, draft, "kegiatan", summary="", subsector="", nanti="1", website="kopi.id"
        )
        assert response.url == reverse("startups:registration_left", args=[draft.pk])
    assert founder.email in text(client.get(response.url))
    draft.refresh_from_db()
    assert (draft.website, draft.website_domain, draft.step) == ("https://kopi.id", "kopi.id", 1)
    mail = OutgoingMail.objects.get()
    assert f"/startup/daftar/{draft.pk}/" in mail.text


def test_a_draft_is_deleted_after_a_question(client, draft):
    url = reverse("startups:registration_delete", args=[draft.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, follow=True).status_code == 200
    assert not Startup.objects.exists()


def test_what_was_typed_after_the_sign_in_ran_out_is_there_again(draft, founder):
    visitor = Client()
    wall = send_step(visitor, draft, "kegiatan", summary="Diketik tanpa masuk.")
    assert wall.url.startswith(reverse("account_login"))
    visitor.force_login(founder)
    page = text(visitor.get(address(draft, "kegiatan")))
    assert "Diketik tanpa masuk." in page
    draft.refresh_from_db()
    assert draft.summary == ""
    assert "Diketik tanpa masuk." not in text(visitor.get(address(draft, "kegiatan"))), "shown once"


def test_what_was_typed_does_not_reach_another_person(draft, make_user):
    visitor = Client()
    send_step(visitor, draft, "kegiatan", summary="Diketik tanpa masuk.")
    visitor.force_login(make_user("lain@example.org"))
    assert visitor.get(address(draft, "kegiatan")).status_code == 404


def test_a_page_older_than_the_draft_is_told_so_and_loses_nothing(client, draft):
    old = draft.version
    send_step(client, draft, "nama", name="Kopi Lumba Baru")
    response = client.post(address(draft, "nama"), {**NAME, "name": "Kopi Lumba Lama", "version": old})
    page = text(response)
    assert "Kopi Lumba Lama" in page
    assert "Kopi Lumba Baru" in page
    draft.refresh_from_db()
    assert draft.name == "Kopi Lumba Baru"
    again = client.post(address(draft, "nama"), {**NAME, "name": "Kopi Lumba Lama", "version": draft.version})
    assert again.status_code == 302
    draft.refresh_from_db()
    assert draft.name == "Kopi Lumba Lama"


def test_a_step_sent_twice_is_no_conflict(client, draft):
    version = draft.version
    send_step(client, draft, "tempat", version=version)
    response = send_step(client, draft, "tempat", version=version)
    assert response.url == address(draft, "kegiatan")


def test_similar_entries_are_shown_before_the_first_step_is_saved(client, monkeypatch):
    known = StartupFactory(name="Kopi Lumba-lumba", slug="kopi-lumba-lumba")
    response = begin(client, monkeypatch)
    assert response.status_code == 200
    assert "Kopi Lumba-lumba" in text(response)
    assert not Startup.objects.filter(lifecycle="draft").exists()
    assert begin(client, monkeypatch, dilihat=str(known.pk)).status_code == 302


def test_hints_come_as_a_part_and_never_show_drafts_of_others(client):
    StartupFactory(name="Kopi Lumba Rahasia", draft=True)
    known = StartupFactory(name="Kopi Lumba Terbuka")
    part = text(client.get(reverse("startups:registration_similar"), {"name": "kopi lumba"}))
    assert "Terbuka" in part
    assert "Rahasia" not in part
    assert "<html" not in part
    assert reverse("startups:claim_start", args=[known.slug]) in part
