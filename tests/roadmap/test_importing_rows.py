"""Every wrong cell of a file is named with its row, its column and the reason, all of them at once."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from roadmap.importing import plan_import
from roadmap.models import Measurement
from tests.roadmap.factories import IndicatorFactory, PhaseFactory
from tests.roadmap.import_files import csv_file, row

TODAY = date(2026, 11, 22)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def indicators():
    return [
        IndicatorFactory(code="UJI", name="Jumlah studio", slug="jumlah-studio"),
        IndicatorFactory(code="TUMBUH", name="Pertumbuhan PDRB", growth=True),
        IndicatorFactory(
            code="PROGRES", name="Progres MCC", growth=True, is_share=True, frequency="irregular"
        ),
    ]


def errors_of(*rows, **options):
    plan = plan_import(csv_file(*rows), on=TODAY, **options)
    assert all("%(" not in error.message and error.message for error in plan.errors)
    return [(error.row, error.column, error.code) for error in plan.errors]


def value_of(text, **cells):
    plan = plan_import(csv_file(row(indicator="TUMBUH", value=text, **cells)), on=TODAY)
    assert not plan.errors, plan.errors
    return plan.changes[0].source.value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", "1234.5"),
        ("12.345.678", "12345678"),
        ("8,20", "8.20"),
        ("8.10", "8.10"),
        ("-8.85", "-8.85"),
        ("\u22128,85", "-8.85"),
        ("7707.14", "7707.14"),
        ("0", "0"),
        ("0,125", "0.125"),
    ],
)
def test_numbers_as_they_are_written_in_indonesia_and_by_machines(text, number):
    assert value_of(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "number.empty"),
        ("   ", "number.empty"),
        ("banyak", "number.not_a_number"),
        ("NaN", "number.not_finite"),
        ("Infinity", "number.not_finite"),
        ("inf", "number.not_finite"),
        ("1e6", "number.exponent"),
        ("1" * 40, "number.too_many_digits"),
        ("0,1234567", "number.too_many_decimals"),
        ("1.234", "number.ambiguous"),
        ("1,234", "number.ambiguous"),
        ("1.2.3", "number.misplaced_separator"),
        ("8,2%", "number.percent_sign"),
        ("٣", "number.not_a_number"),
    ],
)
def test_a_value_that_is_no_number_or_has_two_readings(text, code):
    assert errors_of(row(indicator="TUMBUH", value=text)) == [(2, "value", code)]


def test_an_ambiguous_number_is_read_when_the_person_says_how_numbers_are_written():
    rows = row(value="1.234")
    assert plan_import(csv_file(rows), number_style="id", on=TODAY).changes[0].source.value == 1234
    assert errors_of(rows, number_style="plain") == [(2, "value", "value.fractional_count")]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"value": "-1"}, "value.negative_count"),
        ({"value": "1,5"}, "value.fractional_count"),
        ({"indicator": "PROGRES", "value": "100,01"}, "value.above_share"),
        ({"indicator": "PROGRES", "value": "-1"}, "value.below_share"),
        ({"indicator": "PROGRES", "value": "101", "kind": "target"}, "value.above_share"),
        ({"kind": "target", "value": "0"}, "target.target_zero"),
        ({"indicator": "TUMBUH", "kind": "target", "value": "-1"}, "target.negative_target"),
    ],
)
def test_a_number_that_the_indicator_cannot_have(cells, code):
    assert errors_of(row(**cells)) == [(2, "value", code)]


def test_growth_may_be_negative_and_above_a_hundred():
    assert value_of("-8,85") == Decimal("-8.85")
    assert value_of("250") == 250


def test_zero_is_a_value():
    plan = plan_import(csv_file(row(value="0")), on=TODAY)
    assert plan.changes[0].action == "create"


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"kind": "rencana"}, "kind", "unknown_kind"),
        ({"period": ""}, "period", "period.empty"),
        ({"period": "tahun lalu"}, "period", "period.unknown_format"),
        ({"period": "2022-13"}, "period", "period.bad_month"),
        ({"period": "2022-02-30"}, "period", "period.bad_date"),
        ({"period": "2023/2022"}, "period", "period.end_before_start"),
        ({"period": "2022-Q1", "kind": "target"}, "period", "period_too_short"),
        ({"period": "2022-06-17"}, "period", "period_too_short"),
        ({"period": "2022-01/2022-08", "kind": "target"}, "period", "period_too_short"),
        ({"period": "2027"}, "period", "period_in_future"),
        ({"unit": "orang"}, "unit", "unit_differs"),
        ({"direction": "decrease"}, "direction", "direction_differs"),
        ({"direction": "kiri"}, "direction", "unknown_direction"),
        ({"source_url": ""}, "source_url", "missing_source"),
        ({"source_url": "surat kabar"}, "source_url", "bad_source"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "bad_source"),
        ({"source_url": "https://example.org/" + "x" * 500}, "source_url", "too_long"),
        ({"note": "x" * 2001}, "note", "too_long"),
        ({"note": "bel\x07"}, "note", "control_character"),
        ({"disputed": "mungkin"}, "disputed", "not_yes_or_no"),
    ],
)
def test_every_other_cell_is_checked(cells, column, code):
    assert errors_of(row(**cells)) == [(2, column, code)]


def test_a_target_may_lie_in_the_future_and_a_longer_period_is_no_finer():
    PhaseFactory()
    assert errors_of(row(kind="target", period="2030"), row(kind="target", period="malang-mendunia")) == []


def test_an_irregular_indicator_takes_days_and_spans():
    cells = {"indicator": "PROGRES", "value": "22"}
    assert errors_of(row(period="2021-10-01", **cells), row(period="2023-01/2023-08", **cells)) == []


def test_a_period_outside_the_life_of_the_indicator():
    IndicatorFactory(code="LAMA", valid_from=date(2019, 1, 1), valid_to=date(2021, 12, 31))
    rows = [row(indicator="LAMA", period=str(year)) for year in (2018, 2019, 2021, 2022)]
    assert errors_of(*rows) == [(2, "period", "period_outside_life"), (5, "period", "period_outside_life")]


def test_an_unknown_indicator_comes_with_the_closest_names():
    plan = plan_import(csv_file(row(indicator="Jumlah studo"), row(indicator="xyzzy")), on=TODAY)
    assert [error.code for error in plan.errors] == ["unknown_indicator_close", "unknown_indicator"]
    assert plan.errors[0].params["closest"].startswith("Jumlah studio")
    assert "Jumlah studio" in plan.errors[0].message


@pytest.mark.parametrize("text", ["UJI", "uji", "jumlah-studio", "  JUMLAH   Studio "])
def test_an_indicator_is_found_by_code_address_or_name(text):
    assert errors_of(row(indicator=text)) == []


def test_the_same_value_twice_names_the_first_row():
    plan = plan_import(
        csv_file(row(), row(kind="target"), row(indicator="Jumlah studio", value="11")), on=TODAY
    )
    assert [(error.row, error.code, error.params["first"]) for error in plan.errors] == [
        (4, "duplicate_row", 2)
    ]


def test_two_spellings_of_the_same_days_are_the_same_period():
    rows = [row(indicator="PROGRES", value="5", period=text) for text in ("2023-Q1", "2023-01/2023-03")]
    assert errors_of(*rows) == [(3, "period", "duplicate_row")]


def test_all_errors_of_all_rows_come_at_once_in_order():
    rows = [
        row(value="x", kind="y", period="z"),
        row(),
        row(indicator="tidak ada", value="", source_url="nol"),
    ]
    assert errors_of(*rows) == [
        (2, "kind", "unknown_kind"),
        (2, "period", "period.unknown_format"),
        (2, "value", "number.not_a_number"),
        (4, "indicator", "unknown_indicator"),
        (4, "source_url", "bad_source"),
        (4, "value", "number.empty"),
    ]


def test_a_row_with_too_few_or_too_many_cells():
    file = csv_file(row())
    content = file.getvalue() + b"UJI\n" + b"," * 12 + b"lebih\n"
    file.seek(0)
    file.write(content)
    plan = plan_import(file, on=TODAY)
    assert (4, "", "too_many_cells") in [(error.row, error.column, error.code) for error in plan.errors]
    assert (3, "value", "number.empty") in [(error.row, error.column, error.code) for error in plan.errors]


def test_a_ratio_cannot_come_as_one_number():
    IndicatorFactory(code="RASIO", value_type="ratio")
    assert errors_of(row(indicator="RASIO")) == [(2, "value", "ratio_needs_parts")]


def test_messages_are_there_in_indonesian():
    plan = plan_import(csv_file(row(value="1.234")), on=TODAY)
    with translation.override("en"):
        english = plan.errors[0].message
    with translation.override("id"):
        assert plan.errors[0].message != english


def test_planning_changes_nothing():
    plan_import(csv_file(row()), on=TODAY)
    assert not Measurement.objects.exists()
