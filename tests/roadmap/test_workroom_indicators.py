"""Work room: indicators, what they count for, and their targets."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from roadmap.forms.indicators import IndicatorForm
from roadmap.models import Indicator, IndicatorAssignment, IndicatorLink, TargetRevision
from roadmap.services import indicators as service
from tests.ecosystem.factories import OrganizationFactory
from tests.roadmap.factories import (
    IndicatorFactory,
    IndicatorLinkFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    ProgrammeFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db
ROOM = "/ruang-kerja/indikator/"


@pytest.fixture
def client(planner, client_for):
    return client_for(planner)


def fields(**changes):
    return {
        "name": "Ekspor gim",
        "code": "EK-09",
        "unit": "juta rupiah",
        "value_type": "count",
        "direction": "higher",
        "entry_meaning": "increment",
        "aggregation": "sum",
        "frequency": "year",
        "method": "ratio",
        "decimals": "0",
        "order": "3",
        "owner_organization": OrganizationFactory(slug="bappeda").pk,
        "baseline_value": "1.250,5",
    } | changes


def test_an_indicator_is_created_and_the_message_says_what_comes_next(client):
    response = client.post(f"{ROOM}baru/", fields(), follow=True)
    assert response.redirect_chain == [(f"{ROOM}ekspor-gim/", 302)]
    assert "tetapkan targetnya" in response.content.decode()
    assert Indicator.objects.get().baseline_value == Decimal("1250.5")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Metode"}, "name"),
        ({"name": "x\x00y"}, "name"),
        ({"code": "x" * 10_000}, "code"),
        ({"value_type": "direct_percent"}, "aggregation"),
        ({"value_type": "ratio", "aggregation": "last"}, "numerator_label"),
        ({"decimals": "7"}, "decimals"),
        ({"baseline_value": "inf"}, "baseline_value"),
        ({"valid_from": "2024-01-01", "valid_to": "2023-01-01"}, "valid_to"),
        ({"owner_organization": "abc"}, "owner_organization"),
        ({"definition": "x" * 10_000}, "definition"),
    ],
)
def test_a_wrong_indicator_is_refused_beside_the_field(client, changes, field):
    response = client.post(f"{ROOM}baru/", fields(**changes))
    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_pressing_create_twice_makes_one_indicator(client):
    assert [client.post(f"{ROOM}baru/", fields()).status_code for _click in range(2)] == [302, 200]
    assert Indicator.objects.count() == 1


def test_the_definition_is_locked_once_a_value_is_verified(client):
    indicator = IndicatorFactory(slug="uji", unit="studio")
    MeasurementFactory(indicator=indicator, verified=True)
    page = client.get(f"{ROOM}uji/ubah/").content.decode()
    assert "Terkunci" in page
    assert f"{ROOM}uji/versi-baru/" in page
    changed = fields(unit="orang", name="Nama baru", seen=IndicatorForm(instance=indicator).fingerprint())
    assert client.post(f"{ROOM}uji/ubah/", changed).status_code == 302
    indicator.refresh_from_db()
    assert (indicator.unit, indicator.name) == ("studio", "Nama baru")


def test_a_locked_baseline_stays_as_it_is_when_the_rest_is_saved(client):
    indicator = IndicatorFactory(slug="uji", baseline_value=Decimal("1250.125"), allow_carry=True)
    MeasurementFactory(indicator=indicator, verified=True)
    seen = IndicatorForm(instance=indicator).fingerprint()
    changed = fields(name="Nama baru", baseline_value="3", seen=seen)
    assert client.post(f"{ROOM}uji/ubah/", changed).status_code == 302
    indicator.refresh_from_db()
    kept = (indicator.name, indicator.baseline_value, indicator.allow_carry)
    assert kept == ("Nama baru", Decimal("1250.125"), True)


def test_a_definition_locked_while_somebody_edits_is_explained(client, monkeypatch):
    indicator = IndicatorFactory(slug="uji", unit="studio")
    MeasurementFactory(indicator=indicator, verified=True)
    # What the page saw when it opened: nothing verified yet; the service looks again, under its lock.
    answers = iter([False, True])
    monkeypatch.setattr(service, "is_definition_frozen", lambda row: next(answers))
    seen = IndicatorForm(instance=indicator).fingerprint()
    response = client.post(f"{ROOM}uji/ubah/", fields(unit="orang", seen=seen))
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()


def test_a_new_version_takes_the_place_of_the_old_one(client, task_force_member):
    old = IndicatorFactory(slug="uji", unit="studio", valid_from=date(2019, 1, 1))
    programme = ProgrammeFactory(slug="mcc")
    IndicatorLinkFactory(indicator=old, programme=programme, weight=Decimal(3))
    IndicatorAssignment.objects.create(user=task_force_member, indicator=old)
    MeasurementFactory(indicator=old, verified=True)
    early = client.post(f"{ROOM}uji/versi-baru/", fields(valid_from="2018-01-01"))
    assert "valid_from" in early.context["form"].errors
    assert client.post(f"{ROOM}uji/versi-baru/", fields(valid_from="2024-01-01")).status_code == 302
    new = Indicator.objects.get(supersedes=old)
    old.refresh_from_db()
    assert old.valid_to == date(2023, 12, 31)
    assert new.links.get().weight == 3
    assert new.assignments.get().user == task_force_member
    again = client.post(f"{ROOM}uji/versi-baru/", fields(valid_from="2024-01-01"))
    assert again["Location"] == f"{ROOM}ekspor-gim/"


def test_taking_an_indicator_off_the_public_pages_and_back(client):
    indicator = IndicatorFactory(slug="uji")
    for answer, public in (("0", False), ("0", False), ("1", True)):
        assert client.post(f"{ROOM}uji/terbit/", {"publish": answer}).status_code == 302
        indicator.refresh_from_db()
        assert indicator.is_public is public


def test_links_carry_weights_and_can_be_removed_twice(client):
    IndicatorFactory(slug="uji")
    phase = PhaseFactory()
    link = {"parent": f"phase-{phase.pk}", "level": "output", "weight": "2,5"}
    assert [client.post(f"{ROOM}uji/tautan/", link).status_code for _click in range(2)] == [302, 200]
    row = IndicatorLink.objects.get()
    assert (row.phase, row.weight) == (phase, Decimal("2.5"))
    for weight in ("0", "-1", "abc", "", "1,23456", "NaN"):
        response = client.post(f"{ROOM}uji/tautan/", link | {"weight": weight, "parent": "phase-999999"})
        assert {"weight", "parent"} <= set(response.context["form"].errors)
    url = f"{ROOM}uji/tautan/{row.pk}/hapus/"
    assert "Malang Mendunia" in client.get(url).content.decode()
    assert [client.post(url).status_code for _click in range(2)] == [302, 302]
    assert not IndicatorLink.objects.exists()


def test_a_target_is_set_for_a_period_that_is_new(client):
    IndicatorFactory(slug="uji", growth=True)
    response = client.post(f"{ROOM}uji/target/", {"period": "2027"})
    assert response["Location"] == f"{ROOM}uji/target/2027/"
    data = {"value": "8,2", "number": 0, "decree_number": "188.45/1/2026", "decree_date": "2026-01-05"}
    document = SimpleUploadedFile("sk.pdf", b"%PDF-1.7\n%%EOF\n")
    page = client.post(f"{ROOM}uji/target/2027/", data | {"document_file": document}, follow=True)
    assert "sekarang 8,2" in page.content.decode()
    revision = TargetRevision.objects.get()
    assert (revision.value, revision.decree_number) == (Decimal("8.2"), "188.45/1/2026")
    assert revision.document.name.endswith(".pdf")


@pytest.mark.parametrize("period", ["2025-Q1", "abc", "2025-13", "", "x" * 10_000, "20\x0025"])
def test_a_period_that_cannot_have_a_target_is_refused_with_a_reason(client, period):
    IndicatorFactory(slug="uji")
    response = client.post(f"{ROOM}uji/target/", {"period": period})
    assert response.status_code == 200
    assert "period" in response.context["form"].errors


def test_a_revision_needs_its_reason_and_shows_old_and_new(client, planner):
    target = TargetFactory(indicator=IndicatorFactory(slug="uji"), period=PeriodFactory(code="2025"))
    url = f"{ROOM}uji/target/2025/"
    assert 'value="100"' in client.get(url).content.decode()
    without = client.post(url, {"value": "90", "number": 1, "reason": ""})
    assert "reason" in without.context["form"].errors
    for _click in range(2):
        assert client.post(url, {"value": "90", "number": 1, "reason": "Pandemi."}).status_code == 302
    assert target.revisions.count() == 2
    page = client.get(url).content.decode()
    assert "Pandemi." in page
    detail = client.get(f"{ROOM}uji/").content.decode()
    assert "Pandemi." in detail


def test_a_stale_revision_keeps_what_was_typed(client, client_for, other_planner):
    TargetFactory(indicator=IndicatorFactory(slug="uji"), period=PeriodFactory(code="2025"))
    url = f"{ROOM}uji/target/2025/"
    client_for(other_planner).post(url, {"value": "90", "number": 1, "reason": "Anggaran."})
    response = client.post(url, {"value": "80", "number": 1, "reason": "Alasan saya."})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Perencana Dua" in page
    assert "Alasan saya." in page
    number = response.context["form"]["number"].value()
    assert client.post(url, {"value": "80", "number": number, "reason": "Alasan saya."}).status_code == 302


@pytest.mark.parametrize("text", ["", "abc", "NaN", "inf", "9" * 40, "-1", "8,2\x00"])
def test_a_target_that_is_no_number_is_refused_beside_the_field(client, text):
    IndicatorFactory(slug="uji")
    response = client.post(f"{ROOM}uji/target/2025/", {"value": text, "number": 0})
    assert response.status_code == 200
    assert "value" in response.context["form"].errors


def test_the_history_of_an_indicator_says_who_changed_what(client):
    seen = IndicatorForm(instance=IndicatorFactory(slug="uji", unit="studio")).fingerprint()
    client.post(f"{ROOM}uji/ubah/", fields(unit="usaha", seen=seen))
    page = client.get(f"{ROOM}uji/riwayat/").content.decode()
    assert "<del>studio</del> → <ins>usaha</ins>" in page
    assert "Perencana Satu" in page


def test_the_list_searches_and_asks_the_same_number_of_queries(client, django_assert_max_num_queries):
    for _number in range(12):
        MeasurementFactory(verified=True)
    IndicatorFactory(name="Ekspor gim")
    assert len(client.get(f"{ROOM}?q=ekspor").context["page_obj"].object_list) == 1
    for nonsense in ("%00", "%25", "x" * 5000, "'"):
        assert client.get(f"{ROOM}?q={nonsense}").status_code == 200
    with django_assert_max_num_queries(7):
        client.get(ROOM)


def test_a_revision_of_a_deleted_account_differs_from_an_imported_one(client, make_user):
    gone = make_user("pergi@example.org", "planner")
    indicator = IndicatorFactory(slug="uji")
    TargetFactory(indicator=indicator, period=PeriodFactory(code="2024"))
    TargetFactory(indicator=indicator, period=PeriodFactory(code="2025"), revision__created_by=gone)
    gone.delete()
    assert "Diimpor dari berkas" in client.get(f"{ROOM}uji/target/2024/").content.decode()
    assert "akun yang sudah dihapus" in client.get(f"{ROOM}uji/target/2025/").content.decode()
