"""`make check`: everything that reads the code rather than runs it; all steps run, then what failed is listed."""

import os
import secrets
import subprocess
import sys
import time

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


def main() -> int:
    failed = []
    with embedded.throwaway_services() as addresses:
        known = environments(addresses)
        for name, command, kind in STEPS:
            began = time.monotonic()
            answer = subprocess.run(
                [PYTHON, *command], env=known[kind], capture_output=True, text=True, check=False
            )
            outcome = "FAILED" if answer.returncode else "ok"
            print(f"{name:.<24}{outcome} ({time.monotonic() - began:.1f} s)", flush=True)
            if answer.returncode:
                failed.append(name)
                print(answer.stdout + answer.stderr, flush=True)
    print(
        f"make check: {'failed: ' + ', '.join(failed) if failed else 'all ' + str(len(STEPS)) + ' checks pass'}"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
