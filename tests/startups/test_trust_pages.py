"""The pages of claims and badges: who gets in, bad input, what is shown and what is not."""

import pytest
from django.urls import reverse
from django.utils import timezone

from startups.models import Claim, ModerationItem, Proof, Startup
from startups.services import claims, proof_checks, proofs, verifications
from tests.startups.factories import ClaimFactory, StartupFactory

pytestmark = pytest.mark.django_db
DOMAIN = "studio-uji.test"


@pytest.fixture
def entry():
    return StartupFactory(slug="studio-uji", website=f"https://{DOMAIN}/", website_domain=DOMAIN)


@pytest.fixture
def owner(make_user):
    return make_user("pemilik@example.org")


@pytest.fixture
def owned(entry, owner):
    entry.memberships.create(user=owner, role="owner")
    claims.settle_axis(entry)
    return entry


def text_of(response):
    return response.content.decode()


START = "/startup/studio-uji/klaim/"


# --- claiming --------------------------------------------------------------------------------------------


def test_a_visitor_reads_what_a_claim_is_and_is_led_to_the_sign_in(entry, client):
    page = text_of(client.get(START))
    assert "/akun/login/?next=/startup/studio-uji/klaim/" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    answer = client.post(START, {"method": "dns"})
    assert answer.status_code == 302
    assert answer.url.startswith("/akun/login/")
    assert not Claim.objects.exists()


def test_the_english_page_is_english(entry, client, founder, client_for):
    assert "yours?" in text_of(client.get(f"/en{START}"))
    assert "How do you want to show it?" in text_of(client_for(founder).get(f"/en{START}"))


@pytest.mark.parametrize("method", ["dns", "file"])
def test_the_claimant_is_shown_what_to_publish_and_nobody_else(entry, founder, owner, client_for, method):
    answer = client_for(founder).post(START, {"method": method})
    claim = Claim.objects.get()
    assert answer.url == f"{START}{claim.pk}/"
    secret = Proof.objects.get().secret
    assert secret in text_of(client_for(founder).get(answer.url))
    assert client_for(owner).get(answer.url).status_code == 404
    assert client_for(None).get(answer.url).status_code == 302
    assert secret not in text_of(client_for(founder).get("/startup/studio-uji/"))


def test_claiming_again_leads_to_the_open_claim_and_others_are_told(entry, founder, owner, client_for):
    client_for(founder).post(START, {"method": "dns"})
    again = client_for(founder).get(START)
    assert again.url == f"{START}{Claim.objects.get().pk}/"
    page = text_of(client_for(owner).get(START))
    assert "Orang lain sudah mengklaim entri ini" in page
    assert founder.email not in page
    assert client_for(owner).post(START, {"method": "dns"}).status_code == 200
    assert Claim.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Pilih salah satu cara."),
        ({"method": "sulap"}, "Pilih salah satu cara."),
        ({"method": "mailbox"}, "Tulis nama alamat email"),
        ({"method": "mailbox", "mailbox": "halo@gmail.com"}, f"Harus alamat email di {DOMAIN}"),
        ({"method": "mailbox", "mailbox": "a b"}, "Ini bukan nama alamat email."),
        ({"method": "mailbox", "mailbox": "a\r\nBcc: x"}, "Ini bukan nama alamat email."),
        ({"method": "mailbox", "mailbox": "<script>"}, "Ini bukan nama alamat email."),
        ({"method": "mailbox", "mailbox": "a" * 10_000}, "120"),
        ({"method": "in_person"}, "Jelaskan dalam satu kalimat"),
        ({"method": "in_person", "statement": "a" * 10_000}, "1000"),
    ],
)
def test_bad_input_is_explained_beside_the_field_and_begins_nothing(
    entry, founder, client_for, values, message
):
    answer = client_for(founder).post(START, values)
    assert answer.status_code == 200
    assert message in text_of(answer)
    assert not Claim.objects.exists()


def test_the_code_goes_to_the_mailbox_at_the_domain_alone(entry, founder, client_for, mailoutbox):
    client_for(founder).post(START, {"method": "mailbox", "mailbox": f"Halo.Tim@{DOMAIN.upper()}"})
    assert [letter.to for letter in mailoutbox] == [[f"Halo.Tim@{DOMAIN}"], [founder.email]]


def test_a_dispute_says_so_and_asks_for_the_reason(owned, founder, owner, client_for):
    page = text_of(client_for(founder).get(START))
    assert "Entri ini sudah punya pemilik" in page
    assert "Jelaskan dalam satu kalimat" in text_of(client_for(founder).post(START, {"method": "dns"}))
    assert "Entri ini sudah Anda kelola." in text_of(client_for(owner).get(START))
    client_for(founder).post(START, {"method": "dns", "statement": "Saya pendirinya sejak 2019."})
    page = text_of(client_for(founder).get(f"{START}{Claim.objects.get().pk}/"))
    assert "Koordinator yang memutuskan" in page


@pytest.mark.parametrize("state", ["draft", "submitted", "suspended"])
def test_what_the_public_does_not_see_cannot_be_claimed(founder, client_for, state):
    StartupFactory(slug="belum", **{state: True})
    assert client_for(founder).get("/startup/belum/klaim/").status_code in {404, 410}
    assert client_for(founder).post("/startup/belum/klaim/", {"method": "in_person"}).status_code in {
        404,
        410,
    }
    assert not Claim.objects.exists()


def test_forged_and_foreign_ids_are_not_found(entry, founder, owner, client_for):
    claim = ClaimFactory(startup=entry, user=owner)
    proof = proofs.begin(entry, owner, "dns", claim=claim, language="id")
    browser = client_for(founder)
    for path in (f"{START}{claim.pk}/cara/", f"{START}{claim.pk}/tarik/", f"{START}999999/tarik/"):
        assert browser.post(path, {"method": "in_person"}).status_code == 404
    for path in ("periksa/", "kode/"):
        assert browser.post(f"/ruang-kerja/bukti/{proof.pk}/{path}", {"code": "123456"}).status_code == 404
    assert browser.get(f"/ruang-kerja/bukti/{proof.pk}/").status_code == 404
    proof.refresh_from_db()
    assert (proof.state, proof.attempts) == ("waiting", 0)


def test_withdrawing_asks_first(entry, founder, client_for):
    claim = claims.start(entry.pk, founder, "dns", language="id")
    browser, path = client_for(founder), f"{START}{claim.pk}/tarik/"
    assert "Tarik klaim?" in text_of(browser.get(path))
    claim.refresh_from_db()
    assert claim.state == "open"
    browser.post(path)
    claim.refresh_from_db()
    assert claim.state == "withdrawn"
    assert browser.post(path).status_code == 302
    assert "Anda sudah menarik klaim ini." in text_of(browser.get(f"{START}{claim.pk}/"))
    for after in ("cara/", "tarik/"):
        assert browser.post(f"{START}{claim.pk}/{after}", {"method": "dns"}).status_code == 302


def test_an_earlier_address_leads_to_the_claim_page_of_the_entry(entry, client):
    entry.aliases.create(slug="nama-lama", reason="renamed")
    answer = client.get("/startup/nama-lama/klaim/")
    assert (answer.status_code, answer.url) == (301, START)


# --- a check ---------------------------------------------------------------------------------------------


def test_the_page_asks_how_far_the_check_is_and_loads_anew_when_it_is_done(entry, founder, client_for):
    claim = claims.start(entry.pk, founder, "dns", language="id")
    proof, browser = Proof.objects.get(), client_for(founder)
    browser.post(f"/ruang-kerja/bukti/{proof.pk}/periksa/")
    page = text_of(browser.get(f"{START}{claim.pk}/"))
    assert f'hx-get="/ruang-kerja/bukti/{proof.pk}/"' in page
    assert "Muat ulang halaman" in page
    path = f"/ruang-kerja/bukti/{proof.pk}/"
    waiting = browser.get(path, headers={"hx-request": "true"})
    assert "HX-Refresh" not in waiting
    assert text_of(waiting).lstrip().startswith('<div id="bukti"')
    assert browser.get(path).url == f"{START}{claim.pk}/"
    Proof.objects.update(
        state="failed", finding="other_record", found="<script>alert(1)</script>", checked_at=timezone.now()
    )
    assert browser.get(path, headers={"hx-request": "true"})["HX-Refresh"] == "true"
    page = text_of(browser.get(f"{START}{claim.pk}/"))
    assert "Cocokkan huruf demi huruf" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_asking_too_soon_says_when(entry, founder, client_for):
    claims.start(entry.pk, founder, "dns", language="id")
    Proof.objects.update(state="failed", finding="no_record", checked_at=timezone.now())
    answer = client_for(founder).post(f"/ruang-kerja/bukti/{Proof.objects.get().pk}/periksa/", follow=True)
    assert "Tunggu setengah menit" in text_of(answer)


def test_a_wrong_code_says_how_many_tries_are_left(owned, owner, client_for):
    browser, path = client_for(owner), f"/ruang-kerja/startup/{owned.pk}/verifikasi/"
    browser.post(path, {"method": "mailbox", "mailbox": "halo"})
    proof = Proof.objects.get()
    answer = browser.post(f"/ruang-kerja/bukti/{proof.pk}/kode/", {"code": "abc"}, follow=True)
    assert "Ini bukan kode yang kami kirim." in text_of(answer)
    assert "tersisa 4 percobaan" in text_of(answer)
    assert browser.post(f"/ruang-kerja/bukti/{proof.pk}/kode/", {"code": "1" * 10_000}).status_code == 302
    assert browser.post(f"/ruang-kerja/bukti/{proof.pk}/kode/", {}).status_code == 302


# --- badges ----------------------------------------------------------------------------------------------


def test_an_owner_begins_a_proof_and_sees_the_badge_afterwards(owned, owner, client_for, monkeypatch):
    browser, path = client_for(owner), f"/ruang-kerja/startup/{owned.pk}/verifikasi/"
    assert "Belum ada yang memeriksa" in text_of(browser.get(path))
    assert browser.post(path, {"method": "dns"}).status_code == 302
    assert Proof.objects.get().secret in text_of(browser.get(path))
    monkeypatch.setattr(proof_checks, "look", lambda _proof: proof_checks.Finding())
    browser.post(f"/ruang-kerja/bukti/{Proof.objects.get().pk}/periksa/")
    proof_checks.check(Proof.objects.get().pk, now=timezone.now())
    page = text_of(browser.get(path))
    assert DOMAIN in page
    assert Proof.objects.get().secret not in page


def test_who_may_open_the_badge_page(owned, founder, coordinator, make_user, client_for):
    editor = make_user("penyunting@example.org")
    owned.memberships.create(user=editor, role="editor")
    path = f"/ruang-kerja/startup/{owned.pk}/verifikasi/"
    assert client_for(founder).get(path).status_code == 404
    assert client_for(editor).get(path).status_code == 403
    assert client_for(coordinator).get(path).status_code == 200
    assert client_for(coordinator).post(path, {"method": "dns"}).status_code == 403


def test_an_entry_without_its_own_domain_is_sent_to_stasion(owner, client_for):
    entry = StartupFactory(website="https://studio.itch.io/", website_domain="studio.itch.io", owner=owner)
    path = f"/ruang-kerja/startup/{entry.pk}/verifikasi/"
    assert "Datanglah ke Stasion" in text_of(client_for(owner).get(path))
    assert client_for(owner).post(path, {"method": "dns"}).status_code == 403


def test_a_coordinator_gives_and_takes_a_badge_but_not_of_the_own_startup(
    owned, coordinator, owner, client_for, mailoutbox
):
    browser, path = client_for(coordinator), f"/ruang-kerja/startup/{owned.pk}/verifikasi/"
    browser.post(f"{path}beri/", {})
    assert not owned.verifications.exists()
    browser.post(f"{path}beri/", {"sure": "on"})
    badge = owned.verifications.get()
    assert (badge.level, badge.given_by) == ("in_person", coordinator)
    revoke = f"{path}{badge.pk}/cabut/"
    assert "Cabut lencana" in text_of(browser.get(revoke))
    assert browser.post(revoke, {}).status_code == 200
    browser.post(revoke, {"note": "Ternyata <b>bukan</b> mereka."})
    badge.refresh_from_db()
    assert badge.lapse_reason == "revoked"
    assert "Ternyata &lt;b&gt;bukan&lt;/b&gt; mereka." in text_of(client_for(owner).get(path))
    assert len(mailoutbox) == 2
    own = StartupFactory(owner=coordinator)
    mine = f"/ruang-kerja/startup/{own.pk}/verifikasi/"
    assert client_for(coordinator).post(f"{mine}beri/", {"sure": "on"}).status_code == 403
    assert not own.verifications.exists()


def test_a_badge_of_another_entry_cannot_be_taken_back_here(owned, coordinator, client_for):
    other = StartupFactory()
    badge = verifications.grant(other, "in_person")
    path = f"/ruang-kerja/startup/{owned.pk}/verifikasi/{badge.pk}/cabut/"
    assert client_for(coordinator).post(path, {"note": "Salah."}).status_code == 404


def test_only_a_published_entry_gets_a_badge(coordinator, client_for):
    entry = StartupFactory(submitted=True)
    client_for(coordinator).post(f"/ruang-kerja/startup/{entry.pk}/verifikasi/beri/", {"sure": "on"})
    assert not entry.verifications.exists()


def test_the_badge_page_reads_as_much_for_ten_badges_as_for_one(
    owned, owner, client_for, django_assert_max_num_queries
):
    browser, path = client_for(owner), f"/ruang-kerja/startup/{owned.pk}/verifikasi/"
    verifications.grant(owned, "domain", DOMAIN)
    browser.get(path)
    for _ in range(9):
        verifications.grant(owned, "mailbox", DOMAIN)
    with django_assert_max_num_queries(14):
        browser.get(path)
    with django_assert_max_num_queries(16):
        browser.get("/startup/studio-uji/klaim/")
    assert Startup.objects.get(pk=owned.pk).claim == "claimed"


def test_a_claimed_entry_leads_the_rightful_owner_to_a_claim_and_its_owners_to_their_answer(
    owned, owner, founder, coordinator, client_for, mailoutbox
):
    assert START in text_of(client_for(None).get("/startup/studio-uji/"))
    client = client_for(owner)
    manage, side = (
        reverse(f"startups:{name}", args=[owned.pk]) for name in ("startup_manage", "dispute_answer")
    )
    assert side not in text_of(client.get(manage))
    assert client.get(side).url == manage
    claims.start(owned.pk, founder, "in_person", statement="Milik saya.", language="id")
    assert side in mailoutbox[0].body
    assert side in text_of(client.get(manage))
    assert client_for(founder).get(side).status_code == 404
    assert client_for(coordinator).get(side).status_code == 403
    assert client.post(side, {"reason": ""}).status_code == 200
    assert client.post(side, {"reason": "Saya pendirinya sejak 2019."}).url == manage
    item = ModerationItem.objects.get()
    assert item.state == "open"
    assert (item.events.last().by, item.events.last().note) == (owner, "Saya pendirinya sejak 2019.")
    page = client_for(coordinator).get(reverse("startups:moderation_detail", args=[item.pk]))
    assert "Saya pendirinya sejak 2019." in text_of(page)
