"""An import writes all of a file or nothing, never twice, and never over a verified value without a reason."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.importing import ImportOutdated, ImportRefused, apply_import, plan_import
from roadmap.models import Indicator, Measurement, MeasurementReopening, Period, Target, TargetRevision
from tests.ecosystem.factories import OrganizationFactory
from tests.roadmap.factories import IndicatorFactory, MeasurementFactory, PeriodFactory, TargetFactory
from tests.roadmap.import_files import SOURCE, csv_file, row

TODAY = date(2026, 11, 22)
IN_2028 = date(2028, 2, 1)
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator():
    return IndicatorFactory(code="UJI")


def plan(*rows, on=TODAY, **options):
    return plan_import(csv_file(*rows), name="angka.csv", on=on, **options)


def write(*rows, **options):
    return apply_import(plan(*rows, **options), now=NOW)


def counts(result):
    return result.created, result.updated, result.reopened, result.unchanged


def test_published_values_become_verified_and_historical(indicator):
    result = write(row(note="english", note_id="indonesia", disputed="yes"), row(kind="target", value="20"))
    assert counts(result) == (2, 0, 0, 0)
    assert result.indicator_ids == (indicator.pk,)
    value = Measurement.objects.get()
    assert (value.value, value.state, value.provenance) == (10, "verified", "historical")
    assert (value.verified_at, value.entered_by, value.source_url) == (NOW, None, SOURCE)
    assert (value.note, value.note_en, value.is_disputed) == ("indonesia", "english", True)
    assert value.period.is_historical
    assert Target.objects.get().current.value == 20


def test_a_note_without_translation_serves_for_both_languages(indicator):
    write(row(note="only one"))
    assert (Measurement.objects.get().note, Measurement.objects.get().note_en) == ("only one", "")


def test_values_of_an_open_period_wait_for_a_second_person(indicator, planner):
    write(row(period="2026"), by=planner)
    value = Measurement.objects.get()
    assert (value.state, value.provenance, value.entered_by) == ("submitted", "imported", planner)
    assert value.verified_at is None
    assert not value.period.is_historical
    assert value.period.due_at == date(2027, 1, 31)


def test_the_same_file_a_second_time_changes_nothing(indicator):
    rows = [row(), row(period="2021", value="1.234.567"), row(kind="target", value="20")]
    write(*rows)
    events = apps.get_model("roadmap", "MeasurementEvent").objects.count()
    assert counts(write(*rows)) == (0, 0, 0, 3)
    assert apps.get_model("roadmap", "MeasurementEvent").objects.count() == events
    assert TargetRevision.objects.count() == 1


def test_nothing_is_written_when_one_row_is_wrong(indicator):
    wrong = plan(row(), row(period="2021", value="x"))
    with pytest.raises(ImportRefused):
        apply_import(wrong)
    assert not Measurement.objects.exists()
    assert not Period.objects.exists()


def test_a_changed_source_or_note_is_updated_without_opening_the_value(indicator):
    write(row())
    result = write(row(source_url="https://example.org/lain", note="baru"))
    assert counts(result) == (0, 1, 0, 0)
    value = Measurement.objects.get()
    assert (value.source_url, value.note, value.version, value.state) == (
        "https://example.org/lain",
        "baru",
        2,
        "verified",
    )


def test_a_verified_value_is_not_overwritten_silently(indicator):
    write(row())
    changed = plan(row(value="11"))
    assert [(error.row, error.column, error.code) for error in changed.errors] == [(2, "value", "conflict")]
    assert changed.errors[0].params == {"old": "10", "new": "11"}
    with pytest.raises(ImportRefused):
        apply_import(changed)


def test_with_a_reason_a_verified_value_is_opened_changed_and_verified_again(indicator, planner):
    write(row())
    result = write(row(value="11"), reason="Angka kota diperbaiki.", by=planner)
    assert counts(result) == (0, 0, 1, 0)
    value = Measurement.objects.get()
    assert (value.value, value.state, value.provenance, value.version) == (11, "verified", "historical", 3)
    reopening = MeasurementReopening.objects.get()
    assert (reopening.reason, reopening.previous_value, reopening.by) == (
        "Angka kota diperbaiki.",
        10,
        planner,
    )


def test_a_value_that_two_people_brought_in_gives_its_verifier_up(indicator, planner, other_planner):
    MeasurementFactory(
        indicator=indicator,
        period=PeriodFactory(is_historical=True),
        verified=True,
        entered_by=other_planner,
        verified_by=planner,
    )
    write(row(value="11"), reason="Angka kota diperbaiki.", by=planner)
    value = Measurement.objects.get()
    assert (value.entered_by, value.verified_by) == (planner, None)


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "reopened"])
def test_a_value_that_nobody_verified_is_replaced_and_shown_in_the_plan(indicator, state):
    MeasurementFactory(indicator=indicator, period=PeriodFactory(is_historical=True), value=9, state=state)
    changes = plan(row()).changes
    assert [(change.action, change.old) for change in changes] == [("update", Decimal(9))]
    write(row())
    assert Measurement.objects.get().value == 10


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "reopened", "verified"])
def test_what_another_person_entered_is_replaced_only_with_a_reason(indicator, planner, other_planner, state):
    people = {"entered_by": other_planner, "state": state}
    if state == "verified":
        people |= {"verified": True}
    MeasurementFactory(indicator=indicator, period=PeriodFactory(code="2027"), value=9, **people)
    own, others = (
        plan(row(period="2027"), by=other_planner, on=IN_2028),
        plan(row(period="2027"), by=planner, on=IN_2028),
    )
    assert [error.code for error in own.errors] == (["conflict"] if state == "verified" else [])
    (error,) = others.errors
    assert error.code == ("conflict" if state == "verified" else "conflict_person")
    assert state == "verified" or "Perencana Dua" in error.message
    apply_import(plan(row(period="2027"), by=planner, reason="Angka kota.", on=IN_2028), now=NOW)
    value = Measurement.objects.get()
    assert (value.value, value.state, value.entered_by) == (10, "submitted", planner)
    event = apps.get_model("roadmap", "MeasurementEvent").objects.order_by("pgh_id").last()
    assert event.pgh_context.metadata["reason"] == "Angka kota."


def test_a_note_does_not_take_a_verified_value_off_the_public_pages_without_a_reason(indicator):
    MeasurementFactory(indicator=indicator, period=PeriodFactory(code="2027"), value=10, verified=True)
    changed = plan(row(period="2027", note="baru"), on=IN_2028)
    assert [error.code for error in changed.errors] == ["conflict_note"]


def test_a_missing_value_with_a_reason_is_replaced_by_the_published_one(indicator):
    MeasurementFactory(
        indicator=indicator, period=PeriodFactory(is_historical=True), missing=True, state="submitted"
    )
    write(row(value="0"))
    value = Measurement.objects.get()
    assert (value.value, value.missing_reason) == (0, "")


def test_a_changed_target_adds_a_revision_with_its_reason(indicator):
    write(row(kind="target", value="20"))
    assert [error.code for error in plan(row(kind="target", value="30")).errors] == ["conflict_target"]
    write(row(kind="target", value="30"), reason="RPJMD diubah.")
    first, second = TargetRevision.objects.order_by("number")
    assert (first.value, first.reason) == (20, "")
    assert (second.value, second.reason) == (30, "RPJMD diubah.")
    assert counts(write(row(kind="target", value="30"))) == (0, 0, 0, 1)


def test_a_target_that_a_planner_revised_is_compared_with_its_latest_revision(indicator):
    target = TargetFactory(indicator=indicator, revision__value=20)
    TargetRevision.objects.create(target=target, number=2, value=30, reason="Keputusan")
    change = plan(row(kind="target", value="20"), reason="Salah ketik.").changes[0]
    assert (change.action, change.old, change.version) == ("update", 30, 2)


def test_a_value_saved_since_the_plan_was_made_stops_the_import(indicator):
    write(row())
    early = plan(row(period="2020"), row(note="baru"))
    Measurement.objects.filter(period__code="2022").update(version=7)
    with pytest.raises(ImportOutdated):
        apply_import(early)
    assert not Measurement.objects.filter(period__code="2020").exists()


@pytest.mark.parametrize("reason", ["", "Diperbaiki."])
def test_a_value_made_since_the_plan_was_made_is_not_overwritten(indicator, reason):
    early = plan(row(), reason=reason)
    MeasurementFactory(indicator=indicator, period=PeriodFactory(), value=9)
    with pytest.raises(ImportOutdated):
        apply_import(early)
    assert Measurement.objects.get().value == 9


def test_a_value_changed_between_plan_and_opening_is_not_overwritten(indicator):
    write(row())
    early = plan(row(value="11"), reason="Diperbaiki.")
    Measurement.objects.update(version=7)
    with pytest.raises(ImportOutdated):
        apply_import(early)
    assert not MeasurementReopening.objects.exists()


def test_a_target_revised_since_the_plan_was_made_stops_the_import(indicator):
    target = TargetFactory(indicator=indicator, revision__value=20)
    early = plan(row(kind="target", value="25"), reason="Diperbaiki.")
    TargetRevision.objects.create(target=target, number=2, value=30, reason="Keputusan")
    with pytest.raises(ImportOutdated):
        apply_import(early)


def test_the_history_says_which_file_a_value_came_from(indicator):
    write(row())
    event = apps.get_model("roadmap", "MeasurementEvent").objects.get()
    assert event.pgh_context.metadata["imported_file"] == "angka.csv"


def test_days_and_spans_get_a_period_of_their_own(indicator):
    IndicatorFactory(code="BEBAS", frequency="irregular")
    write(row(indicator="BEBAS", period="2022-06-17"), row(indicator="BEBAS", period="2023-01/2023-08"))
    assert set(Period.objects.values_list("code", "kind")) == {
        ("2022-06-17", "date"),
        ("2023-01/2023-08", "span"),
    }
    assert Measurement.objects.get(period__kind="date").as_of == date(2022, 6, 17)
    assert Measurement.objects.get(period__kind="span").as_of is None


def test_unknown_indicators_are_made_on_demand_hidden_and_with_what_the_file_says():
    owner = OrganizationFactory()
    rows = [
        row(indicator="Ekspor gim", unit="miliar rupiah", value="1,5", period="2021"),
        row(indicator="Ekspor gim", unit="miliar rupiah", value="2,25"),
        row(indicator="Pengangguran muda", unit="persen", direction="decrease", value="9", period="2022-Q1"),
    ]
    result = write(*rows, create_indicators_for=owner.pk)
    assert result.created == 3
    exports = Indicator.objects.get(name="Ekspor gim")
    assert (exports.value_type, exports.frequency, exports.decimals) == ("currency", "year", 2)
    assert (exports.is_public, exports.owner_organization) == (False, owner)
    youth = Indicator.objects.get(name="Pengangguran muda")
    assert (youth.value_type, youth.direction, youth.frequency) == ("direct_percent", "lower", "quarter")
    assert counts(write(*rows, create_indicators_for=owner.pk)) == (0, 0, 0, 3)


def test_the_number_of_queries_does_not_grow_with_the_rows(indicator):
    def queries(first, last):
        rows = [row(period=str(year), value=str(year)) for year in range(first, last)]
        rows += [row(period=str(year), kind="target", value="5") for year in range(first, last)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            write(*rows)
        return len(captured)

    assert queries(1990, 1992) == queries(1992, 2022)
