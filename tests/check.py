"""`make check`: everything that reads the code rather than runs it; all steps run, then what failed is listed."""

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from malangkraf import embedded

PYTHON = sys.executable
# (name, command, environment): settings for a developer, or those of a real portal.
STEPS: list[tuple[str, list[str], str]] = [
    ("ruff", ["-m", "ruff", "check", "."], "developer"),
    ("format", ["-m", "ruff", "format", "--check", "."], "developer"),
    ("types", ["-m", "mypy"], "developer"),
    ("templates", ["-m", "djlint", "templates", "--lint", "--quiet"], "developer"),
    ("missing migrations", ["manage.py", "makemigrations", "--check", "--dry-run"], "developer"),
    (
        "safe migrations",
        ["manage.py", "lintmigrations", "--warnings-as-errors", "--quiet", "ok"],
        "developer",
    ),
    ("translations", ["-m", "malangkraf.catalogue", "check"], "developer"),
    (
        "deployment",
        ["-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        "production",
    ),
]

LONGEST = "types"


def environments(addresses: embedded.Addresses) -> dict[str, dict[str, str]]:
    common = os.environ | {"DATABASE_URL": addresses.database_url, "REDIS_URL": addresses.redis_url}
    production = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "portal.example.org",
        "SITE_URL": "https://portal.example.org",
        "EMAIL_URL": "smtp://mail.example.org:587?tls=1",
        "TRUSTED_PROXIES": "1",
        "DEBUG": "0",
        "MALANGKRAF_DEMO": "0",
    }
    return {"developer": common | {"DEBUG": "1"}, "production": common | production}


def run(step: tuple[str, list[str], str], known: dict[str, dict[str, str]]) -> tuple[str, float, str | None]:
    """Return a step's name, its seconds, and what it printed if it failed."""
    name, command, kind = step
    began = time.monotonic()
    answer = subprocess.run([PYTHON, *command], env=known[kind], capture_output=True, text=True, check=False)
    return name, time.monotonic() - began, answer.stdout + answer.stderr if answer.returncode else None


def main() -> int:
    failed = []
    with embedded.throwaway_services() as addresses, ThreadPoolExecutor(os.cpu_count()) as pool:
        known = environments(addresses)
        # Side by side, the longest first; told in the order above.
        running = {
            step[0]: pool.submit(run, step, known)
            for step in sorted(STEPS, key=lambda one: one[0] != LONGEST)
        }
        for name, seconds, complaint in (running[step[0]].result() for step in STEPS):
            print(f"{name:.<24}{'ok' if complaint is None else 'FAILED'} ({seconds:.1f} s)", flush=True)
            if complaint is not None:
                failed.append(name)
                print(complaint, flush=True)
    print(
        f"make check: {'failed: ' + ', '.join(failed) if failed else 'all ' + str(len(STEPS)) + ' checks pass'}"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
