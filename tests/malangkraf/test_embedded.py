"""The services that run without anything installed."""

import signal

import psycopg
import pytest
import redis
from django.db import connection

from malangkraf import embedded, processes
from tests.patience import wait_until


@pytest.mark.django_db
def test_tests_run_on_postgresql_18_with_the_extensions_the_portal_needs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        assert cursor.fetchone()[0] >= 180000
        cursor.execute("SELECT name FROM pg_available_extensions")
        names = {row[0] for row in cursor.fetchall()}
    assert {"pg_trgm", "btree_gist", "unaccent", "pg_stat_statements"} <= names


def test_a_package_that_is_not_installed_is_named_in_one_line():
    with pytest.raises(embedded.EmbeddedError, match="no_such_package is not installed") as caught:
        embedded._installed("no_such_package", "bin", "server")
    assert "\n" not in str(caught.value)


@pytest.mark.processes
def test_postgres_keeps_its_data_and_takes_over_from_a_server_left_running(tmp_path):
    first = embedded.Postgres(tmp_path / "postgres", logs=tmp_path)
    second = embedded.Postgres(tmp_path / "postgres", logs=tmp_path)
    try:
        first.start()
        with psycopg.connect(first.url) as client:
            client.execute("CREATE TABLE kept (word text)")
        second.start()
        assert first.process.wait(10) == 0
        with psycopg.connect(second.url) as client:
            assert client.execute("SELECT count(*) FROM kept").fetchone() == (0,)
            assert client.execute("SHOW listen_addresses").fetchone() == ("",)
            client.execute("CREATE UNIQUE INDEX ON kept (word); INSERT INTO kept VALUES ('a@example.org')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                client.execute("INSERT INTO kept VALUES ('a@example.org')")
        log = (tmp_path / "postgres.log").read_text()
        assert "duplicate key" in log
        assert "a@example.org" not in log
    finally:
        first.stop()
        second.stop()


@pytest.mark.processes
def test_a_half_made_data_folder_is_set_aside_and_made_anew(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "leftover").touch()
    postgres = embedded.Postgres(tmp_path / "postgres", logs=tmp_path, throwaway=True)
    try:
        postgres.start()
    finally:
        postgres.stop()
    assert [path.name for path in tmp_path.glob("postgres-broken-*/*")] == ["leftover"]


@pytest.mark.processes
def test_postgres_says_in_one_line_why_it_cannot_start(tmp_path):
    postgres = embedded.Postgres(tmp_path / "postgres", logs=tmp_path, throwaway=True)
    postgres.settings = {"no_such_setting": "1"}
    with pytest.raises(embedded.EmbeddedError, match="PostgreSQL did not start: .*no_such_setting") as caught:
        postgres.start()
    assert "\n" not in str(caught.value)


@pytest.mark.processes
def test_data_of_another_postgresql_are_left_alone_and_the_way_out_is_named(tmp_path):
    data = tmp_path / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("16\n")
    server = embedded.Postgres(data, logs=tmp_path)
    with pytest.raises(embedded.EmbeddedError, match=r"made by PostgreSQL 16.*DATA_DIR=") as error:
        server.start()
    assert "\n" not in str(error.value)
    assert server.process is None and (data / "PG_VERSION").read_text() == "16\n"


def test_the_queue_survives_kill_9_of_valkey_and_needs_the_password(tmp_path):
    valkey = embedded.Valkey(tmp_path / "valkey", logs=tmp_path)
    try:
        valkey.start()
        with redis.Redis.from_url(valkey.url) as client:
            client.lpush("queue", "message")
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            wait_until(
                lambda: client.info("persistence")["aof_pending_bio_fsync"] == 0,
                seconds=5,
                what="written to disk",
            )
        with redis.Redis(port=valkey.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        valkey.process.send_signal(signal.SIGKILL)
        valkey.process.wait(5)
        valkey.start()
        with redis.Redis.from_url(valkey.url) as client:
            assert client.lrange("queue", 0, -1) == [b"message"]
    finally:
        valkey.stop()


@pytest.mark.processes
def test_a_pid_file_that_names_an_unrelated_process_is_left_alone(tmp_path):
    pid_file = tmp_path / "valkey.pid"
    pid_file.write_text("1\n")
    processes.end_leftover(pid_file, name="valkey-server", with_signal=signal.SIGTERM)
    assert processes.command_of(1)
