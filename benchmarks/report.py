"""A report of 500 indicators over 24 quarters: snapshot, PDF, XLSX and HTML from one run's rows."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connections, transaction

if not apps.ready:
    django.setup()

from ecosystem.models import HelixActor, Organization
from roadmap.models import Indicator, Measurement, Period, ReportRun, Target, TargetRevision
from roadmap.periods import PeriodKind, periods_within
from roadmap.services import achievements, reports
from roadmap.services.schedule import ensure_period

INDICATORS, YEARS = 500, (2018, 2023)


def run() -> list[tuple[str, str, str]]:
    """Return the measured times and the memory, taken in a fresh process that has made none of the rows."""
    with transaction.atomic():
        run_id = _make_rows().pk
    connections.close_all()
    command = [sys.executable, "-m", "benchmarks.report", str(run_id)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return [(what, value, goal) for what, value, goal in json.loads(answer.stdout.splitlines()[-1])]


def _make_rows() -> ReportRun:
    """Return a run over 500 quarterly indicators with a target and a verified value in each of 24 quarters."""
    actor, _ = HelixActor.objects.get_or_create(code="bench", defaults={"name": "Bench"})
    owner = Organization.objects.create(slug="bench", name="Bench", kind="city_office", helix_actor=actor)
    first = datetime(YEARS[0], 1, 1, tzinfo=UTC).date()
    last = datetime(YEARS[1], 12, 31, tzinfo=UTC).date()
    periods = [ensure_period(span) for span in periods_within(PeriodKind.QUARTER, first, last)]
    indicators = Indicator.objects.bulk_create(
        Indicator(
            code=f"B-{n:03}", slug=f"b-{n:03}", name=f"Indikator {n}", name_en=f"Indicator {n}", unit="unit",
            value_type="count", frequency="quarter", aggregation="sum", entry_meaning="increment",
            owner_organization=owner, is_headline=n < 12, order=n,
        )
        for n in range(INDICATORS)
    )  # fmt: skip
    pairs = [(indicator, period) for indicator in indicators for period in periods]
    targets = Target.objects.bulk_create(Target(indicator=i, period=p) for i, p in pairs)
    TargetRevision.objects.bulk_create(TargetRevision(target=t, value=Decimal(100)) for t in targets)
    now = datetime.now(UTC)
    Measurement.objects.bulk_create(
        Measurement(
            indicator=i, period=p, value=Decimal(60 + (n * 7) % 80), state="verified", verified_at=now,
            source_url=f"https://example.org/{i.code}",
        )
        for n, (i, p) in enumerate(pairs)
    )  # fmt: skip
    achievements.recompute(indicators)
    year = Period.objects.create(code="2023", kind="year", start=f"{YEARS[1]}-01-01", end=last)
    return reports.request_report(year, by=None, trigger=ReportRun.Trigger.MANUAL)[0]


def _measure(run_id: int) -> list[tuple[str, str, str]]:
    loaded = ReportRun.objects.select_related("report__period__phase").get(pk=run_id)
    before = _memory()
    times: dict[str, float] = {}
    snapshot: dict[str, Any] = _timed(
        times, "snapshot", lambda: reports.build_snapshot(loaded, cut_off=datetime.now(UTC))
    )
    text = reports.canonical(snapshot)
    sizes = {"snapshot": len(text)}
    for name, renderer in reports.RENDERERS.items():
        content = _timed(
            times,
            name,
            lambda renderer=renderer: renderer(
                json.loads(text),
                language="id",
                sha256="0" * 64,
                verify_url="http://localhost/laporan/periksa/",
            ),
        )
        sizes[name] = len(content)
    results = [
        (f"{name}: {sizes[name] / 1024:.0f} kB", f"{seconds:.2f} s", "-") for name, seconds in times.items()
    ]
    total = sum(times.values())
    results.append(
        ("snapshot + PDF + XLSX + HTML of 500 indicators x 24 quarters", f"{total:.2f} s", "<= 5 s")
    )
    grown = _memory() - before
    typesetter = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    results.append(
        (
            f"memory: grown by {grown:.0f} MB, Typst's process {typesetter:.0f} MB",
            f"{grown + typesetter:.0f} MB",
            "<= 300 MB",
        )
    )
    return results


def _timed(times: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    started = time.perf_counter()
    result = work()
    times[name] = time.perf_counter() - started
    return result


def _memory() -> float:
    """Return the peak memory of this process in MB (getrusage would count the parent's before exec)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]))))
