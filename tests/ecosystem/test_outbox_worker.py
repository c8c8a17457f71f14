"""Mails with the real broker and real workers, some of which are killed half-way."""

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from ecosystem.models import OutgoingMail
from ecosystem.services import mail, mail_texts
from malangkraf.celery import app
from tests.patience import wait_until
from tests.roadmap.test_report_worker import database_url

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60


@contextmanager
def worker(folder, step=""):
    """A worker of this test's database and broker that writes its mail into a folder; ended by its process id."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"file://{folder}",
        "MALANGKRAF_DEMO": "1",
        "MALANGKRAF_PROCESS": "worker",
        "PYTHONWARNINGS": "ignore",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.roadmap.dying_worker", *([step] if step else [])],
        env=environment,
        cwd=Path(settings.BASE_DIR),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=20)


def put():
    return mail.put("a@example.org", mail_texts.lay_out("Perihal", "Isi", language="id"), language="id")


def is_sent(row):
    row.refresh_from_db()
    return row.sent_at is not None


def letters(folder):
    return [file.read_text() for file in folder.glob("*.log")]


def let_time_pass(row):
    """Make the claim as old as it is two minutes after the worker's death."""
    OutgoingMail.objects.filter(pk=row.pk).update(claimed_at=timezone.now() - timedelta(minutes=2))


def test_a_worker_is_woken_by_the_commit(tmp_path):
    row = put()
    with worker(tmp_path):
        wait_until(lambda: is_sent(row), seconds=PATIENCE, what="the mail")
    (letter,) = letters(tmp_path)
    assert "Subject: Perihal" in letter


@pytest.mark.parametrize(("step", "copies"), [("mail-claimed", 1), ("mail-accepted", 2)])
def test_the_sweep_finishes_what_a_killed_worker_left(tmp_path, step, copies):
    row = put()
    with worker(tmp_path, step) as dying:
        wait_until(lambda: dying.poll() is not None, seconds=PATIENCE, what=f"the worker dying at {step}")
    assert dying.returncode == -9
    assert not is_sent(row)
    # The messages of the dead worker are gone with it: only the sweep can know.
    app.control.purge()
    let_time_pass(row)
    mail.sweep(timezone.now())
    with worker(tmp_path):
        wait_until(lambda: is_sent(row), seconds=PATIENCE, what="the mail")
    found = letters(tmp_path)
    assert len(found) == copies
    # Two copies carry one Message-ID, so a mailbox shows them as one.
    assert len({line for text in found for line in text.splitlines() if "Message-ID" in line}) == 1


def test_without_the_sweep_a_killed_mail_stays_unsent(tmp_path):
    """The negative control of the test above."""
    row = put()
    with worker(tmp_path, "mail-claimed") as dying:
        wait_until(lambda: dying.poll() is not None, seconds=PATIENCE, what="the worker dying")
    app.control.purge()
    let_time_pass(row)
    other = put()
    with worker(tmp_path):
        wait_until(lambda: is_sent(other), seconds=PATIENCE, what="the other mail")
    assert not is_sent(row)
