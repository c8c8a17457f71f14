"""The schematic map of the city, the drawn signs and the picture of a shared link."""

import io
import json
import math
import re
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from malangkraf.drawing import city_map, tiles
from malangkraf.drawing.city_map import Bubble, Ward
from malangkraf.drawing.share_card import Card, share_card
from malangkraf.fonts import static_file

REFERENCE = json.loads(Path(settings.BASE_DIR, "ecosystem/data/reference.json").read_text(encoding="utf-8"))
CITY = tuple(
    Ward(row["code"], row["name"], district["code"], float(row["latitude"]), float(row["longitude"]))
    for district in REFERENCE["kecamatan"]
    for row in district["kelurahan"]
)


def drawing(bubbles):
    return city_map.bubble_map(CITY, bubbles, title="Peta", description="Semua")


def everywhere(count=2):
    return {ward.code: Bubble(count, f"{ward.name}: {count}", f"?kelurahan={ward.code}") for ward in CITY}


def test_all_57_kelurahan_have_their_place_and_no_two_bubbles_touch():
    plan = city_map.layout(CITY)
    assert len(plan.middles) == len(plan.cells) == 57
    distances = [
        math.dist(one, other) for place, one in enumerate(plan.middles) for other in plan.middles[:place]
    ]
    assert min(distances) > 2 * city_map.LARGEST
    assert all(
        city_map.REACH < x < city_map.WIDTH - city_map.REACH
        and city_map.REACH < y < city_map.HEIGHT - city_map.REACH
        for x, y in plan.middles
    )


def test_moving_them_apart_keeps_the_map_recognizable():
    """North stays north and east east: the order of far kelurahan is that of their coordinates."""
    middles = dict(zip(CITY, city_map.layout(CITY).middles, strict=True))
    pairs = [(one, other) for one in CITY for other in CITY if one.latitude - other.latitude > 0.03]
    assert len(pairs) > 500
    assert all(middles[one][1] < middles[other][1] for one, other in pairs)
    pairs = [(one, other) for one in CITY for other in CITY if one.longitude - other.longitude > 0.03]
    assert all(middles[one][0] > middles[other][0] for one, other in pairs)


def test_each_bubble_is_a_link_with_a_name_and_the_picture_stays_light():
    svg = drawing(everywhere())
    assert len(re.findall(r'<a class="bubble \w+" href="\?kelurahan=[\d.]+" aria-label="[^"]+">', svg)) == 57
    assert len(svg) < 30_000
    assert drawing(everywhere()) == svg


def test_kecamatan_differ_in_shape_and_colour():
    svg = drawing(everywhere())
    colours = set(re.findall(r'class="bubble (\w+)"', svg))
    outlines = {city_map.shape_path(place, (0, 0), 10) for place in range(5)}
    assert len(colours) == len(outlines) == 5


def test_more_entries_make_a_larger_bubble():
    few = city_map.shape_path(0, (0, 0), city_map.SMALLEST)
    codes = [ward.code for ward in CITY[:2]]
    svg = drawing({codes[0]: Bubble(1, "satu", "?a"), codes[1]: Bubble(99, "banyak", "?b")})
    sizes = [float(size) for size in re.findall(r"a([\d.]+) [\d.]+ 0 1 1 0", svg)]
    assert sizes[1] == city_map.LARGEST > sizes[0] > city_map.SMALLEST > 0
    assert "a15 15" in few


def test_a_chosen_kelurahan_is_drawn_last_and_marked():
    bubbles = everywhere() | {CITY[0].code: Bubble(3, "dipilih", "?c", is_chosen=True)}
    svg = drawing(bubbles)
    assert svg.rindex("<a ") == svg.index('<a class="bubble teal chosen"')


def test_nothing_in_a_name_becomes_markup():
    ward = Ward("1", "x", "d", -7.9, 112.6)
    svg = city_map.bubble_map([ward], {"1": Bubble(1, '"><script>', '?"')}, title="<b>", description="<i>")
    assert "<script>" not in svg
    assert "<b>" not in svg
    assert '?"' not in svg


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_kelurahan_and_such_at_the_same_place_are_drawn(count):
    same = [Ward(str(number), "x", "d", -7.9, 112.6) for number in range(count)]
    svg = city_map.bubble_map(same, {}, title="Peta", description="")
    assert svg.startswith("<svg")
    assert "nan" not in svg


def test_the_small_map_shows_one_kelurahan_or_a_whole_kecamatan():
    one = city_map.locator_map(CITY, CITY[0].code, title="Letak")
    whole = city_map.locator_map(CITY, CITY[0].district, title="Letak")
    here = re.compile(r'class="ward \w+ here" d="([^"]+)"')
    assert here.search(one)[1].count("M") == 1
    assert here.search(whole)[1].count("M") == sum(ward.district == CITY[0].district for ward in CITY)


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Kopi Kode", "KK"), ("rintik", "R"), ("_-_ 🦀", "?"), ("7 Sembilan", "7S"), ("<b> &", "B"), ("", "?")],
)
def test_a_sign_bears_the_first_letters(name, initials):
    assert tiles.initials_of(name) == initials
    assert f">{initials}</text>" in tiles.initial_tile(name)
    assert tiles.initial_tile(name) == tiles.initial_tile(name)


def test_a_logo_that_cannot_be_read_gives_way_to_the_drawn_sign():
    fonts = {"bold": static_file(settings.BUILD_DIR, 800), "medium": static_file(settings.BUILD_DIR, 600)}
    card = {"name": "Kopi Kode", "lines": ["Agensi", "Malang"], "look": tiles.look_of("Kopi Kode")}
    plain = share_card(Card(**card), **fonts)
    assert share_card(Card(**card, logo=b"RIFFrusak"), **fonts) == plain
    target = io.BytesIO()
    Image.new("RGBA", (3, 90), "#1f8a5f").save(target, "PNG")
    assert share_card(Card(**card, logo=target.getvalue()), **fonts) != plain
