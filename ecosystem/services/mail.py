"""The outbox: a mail is a row first and a message to the worker second.

The row is written in the transaction of what it tells about, so that neither happens without the other. After the
commit a worker is woken; the sweep each minute finds what a lost message, an absent broker or a killed worker left.
Each try claims the row by a guarded UPDATE, so two workers never send one mail at the same time. A worker that dies
after the mail server took the mail and before the row says so leaves a mail that goes out a second time: both carry
the same Message-ID, and most mailboxes show it once.
"""

import logging
import re
import smtplib
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.mime.text import MIMEText
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from kombu.exceptions import OperationalError

from ecosystem import tasks
from ecosystem.models import OutgoingMail
from ecosystem.services.mail_texts import MailText, render_mail

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
# Above the hard time limit of ecosystem.tasks.send_mail: whoever held the row is dead by then.
STALE_AFTER = timedelta(seconds=90)
# How long a mail waits after so many failed tries; greylisting servers want some minutes.
BACK_OFF = {1: timedelta(minutes=5), 2: timedelta(minutes=30)}
# The texts are erased this long after sending or parking; those with a code or link at once after sending.
KEEP_TEXTS = timedelta(days=30)
MOST_PER_SWEEP = 500
# After a failed publish this process leaves the broker alone for so many seconds: one wait for a page, not one a mail.
BROKER_PAUSE = 30.0
_broker_away_until = 0.0


def queue_mail(
    to: str,
    *,
    template: str,
    context: Mapping[str, Any],
    language: str,
    key: str = "",
    reply_to: str = "",
    is_secret: bool = False,
) -> OutgoingMail | None:
    """Put a mail made from templates/mail/<template>.txt into the outbox and return its row.

    Return None when the address can take no mail, or when a mail with the same key was queued before. Wakes a worker
    once the transaction has committed. `is_secret` marks a mail with a code or a link that works like a key: its text
    is erased as soon as it was sent.
    """
    mail = render_mail(template, context, language=language)
    return put(to, mail, language=language, key=key, reply_to=reply_to, is_secret=is_secret)


def put(
    to: str,
    mail: MailText,
    *,
    language: str,
    key: str = "",
    reply_to: str = "",
    is_secret: bool = False,
) -> OutgoingMail | None:
    """Put a mail that is written already into the outbox; otherwise like queue_mail."""
    texts = {"subject": mail.subject, "text": mail.text, "html": mail.html}
    values = {"to": to, "language": language, "reply_to": reply_to, "is_secret": is_secret, **texts}
    return _put(values, key=key)


def put_unwritten(
    to: str, about: Mapping[str, Any], *, language: str, key: str = "", reply_to: str = ""
) -> OutgoingMail | None:
    """Put a mail into the outbox that is written when it is sent (booking_mails.write); otherwise like queue_mail.

    Nobody who books waits for the writing, nor do the locks of a booking.
    """
    values = {"to": to, "language": language, "reply_to": reply_to, "about": dict(about)}
    return _put(values, key=key)


def _put(values: dict[str, Any], *, key: str) -> OutgoingMail | None:
    if not (can_receive(values["to"]) and (not values["reply_to"] or can_receive(values["reply_to"]))):
        logger.warning("a mail was not queued: its address is none")
        return None
    values["due_at"] = timezone.now()
    if key:
        # The unique key decides, also between two transactions at once.
        row, is_new = OutgoingMail.objects.get_or_create(key=key, defaults=values)
        if not is_new:
            return None
    else:
        row = OutgoingMail.objects.create(**values)
    transaction.on_commit(partial(_wake, row.pk), robust=True)
    return row


def can_receive(address: str) -> bool:
    """Return whether the text is a mail address (of one person, without any header)."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _wake(mail_id: int) -> None:
    """Tell a worker; without a broker the sweep does it later, and the page has lost at most one wait."""
    global _broker_away_until
    if time.monotonic() < _broker_away_until:
        return
    try:
        tasks.send_mail.delay(mail_id)
    except OperationalError:
        _broker_away_until = time.monotonic() + BROKER_PAUSE
        logger.warning("the broker is away; the sweep will send the mail later")


def waiting() -> QuerySet[OutgoingMail]:
    """Return the mails that are neither sent nor parked."""
    return OutgoingMail.objects.filter(sent_at=None, parked_at=None)


def send(mail_id: int, *, now: datetime) -> bool:
    """Send a mail of the outbox if it is due and nobody else is at it; return whether it went out.

    A fault that may pass gives the row back for a later try, at most three in all; anything else parks it.
    """
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - STALE_AFTER)
    claimed = (
        waiting()
        .filter(free, pk=mail_id, due_at__lte=now, attempts__lt=MAX_ATTEMPTS)
        .update(claimed_at=now, attempts=F("attempts") + 1)
    )
    if not claimed:
        return False
    row = OutgoingMail.objects.get(pk=mail_id)
    mine = waiting().filter(pk=mail_id, claimed_at=now)
    try:
        if not written(row, now=now):
            mine.delete()
            return False
        _message(row).send()
    except Exception as error:
        # Whatever goes wrong belongs into the row, where administrators see it; never the address or the text.
        logger.warning("mail %s was not sent: %s", mail_id, type(error).__name__)
        mine.update(**_after_failure(error, attempts=row.attempts, now=timezone.now()))
        return False
    sent = {"sent_at": timezone.now(), "error": ""}
    mine.update(**sent, **({"text": "", "html": "", "calendar": ""} if row.is_secret else {}))
    return True


def written(row: OutgoingMail, *, now: datetime) -> bool:
    """Give a mail its texts, unless it has them, and return whether there is still something to tell."""
    if row.about is None:
        return True
    # Here, because mails about bookings are made from what this module sends.
    from ecosystem.services import booking_mails

    found = booking_mails.write(row.about, now=now)
    if found is None:
        return False
    mail, row.calendar = found
    row.subject, row.text, row.html, row.about = mail.subject, mail.text, mail.html, None
    row.save(update_fields=["subject", "text", "html", "calendar", "about"])
    return True


def _message(row: OutgoingMail) -> EmailMultiAlternatives:
    host = urlsplit(settings.SITE_URL).hostname
    message = EmailMultiAlternatives(
        row.subject,
        row.text,
        to=[row.to],
        reply_to=[row.reply_to] if row.reply_to else None,
        headers={
            # The same for every try, so that a mail that went out twice is seen once.
            "Message-ID": f"<{salted_hmac('ecosystem.mail', str(row.pk)).hexdigest()[:32]}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": row.language,
        },
    )
    if row.html:
        message.attach_alternative(row.html, "text/html")
    if row.calendar:
        message.attach(_calendar_part(row.calendar))
    return message


def _calendar_part(calendar: str) -> MIMEText:
    """Return the iCalendar object as an attachment; mailboxes read from its method what to do with it."""
    part = MIMEText(calendar, "calendar", "utf-8")
    if method := re.search(r"^METHOD:([A-Z]+)\s*$", calendar, re.M):
        part.set_param("method", method[1])
    part.add_header("Content-Disposition", "attachment", filename="pesanan.ics")
    return part


def _after_failure(error: Exception, *, attempts: int, now: datetime) -> dict[str, Any]:
    passing = isinstance(error, OSError | SoftTimeLimitExceeded) and not _is_final(error)
    changes: dict[str, Any] = {"claimed_at": None, "error": describe(error)}
    if passing and attempts < MAX_ATTEMPTS:
        return changes | {"due_at": now + BACK_OFF[attempts]}
    return changes | {"parked_at": now}


def _is_final(error: Exception) -> bool:
    """Return whether the mail server said that this address will never take the mail (answers of 550 and up)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 550 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 550


def describe(error: Exception) -> str:
    """Return what went wrong, without the server's words: they may repeat the address."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def sweep(now: datetime) -> None:
    """Wake a worker for each mail that is due, and park those that three workers died of; harmless to run twice."""
    stale = Q(claimed_at__lt=now - STALE_AFTER)
    waiting().filter(stale, attempts__gte=MAX_ATTEMPTS).update(
        parked_at=now, claimed_at=None, error="WorkerLost"
    )
    due = waiting().filter(Q(claimed_at=None) | stale, due_at__lte=now).order_by("due_at")
    for mail_id in due.values_list("pk", flat=True)[:MOST_PER_SWEEP]:
        tasks.send_mail.delay(mail_id)


def retry(mail_id: int, *, now: datetime) -> bool:
    """Give a parked mail three new tries and return whether there was one to give them to."""
    found = OutgoingMail.objects.filter(pk=mail_id, sent_at=None, parked_at__isnull=False).exclude(to="")
    changed = found.update(parked_at=None, claimed_at=None, attempts=0, due_at=now)
    if changed:
        transaction.on_commit(partial(_wake, mail_id), robust=True)
    return bool(changed)


def erase_old_texts(now: datetime) -> int:
    """Erase address, subject and text of the mails that were sent or parked 30 days ago; return how many."""
    old = Q(sent_at__lt=now - KEEP_TEXTS) | Q(parked_at__lt=now - KEEP_TEXTS)
    return (
        OutgoingMail.objects.filter(old)
        .exclude(to="")
        .update(to="", about=None, subject="", text="", html="", reply_to="", calendar="")
    )
