"""Bookings through HTTP with two processes: many rooms, and one slot that everybody wants at once.

Each visitor has a session and presses the last button of a booking. After each run a self-join counts overlaps.
"""

import random
import selectors
import socket
import statistics
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections

from benchmarks import rooms
from benchmarks.availability import Result, ms
from benchmarks.pages import EMPTY, server
from ecosystem.models import Booking, Facility, Space, User
from malangkraf.sessions import SessionStore

SECONDS, ROUNDS, CLIENTS, CROWD, WORKERS = 8, 4, 16, 500, 2
TOKEN = "b" * 32
# Status, seconds and text.
Answer = tuple[int, float, bytes]
# A place to be booked: a room and a start.
Place = tuple[Space, datetime]


def run() -> list[Result]:
    """Return bookings a second, and how a crowd at one slot fares."""
    facility = rooms.make_facility(rooms.ROOMS)
    rooms.book_a_month(facility)
    people = make_people(CROWD)
    connections.close_all()
    with server(workers=WORKERS) as port:
        results = many_rooms(port, facility, people)
        # Like the bookings, after some to warm up: each process has drawn the page before.
        crowd(port, facility, people[: 2 * CLIENTS], hours=30)
        results += crowd(port, facility, people[:32], hours=31)
        results += crowd(port, facility, people, hours=32)
        results += crowd(port, facility, people, hours=33, most=9)
    results.append(("overlapping pairs afterwards", str(rooms.overlaps()), "0"))
    rooms.clear()
    User.objects.filter(email__startswith="bench").delete()
    return results


def make_people(count: int) -> list[str]:
    """Return the cookies of so many accounts that have signed in."""
    users = User.objects.bulk_create(
        User(email=f"bench{number}@example.org", name="Bench", password="!") for number in range(count)
    )
    cookies = []
    for user in users:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookies.append(
            f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        )
    return cookies


def button(place: Place, cookie: str, attendees: int = 4) -> bytes:
    """Return the request that the last button of a booking sends."""
    room, start = place
    body = urlencode(
        {
            "csrfmiddlewaretoken": TOKEN, "aksi": "pesan", "key": str(uuid.uuid4()), "title": "Rapat",
            "purpose": "meeting", "attendees": str(attendees), "contact_name": "Bench",
            "mulai": f"{start:%Y-%m-%dT%H:%M}", "selesai": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        }
    )  # fmt: skip
    return (
        f"POST /fasilitas/{room.facility.slug}/{room.slug}/pesan/ HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"Connection: close\r\n\r\n{body}"
    ).encode()


def press(port: int, request: bytes) -> Answer:
    """Send a request and return its answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as link:
        began = time.perf_counter()
        link.sendall(request)
        text = b"".join(iter(lambda: link.recv(65536), b""))
        return int(text[9:12]), time.perf_counter() - began, text


def press_together(port: int, requests: list[bytes]) -> list[Answer]:
    """Send requests in the same instant, each on a connection of its own; the seconds count from the first one sent.

    One thread for all of them: hundreds would take half of the processors that the portal has.
    """
    links = [socket.create_connection(("127.0.0.1", port), timeout=120) for _request in requests]
    texts = {link: bytearray() for link in links}
    answers: list[Answer] = []
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        for link in links:
            stack.enter_context(link)
            selector.register(link, selectors.EVENT_READ)
        began = time.perf_counter()
        for link, request in zip(links, requests, strict=True):
            link.sendall(request)
        while len(answers) < len(links):
            ready = selector.select(timeout=120)
            assert ready, f"no answer for {len(links) - len(answers)} of {len(links)} in two minutes"
            for key, _events in ready:
                link = cast(socket.socket, key.fileobj)
                if data := link.recv(65536):
                    texts[link] += data
                    continue
                selector.unregister(link)
                text = bytes(texts[link])
                answers.append((int(text[9:12]), time.perf_counter() - began, text))
    return answers


def many_rooms(port: int, facility: Facility, people: list[str]) -> list[Result]:
    """Return how many bookings a second a few visitors make who take turns with the rooms, after some to warm up.

    Empty pages in between say how fast the machine is just now.
    """
    places = free_places(facility)
    for cookie in people[: 2 * CLIENTS]:
        press(port, button(next(places), cookie))
    lock = threading.Lock()

    def book() -> tuple[int, float]:
        with lock:
            place = next(places)
        return press(port, button(place, random.choice(people)))[:2]

    def look() -> tuple[int, float]:
        return press(port, f"GET {EMPTY} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())[
            :2
        ]

    booked: list[tuple[int, float]] = []
    empty, took, empty_took = 0, 0.0, 0.0
    for _round in range(ROUNDS):
        began = time.perf_counter()
        booked += for_seconds(SECONDS / ROUNDS, book)
        between = time.perf_counter()
        empty += len(for_seconds(SECONDS / ROUNDS / 4, look))
        took, empty_took = took + between - began, empty_took + time.perf_counter() - between
    times = sorted(seconds for status, seconds in booked if status == 302)
    assert times, Counter(status for status, _seconds in booked)
    rate, empty_rate = len(times) / took, empty / empty_took
    what = f"{len(times)} of {len(booked)} booked by {CLIENTS} clients, p50 {ms(statistics.median(times))}"
    return [
        (f"{what}, p99 {ms(p99(times))}", f"{rate:.0f} a second", "> 100"),
        (f"as many as of {empty_rate:.0f} empty pages a second", f"{rate / empty_rate:.0%}", "-"),
    ]


def for_seconds(seconds: float, visit: Callable[[], tuple[int, float]]) -> list[tuple[int, float]]:
    """Return the answers that a few visitors get who go on for so long."""
    stop_at, answers = time.perf_counter() + seconds, []

    def go_on() -> None:
        while time.perf_counter() < stop_at:
            answers.append(visit())

    threads = [threading.Thread(target=go_on) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def free_places(facility: Facility) -> Iterator[Place]:
    """Yield what the month's bookings leave free (one hour at the two-hourly grid), in a fixed order."""
    taken = set(
        Booking.objects.filter(facility=facility).values_list("occurrences__space", "occurrences__starts_at")
    )
    first, last = rooms.next_month()
    midnights = [
        datetime.combine(first + timedelta(days=number), datetime.min.time(), tzinfo=rooms.JAKARTA)
        for number in range((last - first).days + 1)
    ]
    all_rooms = list(facility.spaces.filter(kind="room").select_related("facility"))
    places = [
        (room, midnight + timedelta(hours=hour))
        for room in all_rooms
        for midnight in midnights
        for hour in rooms.STARTS
    ]
    random.Random(rooms.SEED).shuffle(places)
    yield from (place for place in places if (place[0].pk, place[1]) not in taken)


def crowd(port: int, facility: Facility, people: list[str], *, hours: int, most: int = 1) -> list[Result]:
    """Return how those fare who all want one slot in the same instant: one wins, the others read what else is free.

    With `most`, the first comes alone, the next with one other, and so on up to so many: what else is free differs.
    """
    room = facility.spaces.filter(kind="room").select_related("facility").latest("pk")
    first = datetime.combine(rooms.next_month()[1], datetime.min.time(), tzinfo=rooms.JAKARTA)
    place = (room, first + timedelta(days=1, hours=hours - 24 + 8))
    answers = press_together(
        port, [button(place, cookie, 1 + number % most) for number, cookie in enumerate(people)]
    )
    counts = Counter(status for status, _seconds, _answer in answers)
    assert all(b"/pesan/" in answer for status, _seconds, answer in answers if status == 409)
    times = sorted(seconds for _status, seconds, _answer in answers)
    told = ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))
    who = f"{len(people)} {f'(for 1 to {most}) ' if most > 1 else ''}at one slot at once"
    what = f"{who}: {told}, p50 {ms(statistics.median(times))}"
    return [(what, f"p99 {ms(p99(times))}", "< 500 ms" if most == 1 else "-")]


def p99(times: list[float]) -> float:
    return times[min(len(times) - 1, int(len(times) * 0.99))]
