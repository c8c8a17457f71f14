"""What waits in the directory for a coordinator, for the work room's entry page."""

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ecosystem.models import User
from ecosystem.waiting import Task, TaskGroup
from startups import queue_texts
from startups.models import Claim, DataRequest, ModerationItem
from startups.permissions import is_coordinator
from startups.services.moderation import paused_spans

SHOWN = 6


def moderation_tasks(user: User, on: date) -> list[TaskGroup]:
    """Return what waits for Stasion, the most urgent first, and what is to be looked at afterwards."""
    if not is_coordinator(user):
        return []
    ours = ModerationItem.objects.waiting_for_us()
    after_checks = ours.filter(kind=ModerationItem.Kind.AFTER_CHECK).count()
    urgent = ours.exclude(kind=ModerationItem.Kind.AFTER_CHECK).order_by("due_at", "pk")
    queue = reverse("startups:moderation_queue")
    groups = [
        TaskGroup(
            _("Waiting for Stasion's answer"),
            _tasks(list(urgent.select_related("startup", "report", "claim")[:SHOWN])),
            urgent.count(),
            queue,
        )
    ]
    if after_checks:
        task = Task(
            _("Changes that are live already"),
            _("To look at when there is time."),
            f"{queue}?giliran=sesudah",
        )
        groups.append(
            TaskGroup(_("To look at afterwards"), (task,), after_checks, f"{queue}?giliran=sesudah")
        )
    return groups


def claim_tasks(user: User, on: date) -> list[TaskGroup]:
    """Return the person's own open claims; one query."""
    mine = Claim.objects.filter(user=user, state=Claim.State.OPEN).select_related(
        "startup", "moderation_item"
    )
    tasks = tuple(
        Task(
            title=claim.startup.name,
            detail=_("A coordinator decides")
            if hasattr(claim, "moderation_item")
            else _("Waiting for your proof"),
            url=reverse("startups:claim_detail", args=[claim.startup.slug, claim.pk]),
            since=timezone.localdate(claim.created_at),
        )
        for claim in mine
    )
    return [TaskGroup(_("Your claims"), tasks, len(tasks), tasks[0].url)] if tasks else []


def _tasks(items: list[ModerationItem]) -> tuple[Task, ...]:
    now, paused = timezone.now(), paused_spans()
    clocks = [(item, queue_texts.clock_of(item, now=now, paused=paused)) for item in items]
    return tuple(
        Task(
            title=item.startup.name,
            detail=f"{queue_texts.headline_of(item)}: {clock.text}",
            url=reverse("startups:moderation_detail", args=[item.pk]),
            since=timezone.localdate(item.created_at),
            is_late=clock.is_late,
        )
        for item, clock in clocks
    )


def data_request_tasks(user: User, on: date) -> list[TaskGroup]:
    """Return the requests about personal data that a coordinator must answer, by their 72-hour clock."""
    if not is_coordinator(user):
        return []
    kinds = (DataRequest.Kind.CORRECTION, DataRequest.Kind.STOP)
    rows = DataRequest.objects.filter(kind__in=kinds, state=DataRequest.State.OPEN).order_by("due_at", "pk")
    tasks = tuple(
        Task(
            title=row.get_kind_display(),
            detail=_("The law gives 72 hours."),
            url=reverse("startups:data_request_detail", args=[row.pk]),
            since=timezone.localdate(row.received_at),
            is_late=row.due_at < timezone.now(),
        )
        for row in rows[:SHOWN]
    )
    return [TaskGroup(_("Data requests"), tasks, rows.count(), reverse("startups:data_request_list"))]
