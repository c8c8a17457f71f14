"""manage.py import_kpi says what would change, writes only when told to, and names every error."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from roadmap.models import Achievement, Indicator, Measurement
from roadmap.services import achievements
from tests.ecosystem.factories import OrganizationFactory
from tests.roadmap.factories import IndicatorFactory, go_live_on
from tests.roadmap.import_files import book, csv_bytes, row, xlsx_file

PUBLISHED = Path(__file__).resolve().parents[2] / "roadmap" / "data" / "published-kpi.csv"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def indicator():
    with translation.override("en"):
        yield IndicatorFactory(code="UJI")


@pytest.fixture
def file(tmp_path):
    def make(*rows):
        path = tmp_path / "angka.csv"
        path.write_bytes(csv_bytes(*rows))
        return path

    return make


def run(path, **options):
    output = StringIO()
    call_command("import_kpi", path, stdout=output, stderr=output, **options)
    return output.getvalue()


def test_a_dry_run_shows_a_table_and_writes_nothing(file):
    output = run(file(row(value="1.234,0"), row(kind="target", value="2000")))
    lines = output.splitlines()
    assert lines[0].split() == ["row", "change", "indicator", "period", "kind", "old", "new"]
    assert lines[1].split() == ["2", "create", "UJI", "2022", "actual", "–", "1,234"]
    assert "2 new, 0 changed, 0 opened again and changed, 0 as they were." in output
    assert "--write" in output
    assert not Measurement.objects.exists()


def test_writing_stores_the_values_and_their_achievements(file):
    path = file(row(value="10"), row(kind="target", value="20"))
    run(path, write=True)
    assert Measurement.objects.get().value == 10
    assert Achievement.objects.get(basis="current").percent == 50
    assert "0 new, 0 changed, 0 opened again and changed, 2 as they were." in run(path, write=True)


def test_a_change_shows_the_old_and_the_new_value(file):
    run(file(row(kind="target", value="20")), write=True)
    with pytest.raises(CommandError, match="The target here is 20"):
        run(file(row(kind="target", value="30")))
    assert run(file(row(kind="target", value="30")), reason="RPJMD diubah.").splitlines()[1].split()[-2:] == [
        "20",
        "30",
    ]


def test_every_error_is_named_with_row_column_and_reason(file):
    with pytest.raises(CommandError) as caught:
        run(file(row(), row(period="2021", value="NaN"), row(indicator="UJU")), write=True)
    lines = str(caught.value).splitlines()
    assert lines[0] == "2 errors, nothing was written:"
    assert lines[1].startswith("  row 3, value: Infinite values and NaN")
    assert lines[2].startswith("  row 4, indicator: No indicator")
    assert not Measurement.objects.exists()


def test_a_verified_value_changes_only_with_a_reason(file):
    run(file(row()), write=True)
    with pytest.raises(CommandError, match="verified value stands here: 10"):
        run(file(row(value="11")), write=True)
    output = run(file(row(value="11")), write=True, reason="Angka kota diperbaiki.")
    assert "1 opened again and changed" in output
    assert Measurement.objects.get().reopenings.get().reason == "Angka kota diperbaiki."


def test_a_workbook_works_too_and_its_notes_are_shown(tmp_path):
    workbook = book(row(value=12))
    workbook.create_sheet("Lain")
    path = tmp_path / "angka.xlsx"
    path.write_bytes(xlsx_file(workbook).getvalue())
    assert "Only the first sheet was read" in run(path, write=True)
    assert Measurement.objects.get().value == 12


def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "tidak-ada.csv")
    (tmp_path / "rusak.xlsx").write_bytes(b"PK\x03\x04rusak")
    with pytest.raises(CommandError, match="damaged"):
        run(tmp_path / "rusak.xlsx")


def test_unknown_indicators_are_made_only_when_asked_for(file):
    path = file(row(indicator="Baru", unit="orang"))
    with pytest.raises(CommandError, match="No indicator"):
        run(path)
    with pytest.raises(CommandError, match="No organization has the address bappeda"):
        run(path, create_indicators=True)
    owner = OrganizationFactory(slug="dinas")
    run(path, create_indicators=True, owner="dinas", write=True)
    assert Indicator.objects.get(name="Baru").owner_organization == owner


def test_the_published_file_is_read_without_error_once_it_is_loaded():
    call_command("load_reference", write=True, verbosity=0)
    call_command("load_published_kpi", verbosity=0)
    assert "0 new, 0 changed, 0 opened again and changed, 38 as they were." in run(PUBLISHED)


def test_values_that_wait_for_a_check_say_who_enters_them(file, planner):
    go_live_on(date(2022, 1, 1))
    with pytest.raises(CommandError, match="--by"):
        run(file(row()), write=True)
    with pytest.raises(CommandError, match="No account has the address"):
        run(file(row()), write=True, by="tidak-ada@example.org")
    run(file(row()), write=True, by="Perencana@example.org")
    assert (Measurement.objects.get().entered_by, Measurement.objects.get().state) == (planner, "submitted")


def test_values_and_their_achievements_are_written_together_or_not_at_all(file, monkeypatch):
    def die(_indicators):
        raise MemoryError

    monkeypatch.setattr(achievements, "recompute", die)
    with pytest.raises(MemoryError):
        run(file(row()), write=True)
    assert not Measurement.objects.exists()
