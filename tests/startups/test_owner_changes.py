"""Edits of an entry: light ones at once and on the after-check list, identity beside the live row, races by field."""

import pytest
from django.utils import timezone

from startups.models import (
    ChangeSet,
    ModerationEvent,
    ModerationItem,
    Role,
    Startup,
    StartupAlias,
    Tombstone,
    Verification,
)
from startups.rules.decisions import Decision
from startups.services import changes, decisions, entries, leaving, values
from startups.services.decisions import Choice
from tests.startups.factories import (
    ContactPointFactory,
    MembershipFactory,
    ProductFactory,
    ServiceTypeFactory,
    StartupFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def startup(founder):
    return StartupFactory(
        name="Studio Lama", owner=founder, website="https://lama.example/", website_domain="lama.example"
    )


@pytest.fixture
def editor(make_user, startup):
    user = make_user("editor@example.org")
    MembershipFactory(startup=startup, user=user, role=Role.EDITOR)
    return user


def save(startup, user, *, seen=None, reason="", **wanted):
    pending = changes.pending_of(startup)
    seen = seen or changes.marks(fresh(startup), wanted, pending=pending)
    return changes.save_values(startup.pk, user=user, wanted=wanted, seen=seen, reason=reason)


def fresh(startup):
    return Startup.objects.get(pk=startup.pk)


def check(startup):
    return ModerationItem.objects.open().filter(startup=startup, kind="after_check").first()


def decide(item, decision, by):
    item = ModerationItem.objects.select_related("startup").get(pk=item.pk)
    choice = Choice(Decision(decision), note="Karena begitu.")
    return decisions.decide(item.pk, choice, by=by, seen=decisions.seen_of(item))


# --- light ------------------------------------------------------------------------------------------------


def test_a_light_edit_is_live_at_once_counts_as_a_confirmation_and_waits_for_a_look(startup, editor):
    Startup.objects.update(last_confirmed_on="2026-01-05")
    saved = save(startup, editor, summary="Gim untuk semua.")
    assert saved.applied == ["summary"]
    after = fresh(startup)
    assert (after.summary, after.last_confirmed_on) == ("Gim untuk semua.", timezone.localdate())
    assert after.version == startup.version + 1
    assert check(startup).change == {"summary": [startup.summary, "Gim untuk semua."]}


def test_the_edits_of_some_days_are_one_look_that_keeps_the_first_value(startup, founder, editor):
    save(startup, editor, summary="Kedua.")
    save(startup, founder, summary="Ketiga.", alternate_names="Lama")
    item = check(startup)
    assert item.change == {"summary": [startup.summary, "Ketiga."], "alternate_names": ["", "Lama"]}
    assert ModerationItem.objects.count() == 1
    assert set(item.events.values_list("by", flat=True)) == {founder.pk, editor.pk}


def test_what_is_changed_back_leaves_the_list(startup, editor):
    save(startup, editor, summary="Kedua.")
    save(startup, editor, summary=startup.summary)
    assert check(startup) is None


def test_nothing_changed_is_no_new_version_but_a_confirmation(startup, editor):
    Startup.objects.update(last_confirmed_on="2026-01-05")
    saved = save(startup, editor, summary=startup.summary)
    assert (saved.applied, saved.proposed, saved.conflicts) == ([], [], [])
    assert (fresh(startup).version, fresh(startup).last_confirmed_on) == (
        startup.version,
        timezone.localdate(),
    )


def test_the_edit_of_a_coordinator_confirms_nothing_and_is_looked_at_by_another(
    startup, coordinator, make_user
):
    Startup.objects.update(last_confirmed_on="2026-01-05")
    save(startup, coordinator, summary="Dari koordinator.")
    assert str(fresh(startup).last_confirmed_on) == "2026-01-05"
    item = ModerationItem.objects.select_related("startup", "change_set").get()
    assert not decisions.may_decide(coordinator, item)
    assert decisions.may_decide(make_user("lain@example.org", "coordinator"), item)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nib", "1234567890123"),
        ("street", "Jalan Rumah 5"),
        ("email", ["rumah@example.org", False]),
        ("legal_name", "PT Rahasia"),
    ],
)
def test_private_values_never_reach_the_coordinators_list(startup, founder, field, value):
    Startup.objects.update(public_fields=[])
    if field == "legal_name":
        Startup.objects.update(lifecycle="draft", reference="", published_at=None)
    save(startup, founder, **{field: value})
    assert values.read(fresh(startup), field) == value
    assert check(startup) is None


def test_showing_a_private_field_is_looked_at_and_taken_back_by_hiding_it(startup, founder, coordinator):
    Startup.objects.update(public_fields=[], street="Jalan Rumah 5")
    save(startup, founder, public_fields=["street"])
    item = check(startup)
    assert item.change == {"street": ["", "Jalan Rumah 5"]}
    decide(item, "revert", coordinator)
    assert (fresh(startup).public_fields, fresh(startup).street) == ([], "Jalan Rumah 5")


def test_a_contact_that_was_shown_is_hidden_again_and_not_erased(startup, founder, coordinator):
    ContactPointFactory(startup=startup, kind="phone", value="+62812345678")
    save(startup, founder, phone=["+62812345678", True])
    assert check(startup).change == {"phone": ["", "+62812345678"]}
    decide(check(startup), "revert", coordinator)
    assert values.read(startup, "phone") == ["+62812345678", False]


def test_a_taken_back_edit_restores_lists_and_leaves_later_edits_alone(startup, founder, coordinator):
    old, new = ServiceTypeFactory(), ServiceTypeFactory()
    startup.services.set([old])
    product = ProductFactory(startup=startup)
    products = values.read(startup, "products")
    save(startup, founder, services=[new.code], products=[], summary="Kedua.", founded="2019-05")
    item = check(startup)
    Startup.objects.filter(pk=startup.pk).update(summary="Ketiga.")
    decide(item, "revert", coordinator)
    after = fresh(startup)
    assert list(after.services.all()) == [old]
    assert after.products.get().title == product.title == products[0]["title"]
    assert after.summary == "Ketiga."
    assert not after.shows("founded")


@pytest.mark.parametrize("lifecycle", ["submitted", "merged"])
def test_an_entry_that_is_being_checked_or_gone_is_not_edited(startup, founder, lifecycle):
    target = StartupFactory() if lifecycle == "merged" else None
    Startup.objects.filter(pk=startup.pk).update(lifecycle=lifecycle, merged_into=target)
    with pytest.raises(changes.Locked):
        save(startup, founder, summary="Baru.")


def test_a_draft_is_edited_directly(founder):
    draft = StartupFactory(draft=True, owner=founder)
    assert save(draft, founder, name="Nama Baru", nib="1234567890123").applied == ["name", "nib"]
    assert fresh(draft).name == "Nama Baru"
    assert not ModerationItem.objects.exists()


# --- at the same time ---------------------------------------------------------------------------------------


def test_two_people_who_change_different_fields_are_merged(startup, founder, editor):
    names = ("summary", "alternate_names")
    seen = changes.marks(startup, names, pending=None)
    both = {name: values.read(startup, name) for name in names}
    save(startup, editor, seen=seen, **both | {"summary": "Dari editor."})
    save(startup, founder, seen=seen, **both | {"alternate_names": "Dari pemilik"})
    assert (fresh(startup).summary, fresh(startup).alternate_names) == ("Dari editor.", "Dari pemilik")


def test_of_two_people_who_change_one_field_the_second_is_told_and_nothing_is_written(
    startup, founder, editor
):
    seen = changes.marks(startup, ["summary", "alternate_names"], pending=None)
    save(startup, editor, seen=seen, summary="Dari editor.")
    saved = save(startup, founder, seen=seen, summary="Dari pemilik.", alternate_names="Baru")
    assert saved.conflicts == ["summary"]
    assert (fresh(startup).summary, fresh(startup).alternate_names) == ("Dari editor.", "")


def test_who_types_what_another_just_saved_is_no_conflict(startup, founder, editor):
    seen = changes.marks(startup, ["summary"], pending=None)
    save(startup, editor, seen=seen, summary="Sama.")
    assert save(startup, founder, seen=seen, summary="Sama.").conflicts == []


def test_without_marks_nothing_is_overwritten(startup, founder):
    assert save(startup, founder, seen={"x": "y"}, summary="Tanpa tanda.").conflicts == ["summary"]


# --- identity ---------------------------------------------------------------------------------------------


def test_a_new_name_waits_beside_the_live_one(startup, founder):
    saved = save(startup, founder, name="Studio Baru", summary="Ringkas.", reason="Kami ganti nama.")
    assert (saved.applied, saved.proposed) == (["summary"], ["name"])
    assert fresh(startup).name == "Studio Lama"
    pending = changes.pending_of(startup)
    assert (pending.proposed, pending.base) == ({"name": "Studio Baru"}, {"name": "Studio Lama"})
    assert pending.moderation_item.kind == "edit"
    assert pending.reason == "Kami ganti nama."


@pytest.mark.parametrize(
    ("website", "waits"),
    [
        ("https://lama.example/tentang", False),
        ("https://www.lama.example/", False),
        ("https://baru.example/", True),
        ("", True),
    ],
)
def test_another_domain_waits_and_another_page_does_not(startup, founder, website, waits):
    saved = save(startup, founder, website=website)
    assert (saved.proposed, saved.applied) == ((["website"], []) if waits else ([], ["website"]))
    assert fresh(startup).website == ("https://lama.example/" if waits else website)


def test_an_editor_may_not_propose_identity_and_nothing_of_the_form_is_written(startup, editor):
    with pytest.raises(changes.OwnersOnly):
        save(startup, editor, website="https://baru.example/", links=["https://itch.io/x"])
    assert not ChangeSet.objects.exists()
    assert not fresh(startup).links.exists()


def test_a_second_proposal_changes_the_first_by_field_and_starts_the_clock_anew(startup, founder):
    save(startup, founder, name="Studio Baru")
    ModerationItem.objects.update(state="asked", due_at="2026-01-01T00:00Z")
    save(startup, founder, kind="agency", reason="Sekarang agensi.")
    pending = ChangeSet.objects.get()
    assert pending.proposed == {"name": "Studio Baru", "kind": "agency"}
    item = pending.moderation_item
    assert (item.state, item.due_at > timezone.now()) == ("open", True)
    assert item.events.last().action == ModerationEvent.Action.SENT_AGAIN


def test_proposing_what_is_live_withdraws_the_proposal(startup, founder):
    save(startup, founder, name="Studio Baru")
    save(startup, founder, name="Studio Lama")
    assert ChangeSet.objects.get().state == "withdrawn"
    assert ModerationItem.objects.get().state == "settled"


def test_going_back_to_the_live_domain_drops_the_proposed_one(startup, founder):
    save(startup, founder, website="https://baru.example/")
    save(startup, founder, website="https://lama.example/halaman")
    assert fresh(startup).website == "https://lama.example/halaman"
    assert ChangeSet.objects.get().state == "withdrawn"


def test_an_accepted_name_is_live_the_old_address_redirects_and_the_badge_lapses(
    startup, founder, coordinator
):
    VerificationFactory(startup=startup, domain="lama.example")
    save(startup, founder, name="Studio Baru")
    item = changes.pending_of(startup).moderation_item
    decide(item, "accept", coordinator)
    after = fresh(startup)
    assert (after.name, after.slug) == ("Studio Baru", "studio-baru")
    assert StartupAlias.objects.get(slug=startup.slug).startup == after
    assert Verification.objects.get().lapse_reason == "changed"
    assert ChangeSet.objects.get().state == "applied"


def test_a_refused_change_leaves_the_entry_as_it_is(startup, founder, coordinator):
    save(startup, founder, name="Studio Baru")
    decide(changes.pending_of(startup).moderation_item, "refuse", coordinator)
    assert (fresh(startup).name, ChangeSet.objects.get().state) == ("Studio Lama", "refused")


def test_a_withdrawn_change_can_no_longer_be_decided_or_withdrawn(startup, founder):
    save(startup, founder, name="Studio Baru")
    pending = changes.pending_of(startup)
    changes.withdraw_change_set(pending, by=founder)
    assert ModerationItem.objects.get().state == "settled"
    for again in (
        lambda: changes.withdraw_change_set(pending, by=founder),
        lambda: changes.apply_change_set(pending),
        lambda: changes.refuse_change_set(pending),
    ):
        with pytest.raises(changes.ProposalGone):
            again()
    assert fresh(startup).name == "Studio Lama"


# --- the end ------------------------------------------------------------------------------------------------


def test_closing_waits_and_reopening_waits(startup, founder, coordinator):
    day = timezone.localdate()
    leaving.propose_closing(startup.pk, user=founder, closed_on=day, reason="")
    assert fresh(startup).lifecycle == "published"
    decide(changes.pending_of(startup).moderation_item, "accept", coordinator)
    assert (fresh(startup).lifecycle, fresh(startup).closed_on) == ("closed", day)
    leaving.propose_reopening(startup.pk, user=founder, reason="Buka lagi.")
    decide(changes.pending_of(startup).moderation_item, "accept", coordinator)
    assert (fresh(startup).lifecycle, fresh(startup).closed_on) == ("published", None)


def test_a_closing_that_waits_is_accepted_after_a_coordinator_closed_the_entry(startup, founder, coordinator):
    leaving.propose_closing(startup.pk, user=founder, closed_on=timezone.localdate(), reason="")
    entries.transition(startup.pk, "closed", by="coordinator")
    decide(changes.pending_of(startup).moderation_item, "accept", coordinator)
    assert (fresh(startup).lifecycle, ChangeSet.objects.get().state) == ("closed", "applied")


def test_withdrawing_happens_at_once_leaves_a_tombstone_and_settles_what_waits(startup, founder):
    save(startup, founder, name="Studio Baru")
    leaving.withdraw(startup.pk, user=founder)
    assert fresh(startup).lifecycle == "withdrawn"
    assert Tombstone.objects.get().uuid == startup.uuid
    assert not ModerationItem.objects.open().exists()
    assert not ChangeSet.objects.pending().exists()
    assert leaving.withdraw(startup.pk, user=founder).lifecycle == "withdrawn"
