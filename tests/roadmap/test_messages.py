"""The sentence that says what an indicator's figures mean, in both languages."""

from datetime import date
from decimal import Decimal

import pytest

from roadmap.messages import IndicatorFacts, MessagePoint, format_value, indicator_message, is_growth
from roadmap.rules import TargetValue

GROWTH = IndicatorFacts(
    unit="persen", value_type="direct_percent", direction="higher", decimals=2, is_growth=True
)
COUNT = IndicatorFacts(unit="unit", value_type="count", direction="higher")
UNEMPLOYMENT = IndicatorFacts(unit="persen", value_type="direct_percent", direction="lower", decimals=2)


def year(number, actual=None, target=None, low=None, high=None):
    value = None
    if target is not None or low is not None:
        value = TargetValue(
            value=None if target is None else Decimal(target),
            low=None if low is None else Decimal(low),
            high=None if high is None else Decimal(high),
        )
    return MessagePoint(
        kind="year",
        start=date(number, 1, 1),
        end=date(number, 12, 31),
        actual=None if actual is None else Decimal(actual),
        target=value,
    )


def day(text, actual=None, target=None):
    on = date.fromisoformat(text)
    value = TargetValue(value=Decimal(target)) if target is not None else None
    return MessagePoint(
        kind="date", start=on, end=on, actual=None if actual is None else Decimal(actual), target=value
    )


PDRB = [
    year(2019, target="8.10"),
    year(2020, "-8.85", "8.20"),
    year(2021, "2.91", "8.44"),
    year(2022, "10.01", "8.70"),
    year(2023, target="8.93"),
]


def test_the_growth_of_2022_is_told_with_its_target_and_the_pandemic_year():
    assert (
        indicator_message(PDRB, GROWTH, "id")
        == "Tahun 2022 tumbuh 10,01%, melampaui target 8,70%, setelah turun 8,85% pada 2020."
    )
    assert (
        indicator_message(PDRB, GROWTH, "en")
        == "In 2022, it grew by 10.01%, more than the target of 8.70%, after a fall of 8.85% in 2020."
    )


def test_a_fall_is_called_a_fall():
    assert indicator_message(PDRB[:2], GROWTH, "id") == "Tahun 2020 turun 8,85%, padahal targetnya 8,20%."


def test_a_count_without_target_says_so_and_where_it_came_from():
    points = [year(2021, "168"), year(2023, "186")]
    assert (
        indicator_message(points, COUNT, "id")
        == "Tahun 2023 tercatat 186 unit, naik dari 168 unit pada 2021; tidak ada target."
    )


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        ("7.00", "lebih baik dari target"),
        ("8.00", "tepat sesuai target"),
        ("9.65", "lebih buruk dari target"),
    ],
)
def test_lower_is_better_turns_the_verdict_round(actual, words):
    assert words in indicator_message([year(2022, actual, "8.00")], UNEMPLOYMENT, "id")


@pytest.mark.parametrize(("actual", "words"), [("4", "di dalam rentang"), ("6", "di luar rentang")])
def test_a_range_has_an_inside_and_an_outside(actual, words):
    facts = IndicatorFacts(unit="unit", value_type="count", direction="range")
    assert words in indicator_message([year(2022, actual, low="3", high="5")], facts, "id")


def test_the_target_still_to_come_is_named():
    facts = IndicatorFacts(unit="persen", value_type="direct_percent", direction="higher", decimals=2)
    points = [day("2022-06-17", "92.26", "88.92"), day("2022-07-14", "98.3"), day("2022-07-20", target="100")]
    assert (
        indicator_message(points, facts, "id")
        == "Per 14 Jul 2022 tercatat 98,30%, naik dari 92,26% pada 17 Jun 2022; "
        "target berikutnya 100,00% pada 20 Jul 2022."
    )


def test_eight_months_and_one_month_are_not_compared():
    span = MessagePoint("span", date(2023, 1, 1), date(2023, 8, 31), Decimal(2000))
    month = MessagePoint("month", date(2024, 5, 1), date(2024, 5, 31), Decimal(770))
    facts = IndicatorFacts(unit="acara", value_type="count", direction="higher")
    assert indicator_message([span, month], facts, "en").startswith("In May 2024, the figure")
    assert (
        indicator_message([span, month], facts, "id") == "Pada Mei 2024 tercatat 770 acara; tidak ada target."
    )


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_series_without_values_says_so(language):
    assert "%" in indicator_message([year(2023, target="8.93")], GROWTH, language)
    assert indicator_message([], GROWTH, language)


def test_zero_is_a_value():
    assert "0 unit" in indicator_message([year(2020, "0")], COUNT, "id")


def test_a_published_figure_is_never_rounded_by_its_decimals():
    assert format_value(Decimal("98.3"), COUNT, "id") == "98,3 unit"
    assert format_value(Decimal("7801.450000"), COUNT, "en") == "7,801.45 unit"


def test_growth_is_known_by_name_and_kind():
    assert is_growth("Pertumbuhan PDRB ekonomi kreatif", "direct_percent")
    assert not is_growth("Tingkat pengangguran terbuka", "direct_percent")
