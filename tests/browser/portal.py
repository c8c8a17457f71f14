"""A whole portal of its own for the browser: the real supervisor with web, worker, beat and both services."""

import email
import email.policy
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from malangkraf import embedded, preparation, supervisor
from tests.foreign_site import NameServer, Site, name_server, website
from tests.patience import wait_until

# A portal that already runs, as "<its DATA_DIR>:<port>", to write tests without its start each time. It must have been
# started with DNS_SERVERS=127.0.0.1:15353 and FETCH_TEST_ADDRESSES=127.0.0.1:80=18080.
RUNNING = "MALANGKRAF_BROWSER_PORTAL"
NAMES_PORT, SITE_PORT = 15353, 18080
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "USER")


@dataclass
class Portal:
    """Where the portal answers, its demo accounts by e-mail name, and the mail it wrote."""

    data: Path
    port: int
    # The internet as the portal's worker finds it: names, and one website.
    names: NameServer
    site: Site
    sessions: dict[str, object] = field(default_factory=dict)

    @property
    def address(self) -> str:
        # Passkeys are for host names only, so not 127.0.0.1.
        return f"http://localhost:{self.port}"

    def password(self, address: str) -> str:
        """Return the demo account's password."""
        accounts = json.loads((self.data / "demo-accounts.json").read_text(encoding="utf-8"))
        return next(one["password"] for one in accounts if one["email"] == address)

    def letters(self, recipient: str) -> list[str]:
        """Return the text of each message to this person, the oldest first."""
        files = sorted((self.data / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
        parts = [part for path in files for part in path.read_text(encoding="utf-8").split("-" * 79 + "\n")]
        letters = [
            email.message_from_string(part, policy=email.policy.default) for part in parts if part.strip()
        ]
        return [one.get_body(("plain",)).get_content() for one in letters if one["To"] == recipient]

    def wait_for_letter(self, recipient: str, *, pattern: str, after: int = 0) -> str:
        """Return what the pattern's group finds in a letter that came after the first `after` ones."""

        def found() -> list[str]:
            return [
                match[1]
                for one in self.letters(recipient)[after:]
                for match in re.finditer(pattern, one, re.M)
            ]

        wait_until(found, seconds=20, what=f"a letter to {recipient}")
        return found()[-1]

    @contextmanager
    def frozen_worker(self) -> Iterator[None]:
        """Hold the worker where it is, for a report is made faster than a page asks about it."""
        owner = psutil.Process(int((self.data / "supervisor.pid").read_text(encoding="ascii")))
        worker = next(child for child in owner.children() if "worker" in child.cmdline())
        held = [worker, *worker.children(recursive=True)]
        for process in held:
            process.suspend()
        try:
            yield
        finally:
            for process in held:
                process.resume()

    def published_reports(self) -> int:
        """Return how many reports the public archive shows."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/reports/", timeout=10) as answer:
            return int(json.load(answer)["count"])


@contextmanager
def running_portal(folder: Path) -> Iterator[Portal]:
    """Give a portal that is ready; it is ended with everything it started."""
    if named := os.environ.get(RUNNING):
        data, _, port = named.rpartition(":")
        with name_server(NAMES_PORT) as names, website(port=SITE_PORT) as site:
            yield Portal(Path(data), int(port), names, site)
        return
    with name_server() as names, website() as site:
        yield from _start(Portal(folder / "data", embedded.free_port(), names, site), folder)


def _start(portal: Portal, folder: Path) -> Iterator[Portal]:
    """Give the portal once it is ready, and end it afterwards."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {"DATA_DIR": str(portal.data), "PORT": str(portal.port), "GRANIAN_WORKERS": "1"}
    environment |= {
        "DNS_SERVERS": f"127.0.0.1:{portal.names.port}",
        "FETCH_TEST_ADDRESSES": f"127.0.0.1:80={portal.site.port}",
    }
    printed = folder / "printed.txt"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "malangkraf.supervisor", "run"],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=preparation.ROOT,
            env=environment,
            start_new_session=True,
        )
    try:
        wait_until(
            lambda: process.poll() is not None or supervisor.answers(portal.port, "/health/ready"),
            seconds=180,
            what="a portal for the browser",
        )
        assert process.poll() is None, printed.read_text(encoding="utf-8")
        yield portal
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
