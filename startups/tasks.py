"""Jobs of the directory: keys in, rows claimed by the services, nothing returned."""

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from django.utils import timezone

from startups.services import escalation, freshness_mails


@shared_task(base=DjangoTask, ignore_result=True)
def send_freshness_questions() -> None:
    """Queue the questions whose day has come; may run twice or on three machines, asks once."""
    freshness_mails.send_due_asks(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=3000, soft_time_limit=120, time_limit=150)
def escalate_moderation() -> None:
    """Tell a second coordinator about what waits beyond its third working day; may run twice, tells once."""
    escalation.escalate_overdue(timezone.now())
