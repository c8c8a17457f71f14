"""The services of a registration: who may what, what follows from sending, and two people at the same moment."""

import hashlib
import json
import threading
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone, translation

from ecosystem import waiting
from ecosystem.models import OutgoingMail
from startups import consents
from startups.models import ConsentRecord, Membership, ModerationItem, Startup
from startups.rules.domains import domain_of, domain_of_mailbox, is_own
from startups.services import duplicates, entries, erasure, leaving, moderation
from startups.services import registration as service
from tests.ecosystem.factories import KelurahanFactory, SubsectorFactory
from tests.races import PATIENCE, at_once
from tests.startups.factories import StartupFactory, VerificationFactory

NAME = {"name": "Kopi Lumba", "kind": "app_studio", "alternate_names": "", "legal_name": ""}


def make_draft(user, **values):
    """Return a draft that has everything it needs to be sent."""
    draft = service.start(user, uuid=uuid4(), values={**NAME, **values}, language="id")
    area = KelurahanFactory(code="35.73.02.1001")
    draft.kelurahan, draft.kecamatan = area, area.kecamatan
    draft.summary, draft.step = "Kasir untuk warung.", 4
    draft.save()
    entries.set_subsectors(draft, SubsectorFactory(code="aplikasi"))
    return draft


def send(draft, user, **options):
    return service.submit(
        draft.pk, user=user, version=draft.version, consents={"directory"}, language="id", **options
    )


@pytest.mark.django_db
class TestSending:
    def test_a_question_is_answered_and_the_same_item_waits_again(self, founder, coordinator):
        sent = send(make_draft(founder), founder)
        item = ModerationItem.objects.get()
        entries.transition(sent.pk, "changes_requested", by="coordinator", note="Di mana?")
        moderation.record(item, "asked", by=coordinator, note="Di mana?")
        draft = Startup.objects.get()
        again = send(draft, founder, note="Di Klojen.")
        assert again.reference == sent.reference
        item.refresh_from_db()
        assert item.state == "open"
        assert item.events.last().note == "Di Klojen."
        assert ConsentRecord.objects.count() == 1, "the consent given stands"

    def test_a_consent_taken_back_is_asked_for_again(self, founder):
        draft = make_draft(founder)
        send(draft, founder)
        service.withdraw(draft.pk, user=founder)
        ConsentRecord.objects.update(withdrawn_at="2026-11-22T00:00Z")
        draft.refresh_from_db()
        with pytest.raises(service.ConsentMissing):
            service.submit(draft.pk, user=founder, version=draft.version, consents=set(), language="id")

    def test_taking_it_back_empties_the_queue_and_tells_by_mail(self, founder):
        draft = make_draft(founder)
        send(draft, founder)
        service.withdraw(draft.pk, user=founder)
        service.withdraw(draft.pk, user=founder)
        assert not ModerationItem.objects.open().exists()
        assert OutgoingMail.objects.count() == 2
        draft.refresh_from_db()
        assert send(draft, founder).lifecycle == "submitted"

    def test_a_badge_ends_and_the_day_is_new_when_a_withdrawn_entry_is_sent_under_another_name(self, founder):
        startup = StartupFactory(owner=founder, created_by=founder, step=5, last_confirmed_on="2026-01-05")
        VerificationFactory(startup=startup)
        leaving.withdraw(startup.pk, user=founder)
        startup.refresh_from_db()
        service.save_step(
            startup.pk, step=1, version=startup.version, values={**NAME, "name": "Merek Terkenal"}
        )
        startup.refresh_from_db()
        assert send(startup, founder).last_confirmed_on == timezone.localdate()
        assert startup.verifications.get().lapse_reason == "changed"

    def test_a_published_entry_is_neither_changed_nor_taken_back_here(self, founder):
        startup = StartupFactory(owner=founder)
        with pytest.raises(service.Locked):
            service.save_step(startup.pk, step=1, version=startup.version, values=NAME)
        with pytest.raises(entries.StateConflict):
            service.withdraw(startup.pk, user=founder)
        with pytest.raises(service.Locked):
            erasure.delete_draft(startup.pk)

    def test_of_a_deleted_draft_no_history_and_no_file_is_left(
        self, founder, settings, tmp_path, django_capture_on_commit_callbacks
    ):
        settings.MEDIA_ROOT = tmp_path
        draft = make_draft(founder)
        draft.logo_alt = "Rumah"
        draft.logo.save("gambar.webp", ContentFile(b"RIFF"))
        with django_capture_on_commit_callbacks(execute=True):
            erasure.delete_draft(draft.pk)
        assert not Startup.pgh_event_model.objects.exists()
        assert not Membership.pgh_event_model.objects.exists()
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    def test_a_draft_from_a_member_list_is_not_deleted_by_who_claimed_it(self, founder):
        draft = make_draft(founder)
        Startup.objects.update(source="imported")
        with pytest.raises(service.Locked):
            erasure.delete_draft(draft.pk)

    def test_the_number_of_an_erased_entry_is_not_given_again(self, founder):
        first = send(make_draft(founder), founder)
        erasure.erase_entry(first.pk)
        second = send(make_draft(founder), founder)
        assert int(second.reference[-4:]) == int(first.reference[-4:]) + 1

    def test_two_entries_of_one_name_get_two_addresses(self, founder):
        first, second = (send(make_draft(founder), founder) for _ in range(2))
        assert (first.slug, second.slug) == ("kopi-lumba", "kopi-lumba-2")

    def test_the_work_room_shows_questions_and_drafts(self, founder, make_user):
        make_draft(founder)
        asked = send(make_draft(founder, name="Yang Ditanya"), founder)
        entries.transition(asked.pk, "changes_requested", by="coordinator", note="?")
        groups = {group.title: group for group in waiting.groups_for(founder, on=asked.created_at.date())}
        assert {title: group.count for title, group in groups.items()} == {
            "Pertanyaan dari Stasion": 1,
            "Entri yang belum dikirim": 1,
        }
        assert waiting.groups_for(make_user("lain@example.org"), on=asked.created_at.date()) == []


@pytest.mark.django_db
class TestPages:
    @pytest.mark.parametrize("slug", ["nama", "tempat", "kegiatan", "kontak"])
    def test_the_draft_of_another_person_does_not_exist(self, client_for, founder, make_user, slug):
        draft = make_draft(founder)
        url = reverse("startups:registration_step", args=[draft.pk, slug])
        assert client_for(make_user("lain@example.org")).get(url).status_code == 404
        assert client_for(None).get(url).url.startswith(reverse("account_login"))

    def test_an_editor_may_look_and_a_coordinator_may_look(self, client_for, founder, coordinator, make_user):
        draft = make_draft(founder)
        editor = make_user("penyunting@example.org")
        Membership.objects.create(startup=draft, user=editor, role="editor")
        status = reverse("startups:startup_status", args=[draft.pk])
        assert client_for(editor).get(status).status_code == 200
        assert client_for(coordinator).get(status).status_code == 200
        for person, code in ((editor, 403), (coordinator, 404)):
            for name in ("send", "delete", "withdraw"):
                url = reverse(f"startups:registration_{name}", args=[draft.pk])
                assert client_for(person).get(url).status_code == code

    def test_the_way_names_roles_and_never_a_coordinator(self, client_for, founder, coordinator):
        sent = send(make_draft(founder), founder)
        item = ModerationItem.objects.get()
        entries.transition(sent.pk, "changes_requested", by="coordinator", note="Di mana tempatnya?")
        moderation.record(item, "asked", by=coordinator, note="Di mana tempatnya?", internal_note="Rahasia.")
        page = client_for(founder).get(reverse("startups:startup_status", args=[sent.pk])).content.decode()
        assert "Di mana tempatnya?" in page
        assert "koordinator Stasion" in page
        assert coordinator.name not in page
        assert coordinator.email not in page
        assert "Rahasia" not in page

    def test_the_lists_ask_the_database_as_often_for_one_entry_as_for_ten(
        self, client_for, founder, django_assert_max_num_queries
    ):
        client = client_for(founder)
        for number in range(10):
            StartupFactory(slug=f"usaha-{number}", owner=founder)
        with django_assert_max_num_queries(8):
            client.get(reverse("startups:my_startups"))
        draft = make_draft(founder)
        with django_assert_max_num_queries(26):
            client.get(reverse("startups:registration_send", args=[draft.pk]))
        with django_assert_max_num_queries(9):
            client.get(reverse("startups:startup_status", args=[draft.pk]))
        with django_assert_max_num_queries(7):
            client.get(reverse("startups:registration_similar"), {"name": "usaha"})


@pytest.mark.django_db
class TestDuplicates:
    def found(self, name, **options):
        return {
            one.startup.slug: set(map(str, one.reasons))
            for one in duplicates.similar_entries(name, **options)
        }

    def test_names_that_differ_a_little_are_found_and_others_are_not(self):
        StartupFactory(slug="lumba", name="Kopi Lumba-Lumba")
        StartupFactory(slug="lain", name="Batik Tulis Arjuno")
        for typed in ("kopi lumba lumba", "PT Kopi Lumba-lumba", "KOPI LUMBALUMBA", "Kopi Lumba"):
            assert self.found(typed) == {"lumba": {"name"}}, typed
        assert self.found("Rujak") == {}
        assert self.found("ko") == {}

    def test_another_name_the_domain_and_the_kelurahan_count_too(self):
        one = StartupFactory(
            slug="satu", name="Nusa Raya", alternate_names="Nura, NR Labs",
            website="https://nusa.id", website_domain="nusa.id",
        )  # fmt: skip
        assert self.found("nr labs") == {"satu": {"alias"}}
        assert self.found("Sesuatu", domain="https://www.nusa.id/x") == {"satu": {"domain"}}
        assert self.found("Nusa Raya", kelurahan=one.kelurahan) == {"satu": {"name", "kelurahan"}}
        assert self.found("Nusa Raya", exclude=one.pk) == {}

    def test_a_host_that_many_share_proves_nothing(self):
        StartupFactory(slug="satu", name="Nusa Raya", website_domain="instagram.com")
        assert self.found("Sesuatu", domain="https://instagram.com/x") == {}
        assert is_own("nusa.id")
        assert not is_own("studio.itch.io")
        assert domain_of("HTTPS://WWW.Kopi.ID:443/x") == "kopi.id"
        assert domain_of("http://[") == ""
        assert domain_of_mailbox("a@Kopi.ID") == "kopi.id"

    @pytest.mark.parametrize("name", ["\x00", "%", "a" * 10_000, "🎮" * 50, "_" * 5, "' OR 1=1 --"])
    def test_any_text_may_be_looked_for(self, name):
        StartupFactory(slug="satu", name="Nusa Raya")
        assert self.found(name) == {}


def test_a_text_that_somebody_agreed_to_is_never_changed():
    """A changed word is a new version: add one to the file, and its digest here."""
    file = Path(consents.__file__).parent / "data" / "consents.json"
    kept = {
        (row["purpose"], row["version"]): hashlib.sha256(
            json.dumps(row["texts"], sort_keys=True).encode()
        ).hexdigest()[:16]
        for row in json.loads(file.read_text(encoding="utf-8"))
    }
    assert kept == {
        ("contact", "2026-11-22"): "f5b3f7866ab86bf8",
        ("directory", "2026-11-22"): "38d56e5c2061c766",
    }
    for language in ("id", "en"):
        with translation.override(language):
            assert consents.consent_text("directory", language).points


# --- races -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_sends_at_once_give_one_reference_one_item_and_one_mail(founder):
    draft = make_draft(founder)
    sent = at_once(*[lambda: send(draft, founder).reference] * 2)
    assert sent[0] == sent[1] != ""
    assert (
        ModerationItem.objects.count() == ConsentRecord.objects.count() == OutgoingMail.objects.count() == 1
    )


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_two_sends_go_wrong(founder, monkeypatch):
    draft, meeting = make_draft(founder), threading.Barrier(2)

    def read_without_lock(pk):
        row = Startup.objects.get(pk=pk)
        if row.lifecycle == "draft":
            meeting.wait(PATIENCE)
        return row

    monkeypatch.setattr(entries, "lock", read_without_lock)
    at_once(*[lambda: send(draft, founder)] * 2)
    assert ConsentRecord.objects.count() != 1 or ModerationItem.objects.count() != 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_makes_one_draft(founder):
    uuid = uuid4()
    begun = at_once(*[lambda: service.start(founder, uuid=uuid, values=NAME, language="id").pk] * 2)
    assert begun[0] == begun[1]
    assert Startup.objects.count() == Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_new_forms_at_once_never_pass_the_limit_of_drafts(founder, monkeypatch):
    monkeypatch.setattr(service, "MOST_DRAFTS", 1)
    begun = at_once(*[lambda: service.start(founder, uuid=uuid4(), values=NAME, language="id").pk] * 2)
    assert sum(isinstance(one, service.TooManyDrafts) for one in begun) == 1
    assert Startup.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_entries_of_one_name_sent_at_once_get_two_addresses_and_numbers(founder):
    drafts = [make_draft(founder), make_draft(founder)]
    sent = at_once(*[lambda draft=draft: send(draft, founder) for draft in drafts])
    assert {one.slug for one in sent} == {"kopi-lumba", "kopi-lumba-2"}
    assert len({one.reference for one in sent}) == 2
