"""The folder that holds everything a start of the portal writes, and what is checked before a start."""

import errno
import fcntl
import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 8000
LEAST_FREE = 200 * 1024 * 1024
LARGEST_LOG = 10 * 1024 * 1024


class StartError(Exception):
    """The portal cannot start; the text is one line for the person at the keyboard."""


def read_port(text: str) -> int:
    """Return the port that the text names, the usual one for no text."""
    if not text:
        return DEFAULT_PORT
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise StartError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def check_port(port: int) -> None:
    """Raise StartError when nobody could listen on the loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = "is used by another program"
            else:
                reason = f"cannot be used ({error.strerror})"
            raise StartError(f"Port {port} {reason}. Choose another one: make run PORT={port + 1}") from None


@dataclass(frozen=True)
class DataFolder:
    """$DATA_DIR, by default .data beside the code."""

    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def mail(self) -> Path:
        return self.path / "mail"

    @property
    def accounts(self) -> Path:
        return self.path / "demo-accounts.json"

    def make(self) -> None:
        """Make the folders, closed to others; raise StartError when that cannot be or the disk is full."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700)
            for folder in (self.logs, self.mail):
                folder.mkdir(exist_ok=True)
            free = shutil.disk_usage(self.path).free
        except OSError as error:
            raise StartError(
                f"{self.path} cannot be written ({error.strerror})."
                " Name another folder: make run DATA_DIR=$HOME/malangkraf-data"
            ) from None
        if free < LEAST_FREE:
            raise StartError(
                f"Only {free // 1024**2} MB are free for {self.path}; the portal needs {LEAST_FREE // 1024**2} MB."
            )

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for this process; raise StartError when another supervisor holds it."""
        path = self.path / "supervisor.pid"
        with path.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.seek(0)
                owner = file.read().strip() or "unknown"
                raise StartError(
                    f"{self.path} is in use by a running portal (process {owner})."
                    " Stop it first, or name another folder with DATA_DIR."
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def rotate_logs(self) -> None:
        """Copy each log that has grown large aside and empty it; its writer goes on appending."""
        for log in self.logs.glob("*.log"):
            if log.stat().st_size > LARGEST_LOG:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)

    def complete(self, environment: dict[str, str], *, port: int) -> None:
        """Add to the environment what a start by hand leaves open.

        Without a DATABASE_URL this is a demonstration: it gets a key of its own and keeps its mail in files.
        """
        environment["DATA_DIR"] = str(self.path)
        environment["PYTHONUNBUFFERED"] = "1"
        environment["GRANIAN_HOST"] = "127.0.0.1"
        environment["GRANIAN_PORT"] = str(port)
        environment.setdefault("GRANIAN_WORKERS", "2")
        if not environment.get("MALANGKRAF_DEMO"):
            environment["MALANGKRAF_DEMO"] = "0" if environment.get("DATABASE_URL") else "1"
        if environment["MALANGKRAF_DEMO"] == "1":
            environment.setdefault("SITE_URL", f"http://localhost:{port}")
            environment.setdefault("EMAIL_URL", f"file://{self.mail}")
            if not environment.get("SECRET_KEY") and not environment.get("SECRET_KEY_FILE"):
                environment["SECRET_KEY"] = self.secret_key()

    def secret_key(self) -> str:
        """Return the key of this folder, made at the first start and readable by the owner only."""
        path = self.path / "secret-key"
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(64), encoding="ascii")
            fresh.rename(path)
        return path.read_text(encoding="ascii").strip()

    def has_accounts(self) -> bool:
        """Say whether the demo accounts were written."""
        return self.accounts.exists()

    def read_accounts(self) -> list[dict[str, str]]:
        """Return the demo accounts (role, email, password), none when the file is missing or broken."""
        try:
            content = json.loads(self.accounts.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return content if isinstance(content, list) else []

    def greeting(self, port: int, *, demo: bool) -> str:
        """Return the block that the person at the keyboard sees when the portal is ready."""
        address = f"http://localhost:{port}/"
        lines = ["", f"MalangKraf runs at {address} (English: {address}en/)", ""]
        if demo and (accounts := self.read_accounts()):
            rows = [("Role", "E-mail", "Password")]
            rows += [(one["role"], one["email"], one["password"]) for one in accounts]
            widths = [max(len(row[column]) for row in rows) for column in range(3)]
            lines += [
                "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
                for row in rows
            ]
            lines += ["", f"  Sign in at {address}akun/login/; these accounts also stand in {self.accounts}"]
        if demo:
            lines.append(f"  Mail is not sent: each message is a file in {self.mail}")
        lines += [f"  Logs are in {self.logs}", "  Stop with Ctrl-C; the data stays.", ""]
        return "\n".join(lines)
