"""Exported texts that spreadsheets would run, and numbers that must stay numbers."""

import csv
import io
from decimal import Decimal

import pytest

from malangkraf.spreadsheets import neutral
from roadmap.exporting import plain
from tests.roadmap.factories import IndicatorFactory, MeasurementFactory

DDE = "=cmd|'/C calc'!A0"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (DDE, f"'{DDE}"),
        ("+62 341", "'+62 341"),
        ("-5", "'-5"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20SUM(1)", "'\uff20SUM(1)"),
        ("aman;=1+1", "aman;'=1+1"),
        ("aman; =1+1", "aman;' =1+1"),
        ("aman\n=1+1", "aman\n'=1+1"),
        ("aman\r=1+1", "aman\r'=1+1"),
    ],
)
def test_what_begins_like_a_formula_begins_with_an_apostrophe(text, written):
    assert neutral(text) == written


@pytest.mark.parametrize(
    "text", ["", "Studio gim", "a = b", "2018-2019", "naik; turun", "a, -5", "'kutipan'"]
)
def test_other_texts_stay_as_they_are(text):
    assert neutral(text) == text


@pytest.mark.parametrize(
    ("number", "written"), [("-8.85", "-8.85"), ("-0", "0"), ("1E+3", "1000"), ("0.10", "0.1")]
)
def test_a_number_stays_a_number(number, written):
    assert plain(Decimal(number)) == written


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/kpi/data.csv", "/kpi/{}/data.csv"])
def test_no_cell_of_a_public_file_begins_like_a_formula(client, address):
    indicator = IndicatorFactory(name=f"{DDE};=1", unit="@orang", is_public=True)
    MeasurementFactory(indicator=indicator, historical=True, value=Decimal("-8.85"), note="\uff1d1+1")
    answer = client.get(address.format(indicator.slug))
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0]["actual"] == "-8.85"
    for name, cell in rows[0].items():
        if name != "actual":
            assert not cell.startswith(("=", "+", "-", "@", "\uff1d")), name
            assert ";=" not in cell, name
