"""Jobs of the directory: keys in, rows claimed by the services, nothing returned."""

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from django.utils import timezone

from startups.importing import batches
from startups.services import (
    claims,
    data_requests,
    erasure,
    escalation,
    freshness_mails,
    listing,
    proof_checks,
    retention,
    statistics,
    verifications,
)


@shared_task(base=DjangoTask, ignore_result=True)
def send_freshness_questions() -> None:
    """Queue the questions whose day has come; may run twice or on three machines, asks once."""
    freshness_mails.send_due_asks(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=3000, soft_time_limit=120, time_limit=150)
def escalate_moderation() -> None:
    """Tell a second coordinator about what waits beyond its third working day; may run twice, tells once."""
    escalation.escalate_overdue(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, soft_time_limit=120, time_limit=150)
def make_data_copy(request_id: int) -> None:
    """Make the ZIP that a person asked for; may run twice, makes it once."""
    data_requests.make_copy(request_id, now=timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=120)
def sweep_data_copies() -> None:
    """Wake a worker for the copies that a kill or an absent broker left undone; harmless to run twice."""
    for request_id in data_requests.copies_to_make():
        make_data_copy.delay(request_id)


@shared_task(base=DjangoTask, ignore_result=True)
def erase_person(request_id: int) -> None:
    """Erase a person whose day to think again is over; may run twice, erases once."""
    erasure.execute(request_id, now=timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=3000)
def sweep_erasures() -> None:
    """Wake a worker for each erasure that is due; harmless to run twice."""
    for request_id in data_requests.erasures_due(timezone.now()):
        erase_person.delay(request_id)


@shared_task(base=DjangoTask, ignore_result=True)
def erase_what_has_expired() -> None:
    """Erase what has passed its period; harmless to run twice."""
    retention.run(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, soft_time_limit=20, time_limit=30)
def check_proof(proof_id: int) -> None:
    """Look for a text that somebody published at a domain; may run twice, settles once."""
    proof_checks.check(proof_id, now=timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=120)
def sweep_proofs() -> None:
    """Finish the checks that a killed worker or an absent broker left undone; harmless to run twice."""
    proof_checks.sweep(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, expires=3000)
def end_trust() -> None:
    """End claims, proofs and badges whose time is over, and tell their people once; harmless to run twice."""
    now = timezone.now()
    proof_checks.expire(now)
    claims.expire(now)
    verifications.expire(now)
    verifications.remind(now)


@shared_task(base=DjangoTask, ignore_result=True, soft_time_limit=120, time_limit=150)
def keep_month() -> None:
    """Keep the directory's figures of the month that ended last; may run twice or on three machines, keeps one row."""
    statistics.take_due_snapshot(timezone.now())


@shared_task(base=DjangoTask, ignore_result=True, soft_time_limit=60, time_limit=90)
def read_member_list(batch_id: int) -> None:
    """Read a member list into its preview; may run twice, reads once."""
    batches.read(batch_id)


@shared_task(base=DjangoTask, ignore_result=True, expires=120)
def sweep_member_lists() -> None:
    """Wake a worker for each list that a kill or an absent broker left unread; harmless to run twice."""
    for batch_id in batches.unread():
        read_member_list.delay(batch_id)


@shared_task(base=DjangoTask, ignore_result=True)
def rebuild_search() -> None:
    """Bring every search row up to date: renamed services, verifications that ran out; harmless to run twice."""
    listing.rebuild_all()
