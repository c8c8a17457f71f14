"""Public pages against an empty template view on the same server, in alternating rounds; weight and queries."""

import gzip
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from malangkraf.embedded import free_port

EMPTY = "/bench/empty/"
PAGES = {
    "home": "/",
    "roadmap": "/peta-jalan/",
    "KPI dashboard": "/kpi/",
    "indicator": "/kpi/pertumbuhan-pdrb-ekonomi-kreatif/",
    "explain": "/kpi/pertumbuhan-pdrb-ekonomi-kreatif/2022/",
    "reports": "/laporan/",
}
ROUNDS, SECONDS, CONNECTIONS = 4, 1.5, 4


def run() -> list[tuple[str, str, str]]:
    """Return ratio of requests per second, cold and warm queries and weight of each page."""
    call_command("load_reference", write=True, verbosity=0)
    call_command("load_published_kpi", verbosity=0)
    results = _queries_and_weight()
    with server() as port:
        rates: dict[str, list[float]] = {path: [] for path in (EMPTY, *PAGES.values())}
        for _round in range(ROUNDS):
            for path, found in rates.items():
                found.append(_rate(port, path))
    empty = statistics.median(rates[EMPTY])
    results.append(("empty template view", f"{empty:.0f} req/s", "-"))
    for name, path in PAGES.items():
        rate = statistics.median(rates[path])
        results.append((f"{name}: {rate:.0f} req/s", f"{rate / empty:.0%} of it", ">= 60%"))
    return results


def _queries_and_weight() -> list[tuple[str, str, str]]:
    results = []
    client = Client(headers={"accept-encoding": "gzip"})
    for name, path in PAGES.items():
        counts = []
        for _visit in ("cold", "warm"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            counts.append(sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in queries))
        body = answer.content if answer.get("Content-Encoding") == "gzip" else gzip.compress(answer.content)
        results.append((f"{name}: queries cold/warm", f"{counts[0]}/{counts[1]}", "<= 12/2"))
        results.append((f"{name}: compressed", f"{len(body) / 1024:.1f} kB", "<= 60 kB"))
    return results


@contextmanager
def server(*, workers: int = 1) -> Iterator[int]:
    """Serve the portal with so many processes, and give the port."""
    port = free_port()
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "MALANGKRAF_PROCESS": "web"}
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--blocking-threads", "3", "--workers", str(workers), "--log-level", "error", "malangkraf.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int) -> None:
    for _try in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server did not start")


def _rate(port: int, path: str) -> float:
    """Return requests per second over a few kept-alive connections."""
    counts: list[int] = []
    stop_at = time.perf_counter() + SECONDS

    def visit() -> None:
        request = (
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n"
        ).encode()
        count = 0
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection_:
            while time.perf_counter() < stop_at:
                connection_.sendall(request)
                _read_answer(connection_)
                count += 1
        counts.append(count)

    threads = [threading.Thread(target=visit) for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def _read_answer(connection_: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection_.recv(65536)
    head, _blank, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode(errors="replace"))
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    remaining = length - len(body)
    while remaining > 0:
        remaining -= len(connection_.recv(65536))
