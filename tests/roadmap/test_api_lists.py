"""The open read API: every list and row works for anybody, and only what is published comes out of it."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Indicator, Measurement, Phase, ReportFile, ReportRun
from roadmap.services.achievements import recompute
from tests.ecosystem.factories import (
    KecamatanFactory,
    KelurahanFactory,
    OrganizationFactory,
    SubsectorFactory,
)
from tests.roadmap.factories import (
    ActionFactory,
    EvidenceFactory,
    IndicatorFactory,
    IndicatorLinkFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    ProgrammeFactory,
    ProgressUpdateFactory,
    RatingScaleFactory,
    ReportFactory,
    ReportRunFactory,
    TargetFactory,
)

SECRET = "burung-kenari"
LISTS = [
    "phases",
    "programmes",
    "actions",
    "indicators",
    "reports",
    "subsectors",
    "kecamatan",
    "organizations",
    "rating-scales",
]


def make_row(noun, number):
    """Make one public row of a list with something in each of its inner lists."""
    if noun == "phases":
        years = {"start": f"{2030 + number}-01-01", "end": f"{2030 + number}-12-31"}
        PhaseFactory(slug=f"fase-{number}", lead_organization=OrganizationFactory(), **years)
    elif noun == "programmes":
        ProgrammeFactory(phases=[PhaseFactory()])
    elif noun == "actions":
        action = ActionFactory()
        action.partners.add(OrganizationFactory())
        EvidenceFactory(measurement=None, update=ProgressUpdateFactory(action=action))
    elif noun == "indicators":
        indicator = IndicatorFactory(baseline_value=1, baseline_period=PeriodFactory(phase=PhaseFactory()))
        indicator.subsectors.add(SubsectorFactory())
        IndicatorLinkFactory(indicator=indicator, phase=PhaseFactory())
        IndicatorLinkFactory(indicator=indicator, action=ActionFactory())
        IndicatorFactory(supersedes=indicator)
    elif noun == "reports":
        run = ReportRunFactory(
            published=True, report=ReportFactory(period=PeriodFactory(code=f"{2000 + number}"))
        )
        ReportFile.objects.create(
            run=run, format="pdf", language="id", state="done", file="x.pdf", sha256="a"
        )
    elif noun == "subsectors":
        SubsectorFactory()
    elif noun == "kecamatan":
        KelurahanFactory(kecamatan=KecamatanFactory(code=f"35.73.{number:02}", latitude=Decimal("-7.98")))
    elif noun == "organizations":
        OrganizationFactory()
    else:
        RatingScaleFactory(code=f"skala-{number}")


@pytest.mark.parametrize("noun", LISTS)
def test_each_list_and_each_of_its_rows_can_be_read_by_anybody(noun, client, db):
    make_row(noun, 1)
    answer = client.get(f"/api/v1/{noun}/")
    assert answer.status_code == 200
    assert set(answer.json()) == {"count", "next", "previous", "results"}
    row = answer.json()["results"][-1]
    key = row.get("slug") or row["code"]
    one = client.get(f"/api/v1/{noun}/{key}/")
    assert one.status_code == 200
    assert row.items() <= one.json().items()
    assert client.head(f"/api/v1/{noun}/").status_code == 200


@pytest.mark.parametrize("noun", LISTS)
def test_ten_rows_cost_as_many_queries_as_one(noun, client, db, django_assert_num_queries):
    make_row(noun, 1)
    with CaptureQueriesContext(connection) as one:
        client.get(f"/api/v1/{noun}/")
    for number in range(2, 11):
        make_row(noun, number)
    with django_assert_num_queries(len(one)):
        assert client.get(f"/api/v1/{noun}/").json()["count"] >= 10
    assert len(one) <= 10


def test_the_front_door_names_every_list(client, db):
    addresses = client.get("/api/v1/").json()
    for address in addresses.values():
        assert client.get(address).status_code == 200
    named = {address.rstrip("/").rpartition("/")[2] for address in addresses.values()}
    assert set(LISTS) <= named


def test_an_action_comes_with_its_progress_in_both_languages(client, db):
    action = ActionFactory(delayed=True, title_en="Build it", reason_en="Because of the pandemic.")
    ProgressUpdateFactory(action=action, text_en="Half of it stands.", percent=Decimal("92.26"))
    row = client.get(f"/api/v1/actions/{action.slug}/").json()
    assert (row["title_en"], row["state"], row["reason"]) == (
        "Build it",
        "delayed",
        "Ditunda karena pandemi.",
    )
    assert row["updates"][0]["percent"] == "92.26"
    assert row["updates"][0]["text_en"] == "Half of it stands."
    assert row["page"] == f"http://testserver/peta-jalan/aksi/{action.slug}/"
    assert row["phase"] == "malang-mendunia"


def test_a_report_shows_its_versions_with_hashes_and_finished_files_only(client, db):
    report = ReportFactory(period=PeriodFactory(code="2022"))
    old = ReportRunFactory(report=report, published=True, state=ReportRun.State.SUPERSEDED)
    new = ReportRunFactory(report=report, published=True, number=2, erratum="Angka diperbaiki.")
    ReportFile.objects.create(
        run=new, format="pdf", language="id", state="done", file="x.pdf", sha256="b" * 64
    )
    ReportFile.objects.create(run=new, format="xlsx", language="id", state="failed", error=SECRET)
    row = client.get("/api/v1/reports/2022/").json()
    assert [version["number"] for version in row["versions"]] == [2, 1]
    assert row["versions"][1]["sha256"] == old.sha256
    assert row["versions"][0]["erratum"] == "Angka diperbaiki."
    assert row["versions"][0]["files"] == [
        {
            "format": "pdf",
            "language": "id",
            "size": 0,
            "sha256": "b" * 64,
            "url": "http://testserver/laporan/2022/v2/berkas/pdf-id",
        }
    ]
    assert row["versions"][0]["snapshot"] == "http://testserver/laporan/2022/v2/data.json"
    assert row["title"] and row["title_en"] and row["title"] != row["title_en"]


@pytest.fixture
def secrets(db):
    """Rows that the public must not see, each with the canary in its texts, around public ones."""
    hidden = PhaseFactory(empowered=True, name=SECRET, slug=f"fase-{SECRET}", is_published=False)
    phase = PhaseFactory(lead_organization=None)
    programme = ProgrammeFactory(phases=[phase, hidden])
    closed = ProgrammeFactory(slug=f"program-{SECRET}", title=SECRET, is_published=False)
    action = ActionFactory(programme=programme, phase=hidden)
    unseen = ActionFactory(programme=programme, slug=f"aksi-{SECRET}", title=SECRET, is_published=False)
    ActionFactory(programme=closed, slug=f"aksi-lain-{SECRET}", title=SECRET)
    update = ProgressUpdateFactory(action=action)
    ProgressUpdateFactory(action=action, text=SECRET, is_published=False)
    EvidenceFactory(measurement=None, update=update, title=SECRET, is_public=False)
    indicator = IndicatorFactory()
    for parent in ({"phase": hidden}, {"programme": closed}, {"action": unseen}, {"phase": phase}):
        IndicatorLinkFactory(indicator=indicator, **parent)
    IndicatorFactory(code=SECRET, name=SECRET, is_public=False, supersedes=indicator)
    for place, state in enumerate(
        state for state in Measurement.State if state != Measurement.State.VERIFIED
    ):
        period = PeriodFactory(code=f"{2010 + place}")
        text = {"note": SECRET, "supporting": SECRET, "review_comment": SECRET}
        MeasurementFactory(indicator=indicator, period=period, state=state, value=424242, **text)
        TargetFactory(indicator=indicator, period=period)
    TargetFactory(indicator=indicator, period=PeriodFactory(phase=hidden))
    verified = MeasurementFactory(indicator=indicator, verified=True, review_comment=SECRET)
    EvidenceFactory(measurement=verified, title=SECRET, is_public=False)
    recompute([indicator])
    draft = ReportRunFactory(draft=True, report=ReportFactory(period=PeriodFactory(code="2019")))
    draft.report.slug = f"laporan-{SECRET}"
    draft.report.save()
    published = ReportRunFactory(published=True, report=ReportFactory(period=PeriodFactory(code="2020")))
    ReportRunFactory(draft=True, report=published.report, number=2, erratum=SECRET)
    return indicator


def test_nothing_unpublished_unverified_or_not_public_comes_out(secrets, client):
    addresses = [f"/api/v1/{noun}/" for noun in LISTS]
    addresses += [f"/api/v1/indicators/{secrets.code}/", "/api/v1/reports/2020/"]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        text = json.dumps(answer.json())
        assert SECRET not in text, address
        assert "424242" not in text, address
    assert client.get("/api/v1/actions/").json()["count"] == 1


@pytest.mark.parametrize(
    "address",
    [
        f"phases/fase-{SECRET}",
        f"programmes/program-{SECRET}",
        f"actions/aksi-{SECRET}",
        f"actions/aksi-lain-{SECRET}",
        f"indicators/{SECRET}",
        f"reports/laporan-{SECRET}",
    ],
)
def test_what_is_not_published_answers_as_if_it_did_not_exist(address, secrets, client):
    answer = client.get(f"/api/v1/{address}/")
    assert answer.status_code == 404
    assert answer.json() == client.get("/api/v1/phases/tidak-ada/").json() | {
        "request_id": answer.json()["request_id"]
    }


def test_the_canaries_would_be_seen_once_published(secrets, client):
    Phase.objects.update(is_published=True)
    Indicator.objects.update(is_public=True)
    assert SECRET in client.get("/api/v1/phases/").content.decode()
    assert SECRET in client.get(f"/api/v1/indicators/{secrets.code}/").content.decode()


def test_pages_follow_each_other_without_gap_or_repetition(client, db):
    for _number in range(5):
        OrganizationFactory(name="Nama yang sama")
    seen, address = [], "/api/v1/organizations/?page_size=2&ordering=name"
    while address:
        page = client.get(address).json()
        assert page["count"] == 5
        seen += [row["slug"] for row in page["results"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == 5
    assert page["previous"].endswith("page=2&page_size=2") and len(page["results"]) == 1


def test_rows_come_in_the_order_asked_for(client, db):
    for name in ("B", "C", "A"):
        IndicatorFactory(name=name)
    for order in ("name", "-name"):
        rows = client.get(f"/api/v1/indicators/?ordering={order}").json()["results"]
        assert [row["name"] for row in rows] == sorted("ABC", reverse=order.startswith("-"))
