"""On the fourth working day without an answer a second coordinator is told, once, and on working days only."""

from datetime import date, datetime

import pytest

from ecosystem.models import OutgoingMail
from ecosystem.working_days import JAKARTA, due_at
from startups import tasks
from startups.models import ModerationItem, PauseNotice
from startups.services import escalation, moderation
from tests.startups.factories import MembershipFactory, ModerationItemFactory, StartupFactory

pytestmark = pytest.mark.django_db


def wib(text):
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


SENT = wib("2026-11-09 10:00")  # a Monday
DAY_3, DAY_4 = wib("2026-11-12 23:59"), wib("2026-11-13 00:10")


@pytest.fixture
def people(make_user):
    return [make_user(f"koordinator-{number}@example.org", "coordinator") for number in range(3)]


def waiting(**fields):
    return ModerationItemFactory(
        created_at=SENT, due_at=due_at(SENT), startup=StartupFactory(), kind="claim", **fields
    )


def told():
    return list(OutgoingMail.objects.order_by("pk").values_list("to", flat=True))


def test_day_three_is_in_time_and_day_four_is_not(people):
    item = waiting()
    assert escalation.escalate_overdue(DAY_3) == 0
    assert escalation.escalate_overdue(DAY_4) == 1
    item.refresh_from_db()
    assert item.escalated_at == DAY_4
    assert item.events.last().action == "escalated"
    assert told() == [people[0].email]


def test_running_again_tells_nobody_twice(people):
    waiting()
    for hour in range(5):
        escalation.escalate_overdue(DAY_4.replace(hour=hour))
    assert len(told()) == 1


def test_on_a_weekend_a_holiday_or_in_a_pause_nobody_is_told(people):
    sent = wib("2026-11-10 10:00")  # day 3 is Friday
    ModerationItemFactory(created_at=sent, due_at=due_at(sent))
    assert escalation.escalate_overdue(wib("2026-11-14 09:00")) == 0
    PauseNotice.objects.create(start=date(2026, 11, 16), end=date(2026, 11, 16), text="Libur.")
    assert escalation.escalate_overdue(wib("2026-11-16 09:00")) == 0
    assert escalation.escalate_overdue(wib("2026-11-17 09:00")) == 1


def test_the_second_one_is_another_than_who_took_it_and_nobody_of_the_entry(people):
    item = waiting(assigned_to=people[0])
    MembershipFactory(startup=item.startup, user=people[1])
    escalation.escalate_overdue(DAY_4)
    assert told() == [people[2].email]


def test_the_coordinators_are_told_in_turn(people):
    for _number in range(5):
        waiting()
    escalation.escalate_overdue(DAY_4)
    assert told() == [people[number % 3].email for number in range(5)]


def test_without_a_second_coordinator_the_delay_is_noted_all_the_same():
    item = waiting()
    assert escalation.escalate_overdue(DAY_4) == 1
    item.refresh_from_db()
    assert item.escalated_at is not None
    assert told() == []


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"state": "open"}, 1),
        ({"state": "held"}, 1),
        ({"state": "held", "first_answered_at": DAY_3}, 0),
        ({"state": "asked", "first_answered_at": DAY_3}, 0),
        ({"state": "settled", "settled_at": DAY_3}, 0),
        ({"kind": "after_check"}, 0),
    ],
)
def test_only_what_waits_for_stasion_is_escalated(people, fields, count):
    ModerationItemFactory(
        **{"created_at": SENT, "due_at": due_at(SENT), "startup": StartupFactory(), "kind": "claim", **fields}
    )
    assert escalation.escalate_overdue(DAY_4) == count


def test_what_is_sent_again_has_a_clock_of_its_own(people):
    item = waiting()
    escalation.escalate_overdue(DAY_4)
    moderation.record(item, "asked", by=people[0], note="?")
    moderation.record(item, "sent_again", by=None)
    assert item.escalated_at is None
    ModerationItem.objects.filter(pk=item.pk).update(due_at=DAY_3)
    assert escalation.escalate_overdue(DAY_4) == 1


def test_the_proposal_of_an_administrator_survives(people, admin_user):
    item = waiting(proposed_decision={"decision": "accept"}, proposed_by=admin_user)
    escalation.escalate_overdue(DAY_4)
    item.refresh_from_db()
    assert item.proposed_by == admin_user


def test_the_hourly_task_is_scheduled_and_may_run_at_any_time(people):
    from malangkraf.celery import app

    entry = next(
        row for row in app.conf.beat_schedule.values() if row["task"].endswith("escalate_moderation")
    )
    assert entry["schedule"].hour == set(range(24))
    tasks.escalate_moderation()
    assert told() == []


def test_the_mail_names_the_entry_and_leads_to_it(people):
    item = waiting()
    escalation.escalate_overdue(DAY_4)
    mail = OutgoingMail.objects.get()
    assert item.startup.name in mail.subject
    assert f"/ruang-kerja/moderasi/{item.pk}/" in mail.text
