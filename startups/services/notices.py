"""Mails about an entry to the people who keep it."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from ecosystem.models import OutgoingMail, User
from ecosystem.services import mail
from startups.models import Role, Startup


def people_to_tell(startup: Startup) -> list[User]:
    """Return the entry's owners, oldest first, or who made it while it has none; one or two queries."""
    owners = User.objects.filter(
        startup_memberships__startup=startup, startup_memberships__role=Role.OWNER, is_active=True
    )
    found = list(owners.order_by("startup_memberships__since", "pk"))
    if found or startup.created_by_id is None:
        return found
    return list(User.objects.filter(pk=startup.created_by_id, is_active=True))


def notify(
    startup: Startup, template: str, context: Mapping[str, Any], *, key: str = "", reply_to: str = ""
) -> list[OutgoingMail]:
    """Queue templates/mail/<template>.txt to everybody who keeps the entry, each in the language of their account.

    The template also gets `startup` and `person`. With a `key` nobody gets the same mail twice. Return what was queued.
    """
    queued = []
    for person in people_to_tell(startup):
        language = person.language or startup.language
        with translation.override(language):
            why = _("You get this mail because you keep the entry “%(name)s” at MalangKraf.") % {
                "name": startup.name
            }
        queued.append(
            mail.queue_mail(
                person.email,
                template=template,
                context={"why": why, "startup": startup, "person": person, **context},
                language=language,
                key=f"{key}:{person.pk}" if key else "",
                reply_to=reply_to,
            )
        )
    return [row for row in queued if row is not None]
