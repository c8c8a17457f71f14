"""Claims: who may, how they are proved, who decides, and who is told what."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from startups.models import Claim, Membership, ModerationItem, Proof, Role, Startup
from startups.reasons import reasons_for
from startups.rules.decisions import Decision
from startups.services import changes, claims, decisions, members, merging, moderation, proof_checks, proofs
from tests.startups.factories import ClaimFactory, ContactPointFactory, MembershipFactory, StartupFactory

pytestmark = pytest.mark.django_db
DOMAIN = "studio-uji.test"


@pytest.fixture
def entry():
    return StartupFactory(website=f"https://www.{DOMAIN}/tentang", website_domain=DOMAIN)


@pytest.fixture
def claimant(make_user):
    return make_user("pengaku@example.org", name="Pengaku")


@pytest.fixture
def owner(make_user):
    return make_user("pemilik@example.org", name="Pemilik", language="en")


def begin(entry, user, method="dns", **words):
    return claims.start(entry.pk, user, method, language="id", **words)


def found(entry):
    """Let a worker find the proof of the open claim."""
    proof = Proof.objects.filter(startup=entry, state="waiting").get()
    proofs.request_check(proof)
    proof_checks.check(proof.pk, now=timezone.now())
    proof.refresh_from_db()
    return proof


@pytest.fixture
def answering(monkeypatch):
    """The domain's owner has published what was asked for."""
    monkeypatch.setattr(proof_checks, "look", lambda _proof: proof_checks.Finding())


def test_a_domain_proof_gives_an_unclaimed_entry_to_the_claimant_at_once(
    entry, claimant, answering, mailoutbox
):
    claim = begin(entry, claimant)
    entry.refresh_from_db()
    assert entry.claim == Startup.Claim.CLAIM_OPEN
    assert found(entry).state == "passed"
    claim.refresh_from_db(), entry.refresh_from_db()
    assert (claim.state, entry.claim) == ("accepted", "claimed")
    assert entry.memberships.get().user == claimant
    badge = entry.verifications.get()
    assert (badge.level, badge.domain) == ("domain", DOMAIN)
    assert entry.search_entry.verification == "domain"
    subjects = [letter.subject for letter in mailoutbox if letter.to == [claimant.email]]
    assert [f"“{entry.name}”" in subject for subject in subjects] == [True] * 2
    assert not ModerationItem.objects.exists()


def test_without_the_proof_nothing_changes(entry, claimant, monkeypatch):
    """The negative control of the test above."""
    monkeypatch.setattr(proof_checks, "look", lambda _proof: proof_checks.Finding("no_record"))
    claim = begin(entry, claimant)
    assert found(entry).state == "failed"
    claim.refresh_from_db()
    assert claim.state == "open"
    assert not entry.memberships.exists()


def test_a_mailbox_and_a_meeting_wait_for_a_coordinator(entry, claimant, make_user, coordinator, mailoutbox):
    claim = begin(entry, claimant, "mailbox", mailbox=f"halo@{DOMAIN}")
    code = next(letter for letter in mailoutbox if letter.to == [f"halo@{DOMAIN}"]).body.split("\n    ")[1][
        :6
    ]
    proof = proof_checks.try_code(Proof.objects.get(), code)
    assert proof.state == "passed"
    claim.refresh_from_db()
    assert claim.state == "open"
    item = claim.moderation_item
    decisions.decide(item.pk, decisions.Choice(Decision.ACCEPT), by=coordinator, seen=decisions.seen_of(item))
    entry.refresh_from_db()
    assert entry.claim == "claimed"
    assert entry.verifications.get().level == "mailbox"
    item.refresh_from_db()
    assert item.state == "settled"
    other = StartupFactory()
    walked = begin(
        other, make_user("datang@example.org"), "in_person", statement="Saya pemiliknya sejak 2019."
    )
    item = walked.moderation_item
    decisions.decide(item.pk, decisions.Choice(Decision.ACCEPT), by=coordinator, seen=decisions.seen_of(item))
    assert other.verifications.get().level == "in_person"
    assert other.verifications.get().given_by == coordinator


def test_a_dispute_is_decided_by_a_coordinator_even_with_a_domain_proof(
    entry, claimant, owner, coordinator, answering, mailoutbox
):
    MembershipFactory(startup=entry, user=owner)
    claims.settle_axis(entry)
    claim = begin(entry, claimant, statement="Perusahaan ini milik saya.")
    entry.refresh_from_db()
    assert (claim.is_dispute, entry.claim) == (True, "claimed"), "a mere word does not stain the public page"
    assert [letter.to for letter in mailoutbox] == [[owner.email], [claimant.email]]
    assert "Nothing has changed" in mailoutbox[0].body
    assert found(entry).state == "passed"
    claim.refresh_from_db(), entry.refresh_from_db()
    assert (claim.state, entry.claim) == ("open", "disputed")
    assert entry.memberships.get().user == owner
    item = claim.moderation_item
    choice = decisions.Choice(Decision.ACCEPT, note="Domain terbukti.")
    decisions.decide(item.pk, choice, by=coordinator, seen=decisions.seen_of(item))
    assert [row.user for row in entry.memberships.all()] == [claimant]
    lost = [letter for letter in mailoutbox if letter.to == [owner.email]][-1]
    assert "is kept by somebody else now" in lost.subject
    assert "Domain terbukti." in lost.body


def test_what_the_loser_kept_private_or_proposed_does_not_go_to_the_winner(
    entry, claimant, owner, coordinator
):
    MembershipFactory(startup=entry, user=owner)
    ContactPointFactory(startup=entry, kind="email", is_public=True)
    ContactPointFactory(startup=entry, kind="phone", value="0812999")
    Startup.objects.update(nib="1234567890123")
    changes.propose_identity(entry.pk, user=owner, proposal={"name": "Nama Pemilik"})
    claim = claims.start(entry.pk, claimant, "in_person", statement="Punya saya.", language="id")
    claims.accept(claim.pk, by=coordinator)
    entry.refresh_from_db()
    assert [row.kind for row in entry.contacts.all()] == ["email"]
    assert (entry.nib, changes.pending_of(entry)) == ("", None)
    assert not ModerationItem.objects.open().filter(kind="edit").exists()


def test_the_claimant_of_a_lost_dispute_reads_why_and_the_owner_keeps_the_entry(
    entry, claimant, owner, coordinator, mailoutbox
):
    MembershipFactory(startup=entry, user=owner)
    claim = begin(entry, claimant, statement="Perusahaan ini milik saya.")
    item = claim.moderation_item
    reason = next(iter(reasons_for(Decision.REFUSE)), "")
    choice = decisions.Choice(Decision.REFUSE, reason=reason, note="Belum ada bukti.")
    decisions.decide(item.pk, choice, by=coordinator, seen=decisions.seen_of(item))
    claim.refresh_from_db(), entry.refresh_from_db()
    assert (claim.state, claim.answer, claim.decided_by) == ("denied", "Belum ada bukti.", coordinator)
    assert entry.claim == "claimed"
    assert [row.user for row in entry.memberships.all()] == [owner]
    texts = {letter.to[0]: letter.body for letter in mailoutbox}
    assert "Belum ada bukti." in texts[claimant.email]
    assert "stays with you" in texts[owner.email]


def test_the_claimant_never_decides_about_the_own_claim(entry, coordinator):
    claim = begin(entry, coordinator, "in_person", statement="Saya koordinator dan pemiliknya.")
    item = claim.moderation_item
    with pytest.raises(decisions.NotAllowed):
        decisions.decide(
            item.pk, decisions.Choice(Decision.ACCEPT), by=coordinator, seen=decisions.seen_of(item)
        )


def test_an_owner_who_came_meanwhile_makes_it_a_dispute(entry, claimant, owner, answering):
    claim = begin(entry, claimant)
    MembershipFactory(startup=entry, user=owner)
    assert found(entry).state == "passed"
    claim.refresh_from_db()
    assert (claim.state, claim.is_dispute) == ("open", True)
    assert claim.moderation_item.state == "open"


@pytest.mark.parametrize(
    ("case", "code"), [("draft", "not_claimable"), ("suspended", "not_claimable"), ("own", "member")]
)
def test_what_cannot_be_claimed(claimant, case, code):
    entry = StartupFactory(**({case: True} if case != "own" else {"owner": claimant}))
    with pytest.raises(claims.ClaimRefused) as refusal:
        begin(entry, claimant, "in_person", statement="Milik saya sejak lama.")
    assert refusal.value.code == code


def test_one_claim_of_an_entry_is_open_at_a_time(entry, claimant, owner):
    begin(entry, claimant)
    for person, code in ((owner, "taken"), (claimant, "yours")):
        with pytest.raises(claims.ClaimRefused) as refusal:
            begin(entry, person)
        assert refusal.value.code == code
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimFactory(startup=entry)


def test_a_person_has_five_open_claims_and_three_of_one_entry_at_most(claimant, entry):
    for _ in range(3):
        claims.withdraw(begin(entry, claimant).pk)
    with pytest.raises(claims.ClaimRefused) as refusal:
        begin(entry, claimant)
    assert refusal.value.code == "too_often"
    for _ in range(claims.MOST_OPEN):
        ClaimFactory(user=claimant)
    with pytest.raises(claims.ClaimRefused) as refusal:
        begin(StartupFactory(), claimant, "in_person", statement="Milik saya sejak lama.")
    assert refusal.value.code == "too_many"


def test_a_shared_domain_proves_nothing(claimant):
    entry = StartupFactory(website="https://instagram.com/studio", website_domain="instagram.com")
    assert claims.methods_for(entry) == (Claim.Method.IN_PERSON,)
    for method in ("dns", "file", "mailbox"):
        with pytest.raises(proofs.ProofRefused), transaction.atomic():
            begin(entry, claimant, method, mailbox="a@instagram.com")


def test_another_way_replaces_the_proof_and_the_same_one_is_kept(entry, claimant):
    claim = begin(entry, claimant)
    first = claim.proofs.get()
    claims.change_method(claim.pk, "dns", language="id")
    assert claim.proofs.get() == first
    claims.change_method(claim.pk, "file", language="id")
    first.refresh_from_db()
    assert first.state == "expired"
    assert claim.proofs.filter(state="waiting").get().method == "file"
    claims.change_method(claim.pk, "in_person", statement="Saya datang hari Senin.", language="id")
    assert not claim.proofs.filter(state="waiting").exists()
    assert claim.moderation_item.state == "open"


def test_withdrawing_gives_the_entry_free_and_settles_the_item(entry, claimant):
    claim = begin(entry, claimant, "in_person", statement="Saya datang hari Senin.")
    claims.withdraw(claim.pk)
    entry.refresh_from_db()
    assert entry.claim == "unclaimed"
    assert ModerationItem.objects.get(claim=claim).state == "settled"
    with pytest.raises(claims.ClaimRefused):
        claims.withdraw(claim.pk)
    with pytest.raises(claims.ClaimRefused):
        claims.accept(claim.pk, by=None)


def test_a_claim_that_waits_for_its_author_ends_after_14_days_and_once(entry, claimant, mailoutbox):
    claim = begin(entry, claimant)
    held = begin(StartupFactory(), claimant, "in_person", statement="Saya datang hari Senin.")
    now = timezone.now() + timedelta(days=15)
    assert claims.expire(timezone.now() + timedelta(days=13)) == 0
    assert (claims.expire(now), claims.expire(now)) == (1, 0)
    claim.refresh_from_db(), held.refresh_from_db(), entry.refresh_from_db()
    assert (claim.state, held.state, entry.claim) == ("expired", "open", "unclaimed")
    assert (
        sum("telah berakhir" in letter.subject or "has ended" in letter.subject for letter in mailoutbox) == 1
    )


def test_the_mark_of_a_claim_whose_author_was_erased_goes_at_night(entry, claimant):
    begin(entry, claimant).delete()
    assert Startup.objects.get(pk=entry.pk).claim == "claim_open"
    claims.expire(timezone.now())
    assert Startup.objects.get(pk=entry.pk).claim == "unclaimed"


def test_a_merge_takes_the_open_claim_and_its_item_along(entry, claimant, owner):
    MembershipFactory(startup=entry, user=owner)
    target = StartupFactory()
    claim = begin(entry, claimant, statement="Perusahaan ini milik saya.")
    merging.merge(entry.pk, target.pk)
    claim.refresh_from_db(), target.refresh_from_db()
    assert (claim.startup, claim.state, target.claim) == (target, "open", "claimed")
    assert claim.moderation_item.startup == target
    assert claim.moderation_item.state == "open"


def test_of_two_claims_that_a_merge_brings_together_the_one_on_the_lasting_entry_goes_on(
    entry, claimant, owner, mailoutbox
):
    target = StartupFactory(name="Studio Tetap")
    first, second = begin(entry, claimant), begin(target, owner, "in_person", statement="Saya sejak 2019.")
    merging.merge(entry.pk, target.pk)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, second.state) == ("denied", "open")
    assert "Studio Tetap" in [letter for letter in mailoutbox if letter.to == [claimant.email]][-1].body


def test_the_last_owner_who_lost_a_dispute_can_claim_it_back(entry, claimant, owner):
    MembershipFactory(startup=entry, user=owner)
    Membership.objects.create(startup=entry, user=claimant, role=Role.EDITOR)
    claims.accept(begin(entry, claimant, statement="Perusahaan ini milik saya.").pk, by=None)
    assert entry.memberships.get().role == Role.OWNER
    assert claims.obstacle(entry, owner) == ""
    assert not moderation.ModerationItem.objects.open().exists()
    with pytest.raises(members.LastOwner):
        members.remove(entry.pk, claimant.pk, by=claimant)
