"""A changed definition breaks the drawn series: no line, an older part that looks older, a named rule."""

import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from malangkraf.drawing.charts import ChartPoint, line_chart
from malangkraf.drawing.definitions import breaks_between, parts_without_overlap

SVG = "{http://www.w3.org/2000/svg}"


def year(number, actual, target=None):
    amounts = [None if amount is None else Decimal(amount) for amount in (actual, target)]
    return ChartPoint(str(number), date(number, 12, 31), *amounts)


OLD = [year(2018, 38, 35), year(2019, 45, 40)]
NEW = [year(2020, 60, 65), year(2021, 72, 70), year(2022, 80, 75)]


def chart(points, *earlier, **options):
    drawing = line_chart(
        points,
        earlier=earlier,
        break_label="Definition changed",
        title="t",
        description="d",
        format_value=str,
        **options,
    )
    return ElementTree.fromstring(drawing)


def of_class(root, name):
    return [element for element in root.iter() if name in (element.get("class") or "").split()]


def labels(parts):
    return [[point.label for point in part] for part in parts]


def test_no_line_crosses_the_break():
    root = chart(NEW, OLD)
    (rule,) = of_class(root, "chart__break")
    x = float(rule.get("x1"))
    lines = of_class(root, "chart__actual") + of_class(root, "chart__target")
    pieces = [piece for line in lines for piece in line.get("d").split("M") if piece]
    assert len(pieces) == 4
    for piece in pieces:
        sides = {float(place) < x for place in re.findall(r"([\d.]+),", piece)}
        assert len(sides) == 1


def test_the_older_part_is_dotted_and_hollow():
    root = chart(NEW, OLD)
    (older,) = of_class(root, "chart__actual--older")
    assert older.get("stroke-dasharray")
    (present,) = [line for line in of_class(root, "chart__actual") if line is not older]
    assert present.get("stroke-dasharray") is None
    hollow = of_class(root, "chart__dot--older")
    assert [dot.find(f"{SVG}title").text for dot in hollow] == ["2018: 38", "2019: 45"]
    filled = [dot for dot in of_class(root, "chart__dot") if dot not in hollow]
    assert {dot.get("fill") for dot in hollow}.isdisjoint({dot.get("fill") for dot in filled})


def test_the_rule_is_named_and_stands_between_the_definitions():
    root = chart(NEW, OLD)
    (rule,) = of_class(root, "chart__break")
    assert rule.get("stroke-dasharray")
    assert rule.find(f"{SVG}title").text == "Definition changed"
    assert [text.text for text in of_class(root, "chart__break-label")] == ["Definition changed"]
    places = [float(dot.get("cx")) for dot in of_class(root, "chart__dot")]
    assert places[1] < float(rule.get("x1")) < places[2]


@pytest.mark.parametrize("width", [340, 480, 720])
def test_three_definitions_have_two_breaks_and_labels_that_do_not_overlap(width):
    root = chart(NEW, [year(2014, 10), year(2015, 12)], OLD, width=width, height=300)
    assert len(of_class(root, "chart__break")) == 2
    assert len(of_class(root, "chart__dot--older")) == 4
    named = of_class(root, "chart__break-label")
    assert 1 <= len(named) <= 2
    assert len({text.get("x") for text in named}) == len(named)


def test_a_chart_of_one_definition_has_no_break():
    root = chart(NEW)
    for name in ("chart__break", "chart__break-label", "chart__actual--older", "chart__dot--older"):
        assert of_class(root, name) == []


def test_where_both_have_a_figure_the_newer_definition_is_drawn():
    parts = parts_without_overlap([[*OLD, year(2020, 50), year(2021, 55)], NEW])
    assert labels(parts) == [["2018", "2019"], ["2020", "2021", "2022"]]
    assert parts[1][0].actual == 60


def test_a_missing_value_of_the_successor_gives_way_to_the_predecessors_figure():
    parts = parts_without_overlap([OLD, [year(2019, None, 50), year(2020, None, 55), *NEW[1:]]])
    assert labels(parts) == [["2018", "2019"], ["2020", "2021", "2022"]]
    assert parts[0][1].actual == 45


def test_a_predecessor_that_was_wholly_reckoned_anew_is_not_drawn():
    assert labels(parts_without_overlap([OLD, [year(2017, 20), *NEW]])) == [["2017", "2020", "2021", "2022"]]


def test_a_definition_without_any_figure_makes_no_break():
    empty = [year(2023, None, 90)]
    assert labels(parts_without_overlap([OLD, empty])) == [["2018", "2019"]]
    assert labels(parts_without_overlap([empty])) == [["2023"]]
    assert parts_without_overlap([[]]) == [[]]


def test_the_break_of_neighbouring_days_lies_on_the_older_ones_side():
    older = [ChartPoint("a", date(2022, 6, 17), Decimal(1))]
    newer = [ChartPoint("b", date(2022, 6, 18), Decimal(2))]
    assert breaks_between([older, newer]) == [date(2022, 6, 17)]
    assert len(of_class(chart(newer, older), "chart__dot--older")) == 1
