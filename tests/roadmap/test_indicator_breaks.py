"""The page of an indicator whose definition changed: one chart with a break, one table in parts."""

import re
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roadmap.services.achievements import recompute
from tests.roadmap.factories import IndicatorFactory, MeasurementFactory, PeriodFactory, TargetFactory
from tests.roadmap.public_rows import growth_indicator

OLD, NEW = "pertumbuhan-pdrb", "cara-baru"
CHANGED = "Definisi berubah antara 2022 dan 2023."


def define(values, *, supersedes=None, **fields):
    """Return an indicator with values by year, each with a target of 5."""
    words = {"growth": True, "slug": NEW, "name": "Pertumbuhan cara baru"} | fields
    indicator = IndicatorFactory(supersedes=supersedes, **words)
    for code, value in values.items():
        period = PeriodFactory(code=code)
        TargetFactory(indicator=indicator, period=period, revision__value=Decimal(5))
        MeasurementFactory(indicator=indicator, period=period, historical=True, value=Decimal(value))
    recompute([indicator])
    return indicator


@pytest.fixture
def old(db):
    return growth_indicator()


@pytest.fixture
def new(old):
    return define({"2023": "4.5", "2024": "6.25"}, supersedes=old)


def page(slug, prefix=""):
    return Client().get(f"{prefix}/kpi/{slug}/").content.decode()


def wide_chart(content):
    return re.search(r"<svg[^>]*chart--wide.*?</svg>", content, re.DOTALL).group()


@pytest.mark.parametrize("slug", [OLD, NEW])
def test_both_pages_draw_both_definitions_with_a_break(new, slug):
    drawing = wide_chart(page(slug))
    assert drawing.count('class="chart__break"') == 1
    assert drawing.count("chart__dot--older") == 3
    assert len(re.findall('class="chart__dot[ "]', drawing)) == 5
    assert "Definisi berubah" in drawing
    assert CHANGED in re.search("<desc.*?</desc>", drawing, re.DOTALL).group()


@pytest.mark.parametrize("slug", [OLD, NEW])
def test_both_pages_say_it_in_the_message_and_the_legend(new, slug):
    content = page(slug)
    message = re.search('<p class="message">.*?</p>', content, re.DOTALL).group()
    assert f"{CHANGED} Angka sebelum dan sesudahnya tidak bisa dibandingkan langsung." in message
    assert "Realisasi menurut definisi lama" in content
    assert "The definition changed between 2022 and 2023." in page(slug, "/en")


def test_the_table_says_which_rows_belong_to_which_definition(new):
    content = page(NEW)
    older = content.index(f'Definisi lama: <a href="/kpi/{OLD}/"')
    present = content.index("Definisi ini: Pertumbuhan cara baru")
    assert older < content.index(f"/kpi/{OLD}/2022/") < present < content.index(f"/kpi/{NEW}/2023/", present)
    assert f'Definisi baru: <a href="/kpi/{NEW}/"' in page(OLD)


def test_the_file_holds_one_definition(new):
    lines = Client().get(f"/kpi/{NEW}/data.csv").content.decode().splitlines()
    assert len(lines) == 3


def test_an_overlapping_period_is_drawn_once_and_stands_twice_in_the_table(old):
    define({"2022": "12.34", "2023": "4.5"}, supersedes=old)
    content = page(NEW)
    drawing = wide_chart(content)
    assert "12,34%" in drawing
    assert "10,01%" not in drawing
    assert "Definisi berubah antara 2021 dan 2022." in content
    assert "10,01%" in content


def test_other_units_are_not_drawn_on_one_axis(old):
    define({"2023": "4500", "2024": "4700"}, supersedes=old, growth=False, unit="miliar rupiah")
    for slug in (OLD, NEW):
        content = page(slug)
        assert "chart__break" not in wide_chart(content)
        assert "Satuannya juga berubah, dari persen menjadi miliar rupiah" in content
        assert "table-part" not in content
    assert f'href="/kpi/{OLD}/"' in page(NEW)


def test_a_chain_of_two_changes_has_two_breaks_on_all_three_pages(new):
    define({"2025": "7", "2026-S1": "8"}, supersedes=new, slug="cara-ketiga", name="Pertumbuhan cara ketiga")
    for slug in (OLD, NEW, "cara-ketiga"):
        content = page(slug)
        assert wide_chart(content).count('class="chart__break"') == 2
        assert content.count('class="table-part"') == 3


def test_a_definition_that_is_not_public_ends_the_line(new):
    hidden = define({"2025": "7"}, supersedes=new, slug="rahasia", name="Belum umum", is_public=False)
    define({"2026": "8"}, supersedes=hidden, slug="sesudah", name="Sesudah yang rahasia")
    content = page(NEW)
    assert "Belum umum" not in content
    assert "Sesudah yang rahasia" not in content
    assert wide_chart(content).count('class="chart__break"') == 1
    assert "chart__break" not in page("sesudah")


def test_a_successor_without_a_figure_leaves_the_old_chart_as_it_was(old):
    define({}, supersedes=old)
    content = page(OLD)
    assert "chart__break" not in content
    assert "chart__dot--older" not in content
    assert f'href="/kpi/{NEW}/"' in content


def test_a_change_costs_one_query_whatever_the_length_of_the_line(old, django_assert_num_queries):
    with CaptureQueriesContext(connection) as alone:
        page(OLD)
    # The test's own savepoints are not the page's.
    assert sum("SAVEPOINT" not in query["sql"] for query in alone) <= 11
    first = define({"2023": "4"}, supersedes=old)
    cache.clear()
    with django_assert_num_queries(len(alone) + 1):
        page(OLD)
    define({"2024": "5"}, supersedes=first, slug="cara-ketiga", name="Cara ketiga")
    cache.clear()
    with django_assert_num_queries(len(alone) + 1):
        page(OLD)
