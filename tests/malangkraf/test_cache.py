"""The cache counts in the database while its server is away, and no page waits longer than two seconds for it."""

import os
import signal
import socket
import time

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.db import connection
from django.urls import reverse

from malangkraf import embedded
from malangkraf.cache import FallbackRedisCache

pytestmark = pytest.mark.django_db
GUESS = {"login": "pendiri@example.org", "password": "salah-sekali-1"}


def backend(address):
    return {
        "default": {**settings.CACHES["default"], "LOCATION": address},
        "database": settings.CACHES["database"],
    }


@pytest.fixture(autouse=True)
def fresh_cache():
    """No test starts in the pause after another one's failure."""
    FallbackRedisCache._away_until = 0.0
    yield
    FallbackRedisCache._away_until = 0.0


@pytest.fixture
def refusing_address():
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


@pytest.fixture
def frozen_address():
    """A server that takes connections and never answers, as a stopped process does."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture(params=["refusing", "frozen"])
def lost_cache(request, settings):
    settings.CACHES = backend(request.getfixturevalue(f"{request.param}_address"))


def rows_in_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM malangkraf_cache")
        return cursor.fetchone()[0]


def test_the_server_is_used_while_it_answers():
    cache.set("kunci", [1, 2])
    assert cache.get("kunci") == [1, 2]
    assert rows_in_database() == 0


def test_every_operation_works_without_the_server(lost_cache):
    began = time.monotonic()
    cache.set("a", 1)
    assert cache.add("a", 2) is False
    assert cache.add("b", 2) is True
    assert cache.incr("a") == 2
    cache.set_many({"c": 3, "d": 4})
    assert cache.get_many(["a", "b", "c", "x"]) == {"a": 2, "b": 2, "c": 3}
    assert cache.has_key("d")
    assert cache.touch("d", 60) is True
    assert cache.delete("d") is True
    cache.delete_many(["c"])
    assert cache.get("c", "none") == "none"
    with pytest.raises(ValueError):
        cache.incr("absent")
    assert rows_in_database() == 2
    assert time.monotonic() - began <= 2
    cache.clear()
    assert rows_in_database() == 0


def test_a_frozen_server_costs_one_wait_and_not_one_per_call(settings, frozen_address):
    settings.CACHES = backend(frozen_address)
    cache.get("first")
    began = time.monotonic()
    for number in range(50):
        cache.get(f"key-{number}")
    assert time.monotonic() - began < 0.5


def test_after_the_pause_the_server_is_asked_again(settings, refusing_address, monkeypatch):
    good = settings.CACHES
    settings.CACHES = backend(refusing_address)
    cache.set("kunci", "from the database")
    settings.CACHES = good
    cache.get("kunci")
    assert rows_in_database() == 1, "still in the pause"
    FallbackRedisCache._away_until = time.monotonic()
    assert cache.get("kunci") is None


def guess(client, times):
    return [client.post(reverse("account_login"), GUESS) for _ in range(times)]


def assert_sixth_is_refused(client, founder):
    answers = guess(client, 6)
    assert [answer.status_code for answer in answers] == [200] * 6
    texts = [answer.context["form"].non_field_errors()[0] for answer in answers]
    assert len(set(texts[:5])) == 1
    assert texts[5] != texts[0], "the sixth guess was still checked"
    right = client.post(reverse("account_login"), {**GUESS, "password": "kata-sandi-uji-2024"})
    assert right.status_code == 200, "even the right password waits now"


def test_the_sixth_failed_sign_in_is_refused(client, founder):
    assert_sixth_is_refused(client, founder)
    assert rows_in_database() > 0, "guards of the sign-in count in the database"


def test_the_sixth_failed_sign_in_is_refused_without_the_cache_server_too(client, founder, lost_cache):
    began = time.monotonic()
    client.post(reverse("account_login"), {**GUESS, "login": "warm@example.org"})
    assert time.monotonic() - began <= 2
    assert_sixth_is_refused(client, founder)
    assert rows_in_database() > 0


def test_control_without_the_fallback_the_limit_would_be_open(client, founder, settings):
    """The two tests above see the limit and nothing else: with a cache that keeps nothing they would fail."""
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    }
    with pytest.raises(AssertionError):
        assert_sixth_is_refused(client, founder)


@pytest.mark.processes
def test_a_stopped_server_process_holds_no_page(client, founder, settings, tmp_path):
    server = embedded.Valkey(tmp_path / "valkey", logs=tmp_path, throwaway=True)
    server.start()
    try:
        settings.CACHES = backend(server.url)
        cache.set("kunci", 1)
        os.kill(server.process.pid, signal.SIGSTOP)
        began = time.monotonic()
        assert client.post(reverse("account_login"), GUESS).status_code == 200
        assert time.monotonic() - began <= 2
        assert rows_in_database() > 0
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
        server.stop()


@pytest.mark.django_db
def test_what_guards_the_sign_in_is_counted_in_the_database_also_while_the_server_answers():
    cache.set("allauth.mfa.totp.used?user=1&code=123456", True, 30)
    assert caches["database"].get("allauth.mfa.totp.used?user=1&code=123456") is True
    cache.set("page", "whole", 30)
    assert caches["database"].get("page") is None
