"""`make run` for real: started, hurt, stopped, started again."""

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest

from malangkraf import datafolder, embedded, preparation, supervisor
from tests.patience import wait_until

OURS = re.compile(
    r"DATABASE_URL|REDIS_URL|SECRET_KEY|SITE_URL|EMAIL_|DJANGO_|MALANGKRAF_|PYTEST|DATA_DIR|PORT|DEBUG"
)


def clean_environment(**variables):
    kept = {name: value for name, value in os.environ.items() if not OURS.match(name)}
    return kept | {name: str(value) for name, value in variables.items()}


def get(port, path):
    """Return (status, seconds) of a page of the running portal; status 0 when nothing answers."""
    began = time.monotonic()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        error.close()
        status = error.code
    except OSError:
        status = 0
    return status, time.monotonic() - began


class Portal:
    """A supervisor in a process of its own, with what it printed."""

    def __init__(self, data):
        self.port = embedded.free_port()
        self.output = data.with_name("printed.txt")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "malangkraf.supervisor", "run"],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=preparation.ROOT,
                env=clean_environment(DATA_DIR=data, PORT=self.port),
                start_new_session=True,
            )
        began = time.monotonic()
        wait_until(
            lambda: "Stop with Ctrl-C" in self.printed() or self.process.poll() is not None,
            seconds=180,
            what="ready",
        )
        assert self.process.poll() is None, self.printed()
        self.seconds = time.monotonic() - began

    def printed(self):
        return self.output.read_text()

    def children(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words):
        """Return the direct child whose command line holds all the words."""
        for child in psutil.Process(self.process.pid).children():
            command = " ".join(child.cmdline())
            if all(word in command for word in words):
                return child
        raise AssertionError(f"no child with {words}")

    def end(self, number):
        """Send a signal to the supervisor and return its exit code once no child of it is left."""
        children = self.children()
        self.process.send_signal(number)
        code = self.process.wait(40)
        wait_until(
            lambda: not any(child.is_running() for child in children), seconds=40, what="no child left"
        )
        return code


@pytest.fixture
def portals():
    started = []
    yield started
    for portal in started:
        if portal.process.poll() is None:
            portal.process.kill()
            portal.process.wait(10)


@pytest.mark.processes
def test_the_portal_starts_survives_heals_stops_and_starts_again(tmp_path, portals):
    data = tmp_path / "data"
    portals.append(first := Portal(data))
    assert f"http://localhost:{first.port}/" in first.printed()
    assert get(first.port, "/health/ready")[0] == 200
    assert_accounts_are_shown_and_kept_private(first, data)
    assert_a_killed_part_comes_back(first, "web", "granian")
    assert_a_killed_part_comes_back(first, "PostgreSQL", "bin/postgres")
    for words in (("bin/postgres",), ("valkey-server",)):
        assert_a_frozen_service_is_reported(first, first.child(*words))
    assert first.end(signal.SIGINT) == 0
    key = (data / "secret-key").read_text()

    portals.append(second := Portal(data))
    assert "Preparing" not in second.printed()
    assert second.seconds < first.seconds
    assert (data / "secret-key").read_text() == key
    second.end(signal.SIGKILL)
    assert get(second.port, "/health/live")[0] == 0


def assert_accounts_are_shown_and_kept_private(portal, data):
    accounts = json.loads((data / "demo-accounts.json").read_text())
    assert {"role", "email", "password"} <= set(accounts[0])
    for account in accounts:
        assert account["password"] in portal.printed()
    for name in ("demo-accounts.json", "secret-key"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600


def assert_a_killed_part_comes_back(portal, name, word):
    killed = portal.child(word)
    killed.kill()
    wait_until(lambda: f"{name} ended unexpectedly" in portal.printed(), seconds=10, what="said so")
    wait_until(lambda: get(portal.port, "/health/ready")[0] == 200, seconds=30, what=f"{name} is back")
    assert portal.child(word).pid != killed.pid


def assert_a_frozen_service_is_reported(portal, service):
    frozen = [service, *service.children(recursive=True)]
    for process in frozen:
        process.suspend()
    try:
        status, seconds = get(portal.port, "/health/ready")
        assert status == 503
        assert seconds < 3
        assert get(portal.port, "/health/live")[0] == 200
    finally:
        for process in frozen:
            process.resume()
    wait_until(lambda: get(portal.port, "/health/ready")[0] == 200, seconds=10, what="thawed")


# --- one clear line ----------------------------------------------------------------------------------------


def run_in_vain(*command, **variables):
    """Return the one line that a start prints which cannot succeed."""
    answer = subprocess.run(
        [sys.executable, "-m", "malangkraf.supervisor", *(command or ("run",))],
        capture_output=True,
        text=True,
        cwd=preparation.ROOT,
        env=clean_environment(**variables),
        timeout=60,
        check=False,
    )
    assert answer.returncode == 1
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 1, answer.stderr
    return lines[0]


def test_a_used_port_is_named_before_anything_starts(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = run_in_vain(DATA_DIR=tmp_path, PORT=port)
    assert line == f"Port {port} is used by another program. Choose another one: make run PORT={port + 1}"
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(port, tmp_path):
    assert (
        run_in_vain(DATA_DIR=tmp_path, PORT=port) == f"PORT must be a number from 1 to 65535, not {port!r}."
    )


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    line = run_in_vain(DATA_DIR=tmp_path / "file" / "data")
    assert line.startswith(f"{tmp_path}/file/data cannot be written (")
    assert "DATA_DIR=" in line


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 5 * 1024**2)
    )
    with pytest.raises(datafolder.StartError, match="Only 5 MB are free"):
        datafolder.DataFolder(tmp_path).make()


def test_a_folder_in_use_by_another_portal_is_named(tmp_path):
    with (tmp_path / "supervisor.pid").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("4711")
        file.flush()
        line = run_in_vain(DATA_DIR=tmp_path, PORT=embedded.free_port())
    assert "is in use by a running portal (process 4711)" in line


def test_a_missing_secret_is_named_when_the_services_are_real_ones(tmp_path):
    real = {"DATABASE_URL": os.environ["DATABASE_URL"], "REDIS_URL": os.environ["REDIS_URL"]}
    line = run_in_vain(DATA_DIR=tmp_path, PORT=embedded.free_port(), **real)
    assert "Set the environment variable SECRET_KEY" in line
    line = run_in_vain("exec", "web", DATA_DIR=tmp_path, **real)
    assert line == "Set the environment variable SECRET_KEY (see docs/operation.md)."


def test_the_probe_of_a_part_that_does_not_run_fails():
    command = [sys.executable, "-m", "malangkraf.supervisor", "probe"]
    environment = clean_environment(
        PORT=embedded.free_port(), MALANGKRAF_DEMO=1, REDIS_URL=os.environ["REDIS_URL"]
    )
    for part in supervisor.COMMANDS:
        answer = subprocess.run(
            [*command, part], cwd=preparation.ROOT, env=environment, timeout=60, check=False
        )
        assert answer.returncode == 1


def test_the_portal_is_asked_under_its_own_name(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(supervisor, "answers", lambda *_, **how: asked.append(how) or True)
    names = {"ALLOWED_HOSTS": "portal.example.org,www.example.org"}
    supervisor.Supervisor(data=datafolder.DataFolder(tmp_path), port=1, environment=names).wait_for_web()
    supervisor.Supervisor(data=datafolder.DataFolder(tmp_path), port=1, environment={}).wait_for_web()
    assert [how["host"] for how in asked] == ["portal.example.org", "localhost"]
    assert all(how["secure"] for how in asked)


# --- parts ------------------------------------------------------------------------------------------------


def test_each_quick_crash_doubles_the_wait_and_a_long_run_forgets_them():
    part = supervisor.Part("web")
    delays = []
    for now in (1.0, 2.0, 3.0):
        part.started = now - 0.5
        delays.append(part.note_crash(now))
    assert delays == [1, 2, 4]
    part.started = 10.0
    assert part.note_crash(100.0) == 1


def test_the_supervisor_gives_up_after_five_quick_crashes_with_one_line(tmp_path, capsys):
    folder = datafolder.DataFolder(tmp_path)
    folder.make()
    (folder.logs / "web.log").write_text("first\nboom\n")
    keeper = supervisor.Supervisor(data=folder, port=1, environment={})
    part = supervisor.Part("web", started=time.monotonic(), quick_crashes=4)
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"], start_new_session=True) as process:
        process.wait(10)
        part.process = process
        assert keeper.look_after(part) is False
    assert capsys.readouterr().err.count("\n") == 1


def test_a_log_that_has_grown_large_is_set_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(datafolder, "LARGEST_LOG", 10)
    folder = datafolder.DataFolder(tmp_path)
    folder.make()
    (folder.logs / "web.log").write_text("more than ten characters")
    with (folder.logs / "web.log").open("a") as writer:
        folder.rotate_logs()
        writer.write("next")
    assert (folder.logs / "web.log").read_text() == "next"
    assert (folder.logs / "web.log.1").read_text() == "more than ten characters"
