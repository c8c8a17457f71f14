"""The charts are well-formed, true to time, never overlap, and draw what is missing."""

import re
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malangkraf.drawing.charts import Bar, ChartPoint, PhaseBand, bar_row, line_chart, responsive_chart
from malangkraf.drawing.scales import nice_ticks, thin_labels, value_range
from malangkraf.drawing.svg import Box, text_width

SVG = "{http://www.w3.org/2000/svg}"
PHASES = [
    PhaseBand("Malang Bersinergi", date(2018, 1, 1), date(2019, 12, 31), "teal"),
    PhaseBand("Malang Berdaya", date(2020, 1, 1), date(2021, 12, 31), "brick"),
    PhaseBand("Malang Mendunia", date(2022, 1, 1), date(2023, 12, 31), "saffron"),
]


def number(text):
    return None if text is None else Decimal(str(text))


def year(label, actual, target=None):
    return ChartPoint(str(label), date(label, 12, 31), number(actual), number(target))


def day(label, on, actual, target=None):
    return ChartPoint(label, date.fromisoformat(on), number(actual), number(target))


GROWTH = [year(2019, None, 8.1), year(2020, -8.85, 8.2), year(2021, 2.91, 8.44), year(2022, 10.01, 8.7)]
GROWTH.append(year(2023, None, 8.93))
BUILDING = [
    day("1 Okt 2021", "2021-10-01", 22),
    day("17 Jun 2022", "2022-06-17", "92.26", "88.92"),
    day("14 Jul 2022", "2022-07-14", "98.3"),
    day("20 Jul 2022", "2022-07-20", None, 100),
]
QUARTERS = [
    day(
        f"TW {index % 4 + 1} {2018 + index // 4}",
        f"{2018 + index // 4}-{index % 4 * 3 + 3:02}-28",
        None if index % 7 == 3 else (index * 37) % 91,
        50 + index,
    )
    for index in range(24)
]
CASES = {
    "growth": GROWTH,
    "building": BUILDING,
    "quarters": QUARTERS,
    "one point": [year(2022, 95000)],
    "two points": [year(2021, "9.65"), year(2022, "7.66")],
    "money": [year(2018, "7707.14"), year(2020, "7267.43"), year(2022, "7801.45")],
    "all equal": [year(2020, 5, 5), year(2021, 5, 5), year(2022, 5, 5)],
    "all zero": [year(2020, 0), year(2021, 0)],
    "all missing": [year(2020, None), year(2021, None)],
    "only targets": [year(2020, None, 4), year(2021, None, 5)],
    "all negative": [year(2020, -40), year(2021, -30)],
    "huge": [year(2020, "123456789012345678"), year(2021, "999999999999999999")],
    "same day": [day("a", "2022-01-01", 1), day("b", "2022-01-01", 2)],
    "not finite": [year(2020, "NaN"), year(2021, "Infinity"), year(2022, 3)],
    "nothing": [],
}
SIZES = {"wide": {}, "narrow": {"width": 340, "height": 300}, "compact": {"compact": True}}


def write(value):
    return f"{value:,.2f}".replace(",", " ").replace(".", ",")


def draw(points, **options):
    options = {"title": "Judul", "description": "Uraian", "format_value": write, "phases": PHASES, **options}
    return line_chart(points, **options)


def parse(drawing):
    return ElementTree.fromstring(drawing)


def of_class(root, name):
    return [element for element in root.iter() if name in element.get("class", "").split()]


def text_box(element):
    """Return the room of a text by the same widths that no glyph exceeds."""
    size, width = float(element.get("font-size")), text_width(element.text, float(element.get("font-size")))
    x, y = float(element.get("x")), float(element.get("y"))
    left = {"middle": x - width / 2, "end": x - width}.get(element.get("text-anchor"), x)
    return Box(left, y - size * 0.8, left + width, y + size * 0.2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("case", CASES)
def test_every_series_gives_well_formed_markup_without_nan(case, size):
    drawing = draw(CASES[case], **SIZES[size])
    root = parse(drawing)
    assert root.tag == f"{SVG}svg"
    assert "nan" not in drawing.lower().replace("dominant", "")
    assert "inf" not in re.sub(r"<(title|desc|text).*?</\1>", "", drawing).lower()
    assert "e+" not in drawing


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("case", CASES)
def test_no_texts_overlap_and_all_stay_inside(case, size):
    root = parse(draw(CASES[case], **SIZES[size]))
    boxes = [text_box(element) for element in root.iter(f"{SVG}text")]
    width, height = (float(part) for part in root.get("viewBox").split()[2:])
    for index, box in enumerate(boxes):
        assert box.is_inside(Box(-0.5, -0.5, width + 0.5, height + 0.5)), box
        for other in boxes[index + 1 :]:
            assert not box.overlaps(other), (box, other)


@pytest.mark.parametrize("case", CASES)
def test_values_cover_no_dot_and_no_missing_box(case):
    root = parse(draw(CASES[case]))
    values = [text_box(element) for element in of_class(root, "chart__value")]
    for dot in of_class(root, "chart__dot"):
        x, y = float(dot.get("cx")), float(dot.get("cy"))
        assert not any(value.overlaps(Box(x - 3, y - 3, x + 3, y + 3)) for value in values)
    for box in of_class(root, "chart__missing"):
        left, top = float(box.get("x")), float(box.get("y"))
        room = Box(left, top, left + float(box.get("width")), top + float(box.get("height")))
        assert not any(value.overlaps(room) for value in values)


def test_positions_are_true_to_time():
    root = parse(draw(BUILDING))
    xs = [float(dot.get("cx")) for dot in of_class(root, "chart__dot")]
    assert xs == sorted(xs)
    long_gap, short_gap = xs[1] - xs[0], xs[2] - xs[1]
    assert long_gap / short_gap == pytest.approx(259 / 27, rel=0.02)


def test_points_in_any_order_give_the_same_drawing():
    assert draw(list(reversed(GROWTH))) == draw(GROWTH)


def test_higher_values_stand_higher_and_negative_ones_are_brick():
    root = parse(draw(GROWTH))
    dots = of_class(root, "chart__dot")
    heights = [float(dot.get("cy")) for dot in dots]
    assert heights == sorted(heights, reverse=True)
    assert [dot.get("fill") for dot in dots] == ["#d1432b", "#0f4c81", "#0f4c81"]
    assert "chart__dot--negative" in dots[0].get("class")
    zero = float(of_class(root, "chart__zero")[0].get("y1"))
    assert heights[0] > zero > heights[1]


def test_missing_values_are_boxes_with_a_question_mark_and_break_the_line():
    points = [year(2018, 1), year(2019, 2), year(2020, None), year(2021, 3), year(2022, 4)]
    root = parse(draw(points))
    assert len(of_class(root, "chart__missing")) == 1
    assert [sign.text for sign in of_class(root, "chart__missing-sign")] == ["?"]
    assert of_class(root, "chart__actual")[0].get("d").count("M") == 2


def test_a_zero_is_a_value_and_not_missing():
    root = parse(draw([year(2020, 0, 5), year(2021, 4, 5)]))
    assert len(of_class(root, "chart__dot")) == 2
    assert of_class(root, "chart__missing") == []


def test_all_values_are_written_when_there_is_room():
    root = parse(draw(GROWTH))
    assert [value.text for value in of_class(root, "chart__value")] == ["-8,85", "2,91", "10,01"]


def test_dense_labels_are_thinned_but_the_last_period_is_named():
    root = parse(draw(QUARTERS))
    shown = [label.text for label in of_class(root, "chart__period")]
    assert 3 <= len(shown) < 24
    assert shown[-1] == "TW 4 2023"


def test_text_stays_readable_on_a_phone():
    # The narrow chart is about 290 px wide on a screen of 360 px.
    for size in ({"width": 340, "height": 300}, {"compact": True}):
        root = parse(draw(GROWTH, **size))
        scale = 290 / float(root.get("viewBox").split()[2])
        for text in root.iter(f"{SVG}text"):
            assert float(text.get("font-size")) * scale >= 11.9, text.get("class")


def test_every_text_is_escaped():
    nasty = '<script>alert("x")</script>&amp;\x00\x0b'
    points = [ChartPoint(nasty, date(2022, 1, 1), Decimal(1), band='"><b')]
    phases = [PhaseBand(nasty, date(2021, 1, 1), date(2023, 1, 1), '"/><script>')]
    drawing = draw(points, title=nasty, description=nasty, phases=phases, format_value=lambda value: nasty)
    assert parse(drawing).find(f"{SVG}title").text.startswith('<script>alert("x")')
    assert "<script" not in drawing
    assert "\x00" not in drawing


def test_the_drawing_names_itself_to_people_who_do_not_see_it():
    root = parse(draw(GROWTH, title="Pertumbuhan", description="2022: 10,01%"))
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert (title.text, description.text) == ("Pertumbuhan", "2022: 10,01%")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_ids_differ_between_charts_and_between_the_two_sizes():
    page = responsive_chart(GROWTH, title="a", description="b", format_value=write)
    page += responsive_chart(GROWTH, title="a", description="b", format_value=write, identifier="again")
    page += responsive_chart(BUILDING, title="a", description="b", format_value=write)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == 12
    assert len(set(ids)) == 12
    assert page.count("chart--wide") == page.count("chart--narrow") == 3


def test_the_same_figures_give_the_same_bytes_in_another_process():
    code = (
        "from datetime import date; from decimal import Decimal as D;"
        "from malangkraf.drawing.charts import ChartPoint as P, line_chart;"
        "p=[P('a',date(2020,1,1),D(3),D(4)),P('b',date(2021,1,1),D('-1.5'),None)];"
        "print(line_chart(p,title='t',description='d',format_value=str))"
    )
    run = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)
    ]
    points = [ChartPoint("a", date(2020, 1, 1), Decimal(3), Decimal(4))]
    points.append(ChartPoint("b", date(2021, 1, 1), Decimal("-1.5"), None))
    own = line_chart(points, title="t", description="d", format_value=str)
    assert run[0] == run[1] == f"{own}\n".encode()


def test_phases_are_clipped_to_the_plot_and_keep_their_colour():
    root = parse(draw(GROWTH))
    strips = of_class(root, "chart__phase")
    assert [strip.get("fill") for strip in strips] == ["#17769b", "#d1432b", "#f2a900"]
    edges = [(float(strip.get("x")), float(strip.get("x")) + float(strip.get("width"))) for strip in strips]
    assert all(
        right == pytest.approx(left, abs=0.2) for (_, right), (left, _) in zip(edges, edges[1:], strict=False)
    )
    assert edges[-1][1] <= 716.1


values = st.none() | st.decimals(min_value=-(10**12), max_value=10**12, places=2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3000), values, values), max_size=30))
def test_any_series_can_be_drawn_without_overlap(rows):
    points = [
        ChartPoint(f"P{index}", date(2016, 1, 1) + timedelta(days=offset), actual, target)
        for index, (offset, actual, target) in enumerate(rows)
    ]
    root = parse(draw(points))
    boxes = [text_box(element) for element in of_class(root, "chart__value")]
    boxes += [text_box(element) for element in of_class(root, "chart__period")]
    assert not any(one.overlaps(two) for index, one in enumerate(boxes) for two in boxes[index + 1 :])


@given(st.lists(st.decimals(min_value=-(10**15), max_value=10**15, places=3), min_size=1, max_size=8))
def test_ticks_enclose_the_values_evenly(amounts):
    low, high = value_range(amounts)
    ticks = nice_ticks(low, high)
    assert ticks[0] <= min(amounts)
    assert ticks[-1] >= max(amounts)
    assert 2 <= len(ticks) <= 7
    assert len({after - before for before, after in zip(ticks, ticks[1:], strict=False)}) == 1


def test_counted_things_have_no_fractional_ticks():
    assert nice_ticks(Decimal(0), Decimal(2), whole=True) == [0, 1, 2]
    assert nice_ticks(Decimal("-10"), Decimal("10.01")) == [-10, -5, 0, 5, 10, 15]


def test_labels_far_apart_are_all_kept():
    assert [
        index for index, _ in thin_labels([(50, "a"), (150, "b"), (250, "c")], size=14, left=0, right=300)
    ] == [0, 1, 2]


BARS = [
    Bar("Pertumbuhan PDRB ekonomi kreatif", Decimal("115.06"), "115,06% ▲ Sangat tinggi", "very_high"),
    Bar("Kecamatan dengan ruang kerja bersama", Decimal(80), "80,00% ▲ Tinggi", "high"),
    Bar("Tahun pandemi", Decimal("-107.93"), "−107,93% ▼ Sangat rendah", "very_low"),
    Bar("Belum terukur & <b>", None, "? Belum ada target"),
]


@pytest.mark.parametrize("width", [720, 340])
def test_bars_end_at_the_target_and_say_when_a_value_goes_beyond(width):
    root = parse(bar_row(BARS, title="Capaian", description="Semua", width=width))
    bars = [bar for bar in of_class(root, "chart__bar") if bar.tag == f"{SVG}rect"]
    arrows = [bar for bar in of_class(root, "chart__bar") if bar.tag == f"{SVG}path"]
    full, most, least = (float(bar.get("width")) for bar in bars)
    assert most / full == pytest.approx(0.8, abs=0.01)
    assert least == 4
    assert len(arrows) == 1
    assert len(of_class(root, "chart__missing")) == 1
    texts = [text_box(element) for element in root.iter(f"{SVG}text")]
    assert not any(one.overlaps(two) for index, one in enumerate(texts) for two in texts[index + 1 :])


@pytest.mark.parametrize("width", [720, 340])
def test_a_long_name_beside_a_bar_is_not_cut(width):
    names = ["Companies, startups and studios in apps and games", "Growth"]
    root = parse(
        bar_row([Bar(name, Decimal(80), "80%") for name in names], title="", description="", width=width)
    )
    shown = [element.text for element in of_class(root, "chart__bar-name")]
    assert " ".join(shown) == " ".join(names)
    texts = [text_box(element) for element in root.iter(f"{SVG}text")]
    assert not any(one.overlaps(two) for index, one in enumerate(texts) for two in texts[index + 1 :])


def test_no_bars_are_still_a_drawing():
    assert parse(bar_row([], title="Capaian", description="Tidak ada")).tag == f"{SVG}svg"
