"""Proofs, checked against a name server and a website on loopback, and codes that are mailed."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from ecosystem.models import OutgoingMail
from malangkraf import fetching
from startups import findings, tasks
from startups.models import Claim, Membership, Proof, Startup
from startups.services import claims, proof_checks, proofs, verifications
from tests.foreign_site import name_server, plain_answer, website
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db
DOMAIN = "studio-uji.test"


@pytest.fixture(scope="module")
def names():
    with name_server() as server:
        yield server


@pytest.fixture
def site(names, settings):
    """The entry's website, on loopback, which this test allows explicitly."""
    names.records.clear()
    names.silent.clear()
    names.records[f"www.{DOMAIN}", "A"] = ["127.0.0.1"]
    with website() as running:
        settings.DNS_SERVERS = [("127.0.0.1", names.port)]
        settings.FETCH_TEST_ADDRESSES = {"127.0.0.1": {80: running.port}}
        yield running


@pytest.fixture
def owner(make_user):
    return make_user("pemilik@example.org")


@pytest.fixture
def entry(owner):
    return StartupFactory(website=f"http://www.{DOMAIN}/", website_domain=DOMAIN, owner=owner)


def begin(entry, owner, method, **words):
    return proofs.begin(entry, owner, method, language="id", **words)


def check(proof, *, now=None):
    proofs.request_check(proof)
    proof_checks.check(proof.pk, now=now or timezone.now())
    proof.refresh_from_db()
    return proof


def path_of(proof):
    return f"/.well-known/{proofs.file_name(proof)}"


def test_a_record_at_the_domain_gives_the_badge(entry, owner, site, names):
    proof = begin(entry, owner, "dns")
    names.records[f"_malangkraf.{DOMAIN}", "TXT"] = ['"v=spf1 -all"', f'"{proof.secret}"']
    assert check(proof).state == "passed"
    badge = entry.verifications.get()
    assert (badge.level, badge.domain) == ("domain", DOMAIN)
    assert 729 <= (badge.expires_at - badge.given_at).days <= 731
    entry.search_entry.refresh_from_db()
    assert entry.search_entry.verification == "domain"


def test_without_the_record_the_finding_says_so_and_the_check_can_be_repeated(entry, owner, site, names):
    """The negative control of the test above."""
    proof = check(begin(entry, owner, "dns"))
    assert (proof.state, proof.finding) == ("failed", "no_record")
    assert f"_malangkraf.{DOMAIN}" in findings.finding_of(proof)
    assert not entry.verifications.exists()
    names.records[f"_malangkraf.{DOMAIN}", "TXT"] = [f'"{proof.secret[:-1]}"']
    Proof.objects.update(checked_at=timezone.now() - timedelta(minutes=1))
    proof = check(proof)
    assert (proof.finding, proof.found) == ("other_record", proof.secret[:-1])
    names.records[f"_malangkraf.{DOMAIN}", "TXT"] = [f'"{proof.secret}"']
    Proof.objects.update(checked_at=timezone.now() - timedelta(minutes=1))
    assert check(proof).state == "passed"


def test_a_file_on_the_website_gives_the_badge(entry, owner, site):
    proof = begin(entry, owner, "file")
    site.pages[path_of(proof)] = f"\ufeff{proof.secret}\r\n"
    assert check(proof).state == "passed"
    assert f"GET {path_of(proof)} HTTP/1.1\r\nHost: www.{DOMAIN}\r\n" in site.requests[0]


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (None, "no_file"),
        ("Selamat datang", "other_text"),
        ("{text} dan lain-lain", "other_text"),
        ("<p>{path} tidak ada</p>", "other_text"),
    ],
)
def test_the_whole_file_must_be_the_text_and_nothing_else(entry, owner, site, body, finding):
    proof = begin(entry, owner, "file")
    if body:
        site.pages[path_of(proof)] = body.format(text=proof.secret, path=path_of(proof))
    assert check(proof).finding == finding
    assert not entry.verifications.exists()


def test_a_page_that_repeats_its_address_proves_nothing(entry, owner, site):
    """A website whose error page says what was asked for must not hold the secret by that."""
    proof = begin(entry, owner, "file")
    assert proof.secret.removeprefix("malangkraf=") not in proofs.file_url(proof)


def test_foreign_text_is_kept_short_and_without_signs_that_act(entry, owner, site):
    proof = begin(entry, owner, "file")
    site.pages[path_of(proof)] = "<b>\u202eterbalik\x00\x1b[31m</b>\n" + "a" * 5000
    found = check(proof).found
    assert len(found) <= 120
    assert found.startswith("<b> terbalik [31m</b> a")


def test_a_passing_fault_is_tried_three_times_with_growing_pauses(entry, owner, site, names, monkeypatch):
    waits = []
    monkeypatch.setattr(proofs, "wake", lambda proof_id, *, after=0: waits.append(after))
    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    monkeypatch.setattr(
        fetching, "txt_records", lambda name: (_ for _ in ()).throw(fetching.FetchFault("timeout"))
    )
    proof = begin(entry, owner, "dns")
    proofs.request_check(proof)
    now = timezone.now()
    for tries in (1, 2):
        proof_checks.check(proof.pk, now=now)
        proof.refresh_from_db()
        assert (proof.state, proof.tries, proof.finding) == ("queued", tries, "timeout")
        proof_checks.check(proof.pk, now=now)
        proof.refresh_from_db()
        assert proof.tries == tries, "not before its time"
        now = proof.due_at
    proof_checks.check(proof.pk, now=now)
    proof.refresh_from_db()
    assert (proof.state, proof.tries, proof.finding) == ("failed", 3, "timeout")
    assert waits == [10, 30]
    assert proof.attempts == 1


def test_a_lasting_fault_is_not_tried_again(entry, owner, site, names, settings):
    settings.FETCH_TEST_ADDRESSES = {}
    proof = check(begin(entry, owner, "file"))
    assert (proof.state, proof.finding, proof.tries) == ("failed", "not_public", 1)
    assert site.requests == []


def test_what_a_killed_worker_left_is_finished_by_the_sweep(entry, owner, site, names, eager_tasks):
    proof = begin(entry, owner, "dns")
    names.records[f"_malangkraf.{DOMAIN}", "TXT"] = [f'"{proof.secret}"']
    proofs.request_check(proof)
    # A worker took it and died: without the sweep nothing happens.
    Proof.objects.update(claimed_at=timezone.now(), tries=1)
    proof_checks.check(proof.pk, now=timezone.now())
    proof.refresh_from_db()
    assert proof.state == "queued"
    tasks.sweep_proofs()
    proof.refresh_from_db()
    assert proof.state == "queued", "whoever holds it may still be alive"
    Proof.objects.update(claimed_at=timezone.now() - timedelta(minutes=2))
    tasks.sweep_proofs()
    proof.refresh_from_db()
    assert proof.state == "passed"


def test_a_check_that_three_workers_died_of_ends(entry, owner, site):
    proof = begin(entry, owner, "dns")
    proofs.request_check(proof)
    Proof.objects.update(claimed_at=timezone.now() - timedelta(minutes=2), tries=3)
    proof_checks.sweep(timezone.now())
    proof.refresh_from_db()
    assert (proof.state, proof.finding) == ("failed", "unfinished")


def test_a_message_that_comes_twice_checks_once(entry, owner, site, names, mailoutbox):
    proof = begin(entry, owner, "dns")
    names.records[f"_malangkraf.{DOMAIN}", "TXT"] = [f'"{proof.secret}"']
    check(proof)
    proof_checks.check(proof.pk, now=timezone.now())
    assert entry.verifications.count() == 1
    assert len(mailoutbox) == 1


def test_checks_are_limited_in_pace_and_number(entry, owner, site):
    proof = check(begin(entry, owner, "dns"))
    with pytest.raises(proofs.ProofRefused) as refusal:
        proofs.request_check(proof)
    assert refusal.value.code == "too_soon"
    Proof.objects.update(checked_at=timezone.now() - timedelta(minutes=1), attempts=proofs.MOST_CHECKS)
    with pytest.raises(proofs.ProofRefused) as refusal:
        proofs.request_check(proof)
    assert refusal.value.code == "too_many_checks"
    Proof.objects.update(attempts=1, expires_at=timezone.now())
    with pytest.raises(proofs.ProofRefused) as refusal:
        proofs.request_check(proof)
    assert refusal.value.code == "over"


def test_a_proof_for_a_domain_that_the_entry_left_counts_for_nothing(entry, owner, site, names):
    proof = begin(entry, owner, "dns")
    names.records[f"_malangkraf.{DOMAIN}", "TXT"] = [f'"{proof.secret}"']
    Startup.objects.update(website="http://lain.test/", website_domain="lain.test")
    assert check(proof).finding == "domain_changed"
    assert not entry.verifications.exists()


def test_a_proof_of_somebody_who_is_no_owner_any_more_counts_for_nothing(entry, owner, site, names):
    proof = begin(entry, owner, "dns")
    names.records[f"_malangkraf.{DOMAIN}", "TXT"] = [f'"{proof.secret}"']
    Membership.objects.all().delete()
    assert check(proof).finding == "not_owner"


def test_the_text_of_one_person_proves_nothing_for_another(entry, owner, site, names, make_user):
    Membership.objects.all().delete()
    first = claims.start(entry.pk, owner, "dns", language="id")
    names.records[f"_malangkraf.{DOMAIN}", "TXT"] = [f'"{first.proofs.get().secret}"']
    claims.withdraw(first.pk)
    second = claims.start(entry.pk, make_user("lain@example.org"), "dns", language="id")
    assert check(second.proofs.get()).finding == "other_record"
    assert not Claim.objects.filter(state="accepted").exists()


# --- codes -----------------------------------------------------------------------------------------------


def code_in(mailoutbox, mailbox):
    return re.search(r"^    (\d{6})$", [one for one in mailoutbox if one.to == [mailbox]][-1].body, re.M)[1]


def test_the_code_that_was_mailed_gives_the_badge_and_is_stored_nowhere(entry, owner, mailoutbox):
    proof = begin(entry, owner, "mailbox", mailbox=f"halo@{DOMAIN}")
    code = code_in(mailoutbox, f"halo@{DOMAIN}")
    assert code not in proof.secret
    assert code not in "".join(f"{row.subject}{row.text}{row.html}" for row in OutgoingMail.objects.all())
    assert proof_checks.try_code(proof, f" {code[:3]} {code[3:]} ").state == "passed"
    assert entry.verifications.get().level == "mailbox"
    assert proof_checks.try_code(proof, code).state == "passed"
    assert entry.verifications.count() == 1


def test_five_wrong_codes_end_it(entry, owner, mailoutbox):
    proof = begin(entry, owner, "mailbox", mailbox=f"halo@{DOMAIN}")
    code = code_in(mailoutbox, f"halo@{DOMAIN}")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        proof = proof_checks.try_code(proof, wrong)
        assert (proof.state, proof.finding, 5 - proof.attempts) == ("failed", "wrong_code", left)
    proof = proof_checks.try_code(proof, wrong)
    assert (proof.state, proof.finding) == ("expired", "too_many_tries")
    assert proof_checks.try_code(proof, code).state == "expired"
    assert not entry.verifications.exists()


def test_a_code_counts_for_half_an_hour(entry, owner, mailoutbox):
    proof = begin(entry, owner, "mailbox", mailbox=f"halo@{DOMAIN}")
    Proof.objects.update(expires_at=timezone.now())
    assert proof_checks.try_code(proof, code_in(mailoutbox, f"halo@{DOMAIN}")).state == "waiting"
    assert not entry.verifications.exists()
    assert proof_checks.expire(timezone.now()) == 1


def test_nobody_s_mailbox_is_flooded(entry, owner):
    for _ in range(proofs.MOST_CODES_TO_ONE):
        begin(entry, owner, "mailbox", mailbox=f"halo@{DOMAIN}")
    with pytest.raises(proofs.ProofRefused) as refusal:
        begin(entry, owner, "mailbox", mailbox=f"Halo@{DOMAIN}")
    assert refusal.value.code == "too_many_codes"
    for number in range(proofs.MOST_CODES - proofs.MOST_CODES_TO_ONE):
        begin(entry, owner, "mailbox", mailbox=f"kotak{number}@{DOMAIN}")
    with pytest.raises(proofs.ProofRefused):
        begin(entry, owner, "mailbox", mailbox=f"satu-lagi@{DOMAIN}")
    assert Proof.objects.filter(state="waiting").count() == 1


# --- badges ----------------------------------------------------------------------------------------------


def badge_of(entry, **words):
    return verifications.grant(entry, "domain", DOMAIN, **words)


@pytest.mark.parametrize("change", [{"name": "Nama Lain"}, {"website_domain": "lain.test"}])
def test_a_badge_ends_with_another_name_or_domain(entry, change, mailoutbox):
    badge_of(entry)
    assert verifications.lapse_if_changed(entry) == 0
    Startup.objects.filter(pk=entry.pk).update(**change)
    assert (verifications.lapse_if_changed(entry), verifications.lapse_if_changed(entry)) == (1, 0)
    assert entry.verifications.get().lapse_reason == "changed"
    entry.search_entry.refresh_from_db()
    assert entry.search_entry.verification == ""
    assert len(mailoutbox) == 2


def test_other_case_or_spaces_of_the_name_end_nothing(entry):
    badge_of(entry)
    Startup.objects.filter(pk=entry.pk).update(name=f" {entry.name.upper()} ")
    assert verifications.lapse_if_changed(entry) == 0


def test_a_badge_that_is_taken_back_is_gone_at_once_and_its_owner_reads_why(entry, mailoutbox):
    badge = badge_of(entry)
    assert verifications.revoke(badge, note="Domain dijual.")
    assert not verifications.revoke(badge, note="Sekali lagi.")
    assert verifications.current(entry, timezone.now()) is None
    assert "Domain dijual." in mailoutbox[-1].body
    assert len(mailoutbox) == 2


def test_the_nightly_job_reminds_once_and_ends_once(entry, mailoutbox):
    badge = badge_of(entry)
    soon, over = badge.expires_at - timedelta(days=29), badge.expires_at + timedelta(seconds=1)
    verifications.remind(soon - timedelta(days=2))
    assert len(mailoutbox) == 1
    verifications.remind(soon)
    verifications.remind(soon)
    assert [letter.subject for letter in mailoutbox[1:]] == [f"Lencana “{entry.name}” segera berakhir"]
    assert verifications.expire(soon) == 0
    entry.search_entry.refresh_from_db()
    assert entry.search_entry.verification == "domain"
    # The derived row is made at the real time, so the badge must have ended by then.
    entry.verifications.update(given_at=badge.given_at - timedelta(days=800), expires_at=timezone.now())
    assert (verifications.expire(over), verifications.expire(over)) == (1, 0)
    entry.search_entry.refresh_from_db()
    assert entry.search_entry.verification == ""
    assert [letter.subject for letter in mailoutbox[2:]] == [f"Lencana “{entry.name}” telah berakhir"]


def test_nobody_is_reminded_whose_other_badge_goes_on(entry, mailoutbox):
    badge = badge_of(entry)
    entry.verifications.update(expires_at=timezone.now() + timedelta(days=10))
    verifications.grant(entry, "in_person")
    verifications.remind(timezone.now())
    assert len(mailoutbox) == 2
    assert badge.pk


def test_an_answer_with_an_error_of_the_server_is_tried_again(entry, owner, site):
    proof = begin(entry, owner, "file")
    site.pages[path_of(proof)] = lambda _head, connection: connection.sendall(plain_answer("rusak", 503))
    proof = check(proof)
    assert (proof.state, proof.finding, proof.found) == ("queued", "bad_status", "503")
