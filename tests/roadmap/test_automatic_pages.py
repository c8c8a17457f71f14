"""What people see of automatic indicators: the explained number, the locked forms, the API and the importer."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from roadmap import permissions
from roadmap.importing import plan_import
from roadmap.models import Action, AutomaticSnapshot, Indicator, IndicatorAssignment, Measurement
from roadmap.services import automatic, measurements
from roadmap.services import indicators as indicator_service
from tests.ecosystem.factories import OrganizationFactory
from tests.roadmap.factories import ActionFactory, IndicatorFactory, MeasurementFactory, PeriodFactory
from tests.roadmap.import_files import csv_file, row

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
EXPLAINED = "/kpi/aksi-selesai/2025/"
ROOM = "/ruang-kerja/indikator/aksi-selesai/"
VALUE = f"{ROOM}nilai/2025/"


@pytest.fixture
def indicator():
    return IndicatorFactory(
        slug="aksi-selesai",
        code="AUTO",
        name="Aksi selesai",
        automatic_source="actions-done",
        valid_from=date(2025, 1, 1),
    )


@pytest.fixture
def counted(indicator):
    """The count of 2025 over two actions, one of which is not public any more."""
    named, hidden = (
        ActionFactory(state=Action.State.DONE, actual_end=date(2025, 6, 1), title=title, slug=slug)
        for title, slug in (("Gedung dibuka", "gedung"), ("Rahasia dapur", "rahasia"))
    )
    snapshot = automatic.take_snapshot(indicator.pk, "2025", now=NOW)
    hidden.is_published = False
    hidden.save()
    return snapshot


def page(address, client=None):
    return (client or Client()).get(address).content.decode()


def test_the_number_is_explained_by_its_source_its_day_and_its_rows(counted):
    content = page(EXPLAINED)
    assert "Dihitung oleh portal" in content
    assert "Aksi peta jalan yang selesai, dengan hari selesai yang diketahui" in content
    assert "1 Mar 2026, 12.00 WIB" in content
    assert '<a href="/peta-jalan/aksi/gedung/">Gedung dibuka</a>' in content
    assert "1 Jun 2025" in content
    assert "adalah bukti angka yang dihitung portal" in content
    assert counted.sha256 in content


def test_the_table_of_the_indicator_leads_to_the_rows(counted):
    assert f'<a href="{EXPLAINED}">Dihitung oleh portal</a>' in page("/kpi/aksi-selesai/")


def test_a_row_that_is_not_public_is_counted_and_not_named(counted):
    content = page(f"/en{EXPLAINED}")
    assert "Rahasia" not in content
    assert "One row is not public today" in content


def test_a_number_without_rows_says_that_it_is_zero(indicator):
    automatic.take_snapshot(indicator.pk, "2025", now=NOW)
    assert "the number is 0, not missing" in page(f"/en{EXPLAINED}")


def test_an_earlier_count_stays_on_the_page(counted, planner):
    value = Measurement.objects.get()
    measurements.reopen_measurement(value.pk, by=planner, version=1, reason="Aksi rahasia ditarik.")
    automatic.take_snapshot(counted.indicator_id, "2025", now=NOW)
    content = page(f"/en{EXPLAINED}")
    assert "Count 1 of 1 Mar 2026: 2" in content
    assert "Gedung dibuka" in content


def test_a_value_that_a_person_gave_has_no_list_of_rows(indicator):
    Indicator.objects.filter(pk=indicator.pk).update(automatic_source="")
    MeasurementFactory(indicator=indicator, period=PeriodFactory(code="2025"), verified=True)
    content = page(f"/en{EXPLAINED}")
    assert "Where the figure comes from" in content
    assert "The rows behind the number" not in content


def test_the_rows_cost_two_queries_however_many_there_are(indicator, django_assert_max_num_queries):
    for number in range(12):
        ActionFactory(state=Action.State.DONE, actual_end=date(2025, 6, 1), title=f"Aksi nomor {number}")
    automatic.take_snapshot(indicator.pk, "2025", now=NOW)
    with django_assert_max_num_queries(18):
        assert "Aksi nomor 11" in page(EXPLAINED)


def test_the_api_says_where_the_value_comes_from_and_on_how_many_rows_it_stands(counted):
    (point,) = Client().get("/api/v1/indicators/AUTO/").json()["series"]
    assert point["actual"]["provenance"] == "automatic"
    assert point["actual"]["counted_rows"] == 2
    assert Decimal(point["actual"]["value"]) == 2


def test_the_api_knows_no_rows_behind_a_value_that_people_gave():
    indicator = IndicatorFactory(code="TANGAN")
    MeasurementFactory(indicator=indicator, verified=True)
    (point,) = Client().get("/api/v1/indicators/TANGAN/").json()["series"]
    assert point["actual"]["counted_rows"] is None


@pytest.mark.parametrize("is_counted", [False, True])
def test_nobody_enters_a_value_by_hand(indicator, planner, client_for, is_counted):
    if is_counted:
        automatic.take_snapshot(indicator.pk, "2025", now=NOW)
    client = client_for(planner)
    content = page(f"/en{VALUE}", client)
    assert "The portal counts this indicator itself" in content
    assert ("Open again" in content) is is_counted
    answer = client.post(
        f"/en{VALUE}", {"value": "99", "version": int(is_counted), "note": "x", "draft": "1"}
    )
    assert answer.status_code == 409
    assert "The portal counts this indicator itself" in answer.content.decode()
    assert not Measurement.objects.filter(value=99).exists()


def test_a_wrong_role_is_refused_before_the_reason(indicator, task_force_member, client_for):
    client = client_for(task_force_member)
    assert client.post(VALUE, {"value": "99", "version": 0, "draft": "1"}).status_code == 403
    assert client.post(f"{VALUE}buka/", {"reason": "Saya mau.", "version": 0}).status_code == 403


def test_a_closed_period_is_not_opened_for_entry_by_hand(indicator, planner, client_for):
    PeriodFactory(code="2025")
    answer = client_for(planner).post(f"/en{VALUE}buka/", {"reason": "Mau diisi.", "version": 0})
    assert answer.status_code == 200
    assert "The portal counts this indicator itself" in answer.content.decode()
    assert not Measurement.objects.exists()


def test_opening_a_counted_value_promises_another_count(counted, planner, client_for):
    answer = client_for(planner).post(
        f"/en{VALUE}buka/", {"reason": "Satu aksi salah.", "version": 1}, follow=True
    )
    assert "The portal counts it anew within the hour" in answer.content.decode()
    assert automatic.due_snapshots(NOW) == [(counted.indicator_id, "2025")]


def test_the_entry_grid_asks_nobody_for_it(indicator, planner, task_force_member, client_for):
    IndicatorFactory(name="Diisi orang")
    content = page("/ruang-kerja/nilai/?tahun=2025", client_for(planner))
    assert "Diisi orang" in content
    assert "Aksi selesai" not in content
    IndicatorAssignment.objects.create(user=task_force_member, indicator=indicator)
    assert permissions.can_enter_value(task_force_member, indicator)
    assert "nilai/baru/" not in page(ROOM, client_for(task_force_member))


def test_a_file_may_give_targets_but_no_values(indicator):
    actual = row(indicator="Aksi selesai", period="2025", value="9", unit="")
    target = actual | {"kind": "target"}
    plan = plan_import(csv_file(actual, target), on=date(2026, 3, 1))
    assert [(error.row, error.column, error.code) for error in plan.errors] == [
        (2, "indicator", "counted_by_portal")
    ]
    assert [change.source.kind for change in plan.changes] == ["target"]


# --- the planner's form ----------------------------------------------------------------------------------


def fields(**changes):
    return {
        "name": "Kabar kemajuan",
        "code": "AU-02",
        "unit": "kabar",
        "value_type": "count",
        "direction": "higher",
        "entry_meaning": "increment",
        "aggregation": "sum",
        "frequency": "month",
        "method": "ratio",
        "decimals": "0",
        "order": "3",
        "owner_organization": OrganizationFactory(slug="bappeda").pk,
        "automatic_source": "progress-updates",
        "valid_from": "2026-01-01",
    } | changes


def test_a_planner_chooses_the_source(planner, client_for):
    client = client_for(planner)
    assert client.post("/ruang-kerja/indikator/baru/", fields()).status_code == 302
    indicator = Indicator.objects.get()
    assert indicator.automatic_source == "progress-updates"
    assert automatic.due_snapshots(NOW) == [(indicator.pk, "2026-01"), (indicator.pk, "2026-02")]
    assert "Kabar kemajuan tentang aksi peta jalan" in page("/ruang-kerja/indikator/kabar-kemajuan/", client)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"automatic_source": "none-such"}, "automatic_source"),
        ({"value_type": "currency"}, "value_type"),
        ({"entry_meaning": "snapshot", "aggregation": "last"}, "entry_meaning"),
        ({"frequency": "irregular"}, "frequency"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "bukan tanggal"}, "valid_from"),
    ],
)
def test_a_source_that_does_not_fit_is_refused_beside_the_field(planner, client_for, changes, field):
    response = client_for(planner).post("/ruang-kerja/indikator/baru/", fields(**changes))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not Indicator.objects.exists()


def test_the_source_is_locked_once_there_is_any_value(planner, client_for):
    indicator = IndicatorFactory(slug="diisi", valid_from=date(2025, 1, 1))
    MeasurementFactory(indicator=indicator, period=PeriodFactory(code="2025"))
    client = client_for(planner)
    address = "/ruang-kerja/indikator/diisi/ubah/"
    form = client.get(address).context["form"]
    assert form.fields["automatic_source"].disabled
    indicator.automatic_source = "actions-done"
    with pytest.raises(indicator_service.DefinitionFrozen):
        indicator_service.save_indicator(indicator)


def test_a_source_that_the_portal_lost_is_not_taken_away_unseen(planner, client_for):
    IndicatorFactory(slug="yatim", automatic_source="gone", valid_from=date(2025, 1, 1))
    client = client_for(planner)
    form = client.get("/ruang-kerja/indikator/yatim/ubah/").context["form"]
    assert ("gone", "gone") in form.fields["automatic_source"].choices
    data = fields(automatic_source="gone", name="Yatim", code="YT", version="1")
    answer = client.post("/ruang-kerja/indikator/yatim/ubah/", data)
    assert "automatic_source" in answer.context["form"].errors
    assert not AutomaticSnapshot.objects.exists()
