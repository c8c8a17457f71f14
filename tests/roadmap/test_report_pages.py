"""The public archive, a report's page, its files and the check by hash."""

import hashlib
import json

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile

from roadmap.models import ReportFile, ReportRun
from tests.roadmap.factories import PeriodFactory, PhaseFactory, ReportFactory, ReportRunFactory
from tests.roadmap.snapshots import published_snapshot

pytestmark = pytest.mark.django_db


def with_files(run, content=b"%PDF-isi"):
    for language in ("id", "en"):
        for file_format in ReportFile.Format.values:
            file = ReportFile(
                run=run, format=file_format, language=language, state="done", size=len(content),
                sha256=hashlib.sha256(content + file_format.encode()).hexdigest(),
            )  # fmt: skip
            file.file.save(
                f"uji/{run.pk}-{language}.{file_format}", ContentFile(content + file_format.encode())
            )
    return run


@pytest.fixture
def published():
    snapshot = json.dumps(published_snapshot(2022), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return with_files(
        ReportRunFactory(report__period=PeriodFactory(code="2022"), published=True, snapshot=snapshot)
    )


def test_the_archive_shows_published_reports_only(client, published):
    ReportRunFactory(report__period=PeriodFactory(code="2021"), draft=True)
    page = client.get("/laporan/").content.decode()
    assert "Laporan" in page
    assert "/laporan/2022/" in page
    assert "/laporan/2021/" not in page


def test_the_houses_of_a_card_tell_the_true_percentage_and_not_their_height(client, published):
    snapshot = published_snapshot(2022)
    growth = next(one for one in snapshot["indicators"] if one["achievement"]["percent"])
    growth["achievement"] |= {"percent": "-107.93", "capped": "0.00"}
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    with_files(ReportRunFactory(report__period=PeriodFactory(code="2020"), published=True, snapshot=text))
    page = client.get("/laporan/").content.decode()
    assert f"{growth['name']['id']}: −107,93%" in page
    assert ": 4%" not in page
    assert "115,06%" in page
    assert "belum ada persentase" in page


def test_the_archive_by_kind_and_the_way_out_of_an_empty_one(client, published):
    assert "/laporan/2022/" in client.get("/laporan/?jenis=year").content.decode()
    empty = client.get("/laporan/?jenis=month").content.decode()
    assert "/laporan/2022/" not in empty
    assert 'href="/laporan/"' in empty


@pytest.mark.parametrize(
    "query", ["?jenis=abc", "?page=abc", "?page=99", "?jenis=%00", "?page=-1&jenis=year"]
)
def test_odd_questions_to_the_archive_are_answered(client, published, query):
    assert client.get(f"/laporan/{query}").status_code == 200


def test_the_archive_costs_the_same_for_many_reports(client, django_assert_max_num_queries, published):
    for year in range(2010, 2021):
        with_files(ReportRunFactory(report__period=PeriodFactory(code=str(year)), published=True))
    with django_assert_max_num_queries(6):
        client.get("/laporan/")


@pytest.mark.parametrize(("prefix", "word"), [("", "Versi 1"), ("/en", "Version 1")])
def test_a_report_is_a_page_in_both_languages(client, published, prefix, word):
    answer = client.get(f"{prefix}/laporan/2022/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert word in page
    assert "115,06" in page if not prefix else "115.06" in page
    assert published.sha256 in page


def test_a_report_page_asks_few_queries(client, published, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get("/laporan/2022/")


@pytest.mark.parametrize("state", ["draft", "queued", "discarded", "failed"])
def test_what_is_not_published_is_not_there(client, state):
    run = ReportRunFactory(report__period=PeriodFactory(code="2021"), draft=True)
    ReportRun.objects.filter(pk=run.pk).update(state=state)
    for address in ("", "v1/", "v1/data.json", "v1/berkas/pdf-id"):
        assert client.get(f"/laporan/2021/{address}").status_code == 404


@pytest.mark.parametrize(
    ("prefix", "words"), [("", "Tidak ada pada versi ini: PDF"), ("/en", "Missing from this version: PDF")]
)
def test_a_version_without_a_file_says_so(client, published, prefix, words):
    assert words not in client.get(f"{prefix}/laporan/2022/").content.decode()
    published.files.filter(format="pdf", language="id").update(state="failed")
    cache.clear()
    page = client.get(f"{prefix}/laporan/2022/").content.decode()
    assert f"{words} (Bahasa Indonesia)." in page


def test_a_replaced_version_stays_and_says_so(client, published):
    ReportRun.objects.filter(pk=published.pk).update(state="superseded")
    ReportRunFactory(report=published.report, number=2, published=True, erratum="Angka 2021 diperbaiki.")
    old, new = client.get("/laporan/2022/v1/").content.decode(), client.get("/laporan/2022/").content.decode()
    assert "Versi yang lebih baru" in old
    assert "Angka 2021 diperbaiki." in new
    assert "/laporan/2022/v1/" in new


@pytest.mark.parametrize("wanted", ["pdf-id", "xlsx-en", "html-id"])
def test_files_come_as_harmless_downloads(client, published, wanted):
    answer = client.get(f"/laporan/2022/v1/berkas/{wanted}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.getvalue()  # reads to the end, which closes the file


@pytest.mark.parametrize("wanted", ["pdf-de", "exe-id", "pdf", "../../etc/passwd"])
def test_unknown_formats_and_languages_are_not_there(client, published, wanted):
    assert client.get(f"/laporan/2022/v1/berkas/{wanted}").status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_there(client, published):
    file = published.files.get(format="pdf", language="id")
    file.file.delete(save=False)
    assert client.get("/laporan/2022/v1/berkas/pdf-id").status_code == 404


def test_drafts_are_for_planners(client_for, planner, founder):
    with_files(ReportRunFactory(report__period=PeriodFactory(code="2021"), draft=True))
    address = "/laporan/2021/v1/berkas/pdf-id"
    answer = client_for(planner).get(address)
    assert answer.status_code == 200
    answer.getvalue()  # reads to the end, which closes the file
    assert client_for(founder).get(address).status_code == 404
    assert client_for().get(address).status_code == 404


def test_the_data_file_is_what_the_fingerprint_is_over(client, published):
    data = client.get("/laporan/2022/v1/data.json").content
    assert hashlib.sha256(data).hexdigest() == published.sha256


def test_a_genuine_fingerprint_is_confirmed(client, published):
    answer = client.get(f"/laporan/periksa/{published.sha256}/")
    assert answer.status_code == 200
    assert "asli" in answer.content.decode()


def test_the_fingerprint_of_a_file_is_confirmed_too(client, published):
    file = published.files.get(format="xlsx", language="en")
    assert "XLSX" in client.get(f"/en/laporan/periksa/{file.sha256}/").content.decode()


def test_an_unknown_fingerprint_is_not_genuine(client, published):
    answer = client.get(f"/laporan/periksa/{'0' * 64}/")
    assert answer.status_code == 404
    assert "Tidak ada laporan" in answer.content.decode()


def test_a_draft_is_not_genuine_yet(client):
    run = ReportRunFactory(report__period=PeriodFactory(code="2021"), draft=True)
    assert client.get(f"/laporan/periksa/{run.sha256}/").status_code == 404


def test_a_typed_fingerprint_may_have_spaces_and_capitals(client, published):
    typed = " ".join(published.sha256[i : i + 8].upper() for i in range(0, 64, 8))
    answer = client.get("/laporan/periksa/", {"sidik": typed})
    assert answer["Location"].endswith(f"/laporan/periksa/{published.sha256}/")


@pytest.mark.parametrize("typed", ["", "abc", "g" * 64, "0" * 63, "\x00" * 64, "0" * 10_000])
def test_a_wrong_fingerprint_is_explained_beside_the_field(client, typed):
    answer = client.get("/laporan/periksa/", {"sidik": typed})
    assert answer.status_code == 200
    assert "error" in answer.content.decode()


def test_a_phase_report_carries_the_phase_in_its_title(client):
    phase = PhaseFactory()
    ReportRunFactory(report=ReportFactory(period=PeriodFactory(phase=phase), slug=phase.slug), published=True)
    assert "Malang Mendunia" in client.get("/laporan/malang-mendunia/").content.decode()
