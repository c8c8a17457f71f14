"""The question whether an entry is still right: its answers, and what each of them does.

A mail scanner opens every link of a mail, so opening the page does nothing; the answer is a form of its own. Whoever
holds the link can say what the mailbox's owner could say, and no more: closing is an identity change, so an owner's
answer waits as a change set beside the live entry, and from anybody else it is a report; both stand in the
coordinators' queue with its clock.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ecosystem.models import User
from startups.models import (
    ContactPoint,
    FreshnessAsk,
    ImportedEntry,
    Membership,
    ModerationItem,
    ProblemReport,
    Role,
    Startup,
)
from startups.services import claims, entries, freshness_mails, leaving, moderation, verifications

Answer = FreshnessAsk.Answer


class LinkGone(ValueError):
    """The link was used, has expired, or its entry is not published any more."""


@transaction.atomic
def confirm(startup_id: int, *, by: User | None = None, now: datetime | None = None) -> Startup:
    """Note that a member said today (Asia/Jakarta) that the entry is right, and return it.

    Every edit calls this after it has saved; the edit of somebody who is no member (a coordinator's) counts for
    nothing. It also settles the questions that wait: their links stop working.
    """
    startup = entries.lock(startup_id)
    if by is not None and not Membership.objects.filter(startup=startup, user=by).exists():
        return startup
    now = now or timezone.now()
    today = timezone.localdate(now)
    if startup.last_confirmed_on != today:
        startup.last_confirmed_on = today
        startup.save(update_fields=["last_confirmed_on", "updated_at"])
        entries.changed(startup)
    FreshnessAsk.objects.filter(startup=startup, answer="", expires_at__gt=now).update(expires_at=now)
    return startup


def find(token: str) -> FreshnessAsk | None:
    """Return the question behind a link with its entry, None for a forged or unknown one; no query for a forged one."""
    if not freshness_mails.is_genuine(token):
        return None
    asks = FreshnessAsk.objects.select_related("startup", "user")
    return asks.filter(token_hash=freshness_mails.hash_of(token)).first()


def state_of(ask: FreshnessAsk, *, now: datetime) -> str:
    """Return "open", "used", "settled" (the entry was confirmed or is not published) or "expired"."""
    if ask.answer:
        return "used"
    if ask.startup.lifecycle != Startup.Lifecycle.PUBLISHED or ask.startup.last_confirmed_on != ask.cycle:
        return "settled"
    return "open" if ask.expires_at > now else "expired"


@transaction.atomic
def answer(
    ask: FreshnessAsk, chosen: str, *, user: User | None, closed_on: date | None = None, now: datetime
) -> str:
    """Answer a question once; return where it leads: "edit" for who wants to change something, else "thanks".

    Raise LinkGone when the link works no more; of two answers at once the first counts. `user` is who is signed in.
    """
    startup = entries.lock(ask.startup_id)
    ask.refresh_from_db()
    if state_of(ask, now=now) != "open":
        raise LinkGone(ask.pk)
    ask.answer, ask.answered_at = chosen, now
    ask.save(update_fields=["answer", "answered_at"])
    if chosen == Answer.STILL_RIGHT:
        confirm(startup.pk, now=now)
    elif chosen == Answer.CLOSED:
        _close(startup, ask, user=user, closed_on=closed_on or timezone.localdate(now))
    elif chosen == Answer.NOT_MINE:
        _unlink(startup, ask)
    return "edit" if chosen == Answer.UPDATE else "thanks"


def _close(startup: Startup, ask: FreshnessAsk, *, user: User | None, closed_on: date) -> None:
    """Let the coordinators know: as a proposal of the owner who is signed in or was asked, else as a report."""
    owners = User.objects.filter(startup_memberships__startup=startup, startup_memberships__role=Role.OWNER)
    owner = owners.filter(pk__in=[one.pk for one in (user, ask.user) if one]).first()
    with translation.override(startup.language):
        text = _("The contact answered the freshness question: closed on %(date)s.") % {
            "date": date_format(closed_on, "j F Y")
        }
    if owner is not None:
        leaving.propose_closing(startup.pk, user=owner, closed_on=closed_on, reason=text)
    else:
        _report(startup, ProblemReport.Kind.CLOSED, text, reply_to=ask.email)


def _unlink(startup: Startup, ask: FreshnessAsk) -> None:
    """Take the contact that was asked off the entry, and tell the coordinators through their queue."""
    mailbox = ContactPoint.objects.filter(
        startup=startup, kind=ContactPoint.Kind.EMAIL, value__iexact=ask.email
    )
    if ask.round >= freshness_mails.BY_HAND:
        mailbox = ContactPoint.objects.filter(startup=startup, kind=ContactPoint.Kind.WHATSAPP)
    mailbox.delete()
    if ask.email:
        ImportedEntry.objects.filter(startup=startup, email__iexact=ask.email).update(email="")
    if ask.user_id:
        Membership.objects.filter(startup=startup, user_id=ask.user_id).delete()
        if startup.created_by_id == ask.user_id:
            startup.created_by = None
            startup.save(update_fields=["created_by"])
        if not startup.memberships.filter(role=Role.OWNER).exists():
            verifications.lapse_of_owners(startup)
            startup.invitations.filter(answered_at=None).update(answered_at=timezone.now())
        claims.settle_axis(startup)
    with translation.override(startup.language):
        text = _("A contact who was asked says: this entry is not mine. The contact was taken off the entry.")
    _report(startup, ProblemReport.Kind.WRONG, text, reply_to="")
    entries.changed(startup)


def _report(startup: Startup, kind: str, text: str, *, reply_to: str) -> None:
    report = ProblemReport.objects.create(
        startup=startup, kind=kind, text=text, reply_to=reply_to, language=startup.language
    )
    moderation.open_item(startup, ModerationItem.Kind.REPORT, report=report)
