"""Two planners open the same entry: the second one to save is told, and loses nothing that was typed."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ecosystem.models import Subsector
from malangkraf import seen
from roadmap.forms.roadmap import ActionForm
from roadmap.models import Action, Evidence, Indicator, Phase, Programme, ProgressUpdate
from roadmap.services import roadmap as service
from tests.ecosystem.factories import SubsectorFactory
from tests.races import PATIENCE, at_once
from tests.roadmap.factories import (
    ActionFactory,
    IndicatorFactory,
    PhaseFactory,
    ProgrammeFactory,
    ProgressUpdateFactory,
)

ROOM = "/ruang-kerja/"
PDF = b"%PDF-1.7\n%%EOF\n"


def make_phase():
    return PhaseFactory(), "fase/{0.slug}/", "name"


def make_programme():
    return ProgrammeFactory(phases=[PhaseFactory()]), "program/{0.slug}/", "title"


def make_action():
    return ActionFactory(), "aksi/{0.slug}/", "title"


def make_indicator():
    return IndicatorFactory(), "indikator/{0.slug}/ubah/", "name"


def make_update():
    return ProgressUpdateFactory(), "perkembangan/{0.pk}/", "text"


KINDS = {
    Phase: make_phase,
    Programme: make_programme,
    Action: make_action,
    Indicator: make_indicator,
    ProgressUpdate: make_update,
}


@pytest.fixture
def here(planner, client_for):
    return client_for(planner)


@pytest.fixture
def there(other_planner, client_for):
    return client_for(other_planner)


def opened(client, address, **changes):
    """Return what the page's form would send after the person changed some of it."""
    form = client.get(address).context["form"]
    shown = {field.html_name: field.value() for field in form}
    return filled(shown | changes)


def filled(sent):
    """Return what a browser would send: nothing for an empty field or an unticked box."""
    return {name: value for name, value in sent.items() if value is not None and value is not False}


@pytest.mark.django_db
@pytest.mark.parametrize("model", KINDS)
def test_a_stale_save_is_refused_shows_both_and_keeps_what_was_typed(here, there, other_planner, model):
    row, place, name = KINDS[model]()
    address = ROOM + place.format(row)
    mine = opened(here, address, **{name: "Milik saya"})
    theirs = opened(there, address, **{name: "Milik orang lain"})
    assert there.post(address, theirs).status_code == 302

    answer = here.post(address, mine)
    assert answer.status_code == 409
    assert getattr(model.objects.get(), name) == "Milik orang lain"
    page = answer.content.decode()
    assert "Milik saya" in page and "Milik orang lain" in page
    assert str(other_planner) in page
    pairs = [(pair["typed"], pair["stands"]) for pair in answer.context["pairs"]]
    assert pairs == [("Milik saya", "Milik orang lain")]

    # The page of both versions is a form: saving it again is a decision.
    again = {field.html_name: field.value() for field in answer.context["form"]}
    assert here.post(address, filled(again)).status_code == 302
    assert getattr(model.objects.get(), name) == "Milik saya"


@pytest.mark.django_db
@pytest.mark.parametrize("model", KINDS)
@pytest.mark.parametrize("sent", ["", "abc", "0" * 64, "\x00", "9" * 5_000])
def test_without_a_true_fingerprint_nothing_is_overwritten(here, model, sent):
    row, place, name = KINDS[model]()
    address = ROOM + place.format(row)
    answer = here.post(address, opened(here, address, **{name: "Lain"}) | {"seen": sent})
    assert answer.status_code == (200 if sent == "\x00" else 409)
    assert getattr(model.objects.get(), name) == getattr(row, name)


@pytest.mark.django_db
@pytest.mark.parametrize("model", KINDS)
def test_a_button_pressed_twice_is_one_save(here, model):
    row, place, name = KINDS[model]()
    address = ROOM + place.format(row)
    sent = opened(here, address, **{name: "Sekali saja"})
    assert [here.post(address, sent).status_code for _time in range(2)] == [302, 302]
    assert getattr(model.objects.get(), name) == "Sekali saja"


@pytest.mark.django_db
def test_a_change_of_a_list_counts_too(here, there):
    row, place, _name = make_programme()
    address = ROOM + place.format(row)
    mine = opened(here, address, title="Baru")
    theirs = opened(there, address, subsectors=[SubsectorFactory(name="Kriya").pk])
    assert there.post(address, theirs).status_code == 302
    answer = here.post(address, mine)
    assert [(pair["typed"], pair["stands"]) for pair in answer.context["pairs"]] == [
        ("Baru", row.title),
        ("", "Kriya"),
    ]
    assert list(Programme.objects.get().subsectors.all()) == list(Subsector.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Action, ProgressUpdate])
def test_taking_an_entry_off_the_public_pages_stops_nobody_and_is_kept(here, there, model):
    row, place, name = KINDS[model]()
    address = ROOM + place.format(row)
    mine = opened(here, address, **{name: "Baru"})
    assert there.post(f"{address}terbit/", {"publish": "0"}).status_code == 302
    assert here.post(address, mine).status_code == 302
    saved = model.objects.get()
    assert (getattr(saved, name), saved.is_published) == ("Baru", False)


@pytest.mark.django_db
def test_a_file_has_to_be_chosen_again_and_that_is_said(here, there, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    row, place, _name = make_update()
    address = ROOM + place.format(row)
    mine = opened(here, address, text="Milik saya", evidence_file=SimpleUploadedFile("bukti.pdf", PDF))
    there.post(address, opened(there, address, text="Lain"))
    answer = here.post(address, mine)
    assert answer.status_code == 409
    assert "dipilih sekali lagi" in answer.content.decode()
    assert not Evidence.objects.exists()


# --- at the same moment -----------------------------------------------------------------------------------


def saves(action, *titles):
    """Return jobs that save the action from the same page with different titles."""
    shown = ActionForm(instance=action)
    sent = filled({name: shown[name].value() for name in shown.fields})

    def save(title):
        form = ActionForm(sent | {"title": title}, instance=Action.objects.get(pk=action.pk))
        assert form.is_valid(), form.errors
        return service.save_entry(form).title

    return [lambda title=title: save(title) for title in titles]


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_told_of_the_other():
    outcomes = at_once(*saves(ActionFactory(), "Satu", "Dua"))
    stale = [outcome for outcome in outcomes if isinstance(outcome, seen.StaleRow)]
    saved = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert (len(stale), len(saved)) == (1, 1)
    assert Action.objects.get().title == saved[0] == stale[0].current.title


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_both_would_be_lost(monkeypatch):
    meeting = threading.Barrier(2)

    def read_without_lock(form):
        row = Action.objects.get(pk=form.instance.pk)
        meeting.wait(PATIENCE)
        return row

    monkeypatch.setattr(seen, "lock_row", read_without_lock)
    assert sorted(at_once(*saves(ActionFactory(), "Satu", "Dua"))) == ["Dua", "Satu"]
