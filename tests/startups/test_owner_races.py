"""Two people save the same entry at the same moment: merged by field, or one is told. The lock makes it so."""

import threading

import pytest

from startups.models import Startup
from startups.services import changes, entries, values
from tests.races import PATIENCE, at_once
from tests.startups.factories import MembershipFactory, StartupFactory

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("summary", "alternate_names")


@pytest.fixture
def startup(founder):
    return StartupFactory(owner=founder)


@pytest.fixture
def people(startup, founder, make_user):
    editor = make_user("editor@example.org")
    MembershipFactory(startup=startup, user=editor, role="editor")
    return [founder, editor]


def save_at_once(startup, people, *edits):
    """Return what each person's save gave; all of them opened the page before anybody saved."""
    seen = changes.marks(startup, NAMES, pending=None)
    shown = {name: values.read(startup, name) for name in NAMES}
    return at_once(
        *(
            lambda user=user, edit=edit: changes.save_values(
                startup.pk, user=user, wanted=shown | edit, seen=seen
            )
            for user, edit in zip(people, edits, strict=True)
        )
    )


def stored(startup):
    return Startup.objects.values_list("summary", "alternate_names").get(pk=startup.pk)


def test_different_fields_are_merged(startup, people):
    save_at_once(startup, people, {"summary": "Baru."}, {"alternate_names": "Nama lain"})
    assert stored(startup) == ("Baru.", "Nama lain")


def test_of_two_who_change_the_same_field_one_is_told(startup, people):
    outcomes = save_at_once(startup, people, {"summary": "Satu."}, {"summary": "Dua."})
    assert sorted(outcome.conflicts for outcome in outcomes) == [[], ["summary"]]
    winner = next(edit for edit, outcome in zip(("Satu.", "Dua."), outcomes, strict=True) if outcome.applied)
    assert stored(startup)[0] == winner


def test_without_the_lock_one_of_two_edits_would_be_lost(startup, people, monkeypatch):
    meeting = threading.Barrier(2)
    met = threading.local()

    def read_without_lock(pk):
        row = Startup.objects.get(pk=pk)
        if not getattr(met, "once", False):
            met.once = True
            meeting.wait(PATIENCE)
        return row

    monkeypatch.setattr(entries, "lock", read_without_lock)
    # What follows a save locks the entry for itself; this race is about reading and writing it.
    monkeypatch.setattr(changes, "_note_for_check", lambda *args, **options: None)
    monkeypatch.setattr(changes.freshness, "confirm", lambda *args, **options: None)
    save_at_once(startup, people, {"summary": "Baru."}, {"alternate_names": "Nama lain"})
    assert stored(startup) != ("Baru.", "Nama lain")
