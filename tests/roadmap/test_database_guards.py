"""What the database itself holds against: raw SQL, bulk updates and code that forgot to ask."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from roadmap.models import Measurement, Phase
from tests.roadmap.factories import IndicatorFactory, MeasurementFactory, PeriodFactory, PhaseFactory

pytestmark = pytest.mark.django_db


def run_sql(text, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.rowcount


def events_of(measurement):
    model = apps.get_model("roadmap", "MeasurementEvent")
    return list(model.objects.filter(pgh_obj_id=measurement.pk).order_by("pgh_id"))


def test_raw_sql_and_bulk_updates_enter_the_history():
    value = MeasurementFactory()
    run_sql("UPDATE roadmap_measurement SET note = 'lewat SQL' WHERE id = %s", value.pk)
    Measurement.objects.filter(pk=value.pk).update(note="sekaligus")
    labels = [(event.pgh_label, event.note) for event in events_of(value)]
    assert labels[-2:] == [("update", "lewat SQL"), ("update", "sekaligus")]


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE roadmap_measurementevent SET note = 'dihapus' WHERE pgh_obj_id = %s",
        "DELETE FROM roadmap_measurementevent WHERE pgh_obj_id = %s",
    ],
)
def test_the_history_cannot_be_changed_or_shortened_by_raw_sql(text):
    value = MeasurementFactory(note="asli")
    with pytest.raises(ProgrammingError, match="append_only"):
        run_sql(text, value.pk)
    assert [event.note for event in events_of(value)] == ["asli"]


def test_raw_sql_cannot_let_a_person_verify_an_own_value(planner, other_planner):
    value = MeasurementFactory(entered_by=planner, verified_by=other_planner)
    with pytest.raises(IntegrityError, match="measurement_two_people"):
        run_sql("UPDATE roadmap_measurement SET verified_by_id = entered_by_id WHERE id = %s", value.pk)


def test_raw_sql_cannot_change_a_verified_number_but_its_note():
    value = MeasurementFactory(verified=True)
    with pytest.raises(IntegrityError, match="verified_frozen"):
        run_sql("UPDATE roadmap_measurement SET value = value + 1 WHERE id = %s", value.pk)
    assert run_sql("UPDATE roadmap_measurement SET note = 'catatan' WHERE id = %s", value.pk) == 1


DEFINITION = {
    "definition": "'lain'",
    "formula": "'lain'",
    "unit": "'lain'",
    "numerator_label": "'lain'",
    "denominator_label": "'lain'",
    "direction": "'lower'",
    "value_type": "'currency'",
    "entry_meaning": "'increment'",
    "aggregation": "'sum'",
    "frequency": "'quarter'",
    "method": "'baseline'",
    "is_share": "NOT is_share",
    "baseline_value": "7",
    "allow_carry": "NOT allow_carry",
}


@pytest.mark.parametrize("column", DEFINITION)
def test_a_verified_value_freezes_its_definition(column):
    indicator = IndicatorFactory()
    change = f"UPDATE roadmap_indicator SET {column} = {DEFINITION[column]} WHERE id = %s"
    value = MeasurementFactory(indicator=indicator, verified=True)
    with pytest.raises(IntegrityError, match="definition_frozen"):
        run_sql(change, indicator.pk)
    value.delete()
    assert run_sql(change, indicator.pk) == 1


def test_the_limits_of_a_number_may_be_told_later():
    indicator = IndicatorFactory()
    MeasurementFactory(indicator=indicator, verified=True)
    assert run_sql("UPDATE roadmap_indicator SET limitations = 'baru' WHERE id = %s", indicator.pk) == 1


def test_two_phases_cannot_share_a_day_but_may_follow_each_other():
    phase = PhaseFactory()
    with pytest.raises(IntegrityError, match="phase_no_overlap"), transaction.atomic():
        Phase.objects.create(slug="satu-hari", name="Satu hari", start=phase.end, end="2025-12-31")
    Phase.objects.create(slug="berikutnya", name="Berikutnya", start="2024-01-01", end="2025-12-31")


def test_an_indicator_has_one_value_for_a_period():
    value = MeasurementFactory()
    with pytest.raises(IntegrityError, match="measurement_unique"), transaction.atomic():
        MeasurementFactory(indicator=value.indicator, period=value.period)
    MeasurementFactory(indicator=value.indicator, period=PeriodFactory(code="2020"))


def test_neither_value_nor_reason_and_both_are_refused():
    value = MeasurementFactory(state=Measurement.State.DRAFT)
    with pytest.raises(IntegrityError, match="measurement_not_value_and_reason"):
        run_sql("UPDATE roadmap_measurement SET missing_reason = 'x' WHERE id = %s", value.pk)
    with pytest.raises(IntegrityError, match="measurement_value_or_reason"):
        run_sql("UPDATE roadmap_measurement SET value = NULL, state = 'submitted' WHERE id = %s", value.pk)
