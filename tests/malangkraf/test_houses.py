"""The row of houses says in its shapes and in its text what the data say."""

import re
import xml.etree.ElementTree as ET

import pytest

from malangkraf.drawing.houses import House, relative_heights, row_of_houses

SVG = "{http://www.w3.org/2000/svg}"


def houses_of(drawing: str) -> list[ET.Element]:
    return [group for group in ET.fromstring(drawing).iter(f"{SVG}g") if group.get("class") == "house"]


def wall_top(house: ET.Element) -> float:
    """The y of the wall: the second sub-path of the first path."""
    outline = house.find(f"{SVG}path").get("d")
    return float(re.findall(r"M[\d.-]+ ([\d.-]+)", outline)[1])


def test_taller_value_gives_a_taller_house():
    drawing = row_of_houses([House("A", 0.2, "#f2a900"), House("B", 0.9, "#f2a900")], title="Two")
    low, high = houses_of(drawing)
    assert wall_top(high) < wall_top(low)


def test_zero_is_a_house_and_no_data_is_an_empty_plot_with_a_question_mark():
    zero, missing = houses_of(
        row_of_houses([House("A", 0, "#f2a900"), House("B", None, "#f2a900")], title="x")
    )
    assert zero.find(f"{SVG}rect") is None
    assert missing.find(f"{SVG}rect").get("stroke-dasharray")
    assert missing.find(f"{SVG}text").text == "?"


def test_the_text_alternative_names_every_house_and_its_value():
    drawing = row_of_houses(
        [House("Gim", 1.0, "teal", value="115,06%"), House("Film", None, "teal")],
        title="Dua rumah",
        missing="belum ada data",
    )
    root = ET.fromstring(drawing)
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text == "Dua rumah"
    assert root.find(f"{SVG}desc").text == "Gim: 115,06%; Film: belum ada data"


def test_a_linked_house_is_a_named_link_and_the_picture_becomes_a_group():
    drawing = row_of_houses([House("Gim", 0.5, "teal", "/kpi/?a=1&b=2", "12")], title="x")
    root = ET.fromstring(drawing)
    link = root.find(f".//{SVG}a")
    assert root.get("role") == "group"
    assert (link.get("href"), link.get("aria-label")) == ("/kpi/?a=1&b=2", "Gim: 12")


def test_the_same_houses_give_the_same_bytes_and_another_label_another_pattern():
    first = row_of_houses([House("Kuliner", 0.8, "#d1432b")], title="x")
    assert first == row_of_houses([House("Kuliner", 0.8, "#d1432b")], title="x")
    other = row_of_houses([House("Kriya", 0.8, "#d1432b")], title="x")
    assert first.replace("Kuliner", "Kriya") != other


@pytest.mark.parametrize("count", [0, 1, 3, 17, 60])
@pytest.mark.parametrize("height", [0.0, 0.5, 1.0, 7.5, -2.0])
def test_every_house_stays_inside_the_drawing(count: int, height: float):
    drawing = row_of_houses([House(f"H{n}", height, "teal") for n in range(count)], title="x", width=680)
    for house in houses_of(drawing):
        for path in house.iter(f"{SVG}path"):
            xs = [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", path.get("d"))]
            ys = [float(y) for y in re.findall(r"[ML]-?[\d.]+ (-?[\d.]+)", path.get("d"))]
            assert min(xs) >= 0 and max(xs) <= 680
            assert min(ys) >= 0 and max(ys) <= 300


def test_hostile_labels_are_text_not_markup():
    drawing = row_of_houses([House('<b>"&\x00', 0.5, '"><script>', 'javascript:"')], title="<i>")
    root = ET.fromstring(drawing)
    assert not [element.tag for element in root.iter() if element.tag in (f"{SVG}script", f"{SVG}b")]
    assert "style=" not in drawing and "onload" not in drawing


@pytest.mark.parametrize(
    ("values", "shares"),
    [
        ([10.0, 5.0, None], [1.0, 0.5, None]),
        ([0.0, None], [0.0, None]),
        ([-8.85, 2.0], [0.0, 1.0]),
        ([None], [None]),
        ([], []),
    ],
)
def test_relative_heights(values: list[float | None], shares: list[float | None]):
    assert relative_heights(values) == shares
