"""Find or provide the Chromium that the browser tests start: `python -m tests.chromium` provides it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "No Chromium was found for the browser tests. Install one (Debian: apt-get install chromium), "
    "or name it in the environment variable CHROMIUM."
)


def find() -> Path | None:
    """Return $CHROMIUM, a browser on the path, or Playwright's own; None when there is none."""
    if named := os.environ.get("CHROMIUM"):
        return Path(named) if Path(named).is_file() else None
    for name in NAMES:
        if program := shutil.which(name):
            return Path(program)
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    own = sorted(folder.glob("chromium-*/chrome-linux*/chrome")) + sorted(
        folder.glob("chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    )
    return own[-1] if own else None


def try_command(command: Sequence[str], *, patience: float) -> None:
    """Run one way to provide a browser; whether it worked is seen by looking for the browser."""
    try:
        subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=patience, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return


def provide() -> Path | None:
    """Return a browser, trying Playwright's download and then Debian's package when none is there."""
    if (found := find()) is not None:
        return found
    print("No Chromium found; trying to provide one for the browser tests ...", flush=True)
    try_command([sys.executable, "-m", "playwright", "install", "chromium"], patience=300)
    if (found := find()) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        try_command(["apt-get", "update"], patience=120)
        try_command(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"], patience=600)
    return find()


if __name__ == "__main__":
    print(provide() or ADVICE, file=sys.stderr)
