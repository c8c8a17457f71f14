"""On the fourth working day without an answer a second coordinator is told."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from ecosystem import roles, working_days
from ecosystem.models import User
from ecosystem.services import mail
from startups import permissions
from startups.models import ModerationEvent, ModerationItem
from startups.services import entries
from startups.services.moderation import paused_spans, record

State = ModerationItem.State


def overdue(now: datetime) -> QuerySet[ModerationItem]:
    """Return what has waited beyond its third working day and has not been escalated yet.

    Putting something on hold before the first answer is no way around it. After-checks wait for nobody.
    """
    ours = Q(state=State.OPEN) | Q(state=State.HELD, first_answered_at=None)
    return (
        ModerationItem.objects.filter(ours, due_at__lt=now, escalated_at=None)
        .exclude(kind=ModerationItem.Kind.AFTER_CHECK)
        .order_by("due_at", "pk")
    )


def escalate_overdue(now: datetime) -> int:
    """Tell a second coordinator about each overdue item and return about how many; only on working days.

    May run any number of times: each item is claimed by a guarded UPDATE, and its mail has a key.
    """
    if not working_days.is_working_day(working_days.local_day(now), paused=paused_spans()):
        return 0
    return sum(_escalate(pk, now) for pk in overdue(now).values_list("pk", flat=True))


@transaction.atomic
def _escalate(item_id: int, now: datetime) -> bool:
    item = ModerationItem.objects.select_related("startup").get(pk=item_id)
    entries.lock(item.startup_id)
    if not overdue(now).filter(pk=item_id).update(escalated_at=now):
        return False
    second = second_coordinator(item)
    if second is not None:
        mail.queue_mail(
            second.email,
            template="moderation_escalated",
            context={"item": item, "startup": item.startup, "person": second},
            language=second.language,
            key=f"escalated:{item.pk}:{item.due_at:%Y%m%d}",
        )
    record(item, ModerationEvent.Action.ESCALATED, by=second)
    return True


def second_coordinator(item: ModerationItem) -> User | None:
    """Return who is told: not who took it, not whose entry it is; of the others each in turn.

    None when there is no other coordinator: the queue shows the delay all the same.
    """
    told = ModerationEvent.objects.filter(action=ModerationEvent.Action.ESCALATED, by=OuterRef("pk"))
    people = (
        User.objects.filter(groups__name=roles.COORDINATOR, is_active=True)
        .exclude(pk=item.assigned_to_id or 0)
        .annotate(last_told=Subquery(told.order_by("-pk").values("pk")[:1]))
        .order_by(F("last_told").asc(nulls_first=True), "pk")
    )
    return next((one for one in people if not permissions.has_interest(one, item.startup)), None)
