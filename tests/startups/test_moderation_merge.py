"""Merging two entries: what moves, what stays private, where old addresses lead."""

import pytest
from django.utils import timezone

from ecosystem.models import OutgoingMail
from startups.models import Claim, Role, Startup, StartupAlias, Tombstone
from startups.rules.decisions import Decision
from startups.services import decisions, merging, moderation
from startups.services.decisions import CannotBeDone, Choice
from tests.startups.factories import (
    ClaimFactory,
    ContactPointFactory,
    MembershipFactory,
    ProblemReportFactory,
    ProductFactory,
    ServiceTypeFactory,
    StartupFactory,
    StartupLinkFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(founder):
    source = StartupFactory(slug="studio-lama", name="Studio Lama", owner=founder)
    return source, StartupFactory(slug="studio-tetap", name="Studio Tetap")


def test_every_old_address_leads_to_the_entry_that_stays(pair):
    source, target = pair
    StartupAlias.objects.create(slug="nama-dulu", startup=source, reason="renamed")
    older = StartupFactory(slug="lebih-lama")
    merging.merge(older.pk, source.pk)
    merging.merge(source.pk, target.pk)
    assert set(target.aliases.values_list("slug", flat=True)) == {"nama-dulu", "studio-lama", "lebih-lama"}
    for merged in (older, source):
        merged.refresh_from_db()
        assert (merged.lifecycle, merged.merged_into) == ("merged", target)
        grave = Tombstone.objects.get(uuid=merged.uuid)
        assert (grave.reason, grave.merged_into) == ("merged", target.uuid)


def test_an_entry_that_was_never_public_leaves_no_address(pair):
    _source, target = pair
    draft = StartupFactory(submitted=True)
    merging.merge(draft.pk, target.pk)
    assert not target.aliases.exists()
    assert not Tombstone.objects.filter(uuid=draft.uuid).exists()


def test_members_and_claims_move_and_the_target_counts_as_claimed(pair, founder, make_user):
    source, target = pair
    editor = make_user("penyunting@example.org")
    MembershipFactory(startup=source, user=editor, role=Role.EDITOR)
    claim = ClaimFactory(startup=source, state=Claim.State.DENIED)
    merging.merge(source.pk, target.pk)
    target.refresh_from_db()
    assert {(row.user, row.role) for row in target.memberships.all()} == {
        (founder, "owner"),
        (editor, "editor"),
    }
    assert target.claim == "claimed"
    claim.refresh_from_db()
    assert claim.startup == target


def test_who_keeps_both_keeps_the_role_there(pair, founder):
    source, target = pair
    MembershipFactory(startup=target, user=founder, role=Role.EDITOR)
    merging.merge(source.pk, target.pk)
    assert [row.role for row in target.memberships.all()] == ["editor"]


def test_who_left_the_entry_does_not_come_back_as_owner_of_the_other(pair, founder, make_user):
    source, target = pair
    Startup.objects.filter(pk=source.pk).update(created_by=make_user("pergi@example.org"))
    MembershipFactory(startup=target, user=founder)
    merging.merge(source.pk, target.pk)
    assert [row.user for row in target.memberships.all()] == [founder]


def test_owners_of_the_entry_that_stays_read_who_joins_and_no_private_contact_moves(pair, founder, make_user):
    source, target = pair
    keeper = make_user("pemilik-tetap@example.org")
    MembershipFactory(startup=target, user=keeper)
    ContactPointFactory(startup=source, kind="email", value="privat@example.org", is_public=False)
    ContactPointFactory(startup=source, kind="phone", value="+62 1", is_public=True)
    merging.merge(source.pk, target.pk)
    mail = OutgoingMail.objects.get()
    assert mail.to == keeper.email
    assert founder.name in mail.text
    assert list(target.contacts.values_list("value", flat=True)) == ["+62 1"]


def test_of_two_open_claims_the_one_that_stays_counts(pair):
    source, target = pair
    gone, kept = ClaimFactory(startup=source), ClaimFactory(startup=target)
    merging.merge(source.pk, target.pk)
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.state, kept.state) == ("denied", "open")


def test_only_what_is_empty_and_was_shown_is_taken_over(pair):
    source, target = pair
    Startup.objects.filter(pk=source.pk).update(
        description="Cerita panjang.", stage="growing", team_band="2-5", legal_name="PT Rahasia",
        street="Jalan Rahasia", nib="1234567890123", public_fields=["stage"], summary_en="A studio.",
    )  # fmt: skip
    Startup.objects.filter(pk=target.pk).update(summary_en="Kept.", public_fields=["team_band", "street"])
    merging.merge(source.pk, target.pk)
    target.refresh_from_db()
    assert (target.description, target.summary_en, target.stage) == ("Cerita panjang.", "Kept.", "growing")
    assert (target.team_band, target.legal_name, target.street, target.nib) == ("", "", "", "")
    assert set(target.public_fields) == {"team_band", "street", "stage"}


def test_products_links_services_and_contacts_join_without_doubles(pair):
    source, target = pair
    ProductFactory(startup=source, title="Panji")
    ProductFactory(startup=source, title="panji dua")
    ProductFactory(startup=target, title="Panji Dua")
    StartupLinkFactory(startup=source, url="https://a.example")
    StartupLinkFactory(startup=source, url="https://b.example")
    StartupLinkFactory(startup=target, url="https://b.example")
    source.services.add(ServiceTypeFactory(code="gim"))
    ContactPointFactory(startup=source, kind="email", value="privat@example.org", is_public=False)
    ContactPointFactory(startup=source, kind="phone", value="+62 1")
    ContactPointFactory(startup=target, kind="phone", value="+62 2", is_public=True)
    plan = merging.takeover(source, target)
    assert (plan.products, len(plan.links), len(plan.contacts)) == (["Panji"], 1, 1)
    merging.merge(source.pk, target.pk)
    assert set(target.products.values_list("title", flat=True)) == {"Panji", "Panji Dua"}
    assert target.links.count() == 2
    assert list(target.services.values_list("code", flat=True)) == ["gim"]
    contacts = {(row.kind, row.value, row.is_public) for row in target.contacts.all()}
    assert contacts == {("email", "privat@example.org", False), ("phone", "+62 2", True)}


def test_the_badge_of_what_goes_lapses_and_the_other_stays(pair):
    source, target = pair
    gone, kept = VerificationFactory(startup=source), VerificationFactory(startup=target, domain="")
    merging.merge(source.pk, target.pk)
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert gone.lapse_reason == "merged"
    assert kept.lapsed_at is None


@pytest.mark.parametrize("lifecycle", ["submitted", "suspended", "closed", "refused"])
def test_the_entry_that_stays_must_be_published(pair, lifecycle):
    source, target = pair
    Startup.objects.filter(pk=target.pk).update(lifecycle=lifecycle)
    with pytest.raises(merging.CannotMerge):
        merging.merge(source.pk, target.pk)


def test_samples_and_real_entries_stay_apart(pair):
    source, _target = pair
    with pytest.raises(merging.CannotMerge):
        merging.merge(source.pk, StartupFactory(sample=True).pk)


def test_nothing_is_merged_with_itself(pair):
    with pytest.raises(merging.CannotMerge):
        merging.merge(pair[0].pk, pair[0].pk)


def test_a_merge_from_the_queue_settles_everything_and_tells_the_owners(pair, coordinator, founder):
    source, target = pair
    other = moderation.open_item(source, "report", report=ProblemReportFactory(startup=source))
    item = moderation.open_item(source, "report", report=ProblemReportFactory(startup=source))
    item.startup.refresh_from_db()
    choice = Choice(Decision.MERGE, note="Satu halaman cukup.", target_id=target.pk)
    decisions.decide(item.pk, choice, by=coordinator, seen=decisions.seen_of(item))
    for row in (item, other):
        row.refresh_from_db()
        assert row.state == "settled"
    mail = OutgoingMail.objects.get(subject__contains="digabung")
    assert mail.to == founder.email
    assert "/startup/studio-tetap/" in mail.text and "Satu halaman cukup." in mail.text


@pytest.mark.parametrize("target_id", [None, 0, 999_999])
def test_a_merge_without_a_target_changes_nothing(pair, coordinator, target_id):
    item = moderation.open_item(pair[0], "report")
    item.startup.refresh_from_db()
    with pytest.raises(CannotBeDone):
        decisions.decide(
            item.pk, Choice(Decision.MERGE, target_id=target_id), by=coordinator, seen=decisions.seen_of(item)
        )
    item.refresh_from_db()
    assert item.state == "open"


def test_the_pages_of_a_merge_show_what_moves(pair, coordinator, client_for, founder):
    source, target = pair
    item = moderation.open_item(source, "report")
    browser = client_for(coordinator)
    address = f"/ruang-kerja/moderasi/{item.pk}/merge/"
    assert target.name in browser.get(address, {"q": "tetap"}).content.decode()
    assert "Tidak ada entri terbit" in browser.get(address, {"q": "zzz"}).content.decode()
    text = browser.get(address, {"target": target.pk}).content.decode()
    assert founder.name in text and "/startup/studio-lama/" in text
    assert "dirinya sendiri" in browser.get(address, {"target": source.pk}).content.decode()
    source.refresh_from_db()
    data = {"item_version": item.version, "startup_version": source.version, "target": target.pk, "note": ""}
    assert "dipertahankan" in browser.post(address, data).content.decode()
    browser.post(address, {**data, "sure": "1"})
    source.refresh_from_db()
    assert source.merged_into == target
    assert timezone.now() >= Tombstone.objects.get(uuid=source.uuid).at
