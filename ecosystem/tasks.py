"""Jobs of the ecosystem app."""

from celery import shared_task


@shared_task(ignore_result=True, expires=120)
def beat_heartbeat() -> None:
    """Do nothing: handing this over each minute is beat's sign of life (malangkraf.heartbeats)."""
