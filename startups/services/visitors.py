"""What visitors send about an entry: messages to its people, and reports of what is wrong."""

import hashlib

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from ecosystem.models import User
from ecosystem.services import mail
from startups.models import ModerationItem, ProblemReport, Startup
from startups.services import entries, moderation, notices


def takes_messages(startup: Startup) -> bool:
    """Return whether visitors may write to the entry: it is published, kept by somebody, and its owners want that."""
    return (
        startup.takes_messages
        and startup.lifecycle == Startup.Lifecycle.PUBLISHED
        and startup.claim == Startup.Claim.CLAIMED
    )


@transaction.atomic
def pass_on(
    startup: Startup, *, name: str, email: str, text: str, language: str, by: User | None = None
) -> int:
    """Queue a visitor's message to everybody who keeps the entry, and a confirmation to the visitor.

    The confirmation repeats the text only to a signed-in person's own mailbox: anybody can type anybody's address.
    Return how many people it goes to. The same message of the same day goes out once, however often it is sent; then
    the number is 0 for a repetition too.
    """
    day = timezone.localdate().isoformat()
    digest = hashlib.sha256("\x1f".join((str(startup.pk), email, text, day)).encode()).hexdigest()[:24]
    context = {"sender": name, "sender_email": email, "text": text}
    queued = notices.notify(startup, "visitor_message", context, key=f"message:{digest}", reply_to=email)
    is_own = EmailAddress.objects.filter(user=by, email__iexact=email, verified=True).exists()
    if queued:
        mail.queue_mail(
            email,
            template="visitor_message_copy",
            context={"startup": startup, "text": text if is_own else ""},
            language=language,
            key=f"message-copy:{digest}",
        )
    return len(queued)


@transaction.atomic
def report_problem(
    startup: Startup, *, kind: str, text: str, reply_to: str, language: str, by: User | None
) -> ProblemReport:
    """Put a visitor's report into the coordinators' queue and return it; the same one twice stays one."""
    entries.lock(startup.pk)
    waiting = ProblemReport.objects.filter(
        startup=startup, kind=kind, text=text, moderation_item__in=ModerationItem.objects.open()
    ).first()
    if waiting:
        return waiting
    report = ProblemReport.objects.create(
        startup=startup, kind=kind, text=text, reply_to=reply_to, language=language
    )
    moderation.open_item(startup, ModerationItem.Kind.REPORT, by=by, report=report)
    return report
