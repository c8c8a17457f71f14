"""Decisions: what each does, who may, of two at once one wins, and pressing twice does it once."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from ecosystem.models import OutgoingMail
from startups.models import ModerationEvent, ModerationItem, PauseNotice, Role, Startup
from startups.rules.decisions import Decision, decisions_for
from startups.services import changes, decisions, moderation, pauses
from startups.services.decisions import AlreadyDecided, CannotBeDone, Choice, NotAllowed, Seen
from tests.startups.factories import (
    ClaimFactory,
    MembershipFactory,
    ModerationItemFactory,
    PauseNoticeFactory,
    ProblemReportFactory,
    StartupFactory,
)

pytestmark = pytest.mark.django_db
NOTE = "Mohon jelaskan lagi."


@pytest.fixture
def item(founder):
    startup = StartupFactory(submitted=True, name="Studio Baru", created_by=founder, owner=founder)
    return moderation.open_item(startup, "new", by=founder)


def decide(item, decision, by, **texts):
    texts = {"note": NOTE, **texts}
    return decisions.decide(item.pk, Choice(Decision(decision), **texts), by=by, seen=now_seen(item))


def now_seen(item):
    return decisions.seen_of(ModerationItem.objects.select_related("startup").get(pk=item.pk))


def state(item):
    item = ModerationItem.objects.select_related("startup").get(pk=item.pk)
    return item.state, item.startup.lifecycle


@pytest.mark.parametrize(
    ("decision", "after"),
    [
        ("publish", ("settled", "published")),
        ("ask", ("asked", "changes_requested")),
        ("refuse", ("settled", "refused")),
        ("hold", ("held", "submitted")),
    ],
)
def test_a_decision_about_a_new_entry(item, coordinator, decision, after):
    event = decide(item, decision, coordinator, internal_note="Hanya untuk kita.")
    assert state(item) == after
    assert (event.by, event.note, event.internal_note) == (coordinator, NOTE, "Hanya untuk kita.")
    mail = OutgoingMail.objects.get()
    assert NOTE in mail.text
    assert "Hanya untuk kita" not in mail.text + mail.html


def test_only_an_answer_stops_the_clock(item, coordinator):
    decide(item, "hold", coordinator)
    decide(item, "resume", coordinator)
    item.refresh_from_db()
    assert (item.state, item.first_answered_at) == ("open", None)
    decide(item, "ask", coordinator)
    item.refresh_from_db()
    assert item.first_answered_at is not None


def test_a_question_is_answered_and_the_entry_published(item, coordinator, founder):
    decide(item, "ask", coordinator)
    first = ModerationItem.objects.get(pk=item.pk).first_answered_at
    Startup.objects.filter(pk=item.startup_id).update(lifecycle="submitted")
    moderation.record(item, ModerationEvent.Action.SENT_AGAIN, by=founder)
    assert item.state == "open"
    assert item.due_at > timezone.now()
    decide(item, "publish", coordinator)
    item.refresh_from_db()
    assert item.first_answered_at == first
    assert [event.action for event in item.events.all()] == ["sent", "asked", "sent_again", "published"]


ALL_KINDS = ("new", "edit", "claim", "report", "after_check")
ALL_LIFECYCLES = [value for value in Startup.Lifecycle.values if value != "merged"]


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_what_may_not_be_decided_changes_nothing(coordinator, kind):
    """Whatever rules.decisions does not offer is refused, and no row changes.

    The rule is a table; here each decision meets each state of the item and of the entry, a third of their pairs.
    """
    item = ModerationItemFactory(kind=kind, startup=StartupFactory())
    for number, (lifecycle, item_state) in enumerate(product(ALL_LIFECYCLES, ModerationItem.State.values)):
        Startup.objects.filter(pk=item.startup_id).update(lifecycle=lifecycle)
        ModerationItem.objects.filter(pk=item.pk).update(state=item_state)
        before = Startup.objects.values().get(pk=item.startup_id)
        offered = decisions_for(kind, state=item_state, lifecycle=lifecycle)
        for decision in (one for one in list(Decision)[number % 3 :: 3] if one not in offered):
            with pytest.raises(AlreadyDecided):
                decide(item, decision, coordinator)
        item.refresh_from_db()
        assert (item.state, item.version, item.events.count()) == (item_state, 1, 0)
        assert Startup.objects.values().get(pk=item.startup_id) == before


@pytest.mark.parametrize(
    ("lifecycle", "decision", "after"),
    [
        ("published", "suspend", "suspended"),
        ("published", "close", "closed"),
        ("suspended", "restore", "published"),
        ("suspended", "close", "closed"),
        ("closed", "restore", "published"),
    ],
)
def test_a_published_entry_is_decided_about_and_the_report_stays_open(
    coordinator, founder, lifecycle, decision, after
):
    startup = StartupFactory(lifecycle=lifecycle, owner=founder)
    item = moderation.open_item(startup, "report", report=ProblemReportFactory(startup=startup))
    decide(item, decision, coordinator)
    assert state(item) == ("open", after)
    assert OutgoingMail.objects.get().to == founder.email


def test_the_visitor_who_reported_is_thanked_and_never_called_rejected(coordinator):
    report = ProblemReportFactory(reply_to="warga@example.org", language="en")
    item = moderation.open_item(report.startup, "report", report=report)
    decide(item, "answer", coordinator, note="We corrected the address.")
    mail = OutgoingMail.objects.get()
    assert mail.to == "warga@example.org"
    assert "Thank you" in mail.subject
    assert "We corrected the address." in mail.text
    assert "reject" not in mail.text.lower()
    assert state(item) == ("settled", "published")


def test_a_report_without_address_is_settled_without_mail(coordinator):
    report = ProblemReportFactory()
    item = moderation.open_item(report.startup, "report", report=report)
    decide(item, "answer", coordinator, note="")
    assert not OutgoingMail.objects.exists()


def test_an_entry_without_its_sentence_is_not_published(item, coordinator):
    Startup.objects.filter(pk=item.startup_id).update(summary="")
    with pytest.raises(CannotBeDone):
        decide(item, "publish", coordinator)
    assert state(item) == ("open", "submitted")


# --- who may -----------------------------------------------------------------------------------------------


def own_by_membership(user, startup):
    MembershipFactory(user=user, startup=startup, role=Role.EDITOR)


def own_by_making(user, startup):
    Startup.objects.filter(pk=startup.pk).update(created_by=user)


def own_by_claim(user, startup):
    ClaimFactory(user=user, startup=startup)


def own_by_invitation(user, startup):
    startup.invitations.create(
        email=user.email.upper(),
        role=Role.OWNER,
        token_hash="x",
        expires_at=timezone.now() + timedelta(days=7),
    )


@pytest.mark.parametrize("tie", [own_by_membership, own_by_making, own_by_claim, own_by_invitation])
@pytest.mark.parametrize("decision", ["publish", "refuse", "hold", "ask"])
def test_nobody_decides_about_an_own_entry(item, coordinator, tie, decision):
    tie(coordinator, item.startup)
    with pytest.raises(NotAllowed):
        decide(item, decision, coordinator)
    assert state(item) == ("open", "submitted")


def test_who_proposed_a_change_does_not_decide_about_it_though_somebody_sent_it_again(
    coordinator, founder, make_user
):
    startup = StartupFactory(owner=founder)
    change = changes.propose_identity(startup.pk, user=coordinator, proposal={"name": "Nama Baru"})
    changes.propose_identity(startup.pk, user=founder, proposal={"name": "Nama Baru Sekali"})
    item = ModerationItem.objects.get(change_set=change)
    with pytest.raises(NotAllowed):
        decide(item, "accept", coordinator)
    decide(item, "accept", make_user("koordinator-dua@example.org", "coordinator"))
    assert state(item)[0] == "settled"


def test_nobody_merges_another_entry_into_an_own_one(item, coordinator):
    own = StartupFactory(owner=coordinator)
    with pytest.raises(NotAllowed):
        decide(item, "merge", coordinator, target_id=own.pk)


@pytest.mark.parametrize("person", ["founder", "planner", "task_force_member", "facility_manager"])
def test_other_roles_decide_nothing(item, request, person):
    with pytest.raises(NotAllowed):
        decide(item, "publish", request.getfixturevalue(person))


def test_an_administrator_proposes_and_a_coordinator_confirms(item, admin_user, coordinator):
    event = decide(item, "refuse", admin_user, reason="not_enough")
    assert event.action == "proposed"
    assert state(item) == ("open", "submitted")
    assert not OutgoingMail.objects.exists()
    with pytest.raises(NotAllowed):
        decisions.confirm_proposal(item.pk, by=admin_user, seen=now_seen(item))
    decisions.confirm_proposal(item.pk, by=coordinator, seen=now_seen(item))
    last = item.events.last()
    assert (last.action, last.reason, last.note, last.by) == ("refused", "not_enough", NOTE, coordinator)
    assert state(item) == ("settled", "refused")


def test_a_second_administrator_may_confirm_and_an_owner_may_not(item, admin_user, make_user, founder):
    decide(item, "publish", admin_user)
    other = make_user("admin-dua@example.org", is_staff=True, is_superuser=True)
    MembershipFactory(user=other, startup=item.startup)
    with pytest.raises(NotAllowed):
        decisions.confirm_proposal(item.pk, by=other, seen=now_seen(item))
    third = make_user("admin-tiga@example.org", is_staff=True, is_superuser=True)
    decisions.confirm_proposal(item.pk, by=third, seen=now_seen(item))
    assert state(item) == ("settled", "published")


def test_a_proposal_can_be_dropped_and_is_gone_after_another_decision(item, admin_user, coordinator):
    decide(item, "refuse", admin_user)
    decisions.drop_proposal(item.pk, by=admin_user, seen=now_seen(item))
    with pytest.raises(AlreadyDecided):
        decisions.confirm_proposal(item.pk, by=coordinator, seen=now_seen(item))
    decide(item, "refuse", admin_user)
    decide(item, "publish", coordinator)
    item.refresh_from_db()
    assert item.proposed_decision is None
    with pytest.raises(AlreadyDecided):
        decisions.confirm_proposal(item.pk, by=coordinator, seen=now_seen(item))


def test_an_administrator_orders_the_queue_without_a_second_person(item, admin_user):
    assert decide(item, "hold", admin_user).action == "held"


# --- at once, and twice ------------------------------------------------------------------------------------


def test_pressing_twice_decides_once(item, coordinator):
    seen = now_seen(item)
    choice = Choice(Decision.REFUSE, note=NOTE)
    first = decisions.decide(item.pk, choice, by=coordinator, seen=seen)
    assert decisions.decide(item.pk, choice, by=coordinator, seen=seen) == first
    assert item.events.filter(action="refused").count() == 1
    assert OutgoingMail.objects.count() == 1


def test_proposing_twice_proposes_once(item, admin_user):
    seen = now_seen(item)
    choice = Choice(Decision.REFUSE, note=NOTE)
    first = decisions.decide(item.pk, choice, by=admin_user, seen=seen)
    assert decisions.decide(item.pk, choice, by=admin_user, seen=seen) == first


def test_who_saw_an_older_state_decides_nothing(item, coordinator, make_user):
    seen = now_seen(item)
    other = make_user("koordinator-dua@example.org", "coordinator")
    decisions.decide(item.pk, Choice(Decision.HOLD, note=NOTE), by=other, seen=seen)
    with pytest.raises(AlreadyDecided):
        decisions.decide(item.pk, Choice(Decision.PUBLISH), by=coordinator, seen=seen)


def test_an_entry_that_was_changed_since_is_looked_at_again(item, coordinator):
    seen = now_seen(item)
    Startup.objects.filter(pk=item.startup_id).update(name="Nama Lain", version=2)
    with pytest.raises(AlreadyDecided):
        decisions.decide(item.pk, Choice(Decision.PUBLISH), by=coordinator, seen=seen)
    assert state(item) == ("open", "submitted")


def test_without_the_guard_the_later_one_would_win(item, coordinator, make_user, monkeypatch):
    """The negative control of the two tests above."""
    monkeypatch.setattr(decisions, "_claim", lambda *args: None)
    other = make_user("koordinator-dua@example.org", "coordinator")
    seen = Seen(0, 0)
    decisions.decide(item.pk, Choice(Decision.ASK, note=NOTE), by=other, seen=seen)
    decisions.decide(item.pk, Choice(Decision.REFUSE, note=NOTE), by=coordinator, seen=seen)
    assert [event.action for event in item.events.all()] == ["sent", "asked", "refused"]


# --- the queue itself --------------------------------------------------------------------------------------


def test_a_registration_stands_in_the_queue_once(item, founder):
    assert moderation.open_item(item.startup, "new", by=founder) == item


def test_a_pause_moves_the_clock_of_what_comes_in_later():
    without = moderation.open_item(StartupFactory(), "report")
    PauseNoticeFactory(start=timezone.localdate(), end=timezone.localdate() + timedelta(days=20))
    assert moderation.open_item(StartupFactory(), "report").due_at > without.due_at


def test_a_pause_moves_the_clock_of_what_was_sent_again(item, coordinator, founder):
    decide(item, "ask", coordinator)
    Startup.objects.filter(pk=item.startup_id).update(lifecycle="submitted")
    moderation.record(item, ModerationEvent.Action.SENT_AGAIN, by=founder)
    without = item.due_at
    # It came in long ago; its clock counts from when it was sent again.
    ModerationItem.objects.filter(pk=item.pk).update(created_at=timezone.now() - timedelta(days=60))
    today = timezone.localdate()
    notice = PauseNotice(start=today, end=today + timedelta(days=20), text="Libur.")
    pauses.save_pause(notice, by=coordinator)
    item.refresh_from_db()
    assert item.due_at >= without + timedelta(days=14)
    pauses.end_pause(notice, on=today)
    item.refresh_from_db()
    assert item.due_at == without


def test_of_two_who_take_a_thing_the_second_is_told(item, coordinator, make_user):
    other = make_user("koordinator-dua@example.org", "coordinator")
    assert moderation.assign(item, to=coordinator)
    assert not moderation.assign(item, to=other)
    assert moderation.assign(item, to=None)
    assert moderation.assign(item, to=other)


def test_history_cannot_be_rewritten(item):
    with pytest.raises(Exception, match=r"(?i)cannot update|read.?only"), connection.cursor() as cursor:
        cursor.execute("UPDATE startups_moderationevent SET note = 'lain' WHERE item_id = %s", [item.pk])
