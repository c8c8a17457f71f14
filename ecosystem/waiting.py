"""What waits for a person in the work room: each app says what its part is, this app only shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ecosystem.models import User


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: what it is, a line of detail, where it is done, since when, and whether it is late."""

    title: str
    detail: str
    url: str
    since: date | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Things of one kind: `count` of them, the first ones in `tasks`, all of them at `url`."""

    title: str
    tasks: tuple[Task, ...]
    count: int
    url: str


Source = Callable[[User, date], list[TaskGroup]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Add an app's part; apps do so when they are ready."""
    if source not in _sources:
        _sources.append(source)


def groups_for(user: User, *, on: date) -> list[TaskGroup]:
    """Return what waits for the person on a day of Asia/Jakarta, without the groups that are empty."""
    return [group for source in _sources for group in source(user, on) if group.count]
