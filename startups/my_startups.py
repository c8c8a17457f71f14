"""The entries that a person keeps, each with its state and the next thing to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ecosystem.models import User
from ecosystem.waiting import Task, TaskGroup
from startups.models import Membership, ModerationItem, Role, Startup
from startups.owner_access import manage_url
from startups.presentation import Sign, freshness_sign
from startups.registration_pages import SLUGS, next_slug, status_url, step_url
from startups.rules.freshness import Freshness, freshness

Lifecycle = Startup.Lifecycle
TONES: Mapping[str, str] = {
    Lifecycle.DRAFT: "neutral",
    Lifecycle.SUBMITTED: "info",
    Lifecycle.CHANGES_REQUESTED: "warn",
    Lifecycle.PUBLISHED: "good",
    Lifecycle.REFUSED: "bad",
    Lifecycle.SUSPENDED: "bad",
}
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its state, its freshness (None while it is not published) and what to do next, and where."""

    startup: Startup
    tone: str
    freshness: Sign | None
    role: str
    todo: str
    todo_url: str
    status_url: str
    due: datetime | None = None


def my_rows(user: User, *, on: date) -> list[Row]:
    """Return the person's entries on a day of Asia/Jakarta, those that wait for the person first; three queries."""
    open_items = ModerationItem.objects.open().filter(kind=ModerationItem.Kind.NEW)
    startups = list(
        Startup.objects.of(user.pk).prefetch_related(
            Prefetch("moderation_items", queryset=open_items, to_attr="open_registrations"),
            Prefetch("memberships", queryset=Membership.objects.filter(user=user), to_attr="own_memberships"),
        )
    )
    rows = [_row(startup, on) for startup in startups]
    order = [Lifecycle.CHANGES_REQUESTED, Lifecycle.REFUSED, Lifecycle.DRAFT, Lifecycle.SUBMITTED]
    places: dict[str, int] = {state: place for place, state in enumerate(order)}
    return sorted(rows, key=lambda row: (places.get(row.startup.lifecycle, len(order)), row.startup.name))


def _row(startup: Startup, on: date) -> Row:
    role = startup.own_memberships[0].role  # type: ignore[attr-defined]
    todo, url = _todo(startup, on) if role == Role.OWNER else ("", _home_url(startup))
    is_published = startup.lifecycle == Lifecycle.PUBLISHED
    items = startup.open_registrations  # type: ignore[attr-defined]
    waits = startup.lifecycle == Lifecycle.SUBMITTED and items
    return Row(
        startup,
        TONES.get(startup.lifecycle, "neutral"),
        freshness_sign(startup, on=on) if is_published else None,
        str(Role(role).label),
        todo,
        url,
        status_url(startup),
        items[0].due_at if waits else None,
    )


def _todo(startup: Startup, on: date) -> tuple[str, str]:
    """Return the next thing to do ("" for nothing) and where it is done."""
    send_url = reverse("startups:registration_send", args=[startup.pk])
    if startup.lifecycle == Lifecycle.DRAFT:
        step = min(startup.step + 1, len(SLUGS))
        text = _("Continue with step %(step)s of %(count)s") % {"step": step, "count": len(SLUGS)}
        return text, step_url(startup, next_slug(startup))
    if startup.lifecycle == Lifecycle.CHANGES_REQUESTED:
        return _("Answer the question from Stasion"), status_url(startup)
    if startup.lifecycle == Lifecycle.REFUSED:
        return _("Read why, correct it and send it again"), status_url(startup)
    if startup.lifecycle == Lifecycle.WITHDRAWN:
        return _("Send it again"), send_url
    is_published = startup.lifecycle == Lifecycle.PUBLISHED
    if is_published and freshness(startup.last_confirmed_on, on=on) != Freshness.FRESH:
        return _("Say whether it is still right"), manage_url(startup)
    return "", _home_url(startup)


def _home_url(startup: Startup) -> str:
    """Return the entry's own page for its members, or where it stands while it was never published."""
    return manage_url(startup) if startup.published_at else status_url(startup)


def founder_tasks(user: User, on: date) -> list[TaskGroup]:
    """Return what waits for a founder in the work room: questions first, then drafts; one query."""
    waiting = (Lifecycle.CHANGES_REQUESTED, Lifecycle.REFUSED, Lifecycle.DRAFT)
    rows = list(
        Startup.objects.filter(
            memberships__user=user, memberships__role=Role.OWNER, lifecycle__in=waiting
        ).order_by("-updated_at")
    )
    groups = (
        (_("Questions from Stasion"), (Lifecycle.CHANGES_REQUESTED,)),
        (_("Entries that came back"), (Lifecycle.REFUSED,)),
        (_("Entries not sent yet"), (Lifecycle.DRAFT,)),
    )
    return [_group(title, [row for row in rows if row.lifecycle in states], on) for title, states in groups]


def _group(title: str, rows: list[Startup], on: date) -> TaskGroup:
    tasks = []
    for row in rows[:SHOWN]:
        todo, url = _todo(row, on)
        tasks.append(Task(title=row.name, detail=todo, url=url, since=timezone.localdate(row.updated_at)))
    return TaskGroup(title, tuple(tasks), len(rows), reverse("startups:my_startups"))
