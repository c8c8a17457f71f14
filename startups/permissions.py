"""Who may do what with the directory (design.md section 11).

`can_…` answers for one person and one row (a refusal is 403), the scopes say which rows a person may know of (what
lies outside them is 404).
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from ecosystem import roles
from ecosystem.models import User
from startups.models import Membership, Role, Startup

Person = User | AnonymousUser


def is_coordinator(user: Person) -> bool:
    """Return whether the person coordinates the directory (an administrator may too)."""
    return isinstance(user, User) and user.has_role(roles.COORDINATOR)


def role_in(user: Person, startup: Startup) -> Role | None:
    """Return the person's role in the entry, None for none; one query."""
    found = Membership.objects.filter(startup=startup, user_id=user.pk or 0).first()
    return Role(found.role) if found else None


def can_edit(user: Person, startup: Startup) -> bool:
    """Return whether the person may change light fields: members, and coordinators."""
    return is_coordinator(user) or role_in(user, startup) is not None


def can_own(user: Person, startup: Startup) -> bool:
    """Return whether the person may propose identity fields or closing, and change members: owners, coordinators.

    A coordinator does so for people who cannot, except for what is an owner's own (owner_access.for_owners_alone): the
    contacts that are shown, the numbers, consents, the way out of the directory. What changes the public page still
    waits for a decision by another.
    """
    return is_coordinator(user) or role_in(user, startup) == Role.OWNER


def can_moderate(user: Person, startup: Startup) -> bool:
    """Return whether the person may decide about the entry: a coordinator, never on an own one."""
    return is_coordinator(user) and not has_interest(user, startup)


def has_interest(user: Person, startup: Startup) -> bool:
    """Return whether the entry is the person's own: made, kept, claimed by them, or they are invited to keep it.

    At most three queries.
    """
    if user.pk is None:
        return False
    return (
        startup.created_by_id == user.pk
        or role_in(user, startup) is not None
        or startup.claims.filter(user_id=user.pk).exists()
        or startup.invitations.filter(answered_at=None, email__iexact=getattr(user, "email", "")).exists()
    )


def startups_editable_by(user: Person) -> QuerySet[Startup]:
    """Return the entries that the person keeps; coordinators may open all of them."""
    return Startup.objects.all() if is_coordinator(user) else Startup.objects.of(user.pk)
