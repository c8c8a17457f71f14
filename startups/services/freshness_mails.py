"""Sending the question whether an entry is still right: to whom, when, and never twice (design.md section 6)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ecosystem.models import User
from ecosystem.services import mail
from startups.models import ContactAccess, ContactPoint, FreshnessAsk, Role, Startup
from startups.rules.freshness import FIRST_ASK_AFTER, LINK_DAYS, SECOND_CONTACT, round_due
from startups.services import entries

# The answers as they stand in the address, for the four links of the mail.
ANSWER_WORDS = {
    "benar": FreshnessAsk.Answer.STILL_RIGHT,
    "ubah": FreshnessAsk.Answer.UPDATE,
    "tutup": FreshnessAsk.Answer.CLOSED,
    "bukan-saya": FreshnessAsk.Answer.NOT_MINE,
}
# A link that a coordinator sends by hand, beside the four mails; one after an answered one has a higher number.
BY_HAND = 9
CLAIMED = (Startup.Claim.CLAIMED, Startup.Claim.DISPUTED)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask: a mailbox, and the account behind it when there is one."""

    email: str
    user: User | None
    language: str


def entries_to_ask(on: date) -> QuerySet[Startup]:
    """Return the published entries that a question may be due for on a day; one query.

    Each has `last_round` and `first_sent_at` of the question about the present confirmation. Samples are never asked.
    """
    every = FreshnessAsk.objects.filter(startup=OuterRef("pk")).order_by()
    asks = every.filter(round__lte=SECOND_CONTACT)
    # An unclaimed entry's contact is asked at most once, so there every earlier question counts.
    asks = asks.filter(Q(cycle=OuterRef("last_confirmed_on")) | ~Q(startup__claim__in=CLAIMED))
    grouped = asks.values("startup")
    # Who said that it has closed has answered, by whichever link; what is left is the coordinators' decision.
    said_closed = every.filter(cycle=OuterRef("last_confirmed_on"), answer=FreshnessAsk.Answer.CLOSED)
    return (
        Startup.objects.filter(
            ~Exists(said_closed),
            Q(claim__in=CLAIMED) | Q(imported_entry__email__gt=""),
            lifecycle=Startup.Lifecycle.PUBLISHED,
            is_sample=False,
            last_confirmed_on__lte=on - timedelta(days=FIRST_ASK_AFTER),
        )
        .annotate(
            last_round=Subquery(grouped.annotate(value=Max("round")).values("value")),
            first_sent_at=Subquery(grouped.annotate(value=Min("sent_at")).values("value")),
        )
        .order_by("last_confirmed_on", "pk")
    )


def _round_of(startup: Startup, on: date) -> int | None:
    first: datetime | None = startup.first_sent_at  # type: ignore[attr-defined]
    assert startup.last_confirmed_on is not None  # the constraint of published entries
    return round_due(
        days_unconfirmed=(on - startup.last_confirmed_on).days,
        last_round=startup.last_round,  # type: ignore[attr-defined]
        days_since_first=(on - timezone.localdate(first)).days if first else None,
        claimed=startup.claim in CLAIMED,
    )


def send_due_asks(now: datetime) -> int:
    """Queue every question that is due on this day of Asia/Jakarta and return how many; harmless to run twice.

    Days that were missed are caught up with: what counts is that the day has come, not that it is today.
    """
    on = timezone.localdate(now)
    due = [startup.pk for startup in entries_to_ask(on) if _round_of(startup, on) is not None]
    return sum(_ask(startup_id, now=now) for startup_id in due)


@transaction.atomic
def _ask(startup_id: int, *, now: datetime) -> bool:
    """Queue the mail that is due for one entry; look again under the lock, for another job may have been here."""
    on = timezone.localdate(now)
    entries.lock(startup_id)
    startup = entries_to_ask(on).filter(pk=startup_id).first()
    number = _round_of(startup, on) if startup else None
    contact = _contact_for(startup, number) if startup and number is not None else None
    if startup is None or number is None or contact is None:
        return False
    ask, token = new_ask(startup, number=number, email=contact.email, user=contact.user, now=now)
    if not token:
        return False
    with translation.override(contact.language):
        address = settings.SITE_URL + reverse("startups:freshness_ask", args=[token])
        if contact.user:
            why = _("You get this mail because you keep the entry “%(name)s” at MalangKraf.")
        else:
            why = _("You get this mail because this address stands with the entry “%(name)s” at MalangKraf.")
    words = {
        "why": why % {"name": startup.name},
        "startup": startup,
        "person": contact.user,
        "address": address,
        "round": number,
        "expires_on": timezone.localdate(ask.expires_at),
    }
    template = "freshness_question" if startup.claim in CLAIMED else "freshness_question_unclaimed"
    mail.queue_mail(
        contact.email,
        template=template,
        context=words,
        language=contact.language,
        key=f"freshness:{ask.pk}",
        is_secret=True,
    )
    return True


def new_ask(
    startup: Startup, *, number: int, email: str, user: User | None, now: datetime
) -> tuple[FreshnessAsk, str]:
    """Return the question's row and its link's token, "" when this question was sent before.

    The token is signed, so that a forged one is refused without a query; only its hash is stored.
    """
    token = Signer(salt="startups.freshness", sep=".").sign(secrets.token_urlsafe(18))
    assert startup.last_confirmed_on is not None  # the constraint of published entries
    ask, is_new = FreshnessAsk.objects.get_or_create(
        startup=startup,
        cycle=startup.last_confirmed_on,
        round=number,
        email=email,
        defaults={
            "user": user,
            "token_hash": hash_of(token),
            "sent_at": now,
            "expires_at": now + timedelta(days=LINK_DAYS),
        },
    )
    return ask, token if is_new else ""


def hash_of(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_genuine(token: str) -> bool:
    """Return whether the portal made the token."""
    try:
        Signer(salt="startups.freshness", sep=".").unsign(token)
    except BadSignature:
        return False
    return True


def _contact_for(startup: Startup, number: int) -> Contact | None:
    people = _people(startup)
    mailbox = _mailbox_of(startup)
    first = people[0] if people else mailbox
    if number < SECOND_CONTACT:
        return first
    others = [*people[1:], *([mailbox] if mailbox else [])]
    return next((other for other in others if first and other.email != first.email), None)


def _people(startup: Startup) -> list[Contact]:
    """Return the members: who made the entry first, then the owners, then the editors, each by their time."""
    rows = startup.memberships.filter(user__is_active=True).select_related("user")
    order = sorted(
        rows,
        key=lambda row: (row.role != Role.OWNER, row.user_id != startup.created_by_id, row.since, row.pk),
    )
    return [Contact(row.user.email, row.user, row.user.language) for row in order]


def _mailbox_of(startup: Startup) -> Contact | None:
    """Return the mailbox that stands with the entry: its own contact, or that of the member list it came from."""
    if startup.claim in CLAIMED:
        own = startup.contacts.filter(kind=ContactPoint.Kind.EMAIL).values_list("value", flat=True).first()
    else:
        imported = getattr(startup, "imported_entry", None)
        own = imported.email if imported else None
    return Contact(own, None, startup.language) if own else None


@transaction.atomic
def prepare_by_hand(startup_id: int, *, by: User, now: datetime) -> str | None:
    """Return a WhatsApp address with the question as a ready text, None when the entry has no such contact.

    The look at the contact is logged; an earlier link of this kind stops working.
    """
    startup = entries.lock(startup_id)
    contact = startup.contacts.filter(kind=ContactPoint.Kind.WHATSAPP).first()
    if contact is None or startup.lifecycle != Startup.Lifecycle.PUBLISHED:
        return None
    by_hand = FreshnessAsk.objects.filter(startup=startup, round__gte=BY_HAND)
    by_hand.filter(answer="").delete()
    last = by_hand.aggregate(last=Max("round"))["last"]
    _row, token = new_ask(startup, number=last + 1 if last else BY_HAND, email="", user=None, now=now)
    with translation.override(startup.language):
        reason = _("to ask by WhatsApp whether the entry is still right")
        text = _(
            "Hello, this is Stasion. Is the entry “%(name)s” in Malang's startup directory still right? "
            "One tap answers it: %(address)s"
        ) % {
            "name": startup.name,
            "address": settings.SITE_URL + reverse("startups:freshness_ask", args=[token]),
        }
    ContactAccess.objects.create(startup=startup, by=by, reason=reason)
    return f"https://wa.me/{international(contact.value)}?text={quote(text)}"


def international(number: str) -> str:
    """Return the digits of a phone number with the country's code, as WhatsApp wants them."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return f"62{digits[1:]}" if digits.startswith("0") else digits


def unconfirmed(now: datetime, *, asked: str = "") -> QuerySet[Startup]:
    """Return all published entries whose confirmation is due, the longest unconfirmed first, for the coordinators.

    Each has `asked_at` (the newest question about the present confirmation) and `open_until` (of its link). `asked`
    narrows them: "no", "open" (its link still works) or "silent".
    """
    about_this = Q(freshness_asks__cycle=F("last_confirmed_on"))
    rows = (
        Startup.objects.filter(
            lifecycle=Startup.Lifecycle.PUBLISHED,
            is_sample=False,
            last_confirmed_on__lte=timezone.localdate(now) - timedelta(days=FIRST_ASK_AFTER),
        )
        .annotate(
            asked_at=Max("freshness_asks__sent_at", filter=about_this),
            open_until=Max("freshness_asks__expires_at", filter=about_this & Q(freshness_asks__answer="")),
        )
        .order_by("last_confirmed_on", "pk")
    )
    if asked == "no":
        return rows.filter(asked_at=None)
    if asked == "open":
        return rows.filter(open_until__gt=now)
    if asked == "silent":
        return rows.filter(asked_at__isnull=False).exclude(open_until__gt=now)
    return rows
