"""When the question goes out, to whom, and that it never goes out twice."""

import threading
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from ecosystem.models import OutgoingMail
from startups.models import ContactAccess, FreshnessAsk, ImportBatch, ImportedEntry, Membership, Role, Startup
from startups.rules.freshness import round_due
from startups.services import entries, freshness, freshness_mails
from tests.ecosystem.factories import UserFactory
from tests.races import at_once
from tests.startups.factories import ContactPointFactory, MembershipFactory, StartupFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def at(days=0, *, hour=9):
    """Nine o'clock WIB so many days from today."""
    day = TODAY + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_default_timezone())


def confirmed(days_ago, **changes):
    return StartupFactory(
        last_confirmed_on=TODAY - timedelta(days=days_ago),
        **{"owner": UserFactory(), **changes},
    )


def recipients():
    return list(OutgoingMail.objects.order_by("pk").values_list("to", flat=True))


@pytest.mark.parametrize(
    ("unconfirmed", "last", "since_first", "claimed", "due"),
    [
        (179, None, None, True, None),
        (180, None, None, True, 0),
        (900, None, None, True, 0),
        (193, 0, 13, True, None),
        (194, 0, 14, True, 1),
        (200, 1, 20, True, None),
        (225, 1, 45, True, 2),
        (239, 2, 59, True, None),
        (240, 2, 60, True, 3),
        (300, 3, 120, True, None),
        # The beat was down: only the newest due one.
        (230, 0, 50, True, 2),
        (280, 0, 100, True, 3),
        (300, 0, 120, False, None),
        (180, None, None, False, 0),
    ],
)
def test_which_round_is_due(unconfirmed, last, since_first, claimed, due):
    found = round_due(
        days_unconfirmed=unconfirmed, last_round=last, days_since_first=since_first, claimed=claimed
    )
    assert found == due


def test_the_whole_series_goes_to_the_first_owner_and_then_to_a_second_contact():
    startup = confirmed(180)
    first = startup.memberships.get().user
    second = MembershipFactory(startup=startup, role=Role.EDITOR).user
    for day in range(-1, 100):
        freshness_mails.send_due_asks(at(day))
    assert recipients() == [first.email, first.email, first.email, second.email]
    sent = FreshnessAsk.objects.order_by("round").values_list("round", "sent_at")
    assert [(number, timezone.localdate(moment)) for number, moment in sent] == [
        (0, TODAY), (1, TODAY + timedelta(days=14)), (2, TODAY + timedelta(days=45)),
        (3, TODAY + timedelta(days=60)),
    ]  # fmt: skip


def test_who_made_the_entry_is_asked_before_other_owners_and_owners_before_editors():
    maker = UserFactory()
    startup = confirmed(200, owner=UserFactory())
    Membership.objects.create(startup=startup, user=UserFactory(), role=Role.EDITOR)
    Membership.objects.create(startup=startup, user=maker, role=Role.OWNER)
    Startup.objects.filter(pk=startup.pk).update(created_by=maker)
    freshness_mails.send_due_asks(at())
    assert recipients() == [maker.email]


def test_the_second_contact_may_be_the_entrys_own_mailbox_and_never_the_first_again():
    startup, lonely = confirmed(400), confirmed(400)
    ContactPointFactory(startup=startup, value="kantor@studio.example")
    ContactPointFactory(startup=lonely, value=lonely.memberships.get().user.email)
    for day in (0, 60, 61):
        freshness_mails.send_due_asks(at(day))
    assert recipients().count("kantor@studio.example") == 1
    assert recipients().count(lonely.memberships.get().user.email) == 1


def test_inactive_accounts_are_not_asked():
    startup = confirmed(200)
    startup.memberships.get().user.__class__.objects.update(is_active=False)
    assert freshness_mails.send_due_asks(at()) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"last_confirmed_on": TODAY - timedelta(days=179)},
        {"lifecycle": "suspended"},
        {"lifecycle": "closed"},
        {"is_sample": True, "source": "sample"},
        {"claim": "unclaimed"},
    ],
)
def test_others_are_not_asked(changes):
    startup = confirmed(200)
    Startup.objects.filter(pk=startup.pk).update(**changes)
    assert freshness_mails.send_due_asks(at()) == 0
    assert recipients() == []


def test_an_unclaimed_imported_entry_is_asked_once_in_its_life():
    startup = confirmed(200, owner=None, claim="unclaimed", source="imported")
    batch = ImportBatch.objects.create(file="x.csv", file_name="x.csv")
    ImportedEntry.objects.create(batch=batch, startup=startup, line=1, email="daftar@example.org")
    for day in (0, 14, 45, 60, 200):
        freshness_mails.send_due_asks(at(day))
    assert recipients() == ["daftar@example.org"]
    ask = FreshnessAsk.objects.get()
    freshness.answer(ask, "still_right", user=None, now=at(1))
    freshness_mails.send_due_asks(at(400))
    assert recipients() == ["daftar@example.org"]


def test_a_confirmation_ends_the_series_and_half_a_year_later_a_new_one_begins():
    startup = confirmed(180)
    freshness_mails.send_due_asks(at())
    freshness.confirm(startup.pk, by=startup.memberships.get().user, now=at(3))
    for day in (14, 45, 60, 182):
        freshness_mails.send_due_asks(at(day))
    assert len(recipients()) == 1
    freshness_mails.send_due_asks(at(183))
    assert len(recipients()) == 2


@pytest.mark.parametrize(("answer", "mails"), [("closed", 1), ("update", 2), ("not_mine", 1)])
def test_who_said_closed_is_not_asked_again_and_who_saved_nothing_is(answer, mails):
    confirmed(180)
    freshness_mails.send_due_asks(at())
    freshness.answer(FreshnessAsk.objects.get(), answer, user=None, now=at(1))
    freshness_mails.send_due_asks(at(14))
    freshness_mails.send_due_asks(at(15))
    assert OutgoingMail.objects.filter(key__startswith="freshness:").count() == mails


def test_a_coordinators_edit_confirms_nothing(coordinator):
    startup = confirmed(180)
    freshness.confirm(startup.pk, by=coordinator)
    startup.refresh_from_db()
    assert startup.last_confirmed_on == TODAY - timedelta(days=180)


def test_days_are_those_of_malang():
    """At 00:30 WIB it is still yesterday in UTC."""
    startup = confirmed(180)
    assert freshness_mails.send_due_asks(at(hour=0) - timedelta(minutes=1)) == 0
    assert freshness_mails.send_due_asks(at(hour=0)) == 1
    freshness.confirm(startup.pk, now=at(1, hour=0))
    startup.refresh_from_db()
    assert startup.last_confirmed_on == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("language", "subject", "prefix"),
    [("id", "masih benar", "/startup/kabar/"), ("en", "still right", "/en/startup/kabar/")],
)
def test_the_mail_speaks_the_persons_language_and_holds_four_links(language, subject, prefix, settings):
    startup = confirmed(200, owner=UserFactory(language=language))
    freshness_mails.send_due_asks(at())
    mail = OutgoingMail.objects.get()
    assert subject in mail.subject
    assert startup.name in mail.text
    for word in freshness_mails.ANSWER_WORDS:
        assert f"?jawaban={word}" in mail.text
    assert mail.html.count(f'<a href="{settings.SITE_URL}{prefix}') == 4
    assert mail.is_secret
    # What is stored opens nothing.
    assert FreshnessAsk.objects.get().token_hash not in mail.text


def test_the_question_by_hand_is_logged_and_replaces_an_earlier_one(coordinator):
    startup = confirmed(200)
    ContactPointFactory(startup=startup, kind="whatsapp", value="0812-3456-789")
    first = freshness_mails.prepare_by_hand(startup.pk, by=coordinator, now=at())
    second = freshness_mails.prepare_by_hand(startup.pk, by=coordinator, now=at())
    assert first.startswith("https://wa.me/628123456789?text=")
    assert first != second
    assert FreshnessAsk.objects.get().round == freshness_mails.BY_HAND
    assert ContactAccess.objects.filter(startup=startup, by=coordinator).count() == 2
    # It does not count as the first mail.
    assert freshness_mails.send_due_asks(at()) == 1
    assert freshness_mails.prepare_by_hand(confirmed(200).pk, by=coordinator, now=at()) is None


def test_closed_answered_by_whatsapp_ends_the_reminders_and_is_kept(coordinator):
    startup = confirmed(200)
    ContactPointFactory(startup=startup, kind="whatsapp", value="0812-3456-789")
    freshness_mails.prepare_by_hand(startup.pk, by=coordinator, now=at())
    freshness.answer(FreshnessAsk.objects.get(), "closed", user=None, now=at())
    assert freshness_mails.send_due_asks(at()) == 0
    again = freshness_mails.prepare_by_hand(startup.pk, by=coordinator, now=at())
    assert "kabar" in again
    assert sorted(FreshnessAsk.objects.values_list("round", "answer")) == [(9, "closed"), (10, "")]


@contextmanager
def without_the_constraint():
    with connection.schema_editor() as editor:
        (once,) = [one for one in FreshnessAsk._meta.constraints if one.name == "freshness_ask_once"]
        editor.remove_constraint(FreshnessAsk, once)
    try:
        yield
    finally:
        FreshnessAsk.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(FreshnessAsk, once)


def three_beats(monkeypatch, *, locked):
    """Let three workers ask at the same moment."""
    gate = threading.Barrier(3, timeout=20)
    lock = entries.lock
    create = QuerySet.create

    def wait_then_lock(startup_id):
        gate.wait()
        return lock(startup_id) if locked else Startup.objects.get(pk=startup_id)

    def wait_then_create(rows, **values):
        # All three have looked for the question by now, and found none.
        if not locked and rows.model is FreshnessAsk:
            gate.wait()
        return create(rows, **values)

    monkeypatch.setattr(entries, "lock", wait_then_lock)
    monkeypatch.setattr(QuerySet, "create", wait_then_create)
    outcomes = at_once(*[lambda: freshness_mails.send_due_asks(at())] * 3)
    assert not any(isinstance(outcome, Exception) for outcome in outcomes)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_three_beats_at_once_ask_once_even_without_the_lock(monkeypatch, locked):
    confirmed(180)
    three_beats(monkeypatch, locked=locked)
    assert len(recipients()) == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_constraint_three_beats_ask_three_times(monkeypatch):
    confirmed(180)
    with without_the_constraint():
        three_beats(monkeypatch, locked=False)
        assert len(recipients()) == 3
