"""Pauses of the coordinators: their days do not count, so the clocks of what waits move."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from ecosystem import working_days
from ecosystem.models import User
from malangkraf import page_cache
from startups.models import ModerationEvent, ModerationItem, PauseNotice
from startups.services.moderation import paused_spans


def current_pause(*, on: date) -> PauseNotice | None:
    """Return the notice to show on a day: the running one, or the next one once it is at most a week ahead."""
    notice = PauseNotice.objects.filter(end__gte=on).order_by("start").first()
    return notice if notice and (notice.start - on).days <= 7 else None


@transaction.atomic
def save_pause(notice: PauseNotice, *, by: User | None) -> PauseNotice:
    """Store a new or changed notice, move the clocks and drop cached pages; return the notice."""
    notice.by = by
    notice.save()
    _move_clocks()
    return notice


@transaction.atomic
def end_pause(notice: PauseNotice, *, on: date) -> None:
    """End a running pause with the day before, or take back one that has not begun; its days count again."""
    if notice.start < on <= notice.end:
        notice.end = on - timedelta(days=1)
        notice.save(update_fields=["end"])
    elif notice.start >= on:
        notice.delete()
    _move_clocks()


def _move_clocks() -> None:
    """Compute anew until when each open thing should have its answer, counted from when it was sent last."""
    paused = paused_spans()
    again = ModerationEvent.objects.filter(item=OuterRef("pk"), action=ModerationEvent.Action.SENT_AGAIN)
    sent_at = Coalesce(Subquery(again.order_by("-at").values("at")[:1]), "created_at")
    waiting = list(ModerationItem.objects.open().annotate(sent_at=sent_at).select_for_update(of=("self",)))
    for item in waiting:
        item.due_at = working_days.due_at(item.sent_at, paused=paused)  # type: ignore[attr-defined]
    ModerationItem.objects.bulk_update(waiting, ["due_at"])
    page_cache.bump()
