"""The roadmap, its phases, programmes and actions: promised, happened, state, dates, neighbours."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from roadmap.services.achievements import recompute
from tests.roadmap.factories import (
    ActionFactory,
    EvidenceFactory,
    IndicatorFactory,
    IndicatorLinkFactory,
    PhaseFactory,
    ProgressUpdateFactory,
    TargetFactory,
)
from tests.roadmap.public_rows import published_roadmap


@pytest.fixture
def rows(db):
    return published_roadmap()


def page(address):
    return Client().get(address).content.decode()


def test_the_roadmap_shows_phases_programmes_and_how_far_they_are(rows):
    content = page("/peta-jalan/")
    assert "2022–2023" in content
    assert "1 dari 1 KPI terukur" in content
    assert "Tertunda: 1" in content
    assert "/peta-jalan/program/malang-creative-center/" in content


def test_the_roadmap_has_one_number_with_how_many_indicators_are_in_it(rows):
    content = page("/peta-jalan/")
    assert "100,00%" in content
    assert "1 di antara 1 indikator" in content


def test_a_common_number_tells_its_inputs_their_weights_and_what_is_left_out(rows):
    missing = IndicatorFactory(name="Ekspor gim")
    TargetFactory(indicator=missing)
    IndicatorLinkFactory(indicator=missing, phase=rows.phase, weight=Decimal("2.5"))
    recompute([missing])
    content = page("/peta-jalan/fase/malang-mendunia/")
    inputs = content.partition("Isi angka ini")[2].partition("</details>")[0]
    assert 'href="/kpi/pertumbuhan-pdrb/2022/">115,06%</a>' in inputs
    assert ">100,00%<" in inputs
    assert "Ekspor gim" in inputs
    assert ">2,5<" in inputs
    assert "Tidak dihitung: " in inputs
    assert "What goes into this number" in page("/en/peta-jalan/program/malang-creative-center/")
    assert "Isi angka ini" in page("/peta-jalan/")


def test_an_empty_roadmap_says_so(db):
    assert "Belum ada fase" in page("/peta-jalan/")


def test_a_phase_shows_what_was_promised_and_what_happened(rows):
    content = page("/peta-jalan/fase/malang-mendunia/")
    assert "Produk digital Malang dikenal di luar negeri." in content
    assert "Gedung dibuka pada 2023." in content
    assert "115,06%" in content
    assert "Pertumbuhan PDRB ekonomi kreatif: 115,06%" in content


def test_a_phase_leads_to_the_ones_before_and_after(rows):
    PhaseFactory(empowered=True)
    content = page("/peta-jalan/fase/malang-berdaya/")
    assert 'href="/peta-jalan/fase/malang-mendunia/" rel="next"' in content
    assert 'rel="prev"' not in content


def test_a_phase_shows_only_figures_within_its_years(rows):
    assert "34,48%" not in page("/peta-jalan/fase/malang-mendunia/")


def test_a_programme_lists_its_actions_and_indicators(rows):
    content = page("/peta-jalan/program/malang-creative-center/")
    assert "Pembangunan gedung MCC" in content
    assert "Tertunda" in content
    assert "/kpi/pertumbuhan-pdrb/" in content
    assert rows.programme.lead_organization.name in content


def test_an_action_gives_state_reason_dates_and_dated_progress(rows):
    type(rows.action).objects.update(planned_start=date(2021, 5, 27), planned_end=date(2022, 7, 20))
    content = page("/peta-jalan/aksi/gedung-mcc/")
    assert "Ditunda karena pandemi." in content
    assert "27 Mei 2021 – 20 Jul 2022" in content
    assert "17 Jun 2022" in content
    assert "92,26%" in content
    assert "rencana 88,92%" in content
    assert "https://example.org/kabar" in content


def test_hidden_updates_and_private_evidence_stay_hidden(rows):
    ProgressUpdateFactory(action=rows.action, text="Belum boleh tahu.", is_published=False)
    EvidenceFactory(measurement=None, update=rows.update, title="Foto lapangan")
    EvidenceFactory(measurement=None, update=rows.update, title="Kontrak", is_public=False)
    content = page("/peta-jalan/aksi/gedung-mcc/")
    assert "Belum boleh tahu." not in content
    assert "Foto lapangan" in content
    assert "Kontrak" not in content


def test_a_file_behind_progress_is_offered_and_can_be_downloaded(rows):
    file = ContentFile(b"%PDF-1.7\n%%EOF\n", name="acak.pdf")
    row = EvidenceFactory(
        measurement=None,
        update=rows.update,
        title="Foto lapangan",
        url="",
        file=file,
        sha256="0" * 64,
        content_type="application/pdf",
    )
    assert f'href="/bukti/{row.pk}/" download' in page("/peta-jalan/aksi/gedung-mcc/")
    response = Client().get(f"/bukti/{row.pk}/")
    assert b"".join(response.streaming_content).startswith(b"%PDF")


def test_news_that_is_not_published_does_not_show_in_the_day_of_the_newest(rows):
    ProgressUpdateFactory(action=rows.action, as_of=date(2023, 3, 9), is_published=False)
    content = page("/peta-jalan/program/malang-creative-center/")
    assert "17 Jun 2022" in content
    assert "9 Mar 2023" not in content


def test_the_responsible_organization_has_its_english_name(rows):
    type(rows.programme.lead_organization).objects.update(name="Dinas Uji", name_en="Test Agency")
    assert "Dinas Uji" in page("/peta-jalan/program/malang-creative-center/")
    assert "responsible: Test Agency" in page("/en/peta-jalan/program/malang-creative-center/")
    assert "Dinas Uji" not in page("/en/peta-jalan/program/malang-creative-center/")


def test_an_action_done_on_an_unknown_day_says_so(rows):
    action = ActionFactory(
        programme=rows.programme, phase=rows.phase, state="done", actual_start=date(2021, 5, 27)
    )
    content = page(f"/peta-jalan/aksi/{action.slug}/")
    assert "mulai 27 Mei 2021" in content
    assert "hari selesainya tidak disebutkan" in content


def test_an_unpublished_action_is_neither_listed_nor_counted(rows):
    ActionFactory(programme=rows.programme, phase=rows.phase, title="Rencana rahasia", is_published=False)
    for address in (
        "/peta-jalan/",
        "/peta-jalan/program/malang-creative-center/",
        "/peta-jalan/fase/malang-mendunia/",
    ):
        content = page(address)
        assert "Rencana rahasia" not in content
        assert "Direncanakan: 1" not in content
