"""The pages of use: what managers see, what everybody sees, and the files."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from ecosystem.models import Occurrence
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    at,
    make_hours,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import SubsectorFactory

pytestmark = pytest.mark.django_db
URL = "/ruang-kerja/fasilitas/mcc/pemakaian/"
PUBLIC = "/fasilitas/mcc/pemakaian/"
# The last day of the month before this one: over, and in the public figures.
PAST = timezone.localdate().replace(day=1) - timedelta(days=1)
# A year that is over: all its figures are public.
OVER = timezone.localdate().replace(month=1, day=1) - timedelta(days=1)


@pytest.fixture
def facility():
    facility = FacilityFactory(slug="mcc", name="MCC")
    make_hours(facility, opens="08:00", closes="18:00", valid_from="2018-01-01")
    return facility


@pytest.fixture
def client(manager, client_for):
    return client_for(manager)


def use(space, count=1, *, day=PAST, **fields):
    """Have dates of one hour that people came to."""
    for number in range(count):
        row = make_occurrence(space, at(8 + number, day=day), **fields)
        Occurrence.objects.filter(pk=row.pk).update(checked_in_at=row.starts_at)


def table(response, name):
    return next(table for table in response.context["page"].tables if table.name == name)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_managers_see_the_figures_of_their_time(facility, client, prefix):
    games = SubsectorFactory(code="gim", name="Gim", name_en="Games")
    use(make_space(facility, name="Studio siniar"), 2, subsector=games)
    wanted = {"dari": PAST.isoformat(), "sampai": PAST.isoformat()}
    response = client.get(prefix + URL, wanted)
    page = response.context["page"]
    assert (page.total.used, page.total.open_hours, page.total.rate) == (2, 10, 20)
    (row,) = table(response, "subsector").rows
    assert (row.code, row.use.dates) == ("gim", 2)
    assert "Studio siniar" in response.content.decode()


@pytest.mark.parametrize(
    "wanted", [{"dari": "kapan"}, {"dari": "2030-01-01", "sampai": "2020-01-01"}, {"sampai": "9999-12-31"}]
)
def test_a_time_that_makes_no_sense_is_explained(facility, client, wanted):
    response = client.get(URL, wanted)
    assert response.status_code == 200
    assert response.context["form"].errors


def test_samples_stand_apart_and_are_marked(facility, client):
    use(make_space(facility), 6, is_sample=True)
    response = client.get(URL)
    assert response.context["page"].is_empty
    assert "contoh=1" in response.content.decode()
    page = client.get(URL, {"contoh": "1"})
    assert page.context["page"].total.used == 6
    assert "alert-warning" in page.content.decode()
    name = client.get(f"{URL}data.csv", {"contoh": "1"})["Content-Disposition"]
    assert "contoh-mcc" in name


def test_small_cells_are_hidden_in_public_and_only_there(facility, client):
    space, year = make_space(facility), {"tahun": OVER.year}
    whole = {"dari": OVER.replace(month=1, day=1).isoformat(), "sampai": OVER.isoformat()}
    games, music, film = (SubsectorFactory(code=code) for code in ("gim", "musik", "film"))
    use(space, 6, subsector=games, day=OVER)
    use(space, 4, subsector=music, day=OVER - timedelta(days=1))
    use(space, 8, subsector=film, day=OVER - timedelta(days=2))
    rows = {row.code: row for row in table(client.get(PUBLIC, year), "subsector").rows}
    # The one cell alone could be computed from the total: the next smallest goes with it.
    assert {code: row.used for code, row in rows.items()} == {"gim": None, "musik": None, "film": 8}
    assert client.get(PUBLIC, year).context["page"].total.used == 18
    rows = {row.code: row.used for row in table(client.get(URL, whole), "subsector").rows}
    assert rows == {"gim": 6, "musik": 4, "film": 8}
    public = {
        row["code"]: row
        for row in csv.DictReader(io.StringIO(client.get(f"{PUBLIC}data.csv", year).content.decode()))
    }
    assert (public["musik"]["dates"], public["musik"]["used_hours"], public["film"]["used_hours"]) == (
        "",
        "",
        "8.0",
    )


@pytest.mark.parametrize(
    ("today", "shown"),
    [
        (date(2026, 11, 22), ["month"]),
        (date(2027, 1, 5), ["month", "space", "subsector", "purpose", "origin"]),
    ],
)
def test_two_states_of_a_growing_year_cannot_be_subtracted(facility, client_for, monkeypatch, today, shown):
    use(make_space(facility), 6, day=date(2026, 10, 5))
    monkeypatch.setattr("ecosystem.views.utilization.timezone.localdate", lambda: today)
    page = client_for().get(PUBLIC).context["page"]
    assert (page.total.use.dates, sorted(one.name for one in page.tables)) == (6, sorted(shown))


def test_fewer_than_five_bookings_are_no_public_figure(facility, client_for):
    use(make_space(facility), 3)
    response = client_for().get(PUBLIC)
    assert response.context["page"].total.use is None
    assert ">3<" not in response.content.decode()


def test_the_public_figures_are_those_of_months_that_are_over(facility, client_for):
    use(make_space(facility), 6, day=timezone.localdate())
    response = client_for().get(PUBLIC)
    assert response.context["page"].is_empty


@pytest.mark.parametrize("year", ["", "1800", "9999", "abc", "\u0662\u0660\u0662\u0666", "2026-01"])
def test_a_year_that_makes_no_sense_is_the_latest(facility, client_for, year):
    assert client_for().get(PUBLIC, {"tahun": year}).context["year"] == PAST.year


def test_the_workbook_holds_numbers_and_no_formula(facility, client):
    use(make_space(facility, name="=1+1"), 2)
    book = load_workbook(io.BytesIO(client.get(f"{URL}data.xlsx").content))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    rows = {row[2]: row for row in book.worksheets[0].iter_rows(values_only=True)}
    assert rows["=1+1"][6] == 2
    text = client.get(f"{URL}data.csv").content.decode()
    assert "'=1+1" in text


def test_the_queries_do_not_grow_with_bookings_and_spaces(facility, client, django_assert_max_num_queries):
    for _ in range(3):
        use(make_space(facility), 4, subsector=SubsectorFactory())
    with django_assert_max_num_queries(16):
        client.get(URL)
    with django_assert_max_num_queries(14):
        client.get(f"{PUBLIC}data.csv")
