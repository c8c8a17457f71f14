"""Jobs of the ecosystem app."""

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from django.utils import timezone

from ecosystem.services import booking_decisions, check_in, facility_jobs, mail, waiting_list


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


@shared_task(base=DjangoTask, ignore_result=True, expires=120)
def expire_requests() -> None:
    """End the requests that nobody answered in time; harmless to run twice."""
    booking_decisions.expire_unanswered(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=120)
def mark_no_shows() -> None:
    """Free the spaces that nobody came to within 20 minutes; harmless to run twice."""
    check_in.mark_no_shows(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=120)
def sweep_waiting_list() -> None:
    """End offers whose two hours are over and offer what is free to the next; harmless to run twice."""
    waiting_list.expire_offers(timezone.now())
    waiting_list.offer_freed(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=600)
def send_booking_reminders() -> None:
    """Remind of the dates of tomorrow, from 16:00 WIB on; may run twice, reminds once."""
    facility_jobs.send_reminders(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=300)
def tell_facility_managers() -> None:
    """Tell managers of new requests, at most once an hour; may run twice, tells once."""
    facility_jobs.tell_managers(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True)
def forget_old_bookings() -> None:
    """Erase the personal data of bookings that ended 12 months ago; harmless to run twice."""
    facility_jobs.forget_old_bookings(timezone.now())
