"""`make manage ARGS="…"`: Django's command line with the services and settings of `make run`.

A portal that runs lends its services; without one they are started for this command and stopped after it.
"""

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from malangkraf import embedded, preparation
from malangkraf.datafolder import DataFolder, StartError, read_port


def is_running(data: DataFolder) -> bool:
    """Say whether a supervisor holds the folder at this moment."""
    try:
        with (data.path / "supervisor.pid").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def address_of_running_valkey(data: DataFolder) -> str:
    """Return the address that the running portal's Valkey answers at, from the file it was started with."""
    text = (data.path / "valkey" / "valkey.conf").read_text(encoding="utf-8")
    values = dict(re.findall(r"^(port|requirepass) (\S+)$", text, re.MULTILINE))
    return f"redis://:{values['requirepass']}@127.0.0.1:{values['port']}/0"


@contextmanager
def services(data: DataFolder, environment: dict[str, str]) -> Iterator[None]:
    """Put the addresses that the environment leaves open into it; start what does not run."""
    with ExitStack() as stack:
        running = is_running(data)
        if not running:
            stack.enter_context(data.lock())
        if not environment.get("DATABASE_URL"):
            postgres = embedded.Postgres(data.path / "postgres", logs=data.logs)
            if not running:
                stack.callback(postgres.stop)
                postgres.start()
            environment["DATABASE_URL"] = postgres.url
        if not environment.get("REDIS_URL"):
            if running:
                environment["REDIS_URL"] = address_of_running_valkey(data)
            else:
                valkey = embedded.Valkey(data.path / "valkey", logs=data.logs)
                stack.callback(valkey.stop)
                valkey.start()
                environment["REDIS_URL"] = valkey.url
        yield


def manage(arguments: list[str]) -> int:
    """Run manage.py with the arguments and return its exit code; 1 after one line when it cannot start."""
    environment = dict(os.environ)
    try:
        data = DataFolder(Path(environment.get("DATA_DIR") or preparation.ROOT / ".data").resolve())
        data.make()
        data.complete(environment, port=read_port(environment.get("PORT", "")))
        environment["MALANGKRAF_PROCESS"] = "command"
        with services(data, environment):
            command = [sys.executable, str(preparation.ROOT / "manage.py"), *arguments]
            return subprocess.run(command, env=environment, check=False).returncode
    except (StartError, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(manage(sys.argv[1:]))
