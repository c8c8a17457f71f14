"""Import of 100,000 values against PostgreSQL's COPY of the same rows into the same table plus reading the file.

    .venv/bin/python benchmarks/import_kpi.py [rows]

Both write into the real table with its history triggers, in the same database, one after the other.
"""

import csv
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

ROWS = 100_000
ROUNDS = 3
GOAL = 3.0
PERIODS = 100
HEADING = ("indicator", "unit", "direction", "kind", "period", "value", "source_url", "note")


def run(rows: int = ROWS) -> list[tuple[str, float, float]]:
    """Return (name, ratio, goal): the median over the rounds of time by time."""
    with ExitStack() as stack:
        prepare(stack)
        from django.test.runner import DiscoverRunner
        from django.test.utils import setup_test_environment, teardown_test_environment

        setup_test_environment()
        stack.callback(teardown_test_environment)
        runner = DiscoverRunner(verbosity=0, interactive=False)
        databases = runner.setup_databases()
        stack.callback(runner.teardown_databases, databases)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        return measure(folder / "values.csv", rows)


def prepare(stack: ExitStack) -> None:
    """Configure Django on a database of its own, unless one is named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "malangkraf.settings")
    os.environ.setdefault("MALANGKRAF_DEMO", "1")
    os.environ.setdefault("DATA_DIR", stack.enter_context(tempfile.TemporaryDirectory()))
    if not os.environ.get("DATABASE_URL"):
        from malangkraf.embedded import throwaway_services

        addresses = stack.enter_context(throwaway_services())
        os.environ["DATABASE_URL"] = addresses.database_url
        os.environ["REDIS_URL"] = addresses.redis_url
    import django

    django.setup()


def measure(path: Path, rows: int) -> list[tuple[str, float, float]]:
    from django.db import connection

    keys = make_indicators(rows // PERIODS)
    make_file(path, len(keys))
    import_file(path)
    columns, stored = rows_in_the_table()
    ratios: list[float] = []
    for _round in range(ROUNDS):
        empty_table()
        copied = seconds(lambda: (read_file(path), copy_rows(columns, stored)))
        empty_table()
        imported = seconds(lambda: import_file(path))
        ratios.append(imported / copied)
        print(f"{rows} rows: COPY and reading {copied:.2f} s, import {imported:.2f} s", file=sys.stderr)
    connection.close()
    return [("import of 100,000 values / COPY plus reading", statistics.median(ratios), GOAL)]


def make_indicators(count: int) -> list[int]:
    from ecosystem.models import Organization
    from roadmap.models import Indicator

    owner = Organization.objects.create(slug="pemilik", name="Pemilik", kind="city_office")
    made = Indicator.objects.bulk_create(
        Indicator(
            code=f"B-{number:04}",
            slug=f"b-{number:04}",
            name=f"Jumlah nomor {number}",
            unit="unit",
            value_type="count",
            frequency="month",
            owner_organization=owner,
        )
        for number in range(count)
    )
    return [indicator.pk for indicator in made]


def make_file(path: Path, indicators: int) -> None:
    months = [f"{2010 + number // 12}-{number % 12 + 1:02}" for number in range(PERIODS)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADING)
        for number in range(indicators):
            for place, month in enumerate(months):
                # Values repeat seldom, as real ones do.
                value = (number * 7919 + place * 104_729) % 900_000
                address = f"https://example.org/kabar/{number}"
                writer.writerow(
                    (f"Jumlah nomor {number}", "unit", "increase", "actual", month, value, address, "catatan")
                )


def read_file(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _row in csv.reader(file))


def import_file(path: Path) -> None:
    from roadmap.importing import apply_import, plan_import

    with path.open("rb") as file:
        plan = plan_import(file, name=path.name, on=date(2026, 11, 22))
    apply_import(plan)


def rows_in_the_table() -> tuple[str, list[tuple[Any, ...]]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM roadmap_measurement")
        names = [column.name for column in cursor.description]
        keep = [place for place, name in enumerate(names) if name != "id"]
        rows = [tuple(row[place] for place in keep) for row in cursor.fetchall()]
    return ", ".join(names[place] for place in keep), rows


def copy_rows(columns: str, rows: list[tuple[Any, ...]]) -> None:
    """Copy the rows with the settings that the triggers look up; without them COPY itself takes minutes."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', gen_random_uuid()::text, true),"
            " set_config('pghistory.context_metadata', '{}', true), set_config('pgtrigger.ignore', '{}', true)"
        )
        with cursor.copy(f"COPY roadmap_measurement ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def empty_table() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE roadmap_measurement, roadmap_measurementevent CASCADE")


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    for name, value, goal in run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS):
        print(f"{name}: {value:.2f} (goal <= {goal})")
