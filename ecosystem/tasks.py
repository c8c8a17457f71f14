"""Jobs of the ecosystem app."""

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from django.utils import timezone

from ecosystem.services import mail


@shared_task(ignore_result=True, expires=120)
def beat_heartbeat() -> None:
    """Do nothing: handing this over each minute is beat's sign of life (malangkraf.heartbeats)."""


@shared_task(base=DjangoTask, ignore_result=True, soft_time_limit=40, time_limit=60)
def send_mail(mail_id: int) -> None:
    """Send one mail of the outbox; may run twice, sends once (see ecosystem.services.mail for the one exception)."""
    mail.send(mail_id, now=timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=120)
def sweep_mail() -> None:
    """Send what a killed worker, a lost message or an absent broker left; harmless to run twice."""
    mail.sweep(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True)
def erase_old_mail_texts() -> None:
    """Erase what mails said 30 days after they went out; harmless to run twice."""
    mail.erase_old_texts(timezone.now())
