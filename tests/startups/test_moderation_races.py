"""Two coordinators at the same moment: opposite merges wait for each other instead of breaking off."""

import threading
from contextlib import suppress

import pytest

from startups.models import Startup
from startups.rules.decisions import Decision
from startups.services import decisions, moderation
from startups.services.decisions import Choice
from tests.races import at_once
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_opposite_merges_one_happens_and_the_other_is_told(make_user, monkeypatch):
    meeting, may_decide = threading.Barrier(2), decisions.may_decide

    def meet(*args):
        """Let both go on together if both have their locks, which they must not."""
        with suppress(threading.BrokenBarrierError):
            meeting.wait(2)
        return may_decide(*args)

    monkeypatch.setattr(decisions, "may_decide", meet)
    pair = [StartupFactory(name="Studio Satu"), StartupFactory(name="Studio Dua")]
    items = [moderation.open_item(startup, "report") for startup in pair]

    def merge(number):
        person = people[number]
        choice = Choice(Decision.MERGE, note="Sama.", target_id=pair[1 - number].pk)
        return decisions.decide(items[number].pk, choice, by=person, seen=seen[number])

    people = [make_user(f"koordinator-{number}@example.org", "coordinator") for number in range(2)]
    seen = [decisions.Seen(item.version, Startup.objects.get(pk=item.startup_id).version) for item in items]
    outcomes = at_once(lambda: merge(0), lambda: merge(1))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDecided", "ModerationEvent"]
    assert Startup.objects.filter(lifecycle="merged").count() == 1
