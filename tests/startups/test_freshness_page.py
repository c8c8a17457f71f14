"""The page behind the link: looking does nothing, the answer counts once, a wrong link opens nothing."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from startups.models import FreshnessAsk, ImportBatch, ImportedEntry, Membership, ModerationItem, Startup
from startups.services import freshness, freshness_mails, members
from tests.ecosystem.factories import UserFactory
from tests.startups.factories import ClaimFactory, ContactPointFactory, StartupFactory, VerificationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def startup():
    return StartupFactory(
        owner=UserFactory(name="Sari"),
        name="Gim Brantas",
        last_confirmed_on=timezone.localdate() - timedelta(days=200),
    )


@pytest.fixture
def link(startup, mailoutbox):
    """The address that the mail holds, without its answer."""
    freshness_mails.send_due_asks(timezone.now())
    (mail,) = mailoutbox
    return re.search(r"http://localhost:8000(/startup/kabar/\S+)\?jawaban=benar", mail.body)[1]


def days_unconfirmed(startup):
    startup.refresh_from_db()
    return (timezone.localdate() - startup.last_confirmed_on).days


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("word", ["", *freshness_mails.ANSWER_WORDS, "ngawur"])
def test_looking_does_nothing(link, startup, prefix, word, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        response = Client().get(f"{prefix}{link}?jawaban={word}")
    assert response.status_code == 200
    assert "Gim Brantas" in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert Client().head(link).status_code == 200
    assert days_unconfirmed(startup) == 200
    assert FreshnessAsk.objects.get().answer == ""


def test_still_right_confirms_once(link, startup):
    client = Client()
    assert client.post(link, {"jawaban": "benar"}).status_code == 302
    assert days_unconfirmed(startup) == 0
    Startup.objects.update(last_confirmed_on=timezone.localdate() - timedelta(days=10))
    again = client.post(link, {"jawaban": "benar"})
    assert again.status_code == 200
    assert "Terima kasih atas jawaban Anda" in again.content.decode()
    assert days_unconfirmed(startup) == 10


def test_an_answer_needs_the_forms_own_token(link, startup):
    assert Client(enforce_csrf_checks=True).post(link, {"jawaban": "benar"}).status_code == 403
    assert days_unconfirmed(startup) == 200


@pytest.mark.parametrize("word", ["", "ngawur"])
def test_an_answer_that_is_none_shows_the_question_again(link, startup, word):
    assert Client().post(link, {"jawaban": word}).status_code == 200
    assert FreshnessAsk.objects.get().answer == ""


def test_update_leads_to_the_sign_in_and_confirms_nothing(link, startup):
    response = Client().post(link, {"jawaban": "ubah"}, follow=True)
    assert "/akun/login/" in response.redirect_chain[-1][0]
    assert days_unconfirmed(startup) == 200
    assert FreshnessAsk.objects.get().answer == "update"
    freshness_mails.send_due_asks(timezone.now() + timedelta(days=14))
    assert FreshnessAsk.objects.count() == 2


@pytest.mark.parametrize("who", ["owner", "stranger", "nobody"])
def test_closing_by_an_owners_link_waits_as_a_change_set(link, startup, client_for, who):
    owner = startup.memberships.get().user
    user = {"owner": owner, "stranger": UserFactory(), "nobody": None}[who]
    page = client_for(user).post(link, {"jawaban": "tutup", "closed_on": "2026-03-31"}, follow=True)
    assert "Stasion sudah diberi tahu" in page.content.decode()
    startup.refresh_from_db()
    assert startup.lifecycle == "published"
    proposal = ModerationItem.objects.get().change_set
    assert proposal.proposed == {"lifecycle": "closed", "closed_on": "2026-03-31"}
    assert proposal.proposed_by == owner
    assert "31 Maret 2026" in proposal.reason


def test_closing_by_another_contacts_link_is_a_report(startup):
    ask, _token = freshness_mails.new_ask(
        startup, number=3, email="kantor@studio.example", user=None, now=timezone.now()
    )
    freshness.answer(ask, "closed", user=UserFactory(), now=timezone.now())
    item = ModerationItem.objects.get()
    assert (item.report.kind, item.report.reply_to) == ("closed", "kantor@studio.example")
    startup.refresh_from_db()
    assert startup.lifecycle == "published"


@pytest.mark.parametrize("day", ["", "besok", "2999-01-01", "0001-01-01", "2026-02-30", "x" * 10_000])
def test_a_bad_day_is_explained_beside_the_field(link, startup, day):
    page = Client().post(link, {"jawaban": "tutup", "closed_on": day})
    assert page.status_code == 200
    assert "error-summary" in page.content.decode()
    assert FreshnessAsk.objects.get().answer == ""


def test_not_mine_takes_the_contact_off_and_tells_the_coordinators(link, startup):
    owner = startup.memberships.get().user
    ContactPointFactory(startup=startup, value=owner.email)
    Startup.objects.update(created_by=owner)
    Client().post(link, {"jawaban": "bukan-saya"})
    startup.refresh_from_db()
    assert not startup.memberships.exists()
    assert not startup.contacts.exists()
    assert startup.claim == "unclaimed"
    assert startup.created_by is None
    item = ModerationItem.objects.get()
    assert owner.email not in item.report.text + item.report.reply_to


def test_not_mine_of_the_last_owner_ends_badge_and_invitations_and_keeps_a_claim(link, startup):
    owner = startup.memberships.get().user
    VerificationFactory(startup=startup)
    sent = members.invite(startup.pk, "tamu@example.org", role="owner", by=owner)
    ClaimFactory(startup=startup)
    Client().post(link, {"jawaban": "bukan-saya"})
    startup.refresh_from_db()
    assert startup.verifications.get().lapse_reason == "owners"
    assert members.find(sent.token).answered_at is not None
    assert startup.claim == "claim_open"


def test_not_mine_of_one_of_two_owners_leaves_the_badge(link, startup):
    Membership.objects.create(startup=startup, user=UserFactory(), role="owner")
    VerificationFactory(startup=startup)
    Client().post(link, {"jawaban": "bukan-saya"})
    startup.refresh_from_db()
    assert (startup.verifications.get().lapsed_at, startup.claim) == (None, "claimed")


def test_not_mine_of_an_imported_contact_forgets_the_mailbox(mailoutbox):
    startup = StartupFactory(
        claim="unclaimed", source="imported", last_confirmed_on=timezone.localdate() - timedelta(days=200)
    )
    batch = ImportBatch.objects.create(file="x.csv", file_name="x.csv")
    imported = ImportedEntry.objects.create(batch=batch, startup=startup, line=1, email="lain@example.org")
    freshness_mails.send_due_asks(timezone.now())
    freshness.answer(FreshnessAsk.objects.get(), "not_mine", user=None, now=timezone.now())
    imported.refresh_from_db()
    assert imported.email == ""
    assert ModerationItem.objects.count() == 1


def test_an_expired_link_says_so(link, startup):
    FreshnessAsk.objects.update(expires_at=timezone.now())
    for response in (Client().get(link), Client().post(link, {"jawaban": "benar"})):
        assert response.status_code == 410
        assert "30 hari" in response.content.decode()
    assert days_unconfirmed(startup) == 200


@pytest.mark.parametrize("change", [{"lifecycle": "suspended"}, {"last_confirmed_on": timezone.localdate()}])
def test_a_question_that_was_settled_otherwise_takes_no_answer(link, startup, change):
    Startup.objects.update(**change)
    page = Client().post(link, {"jawaban": "bukan-saya"})
    assert "Tidak ada lagi yang perlu dijawab" in page.content.decode()
    assert startup.memberships.exists()


def test_a_forged_link_is_refused_without_asking_the_database(link, django_assert_num_queries):
    forged = link.replace("kabar/", "kabar/A")
    with django_assert_num_queries(0):
        assert freshness.find(forged.split("/")[-2]) is None
    for address in (forged, "/startup/kabar/x/", "/startup/kabar/" + "9" * 3000 + "/", link[:-2] + "/"):
        assert Client().get(address).status_code == 404
        assert Client().post(address, {"jawaban": "benar"}).status_code == 404


def test_a_genuine_link_of_a_deleted_question_is_unknown(link):
    FreshnessAsk.objects.all().delete()
    assert Client().get(link).status_code == 404


def test_the_coordinators_list_by_state_and_with_the_same_queries_for_many(
    coordinator, client_for, startup, django_assert_max_num_queries
):
    client = client_for(coordinator)
    url = reverse("startups:freshness_list")
    old = timezone.localdate() - timedelta(days=300)
    ContactPointFactory(startup=startup, kind="whatsapp", value="+62 812 111")
    names = {"belum": "Belum Ditanya", "diam": "Diam Saja"}
    StartupFactory(name="Belum Ditanya", last_confirmed_on=old)
    silent = StartupFactory(name="Diam Saja", last_confirmed_on=old, owner=UserFactory())
    freshness_mails.send_due_asks(timezone.now())
    FreshnessAsk.objects.filter(startup=silent).update(expires_at=timezone.now())
    for tab, name in {**names, "ditanya": "Gim Brantas"}.items():
        page = client.get(url, {"keadaan": tab}).content.decode()
        assert [one for one in ("Belum Ditanya", "Diam Saja", "Gim Brantas") if one in page] == [name]
    for number in range(20):
        StartupFactory(name=f"Lama {number}", last_confirmed_on=old)
    with django_assert_max_num_queries(9):
        page = client.get(url)
    assert page.content.decode().count("<tr>") == 24
    assert '<a href="?keadaan=diam">Tidak ada jawaban</a>' in page.content.decode()
    response = client.post(reverse("startups:freshness_by_hand", args=[startup.pk]))
    assert "https://wa.me/62812111?" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("who", ["founder", "planner"])
def test_only_coordinators_see_the_list(who, request, client_for):
    client = client_for(request.getfixturevalue(who))
    assert client.get(reverse("startups:freshness_list")).status_code == 403
