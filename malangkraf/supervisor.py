"""Run the whole portal: services, web, worker and beat, until Ctrl-C.

python -m malangkraf.supervisor run                     everything, as `make run` does
python -m malangkraf.supervisor exec web|worker|beat    one part in this process, as the containers do
python -m malangkraf.supervisor probe web|worker|beat   exit 0 if that part of this machine lives
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from malangkraf import embedded, preparation, processes
from malangkraf.datafolder import DataFolder, StartError, check_port, read_port

# The start-up commands of the parts, here and in docker-compose.yml alike.
COMMANDS: dict[str, tuple[str, ...]] = {
    "web": (
        # More threads wait for each other's turn in Python: measured, three a process answer the most on two cores.
        *(
            "granian",
            "--interface",
            "wsgi",
            "--workers",
            "2",
            "--blocking-threads",
            "3",
            "--backpressure",
            "128",
        ),
        *("--respawn-failed-workers", "--workers-kill-timeout", "25"),
        # No address and no query: the log holds no personal data.
        *("--access-log", "--access-log-fmt", "[%(time)s] %(method)s %(path)s %(status)d %(dt_ms).1f ms"),
        "malangkraf.wsgi:application",
    ),
    "worker": (
        *("celery", "--app", "malangkraf", "worker", "--pool", "prefork", "--concurrency", "2"),
        *("--queues", "default,mail,reports,housekeeping", "--without-mingle", "--without-gossip"),
        *("--max-tasks-per-child", "200", "--loglevel", "INFO"),
    ),
    "beat": ("celery", "--app", "malangkraf", "beat", "--pidfile=", "--loglevel", "INFO"),
}
# When the supervisor is killed, so are its services: a worker would wait for them without end. What it did
# comes back, as reports are rows first.
DEATH_SIGNALS = {"web": signal.SIGTERM, "worker": signal.SIGKILL, "beat": signal.SIGKILL}
QUICK = 30.0  # a part that ran shorter than this crashed quickly
MOST_QUICK_CRASHES = 5
STOP_PATIENCE = 25.0
WEB_PATIENCE = 60.0
ROTATE_EVERY = 60.0


def command_line(part: str) -> list[str]:
    """Return the full command of a part, with this process's own Python."""
    return [sys.executable, "-m", *COMMANDS[part]]


def say(text: str) -> None:
    """Print one line for the person at the keyboard at once."""
    print(text, flush=True)


@dataclass
class Part:
    """One supervised process and its record of crashes."""

    name: str
    started: float = 0.0
    quick_crashes: int = 0
    not_before: float = 0.0
    process: "subprocess.Popen[bytes] | None" = None

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def note_crash(self, now: float) -> float:
        """Count the crash and return the seconds to wait before the next start."""
        self.quick_crashes = self.quick_crashes + 1 if now - self.started < QUICK else 1
        delay = float(2 ** (self.quick_crashes - 1))
        self.not_before = now + delay
        return delay

    def how_it_ended(self) -> str:
        code = self.process.returncode if self.process is not None else 0
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


@dataclass
class Supervisor:
    """Starts the parts in order, watches them, and ends them all."""

    data: DataFolder
    port: int
    environment: dict[str, str]
    services: list["embedded.Postgres | embedded.Valkey"] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)
    stopping: int = 0

    def handle_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping += 1
        if self.stopping > 1:
            for part in self.parts.values():
                if part.process is not None:
                    processes.kill_group(part.process)

    def run(self) -> int:
        """Run until a signal comes or a part keeps crashing; return the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.handle_signal)
        try:
            self.start_services()
            self.prepare()
            for name in COMMANDS:
                if not self.stopping:
                    self.start_part(Part(name))
            self.wait_for_web()
            if not self.stopping:
                say(self.data.greeting(self.port, demo=self.environment.get("MALANGKRAF_DEMO") == "1"))
            return self.watch()
        finally:
            self.stop_everything()

    def start_services(self) -> None:
        """Start the embedded services whose address the environment does not give."""
        if not self.environment.get("DATABASE_URL"):
            postgres = embedded.Postgres(self.data.path / "postgres", logs=self.data.logs)
            self.services.append(postgres)
            postgres.start()
            self.environment["DATABASE_URL"] = postgres.url
        if not self.environment.get("REDIS_URL"):
            valkey = embedded.Valkey(self.data.path / "valkey", logs=self.data.logs)
            self.services.append(valkey)
            valkey.start()
            self.environment["REDIS_URL"] = valkey.url

    def prepare(self) -> None:
        """Run `manage.py prepare`, unless the embedded database and the built files need nothing."""
        own_database = any(isinstance(service, embedded.Postgres) for service in self.services)
        if self.stopping or (
            own_database and self.data.has_accounts() and preparation.is_all_done(self.data.path)
        ):
            return
        say("Preparing the database, the first data and the static files ...")
        log = self.data.logs / "prepare.log"
        log.unlink(missing_ok=True)
        process = processes.start(
            [sys.executable, "manage.py", "prepare"],
            log=log,
            environment=self.environment | {"MALANGKRAF_PROCESS": "command"},
            setup=processes.child_setup(death_signal=signal.SIGKILL),
        )
        while process.poll() is None:
            if self.stopping:
                processes.stop(process, with_signal=signal.SIGTERM, patience=5)
                return
            time.sleep(0.05)
        if process.returncode:
            raise StartError(f"The portal could not be prepared: {last_line(log)} (see {log})")

    def start_part(self, part: Part) -> None:
        self.parts[part.name] = part
        part.started = time.monotonic()
        part.process = processes.start(
            command_line(part.name),
            log=self.data.logs / f"{part.name}.log",
            environment=self.environment | {"MALANGKRAF_PROCESS": part.name},
            # Pages come first, at the start as later: worker and beat stand back.
            setup=processes.child_setup(
                death_signal=DEATH_SIGNALS[part.name], niceness=0 if part.name == "web" else 5
            ),
        )

    def wait_for_web(self) -> None:
        """Wait until the portal answers that it is ready."""
        give_up = time.monotonic() + WEB_PATIENCE
        host = own_host(self.environment)
        while not self.stopping and not answers(self.port, "/health/ready", host=host, secure=True):
            for part in self.parts.values():
                if part.has_ended():
                    log = self.data.logs / f"{part.name}.log"
                    raise StartError(f"{part.name} did not start: {last_line(log)} (see {log})")
            if time.monotonic() > give_up:
                raise StartError(f"The portal is not ready after {WEB_PATIENCE:.0f} s (see {self.data.logs})")
            time.sleep(0.1)

    def watch(self) -> int:
        """Restart what crashes; return 0 after a signal, 1 when a part keeps crashing."""
        rotated = time.monotonic()
        while not self.stopping:
            for part in self.parts.values():
                if not self.look_after(part):
                    return 1
            for service in self.services:
                self.revive(service)
            if time.monotonic() - rotated > ROTATE_EVERY:
                self.data.rotate_logs()
                rotated = time.monotonic()
            time.sleep(0.2)
        return 0

    def look_after(self, part: Part) -> bool:
        """Restart the part if it has crashed and its time has come; return False to give up."""
        now = time.monotonic()
        if part.process is None:
            if now >= part.not_before:
                self.start_part(part)
            return True
        if not part.has_ended():
            return True
        processes.kill_group(part.process)
        delay = part.note_crash(now)
        log = self.data.logs / f"{part.name}.log"
        if part.quick_crashes >= MOST_QUICK_CRASHES:
            reason = f"{part.name} crashed {MOST_QUICK_CRASHES} times in a row; stopping everything"
            print(f"{reason}: {last_line(log)} (see {log})", file=sys.stderr)
            return False
        say(
            f"{part.name} ended unexpectedly ({part.how_it_ended()}); starting it again in {delay:.0f} s (see {log})"
        )
        part.process = None
        return True

    def revive(self, service: "embedded.Postgres | embedded.Valkey") -> None:
        if service.process is not None and service.process.poll() is not None:
            say(f"{service.name} ended unexpectedly; starting it again (see {service.log})")
            processes.kill_group(service.process)
            service.start()

    def stop_everything(self) -> None:
        """End the parts together, then the services they use; nothing is left when this returns."""
        running = [part for part in self.parts.values() if part.process is not None]
        for part in running:
            if part.process is not None and part.process.poll() is None:
                part.process.send_signal(signal.SIGTERM)
        give_up = time.monotonic() + STOP_PATIENCE
        for part in running:
            if part.process is not None:
                patience = max(0.1, give_up - time.monotonic())
                processes.wait_or_kill(part.process, patience=patience)
        for service in reversed(self.services):
            service.stop()


def last_line(log: Path) -> str:
    """Return the last line of a log without the name of a Python exception before it."""
    line = embedded.last_line(log)
    head, colon, tail = line.partition(": ")
    return (
        tail
        if colon and head.replace(".", "").isidentifier() and head[-1].islower() and "." in head
        else line
    )


def own_host(environment: Mapping[str, str]) -> str:
    """Return the name under which the portal answers itself: the first of ALLOWED_HOSTS."""
    return environment.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "localhost"


def answers(port: int, path: str, *, host: str = "localhost", secure: bool = False) -> bool:
    """Say whether the web server on this machine answers 200 on the path."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    if secure:
        request.add_header("X-Forwarded-Proto", "https")
    try:
        with urllib.request.urlopen(request, timeout=4) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def run() -> int:
    """Check what must be there, then supervise; return the exit code."""
    os.chdir(preparation.ROOT)
    environment = dict(os.environ)
    try:
        port = read_port(environment.get("PORT", ""))
        data = DataFolder(Path(environment.get("DATA_DIR") or preparation.ROOT / ".data").resolve())
        data.make()
        with data.lock():
            check_port(port)
            data.rotate_logs()
            data.complete(environment, port=port)
            return Supervisor(data=data, port=port, environment=environment).run()
    except (StartError, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        return 1


def execute(part: str) -> NoReturn:
    """Become the part, after checking its settings; exit with one line when they are wrong."""
    from django.core.exceptions import ImproperlyConfigured

    os.environ["MALANGKRAF_PROCESS"] = part
    try:
        from malangkraf import settings  # noqa: F401
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    os.execv(sys.executable, command_line(part))


def probe(part: str) -> int:
    """Return 0 when the part on this machine gives signs of life, else 1."""
    if part == "web":
        port = read_port(os.environ.get("GRANIAN_PORT") or os.environ.get("PORT", ""))
        return 0 if answers(port, "/health/live", host=own_host(os.environ), secure=True) else 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "malangkraf.settings")
    from malangkraf import heartbeats

    host = os.uname().nodename
    return 1 if heartbeats.is_late(part, heartbeats.ages(host=host)[part]) else 0


def main(arguments: list[str]) -> int:
    """Return the exit code of the command on the command line."""
    action, part = (arguments + ["", ""])[:2]
    if action == "run":
        return run()
    if action == "exec" and part in COMMANDS:
        execute(part)
    if action == "probe" and part in COMMANDS:
        return probe(part)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
