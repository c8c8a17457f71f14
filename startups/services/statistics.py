"""How many entries there are: counted now, and kept for ever at the end of each month (Asia/Jakarta)."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from malangkraf import page_cache
from malangkraf.disclosure import hide_small
from startups.models import SearchEntry, Startup, StatSnapshot
from startups.rules.freshness import DORMANT_AFTER, DUE_AFTER, STALE_AFTER, Freshness

# What is counted, called like the parameters of the list; stage and team size may be hidden by the owner.
DIMENSIONS = ("subsektor", "jenis", "kecamatan", "tahap", "tim", "kesegaran")
HIDEABLE = ("tahap", "tim")
# The code of the entries that give no value or do not show it.
NOT_SHOWN = ""
# A new number whenever what is counted changes: charts break there.
METHOD = 1
SCHEMA = "malangkraf.directory-month/1"

Cells = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Counts:
    """The entries of the default list on a day: {dimension: {code: number}}, samples among them counted apart too.

    An entry has up to three subsectors; in the other dimensions the cells of an entry add up to one. `dormant`
    entries are in no other number.
    """

    on: date
    total: int
    samples: int
    dormant: int
    dormant_samples: int
    cells: Cells
    sample_cells: Cells

    @property
    def real(self) -> int:
        """Return how many are no samples."""
        return self.total - self.samples

    @property
    def are_mixed(self) -> bool:
        """Return whether there are samples and others: then each number says how many of it are samples."""
        return 0 < self.samples < self.total

    def shown(self, dimension: str) -> dict[str, int | None]:
        """Return what may be shown of a dimension, None for a hidden cell; samples have nothing to hide."""
        cells, samples = self.cells[dimension], self.sample_cells[dimension]
        if dimension not in HIDEABLE:
            return dict(cells)
        real = hide_small({code: number - samples.get(code, 0) for code, number in cells.items()})
        return {code: None if real[code] is None else number for code, number in cells.items()}


def live_counts(on: date) -> Counts:
    """Return the counts of the public directory as it stands now, fresh or dormant by a day; one query."""
    return _count(SearchEntry.objects.all(), on)


def _count(entries: QuerySet[SearchEntry], on: date) -> Counts:
    numbers: dict[str, dict[str, int]] = {name: {} for name in (*DIMENSIONS, "total")}
    # Empty cells may be hidden as well: where none is, a small one would have fewer places to hide.
    numbers["tahap"] = dict.fromkeys(Startup.Stage.values, 0)
    numbers["tim"] = dict.fromkeys(Startup.TeamBand.values, 0)
    samples: dict[str, dict[str, int]] = defaultdict(dict)
    for name, number, of_samples in _tally(entries, on):
        dimension, _colon, code = name.partition(":")
        if dimension in numbers:
            numbers[dimension][code] = number
            samples[dimension][code] = of_samples
    total, sample_total = numbers["total"].get("", 0), samples["total"].get("", 0)
    for dimension in ("jenis", "kecamatan", "tahap", "tim"):
        # Each entry has one of these at most: the rest gives none, or keeps it to itself.
        numbers[dimension][NOT_SHOWN] = total - sum(numbers[dimension].values())
        samples[dimension][NOT_SHOWN] = sample_total - sum(samples[dimension].values())
    return Counts(
        on=on,
        total=total,
        samples=sample_total,
        dormant=numbers["kesegaran"].pop(Freshness.DORMANT, 0),
        dormant_samples=samples["kesegaran"].pop(Freshness.DORMANT, 0),
        cells={name: numbers[name] for name in DIMENSIONS},
        sample_cells={name: samples[name] for name in DIMENSIONS},
    )


def _tally(entries: QuerySet[SearchEntry], on: date) -> list[tuple[str, int, int]]:
    """Return ("dimension:code", entries, samples among them) for each code, "total:" for all; from one statement."""
    columns = entries.order_by().values_list("codes", "is_sample", "last_confirmed_on")
    chosen, values = columns.query.sql_with_params()
    # Names and codes in the statement are our own.
    statement = f"""
        SELECT code, count(*), count(*) FILTER (WHERE is_sample) FROM (
            SELECT codes, is_sample, CASE WHEN last_confirmed_on > %s THEN 'fresh'
                WHEN last_confirmed_on > %s THEN 'due' WHEN last_confirmed_on > %s THEN 'stale' ELSE 'dormant'
            END AS level FROM ({chosen}) AS chosen
        ) AS entry, unnest(
            CASE level WHEN 'dormant' THEN ARRAY['kesegaran:dormant']
            ELSE codes::text[] || ARRAY['total:', 'kesegaran:' || level] END
        ) AS code GROUP BY code
    """  # noqa: S608
    days = [on - timedelta(days=number) for number in (DUE_AFTER, STALE_AFTER, DORMANT_AFTER)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*days, *values])
        counted: list[tuple[str, int, int]] = cursor.fetchall()
    return counted


# --- months ----------------------------------------------------------------------------------------------


def month_before(day: date) -> date:
    """Return the first day of the month before the one of a day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def last_day(month: date) -> date:
    """Return the last day of the month that begins on a day."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def take_due_snapshot(now: datetime) -> StatSnapshot | None:
    """Return the snapshot of the month that ended last, None when it stands already or there was nothing to count.

    On the first day every month is kept, an empty one too. Later only a missed month is caught up, and not one from
    before the first real entry: a portal that was set up today has missed nothing.
    """
    today = timezone.localdate(now)
    month = month_before(today)
    if StatSnapshot.objects.filter(month=month, is_sample=False).exists():
        return None
    if today.day > 1 and not _entries_of(month, is_sample=False).exists():
        return None
    return take_snapshot(month, now=now)


def take_snapshot(month: date, *, now: datetime, is_sample: bool = False) -> StatSnapshot:
    """Return the snapshot of a month, made now from the entries that were published by its end and are so still.

    Whoever comes second gets the first one's; a real month takes the place of a sample.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                # The figures and the entries behind them are of one moment.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if not is_sample:
            StatSnapshot.objects.filter(month=month, is_sample=True).delete()
        # A second one for the same month changes nothing.
        StatSnapshot.objects.bulk_create([_make(month, now, is_sample=is_sample)], ignore_conflicts=True)
        page_cache.bump()
    return StatSnapshot.objects.get(month=month)


def take_sample_snapshots(now: datetime, *, months: int = 6) -> int:
    """Return how many past months were made up from the samples, for a portal that shows how it works.

    Months that have a snapshot keep theirs.
    """
    before = StatSnapshot.objects.count()
    month = timezone.localdate(now)
    for _number in range(months):
        month = month_before(month)
        if not StatSnapshot.objects.filter(month=month).exists():
            take_snapshot(month, now=now, is_sample=True)
    return StatSnapshot.objects.count() - before


def _entries_of(month: date, *, is_sample: bool) -> QuerySet[SearchEntry]:
    ends_at = datetime.combine(last_day(month) + timedelta(days=1), time.min, timezone.get_default_timezone())
    return SearchEntry.objects.filter(is_sample=is_sample, published_at__lt=ends_at)


def _make(month: date, now: datetime, *, is_sample: bool) -> StatSnapshot:
    on, entries = last_day(month), _entries_of(month, is_sample=is_sample)
    counted = _count(entries, on)
    listed = entries.filter(last_confirmed_on__gt=on - timedelta(days=DORMANT_AFTER))
    snapshot = StatSnapshot(
        month=month,
        taken_at=now,
        method=METHOD,
        is_sample=is_sample,
        total=counted.total,
        counts={
            **{name: counted.shown(name) for name in DIMENSIONS},
            "dormant": {Freshness.DORMANT.value: counted.dormant},
        },
        entry_ids=sorted(str(key) for key in listed.order_by().values_list("startup__uuid", flat=True)),
    )
    snapshot.sha256 = hashlib.sha256(canonical_text(snapshot).encode()).hexdigest()
    return snapshot


def canonical_text(snapshot: StatSnapshot) -> str:
    """Return the published JSON of a month, the very text that its sha256 is over."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "month": f"{snapshot.month:%Y-%m}",
        "taken_at": timezone.localtime(snapshot.taken_at).isoformat(timespec="seconds"),
        "method": snapshot.method,
        "is_sample": snapshot.is_sample,
        "total": snapshot.total,
        "counts": snapshot.counts,
        "entries": snapshot.entry_ids,
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
