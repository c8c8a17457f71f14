"""A month of all rooms: the calendar page through HTTP and cold, and 200 spaces against the same SQL sent bare.

Bare SQL is the very statements of `calendars`, sent through psycopg with their values written out; what is measured
against it is all that Django, the rules of hours and the sweep over open, taken and free times add.
"""

import gzip
import socket
import statistics
import time
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import rooms
from benchmarks.pages import server
from ecosystem.models import Facility
from ecosystem.services.availability import calendars
from malangkraf import page_cache

ROUNDS, MANY = 31, 200
Result = tuple[str, str, str]


def run() -> list[Result]:
    """Return times, queries and weight of a month."""
    facility = rooms.make_facility(rooms.ROOMS)
    count = rooms.book_a_month(facility)
    results = service_results(facility, f"{rooms.ROOMS} rooms, {count} bookings", against_bare=False)
    results += page_results(facility)
    large = rooms.make_facility(MANY)
    count = rooms.book_a_month(large)
    results += service_results(large, f"{MANY} rooms, {count} bookings", against_bare=True)
    results.append(("overlapping pairs afterwards", str(rooms.overlaps()), "0"))
    rooms.clear()
    return results


def service_results(facility: Facility, what: str, *, against_bare: bool) -> list[Result]:
    """Return the time of a month's open, taken and free times of all spaces, and what it is of its bare statements."""
    with CaptureQueriesContext(connection) as queries:
        month(facility)
    statements = [query["sql"] for query in queries]
    whole, bare = [], []
    for _round in range(ROUNDS):
        whole.append(seconds(lambda: month(facility)))
        bare.append(seconds(lambda: send(statements)))
    results = [
        (f"service, {what}: p50 {ms(statistics.median(whole))}", f"p95 {ms(p95(whole))}", "<= 300 ms"),
        (f"service, {what}", f"{len(statements)} queries", "<= 3"),
    ]
    if against_bare:
        ratio = statistics.median(whole) / statistics.median(bare)
        results.append(
            (f"service, {what}, bare SQL {ms(statistics.median(bare))}", f"{ratio:.2f} x bare", "<= 2")
        )
    return results


def month(facility: Facility) -> None:
    found = calendars(facility, *rooms.next_month())
    assert all(calendar.hours and calendar.busy and calendar.free for calendar in found.values())


def send(statements: list[str]) -> None:
    assert connection.connection is not None
    with connection.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


def page_results(facility: Facility) -> list[Result]:
    """Return time, queries and weight of the calendar page of a month, drawn anew for each visit."""
    address = f"/fasilitas/{facility.slug}/kalender/?tampilan=bulan&tanggal={rooms.next_month()[0]}"
    client = Client(headers={"accept-encoding": "gzip"})
    page_cache.bump()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    asked = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    body = answer.content if answer.get("Content-Encoding") == "gzip" else gzip.compress(answer.content)
    times = []
    with server() as port:
        for _round in range(ROUNDS + 3):
            page_cache.bump()
            times.append(seconds(lambda: visit(port, address)))
    times = times[3:]
    return [
        (
            f"month page, cold, through HTTP: p50 {ms(statistics.median(times))}",
            f"p95 {ms(p95(times))}",
            "<= 300 ms",
        ),
        ("month page, queries (availability 3, facility, session 0)", f"{len(asked)} queries", "<= 8"),
        ("month page, compressed", f"{len(body) / 1024:.1f} kB", "<= 60 kB"),
    ]


def visit(port: int, address: str) -> None:
    request = (
        f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        link.sendall(request.encode())
        answer = b"".join(iter(lambda: link.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def ms(value: float) -> str:
    return f"{value * 1000:.0f} ms"
