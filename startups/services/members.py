"""Who keeps an entry: invitations by mail, roles, leaving.

An entry that had an owner always keeps one: the entry is locked, then counted.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from ecosystem.models import User
from ecosystem.services import mail
from startups import permissions
from startups.models import Invitation, Membership, Role, Startup
from startups.services import claims, entries, notices

LINK_DAYS = 14
MOST_MEMBERS = 20
# Invitations that may wait at the same time, and mails about one of them.
MOST_OPEN = 10
PAUSE_BETWEEN_MAILS = timedelta(minutes=2)
# In a day, taken back or not: invitations of one person, and invitations to one mailbox, whoever sends them.
DAY = timedelta(hours=24)
MOST_OF_PERSON, MOST_TO_MAILBOX = 30, 10


class MemberProblem(ValueError):
    """What stands in the way; the pages say it in words."""


class LastOwner(MemberProblem):
    """Without this person nobody would own the entry."""


class AlreadyMember(MemberProblem):
    """The person keeps the entry already."""


class TooMany(MemberProblem):
    """The entry has as many members and open invitations as one may have."""


class TooSoon(MemberProblem):
    """The same person was mailed a moment ago."""


class TooOften(MemberProblem):
    """The person invited very many within a day, or the mailbox was invited very often."""


class LinkGone(MemberProblem):
    """The link was used, taken back, or has expired."""


class OtherMailbox(MemberProblem):
    """The signed-in account has not confirmed the mailbox that was invited."""


class NoMember(MemberProblem):
    """The person is no member (any more)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation with the secret of its link, which is nowhere stored."""

    invitation: Invitation
    token: str


def hash_of(token: str) -> str:
    """Return what is stored of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitations(startup: Startup) -> list[Invitation]:
    """Return the invitations that wait for an answer, expired ones too, the newest first; one query."""
    return list(startup.invitations.filter(answered_at=None).select_related("invited_by"))


@transaction.atomic
def invite(startup_id: int, email: str, *, role: str, by: User, now: datetime | None = None) -> Sent:
    """Invite a mailbox to keep the entry, and return the invitation; a waiting one is replaced, its link dies.

    Coordinators, who invite whole lists, have no limit in a day. Raise AlreadyMember, TooMany, TooSoon or TooOften.
    """
    startup = entries.lock(startup_id)
    now = now or timezone.now()
    email = email.strip()
    verified = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user_id")
    if startup.memberships.filter(user_id__in=verified).exists():
        raise AlreadyMember
    waiting = startup.invitations.filter(answered_at=None)
    if (
        startup.memberships.count() >= MOST_MEMBERS
        or waiting.exclude(email__iexact=email).count() >= MOST_OPEN
    ):
        raise TooMany
    earlier = startup.invitations.filter(email__iexact=email)
    if earlier.filter(created_at__gt=now - PAUSE_BETWEEN_MAILS).exists():
        raise TooSoon
    if not permissions.is_coordinator(by):
        _refuse_too_often(email, by=by, now=now)
    earlier.filter(answered_at=None).update(answered_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        startup=startup,
        email=email,
        role=role,
        token_hash=hash_of(token),
        invited_by=by,
        expires_at=now + timedelta(days=LINK_DAYS),
    )
    _mail_invitation(invitation, token)
    return Sent(invitation, token)


def _refuse_too_often(email: str, *, by: User, now: datetime) -> None:
    """Raise TooOften; an invitation that was taken back counts too, for its mail was sent."""
    today = Invitation.objects.filter(created_at__gt=now - DAY)
    of_person, to_mailbox = today.filter(invited_by=by), today.filter(email__iexact=email)
    if of_person.count() >= MOST_OF_PERSON or to_mailbox.count() >= MOST_TO_MAILBOX:
        raise TooOften


def _mail_invitation(invitation: Invitation, token: str) -> None:
    """Mail the link, in the language of the mailbox's account, else in that of the entry."""
    known = EmailAddress.objects.filter(email__iexact=invitation.email, verified=True).first()
    language = (known.user.language if known else "") or invitation.startup.language
    mail.queue_mail(
        invitation.email,
        template="startup_invitation",
        context={"startup": invitation.startup, "invitation": invitation, "token": token},
        language=language,
        is_secret=True,
    )


@transaction.atomic
def revoke(startup_id: int, invitation_id: int, *, now: datetime | None = None) -> None:
    """Take a waiting invitation back; its link dies. Raise LinkGone when it was answered meanwhile."""
    entries.lock(startup_id)
    changed = Invitation.objects.filter(startup_id=startup_id, pk=invitation_id, answered_at=None).update(
        answered_at=now or timezone.now()
    )
    if not changed:
        raise LinkGone


def find(token: str) -> Invitation | None:
    """Return the invitation behind a link with its entry, None for an unknown one; one query."""
    related = Invitation.objects.select_related("startup", "invited_by")
    return related.filter(token_hash=hash_of(token)).first()


def is_open(invitation: Invitation, *, now: datetime) -> bool:
    """Return whether its link still works."""
    gone = (Startup.Lifecycle.MERGED, Startup.Lifecycle.WITHDRAWN)
    if invitation.answered_at is not None or invitation.startup.lifecycle in gone:
        return False
    return bool(invitation.expires_at > now)


def is_for(invitation: Invitation, user: User) -> bool:
    """Return whether the account has confirmed the mailbox that was invited; one query."""
    own = EmailAddress.objects.filter(user=user, verified=True)
    return bool(own.filter(email__iexact=invitation.email).exists())


@transaction.atomic
def accept(invitation_id: int, *, user: User, now: datetime | None = None) -> Membership:
    """Make the person a member, once, and return the membership; a member never loses a role by it.

    Raise LinkGone or OtherMailbox.
    """
    startup_id = Invitation.objects.values_list("startup_id", flat=True).get(pk=invitation_id)
    startup = entries.lock(startup_id)
    now = now or timezone.now()
    invitation = Invitation.objects.select_related("startup").filter(pk=invitation_id).first()
    if invitation is None or not is_open(invitation, now=now):
        raise LinkGone
    if not is_for(invitation, user):
        raise OtherMailbox
    invitation.answered_at, invitation.is_accepted = now, True
    invitation.save(update_fields=["answered_at", "is_accepted"])
    membership, is_new = Membership.objects.get_or_create(
        startup=startup, user=user, defaults={"role": invitation.role, "invited_by": invitation.invited_by}
    )
    if not is_new and invitation.role == Role.OWNER and membership.role != Role.OWNER:
        membership.role = Role.OWNER
        membership.save(update_fields=["role"])
    claims.settle_axis(startup)
    _tell_owners(membership, "joined")
    return membership


def _tell_owners(membership: Membership, event: str) -> None:
    """Mail the owners that the circle of members is another one: nobody takes an entry over unseen."""
    context = {"event": event, "member": membership.user, "role": membership.role}
    notices.notify(membership.startup, "startup_members_changed", context)


def _member(startup: Startup, user_id: int) -> Membership:
    found = startup.memberships.select_related("user", "startup").filter(user_id=user_id).first()
    if found is None:
        raise NoMember
    return found


def _refuse_last(startup: Startup, membership: Membership) -> None:
    others = startup.memberships.filter(role=Role.OWNER).exclude(pk=membership.pk)
    if membership.role == Role.OWNER and not others.exists():
        raise LastOwner


@transaction.atomic
def change_role(startup_id: int, user_id: int, *, role: str) -> Membership:
    """Give a member another role and return the membership; raise LastOwner or NoMember."""
    startup = entries.lock(startup_id)
    membership = _member(startup, user_id)
    if role != Role.OWNER:
        _refuse_last(startup, membership)
    if membership.role != role:
        membership.role = role
        membership.save(update_fields=["role"])
        _tell_owners(membership, "role")
    return membership


@transaction.atomic
def remove(startup_id: int, user_id: int, *, by: User) -> Membership:
    """End a membership, by an owner or by leaving, and return it; the owners and who was removed get a mail.

    Raise LastOwner or NoMember.
    """
    startup = entries.lock(startup_id)
    membership = _member(startup, user_id)
    _refuse_last(startup, membership)
    membership.delete()
    _tell_owners(membership, "left")
    if by.pk != user_id:
        user = membership.user
        mail.queue_mail(
            user.email,
            template="startup_member_removed",
            context={"startup": startup, "person": user},
            language=user.language,
        )
    return membership


@transaction.atomic
def transfer(startup_id: int, *, giver: User, to_user_id: int) -> Membership:
    """Make another member the owner in place of the giver, who stays as an editor; return the new owner's membership.

    Raise NoMember when one of them is none.
    """
    startup = entries.lock(startup_id)
    old, new = _member(startup, giver.pk), _member(startup, to_user_id)
    new.role = Role.OWNER
    new.save(update_fields=["role"])
    if old.pk != new.pk:
        old.role = Role.EDITOR
        old.save(update_fields=["role"])
        _tell_owners(new, "role")
    return new
