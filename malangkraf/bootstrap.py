"""Make the Python environment in .venv from the hash-locked requirements, or say in one line why not.

Runs on a bare Python before anything is installed: `python3 -I malangkraf/bootstrap.py run|manage|runtime|dev`
(-I, because modules beside this file are named like some of the standard library). Syntax of Python 3.8,
so that an old Python gets a clear line too.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

OLDEST = (3, 11)
NEWER_NAMES = ("python3.11", "python3.12", "python3.13", "python3.14")
ROOT = Path(__file__).resolve().parent.parent
MODULES = {"run": ("malangkraf.supervisor", "run"), "manage": ("malangkraf.commandline",)}
LOCKS = {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}
DISK_FULL = "The disk is full: the environment in .venv needs about 700 MB."
NO_VENV = "This Python cannot make environments (Debian: apt-get install python3-venv)."


class BootstrapError(Exception):
    """The environment cannot be made; the text is one line for the person at the keyboard."""


def check_python(version: tuple[int, ...], which: Callable[[str], str | None]) -> str | None:
    """Return None when `version` will do, else the path of a newer Python; raise when there is none."""
    if version[:2] >= OLDEST:
        return None
    for name in NEWER_NAMES:
        if found := which(name):
            return found
    raise BootstrapError(
        f"Python 3.11 or newer is needed, this is {version[0]}.{version[1]}."
        " Install a newer one and run: make run PYTHON=python3.11"
    )


class Environment:
    """The folder .venv and the stamp in it that says what the last complete installation put there."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.stamp = self.folder / "ready.json"

    def lock_digest(self, kind: str) -> str:
        return hashlib.sha256((self.root / LOCKS[kind]).read_bytes()).hexdigest()

    def read_stamp(self) -> dict[str, str]:
        """Return what the stamp says, {} for an environment that is half-made, moved or of another Python."""
        try:
            stamp = json.loads(self.stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(stamp, dict) or not self.python.exists():
            return {}
        return stamp if stamp.get("python") == self.identity() else {}

    def identity(self) -> str:
        """Return the place of the environment and the Python that it stands on."""
        return f"{self.folder} on {self.python.resolve()} ({platform.machine()})"

    def write_stamp(self, kind: str) -> None:
        self.stamp.write_text(json.dumps({"python": self.identity(), kind: self.lock_digest(kind)}))

    def is_ready(self, kind: str) -> bool:
        """Say whether the locked packages are there; the environment for developers holds the others too."""
        stamp = self.read_stamp()
        return any(stamp.get(one) == self.lock_digest(one) for one in (kind, "dev"))

    def make(self) -> None:
        """Make an empty environment, after removing what a broken-off installation left."""
        try:
            import ensurepip  # noqa: F401
            import venv  # noqa: F401
        except ImportError:
            raise BootstrapError(NO_VENV) from None
        shutil.rmtree(self.folder, ignore_errors=True)
        command = [sys.executable, "-I", "-m", "venv", str(self.folder)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode:
            said = (answer.stderr + answer.stdout).strip()
            if "ensurepip is not available" in said:
                raise BootstrapError(NO_VENV)
            last = (said.splitlines() or ["no reason given"])[-1]
            raise BootstrapError(DISK_FULL if "No space left" in said else f".venv cannot be made: {last}")

    def install(self, kind: str, *, lock: int) -> None:
        """Install the locked packages and write the stamp last, so that a broken-off run is seen at the next.

        pip holds the lock too: it may outlive a caller that was killed.
        """
        if not self.read_stamp():
            if self.folder.exists():
                print("A half-made or moved environment was found in .venv; making it anew.", flush=True)
            self.make()
        self.stamp.unlink(missing_ok=True)
        print("Installing the locked packages into .venv (once, a minute or two) ...", flush=True)
        command = [
            str(self.python),
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "--prefer-binary",
            "--no-input",
        ]
        options = ["--disable-pip-version-check", "--no-warn-script-location", "--progress-bar=off"]
        log = self.folder / "install.log"
        with log.open("wb") as output:
            answer = subprocess.run(
                [*command, *options, "--requirement", str(self.root / LOCKS[kind])],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(lock,),
                env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"},
                check=False,
            )
        if answer.returncode:
            reason = explain_pip(log.read_text(encoding="utf-8", errors="replace"))
            raise BootstrapError(f"{reason} (what pip said: .venv/install.log)")
        self.write_stamp(kind)

    def ensure(self, kind: str) -> None:
        """Make the environment hold the locked packages of `kind`; quick when it does already."""
        if self.is_ready(kind):
            return
        build = self.root / "build"
        try:
            build.mkdir(exist_ok=True)
            lock = (build / "environment.lock").open("w")
        except OSError as error:
            raise BootstrapError(
                f"The folder {self.root} cannot be written ({error.strerror}). Copy the project to one of your own."
            ) from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another command is installing the packages; waiting for it ...", flush=True)
                fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.is_ready(kind):
                # Never replace what a developer needs by less.
                self.install("dev" if "dev" in self.read_stamp() else kind, lock=lock.fileno())


def explain_pip(output: str) -> str:
    """Return the one line that says what went wrong, read from pip's own output."""
    here = f"this machine ({sys.platform} {platform.machine()}, Python {platform.python_version()})"
    if "No space left on device" in output:
        return DISK_FULL
    if "DO NOT MATCH THE HASHES" in output:
        return "A downloaded package differs from the one in the lock file; nothing was installed."
    if re.search(r"Permission denied|Read-only file system", output):
        return "The folder .venv cannot be written."
    if re.search(
        r"[Nn]ew ?[Cc]onnection|Connection (refused|reset|error)|name resolution|Max retries", output
    ):
        return "The package index cannot be reached; check the network and run the same command again."
    if missing := re.findall(r"No matching distribution found for (\S+)", output):
        return f"{missing[-1]} has no package for {here}."
    if re.search(r"subprocess-exited-with-error|Failed (building|to build)|error: command .* failed", output):
        named = re.findall(r"(?:Failed building wheel for|Failed to build|Collecting) ([\w.-]+)", output)
        name = named[-1] if named else "A package"
        return (
            f"{name} has no ready-made package for {here}, and building it needs a C compiler"
            " (Debian: apt-get install build-essential python3-dev)."
        )
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no reason given"]
    errors = [line for line in lines if line.startswith("ERROR")]
    return f"pip failed: {(errors or lines)[-1]}"


def main(arguments: list[str]) -> int:
    """Return the exit code: 0, or 1 after one line on stderr; `run` and `manage` go on as another program."""
    kind = arguments[0] if arguments else "run"
    environment = Environment()
    try:
        if newer := check_python(sys.version_info[:2], shutil.which):
            os.execv(newer, [newer, "-I", __file__, *arguments])
        environment.ensure("dev" if kind == "dev" else "runtime")
    except BootstrapError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.strerror}: {error.filename}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    if kind in MODULES:
        os.chdir(ROOT)
        python = str(environment.python)
        os.execv(python, [python, "-m", *MODULES[kind], *arguments[1:]])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
