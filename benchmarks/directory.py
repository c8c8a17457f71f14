"""The directory's search at 10,000, 100,000 and 1,000,000 generated entries, and its CSV export.

Bare SQL is the very statements of a search, sent through psycopg with their values written out: what is measured
against it is all that Django, forms and objects add. The growth from 10,000 to 1,000,000 entries is that of the whole.
"""

import statistics
import time
import tracemalloc
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from startups.exporting import csv_lines
from startups.filters import StartupFilter
from startups.search import search

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 9
ENOUGH_LINES = 20_000
CASES: dict[str, dict[str, Any]] = {
    "no filter": {},
    "a frequent word": {"q": "gim"},
    "a word and two filters": {"q": "d645920", "jenis": ["game_studio", "agency"], "tahap": ["growing"]},
    "two filters": {"jenis": ["game_studio"], "terbuka": ["hiring"]},
    "a rare word": {"q": "dc513ea"},
    "a filter of few": {"kelurahan": ["35.73.02.1001"], "terverifikasi": ["ya"]},
    "a mistyped word": {"q": "gmae"},
    "by name, page 9": {"urut": "nama", "page": "9"},
}


def run() -> list[tuple[str, str, str]]:
    """Return the ratios, the time of each case, and what the export needs."""
    call_command("load_reference", write=True, verbosity=0)
    call_command("load_directory_reference", verbosity=0)
    results, times = [], {}
    for size in SIZES:
        fill(size)
        times[size] = {name: measure(params) for name, params in CASES.items()}
        if size == 100_000:
            results += export_results() + page_results()
    for name in CASES:
        whole, bare = times[100_000][name]
        results.append((f"100,000: {name}: {whole * 1000:.1f} ms", f"{whole / bare:.2f} x bare", "<= 2"))
    for name in CASES:
        small, large = times[SIZES[0]][name][0], times[SIZES[-1]][name][0]
        text = f"10,000 to 1,000,000: {name}: {small * 1000:.1f} to {large * 1000:.1f} ms"
        results.append((text, f"{large / small:.2f} x", "<= 4"))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE startups_startup CASCADE")
    return results


def measure(params: dict[str, Any]) -> tuple[float, float]:
    """Return the median seconds of the whole search and of its bare statements, in alternating rounds."""
    with CaptureQueriesContext(connection) as queries:
        ask(params)
    statements = [query["sql"] for query in queries]
    whole, bare = [], []
    for _round in range(ROUNDS):
        whole.append(seconds(lambda: ask(params)))
        bare.append(seconds(lambda: send(statements)))
    return statistics.median(whole), statistics.median(bare)


def ask(params: dict[str, Any]) -> None:
    filters = {name: value for name, value in params.items() if name != "page"}
    result = search(StartupFilter(filters), page=params.get("page", 1))
    assert [entry.startup.slug for entry in result.entries]


def send(statements: list[str]) -> None:
    assert connection.connection is not None
    with connection.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def export_results() -> list[tuple[str, str, str]]:
    """Return lines per second of the CSV, and how its memory grows with the lines."""
    took = seconds(lambda: take(ENOUGH_LINES))
    few, many = peak(ENOUGH_LINES // 10), peak(ENOUGH_LINES)
    return [
        (f"CSV of {ENOUGH_LINES} entries", f"{ENOUGH_LINES / took:.0f} lines/s", "-"),
        (f"CSV memory: {few / 2**20:.1f} MiB for a tenth of it", f"{many / few:.2f} x", "<= 1.2"),
    ]


def take(lines: int) -> None:
    for number, _line in enumerate(csv_lines(StartupFilter({}), site="http://localhost")):
        if number == lines:
            return


def peak(lines: int) -> int:
    tracemalloc.start()
    take(lines)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def page_results() -> list[tuple[str, str, str]]:
    """Return the weight and the queries of the page with 100,000 entries."""
    client = Client(headers={"accept-encoding": "gzip"})
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/startup/", {"q": "gim", "jenis": "game_studio"})
    assert answer.status_code == 200, answer.status_code
    asked = sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in queries)
    return [
        ("directory page, cold", f"{asked} queries", "<= 8"),
        ("directory page, compressed", f"{len(answer.content) / 1024:.1f} kB", "<= 60 kB"),
    ]


# --- entries made by the database itself ----------------------------------------------------------------


def fill(size: int) -> None:
    """Replace all entries by so many generated ones; the indexes are built afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE startups_startup CASCADE")
        with without_indexes(cursor):
            cursor.execute("SELECT setseed(0.1914)")
            cursor.execute(STARTUPS, [size])
            cursor.execute(ENTRIES)
        cursor.execute("VACUUM ANALYZE startups_startup")
        cursor.execute("VACUUM ANALYZE startups_searchentry")


@contextmanager
def without_indexes(cursor: Any) -> Any:
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes"
        " WHERE tablename = 'startups_searchentry' AND indexname NOT LIKE '%pkey'"
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    # The history of generated rows is nobody's.
    cursor.execute("ALTER TABLE startups_startup DISABLE TRIGGER USER")
    yield
    cursor.execute("ALTER TABLE startups_startup ENABLE TRIGGER USER")
    for _name, definition in indexes:
        cursor.execute(definition)


STARTUPS = """
    INSERT INTO startups_startup (
        uuid, slug, reference, name, legal_name, alternate_names, kind, summary, summary_en, description,
        description_en, logo, logo_small, logo_alt, logo_alt_en, founded_precision, stage, team_band, website,
        website_domain, street, point_precision, open_to, public_fields, takes_messages, nib, lifecycle,
        lifecycle_note, claim, source, is_sample, language, step, created_at, published_at, last_confirmed_on,
        version, updated_at
    )
    SELECT gen_random_uuid(), 'usaha-' || n, 'MLG-' || n,
        initcap(translate(md5(n::text), '0123456789', 'aeiouklmnr')::varchar(7)
            || ' ' || translate(md5('x' || n), '0123456789', 'aeiouklmnr')::varchar(6)), '', '',
        (ARRAY['startup','app_studio','game_studio','agency','creative_studio','community','incubator','media'])
            [1 + mod(n, 8)],
        'Membuat gim dan aplikasi untuk warga Malang.', '', '', '', '', '', '', '', 'year',
        (ARRAY['idea','prototype','launched','growing','established'])[1 + floor(random() * 5)::int],
        (ARRAY['1','2-5','6-10','11-25','26-50','51+'])[1 + floor(random() * 6)::int], '', '', '', 'kelurahan',
        CASE WHEN random() < 0.2 THEN ARRAY['hiring','clients'] WHEN random() < 0.5 THEN ARRAY['clients']
            ELSE ARRAY[]::varchar[] END,
        ARRAY['stage','team_band'], true, '', 'published', '', 'unclaimed', 'registered', false, 'id', 5, now(),
        now() - random() * interval '700 days', CURRENT_DATE - (random() * 600)::int, 1, now()
    FROM generate_series(1, %s) AS n
"""
# Words of unequal frequency, as in real texts: that of 0 is in most entries, that of 1990 in few.
ENTRIES = """
    INSERT INTO startups_searchentry (
        startup_id, name, plain_name, vector, codes, verification, verified_until, last_confirmed_on, published_at,
        updated_at, is_sample
    )
    SELECT s.id, s.name, lower(s.name),
        setweight(to_tsvector('simple', s.name), 'A') || setweight(to_tsvector('simple', words.text), 'C'),
        ARRAY['jenis:' || s.kind, 'tahap:' || s.stage, 'tim:' || s.team_band,
            'subsektor:' || subsectors.codes[1 + (s.id * 7 % cardinality(subsectors.codes))],
            'layanan:' || services.codes[1 + (s.id * 11 % cardinality(services.codes))],
            'layanan:' || services.codes[1 + (s.id * 13 % cardinality(services.codes))],
            'kecamatan:' || left(wards.codes[1 + (s.id % cardinality(wards.codes))], 8),
            'kelurahan:' || wards.codes[1 + (s.id % cardinality(wards.codes))]]
            || ARRAY(SELECT 'terbuka:' || code FROM unnest(s.open_to) AS code)
            || CASE WHEN s.id % 10 = 0 THEN ARRAY['diperiksa:ya'] ELSE ARRAY[]::text[] END,
        CASE WHEN s.id % 10 = 0 THEN 'domain' ELSE '' END,
        CASE WHEN s.id % 10 = 0 THEN now() + interval '1 year' END,
        s.last_confirmed_on, s.published_at, s.updated_at, false
    FROM startups_startup AS s
    CROSS JOIN (SELECT array_agg(code) AS codes FROM ecosystem_subsector) AS subsectors
    CROSS JOIN (SELECT array_agg(code) AS codes FROM startups_servicetype) AS services
    CROSS JOIN (SELECT array_agg(code) AS codes FROM ecosystem_kelurahan) AS wards
    CROSS JOIN LATERAL (
        SELECT string_agg(left(md5((power(random(), 3) * 2000)::int::text), 7), ' ')
            || CASE WHEN s.id % 3 = 0 THEN ' gim' ELSE '' END AS text
        FROM generate_series(1, 30 + (s.id % 2)::int)
    ) AS words
"""
