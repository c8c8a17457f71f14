"""What `manage.py prepare` has done, so that a start with nothing to do is quick. No Django here."""

import fcntl
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC_ROOT = ROOT / "build" / "static-root"
CATALOGUE = ROOT / "malangkraf" / "locale" / "id" / "LC_MESSAGES" / "django.mo"
# What each step reads, as patterns below the project.
SOURCES = {
    "database": ("*/migrations/*.py",),
    "data": ("*/data/*.json", "*/data/*.csv", "*/management/commands/*.py"),
    "static": ("static/**/*", "build/static/**/*", "requirements.txt"),
    "fonts": ("malangkraf/fonts.py", "*/management/commands/build_fonts.py", "requirements.txt"),
    "catalogue": ("malangkraf/locale/**/*.po",),
}


def _files(patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        yield from (path for path in sorted(ROOT.glob(pattern)) if path.is_file())


def fingerprint(step: str) -> str:
    """Return a digest that changes when a file that the step reads is added, removed or changed."""
    digest = hashlib.sha256()
    for path in _files(SOURCES[step]):
        # By content: times do not survive an image or a fresh clone.
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


class Record:
    """A small JSON file of step -> fingerprint that was done."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            content = {}
        self.done: dict[str, str] = content if isinstance(content, dict) else {}

    def is_due(self, step: str) -> bool:
        return self.done.get(step) != fingerprint(step)

    def mark(self, step: str) -> None:
        """Write that the step is done for the files as they are now."""
        self.done[step] = fingerprint(step)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.done, indent=1), encoding="utf-8")


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of what is built inside the project's folder: two portals may start from it at once."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build_record() -> Record:
    """Return the record of what was built inside the project's folder."""
    record = Record(ROOT / "build" / "prepared.json")
    if not (STATIC_ROOT / "staticfiles.json").exists():
        record.done.pop("static", None)
    if not (ROOT / "build" / "static").is_dir():
        record.done.pop("fonts", None)
    if not CATALOGUE.exists():
        record.done.pop("catalogue", None)
    return record


def data_record(data: Path) -> Record:
    """Return the record of what was written into the database whose data lies in `data`."""
    return Record(data / "prepared.json")


def is_all_done(data: Path) -> bool:
    """Say whether `manage.py prepare` has nothing to do for an embedded database in `data`."""
    built, loaded = build_record(), data_record(data)
    return not any(built.is_due(step) for step in ("catalogue", "fonts", "static")) and not any(
        loaded.is_due(step) for step in ("database", "data")
    )
