"""On day four a second coordinator is told, by the real worker: once, however many messages reach it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ecosystem.models import OutgoingMail
from startups import tasks
from tests.ecosystem.test_outbox_worker import PATIENCE, letters, worker
from tests.patience import wait_until
from tests.startups.factories import ModerationItemFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_real_worker_tells_the_second_coordinator_once(tmp_path, make_user):
    first, second = (make_user(f"koordinator-{name}@example.org", "coordinator") for name in ("satu", "dua"))
    now = timezone.now()
    late = ModerationItemFactory(
        kind="claim", assigned_to=first, startup__name="Studio Topeng", due_at=now - timedelta(hours=1)
    )
    in_time = ModerationItemFactory(kind="claim", assigned_to=first, due_at=now + timedelta(hours=1))
    for _beat in range(3):
        tasks.escalate_moderation.delay()
    with worker(tmp_path, "any-day"):
        wait_until(
            lambda: OutgoingMail.objects.exclude(sent_at=None).exists(), seconds=PATIENCE, what="the mail"
        )
    late.refresh_from_db()
    in_time.refresh_from_db()
    assert late.escalated_at is not None
    assert [event.by for event in late.events.filter(action="escalated")] == [second]
    assert in_time.escalated_at is None
    (letter,) = letters(tmp_path)
    assert f"To: {second.email}" in letter
    assert "Studio Topeng" in letter
