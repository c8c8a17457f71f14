"""The Celery application and its schedule; times are Asia/Jakarta."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init

from malangkraf import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "malangkraf.settings")

app = Celery("malangkraf")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # Every minute: the heartbeat that /health/ready and the work room read.
    "heartbeat": {"task": "ecosystem.tasks.beat_heartbeat", "schedule": 60.0},
    # Every minute: finish what a killed worker, a lost message or an absent broker left undone.
    "sweep-reports": {"task": "roadmap.tasks.sweep_report_runs", "schedule": 60.0},
    # Every minute: mails that are due and were left in the outbox.
    "sweep-mail": {"task": "ecosystem.tasks.sweep_mail", "schedule": 60.0},
    # 03:10 WIB every day: what mails said 30 days ago.
    "erase-mail": {
        "task": "ecosystem.tasks.erase_old_mail_texts",
        "schedule": crontab(hour="3", minute="10"),
    },
    # Every minute: requests for spaces that nobody answered in time.
    "expire-requests": {"task": "ecosystem.tasks.expire_requests", "schedule": 60.0},
    # Every minute: booked spaces where nobody has checked in 20 minutes after the start.
    "no-shows": {"task": "ecosystem.tasks.mark_no_shows", "schedule": 60.0},
    # Every minute: offers of the waiting list that are over, and what is free for the next in line.
    "waiting-list": {"task": "ecosystem.tasks.sweep_waiting_list", "schedule": 60.0},
    # Every ten minutes from 16:00 to 23:50 WIB: reminders of tomorrow's dates, each once.
    "booking-reminders": {
        "task": "ecosystem.tasks.send_booking_reminders",
        "schedule": crontab(hour="16-23", minute="*/10"),
    },
    # Every five minutes: new requests for a facility's managers, at most one mail an hour.
    "facility-managers": {
        "task": "ecosystem.tasks.tell_facility_managers",
        "schedule": crontab(minute="*/5"),
    },
    # 03:40 WIB every day: who was behind bookings of 12 months ago.
    "old-bookings": {
        "task": "ecosystem.tasks.forget_old_bookings",
        "schedule": crontab(hour="3", minute="40"),
    },
    # Every minute: member lists that nobody has read yet.
    "member-lists": {"task": "startups.tasks.sweep_member_lists", "schedule": 60.0},
    # Every minute: copies of personal data that a killed worker or an absent broker left undone.
    "data-copies": {"task": "startups.tasks.sweep_data_copies", "schedule": 60.0},
    # Ten past every hour: erasures whose day to think again is over (the law gives 72 hours).
    "erasures": {"task": "startups.tasks.sweep_erasures", "schedule": crontab(minute="10")},
    # 03:20 WIB every day: what has passed its period (privacy page).
    "retention": {
        "task": "startups.tasks.erase_what_has_expired",
        "schedule": crontab(hour="3", minute="20"),
    },
    # 08:30 WIB every day: "is this still right?" to the entries whose day has come, missed days included.
    "freshness": {
        "task": "startups.tasks.send_freshness_questions",
        "schedule": crontab(hour="8", minute="30"),
    },
    # 06:00 WIB every day: whichever month, quarter, year or phase report is due by today.
    "due-reports": {"task": "roadmap.tasks.queue_due_reports", "schedule": crontab(hour="6", minute="0")},
    # 00:10 WIB every day: open, fall due and close periods.
    "roll-periods": {"task": "roadmap.tasks.roll_periods", "schedule": crontab(hour="0", minute="10")},
    # 00:30 WIB every day, first on the 1st: the directory's figures of the month that ended, if they are not kept yet.
    "directory-month": {"task": "startups.tasks.keep_month", "schedule": crontab(hour="0", minute="30")},
    # Twenty past every hour, first at 00:20 WIB after a period's last day: count the automatic indicators.
    "automatic": {"task": "roadmap.tasks.sweep_automatic_snapshots", "schedule": crontab(minute="20")},
    # Ten past every hour: on the fourth working day without an answer a second coordinator is told.
    "escalation": {"task": "startups.tasks.escalate_moderation", "schedule": crontab(minute="10")},
    # Every minute: checks of domains that a killed worker or an absent broker left undone.
    "sweep-proofs": {"task": "startups.tasks.sweep_proofs", "schedule": 60.0},
    # 00:30 WIB every day: claims, proofs and badges whose time is over, and reminders 30 days before.
    "trust": {"task": "startups.tasks.end_trust", "schedule": crontab(hour="0", minute="30")},
    # 02:30 WIB every day: every row of the directory's search anew, for what no single change brings along.
    "directory-search": {
        "task": "startups.tasks.rebuild_search",
        "schedule": crontab(hour="2", minute="30"),
    },
    # 02:00 WIB every day: recompute every achievement and report differences, changing nothing.
    "reconcile": {"task": "roadmap.tasks.reconcile_achievements", "schedule": crontab(hour="2", minute="0")},
}


@worker_process_init.connect
def end_with_the_worker(**_: Any) -> None:
    """Let no pool process outlive a worker that was killed: nobody would fetch what it makes."""
    processes.die_with_parent()
