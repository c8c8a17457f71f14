"""Work room: phases, programmes, actions and their progress."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from roadmap.models import Action, Period, Phase, Programme, ProgressUpdate
from tests.ecosystem.factories import OrganizationFactory
from tests.roadmap.factories import ActionFactory, PhaseFactory, ProgrammeFactory, ProgressUpdateFactory

pytestmark = pytest.mark.django_db
ROOM = "/ruang-kerja/"


@pytest.fixture
def client(planner, client_for):
    return client_for(planner)


def seen(client, url):
    """Return the mark of what the page's form shows of its row."""
    return {"seen": client.get(url).context["form"]["seen"].value()}


def phase_fields(**changes):
    return {
        "name": "Malang Berlanjut",
        "start": "2024-01-01",
        "end": "2025-12-31",
        "colour": "leaf",
    } | changes


def programme_fields(**changes):
    fields = {
        "title": "Studio di tiap kecamatan",
        "promise": "Lima ruang kerja bersama.",
        "phases": [PhaseFactory().pk],
        "lead_organization": OrganizationFactory(slug="bappeda").pk,
        "order": "1",
    }
    return fields | changes


def action_fields(**changes):
    programme, phase = ProgrammeFactory(slug="mcc"), PhaseFactory()
    fields = {
        "programme": programme.pk,
        "phase": phase.pk,
        "title": "Membangun gedung",
        "promise": "Gedung selesai.",
        "state": "planned",
        "lead_organization": programme.lead_organization_id,
        "weight": "1,5",
        "order": "1",
    }
    return fields | changes


def test_a_later_phase_is_created_with_its_period(client):
    response = client.post(f"{ROOM}fase/baru/", phase_fields(), follow=True)
    assert response.redirect_chain == [(f"{ROOM}fase/malang-berlanjut/", 302)]
    assert "“Malang Berlanjut” sudah dibuat" in response.content.decode()
    period = Period.objects.get(phase__slug="malang-berlanjut")
    assert (period.kind, period.code, period.end) == ("phase", "malang-berlanjut", date(2025, 12, 31))


def test_moving_a_phase_moves_its_period(client):
    client.post(f"{ROOM}fase/baru/", phase_fields())
    url = f"{ROOM}fase/malang-berlanjut/"
    assert client.post(url, phase_fields(end="2026-12-31") | seen(client, url)).status_code == 302
    assert Period.objects.get(phase__slug="malang-berlanjut").end == date(2026, 12, 31)
    assert Phase.objects.get().slug == "malang-berlanjut"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": "2023-06-01"}, "start"),
        ({"start": "2021-06-01", "end": "2022-06-01"}, "end"),
        ({"end": "2023-12-31", "start": "2024-06-01"}, "end"),
        ({"start": "abc"}, "start"),
        ({"name": ""}, "name"),
        ({"name": "???"}, "name"),
        ({"name": "Baru"}, "name"),
        ({"name": "x\x00"}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"promise": "x" * 10_000}, "promise"),
        ({"colour": "pink"}, "colour"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
    ],
)
def test_a_wrong_phase_is_refused_beside_the_field_and_stays_in_the_form(client, changes, field):
    PhaseFactory()
    response = client.post(f"{ROOM}fase/baru/", phase_fields(**changes, outcome="Teks saya."))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert "Teks saya." in response.content.decode()
    assert Phase.objects.count() == 1


@pytest.mark.parametrize(
    ("noun", "fields", "model"),
    [
        ("program", programme_fields, Programme),
        ("aksi", action_fields, Action),
        ("fase", phase_fields, Phase),
    ],
)
def test_pressing_create_twice_makes_one_row_and_a_message(client, noun, fields, model):
    data = fields()
    before = model.objects.count()
    assert client.post(f"{ROOM}{noun}/baru/", data).status_code == 302
    second = client.post(f"{ROOM}{noun}/baru/", data)
    assert second.status_code == 200
    assert second.context["form"].errors
    assert model.objects.count() == before + 1


def test_an_action_is_created_with_a_weight_as_people_write_it(client):
    assert client.post(f"{ROOM}aksi/baru/", action_fields()).status_code == 302
    assert Action.objects.get().weight == Decimal("1.5")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"state": "delayed"}, "reason"),
        ({"state": "cancelled", "reason": " "}, "reason"),
        ({"planned_start": "2022-05-01", "planned_end": "2022-04-01"}, "planned_end"),
        ({"actual_start": "2022-05-01", "actual_end": "2022-04-01"}, "actual_end"),
        ({"weight": "0"}, "weight"),
        ({"weight": "abc"}, "weight"),
        ({"weight": "9" * 40}, "weight"),
        ({"programme": "999999"}, "programme"),
        ({"order": "-1"}, "order"),
    ],
)
def test_a_wrong_action_is_refused_beside_the_field(client, changes, field):
    response = client.post(f"{ROOM}aksi/baru/", action_fields(**changes))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not Action.objects.exists()


def test_a_delay_with_its_reason_is_saved(client):
    action = ActionFactory(slug="gedung")
    fields = action_fields(title="Membangun gedung", state="delayed", reason="Pandemi.")
    url = f"{ROOM}aksi/gedung/"
    assert client.post(url, fields | seen(client, url)).status_code == 302
    action.refresh_from_db()
    assert (action.state, action.reason, action.slug) == ("delayed", "Pandemi.", "gedung")


@pytest.mark.parametrize("noun", ["fase", "program", "aksi"])
def test_unpublishing_is_confirmed_and_taken_back_with_one_click(client, noun):
    rows = {"fase": PhaseFactory, "program": ProgrammeFactory, "aksi": ActionFactory}
    row = rows[noun](slug="uji")
    url = f"{ROOM}{noun}/uji/terbit/"
    assert "tarik" in client.get(url).content.decode().lower()
    row.refresh_from_db()
    assert row.is_published
    for _click in range(2):
        page = client.post(url, {"publish": "0"}, follow=True).content.decode()
    assert "ditarik dari halaman publik" in page
    assert f'action="{url}"' in page
    row.refresh_from_db()
    assert not row.is_published
    client.post(url, {"publish": "1"})
    row.refresh_from_db()
    assert row.is_published


def update_fields(**changes):
    return {"as_of": "2022-06-17", "text": "Struktur lantai dua selesai.", "percent": "92,26"} | changes


def test_progress_is_reported_with_a_file_as_evidence(client, planner):
    ActionFactory(slug="gedung")
    file = SimpleUploadedFile("laporan.pdf", b"%PDF-1.7\n%%EOF\n")
    response = client.post(f"{ROOM}aksi/gedung/perkembangan/", update_fields(evidence_file=file))
    assert response.status_code == 302
    update = ProgressUpdate.objects.get()
    assert (update.percent, update.author) == (Decimal("92.26"), planner)
    assert update.evidence.get().content_type == "application/pdf"
    assert "Struktur lantai dua selesai." in client.get(f"{ROOM}aksi/gedung/").content.decode()


def test_pressing_save_twice_reports_progress_once(client):
    ActionFactory(slug="gedung")
    for _click in range(2):
        assert client.post(f"{ROOM}aksi/gedung/perkembangan/", update_fields()).status_code == 302
    assert ProgressUpdate.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"percent": "100,01"}, "percent"),
        ({"percent": "-1"}, "percent"),
        ({"percent": "NaN"}, "percent"),
        ({"planned_percent": "1.2.3"}, "planned_percent"),
        ({"as_of": ""}, "as_of"),
        ({"as_of": "2022-02-30"}, "as_of"),
        ({"text": ""}, "text"),
        ({"text": "x" * 10_000}, "text"),
        ({"evidence_file": SimpleUploadedFile("gambar.png", b"MZ\x90\x00")}, "evidence_file"),
    ],
)
def test_wrong_progress_is_refused_beside_the_field(client, changes, field):
    ActionFactory(slug="gedung")
    response = client.post(f"{ROOM}aksi/gedung/perkembangan/", update_fields(**changes))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not ProgressUpdate.objects.exists()


def test_an_update_is_corrected_and_taken_off(client):
    update = ProgressUpdateFactory(author=None)
    url = f"{ROOM}perkembangan/{update.pk}/"
    assert 'value="92,26"' in client.get(url).content.decode()
    assert client.post(url, update_fields(text="Diperbaiki.") | seen(client, url)).status_code == 302
    client.post(f"{url}terbit/", {"publish": "0"})
    update.refresh_from_db()
    assert (update.text, update.is_published) == ("Diperbaiki.", False)


@pytest.mark.parametrize("url", ["fase/tidak-ada/", "aksi/tidak-ada/perkembangan/", "perkembangan/999999/"])
def test_what_does_not_exist_is_404(client, url):
    assert client.get(ROOM + url).status_code == 404
    assert client.post(ROOM + url, {}).status_code == 404


@pytest.mark.parametrize("noun", ["fase", "program", "aksi"])
def test_lists_ask_the_same_number_of_queries_for_any_number_of_rows(
    client, noun, django_assert_max_num_queries
):
    empty = client.get(f"{ROOM}{noun}/").content.decode()
    assert "Belum ada" in empty
    for _number in range(8):
        ActionFactory()
    client.get(f"{ROOM}{noun}/?page=abc")
    with django_assert_max_num_queries(7):
        client.get(f"{ROOM}{noun}/")
