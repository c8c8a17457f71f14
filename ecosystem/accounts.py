"""Accounts: the second factor of staff, and how allauth talks to people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import NoReverseMatch, reverse

from ecosystem.models import User


def must_set_up_mfa(user: User | AnonymousUser | Any) -> bool:
    """Return whether the person holds a staff role without the second factor it needs; at most two queries."""
    if not settings.STAFF_NEEDS_MFA or not isinstance(user, User) or not user.is_authenticated:
        return False
    return (user.is_portal_staff or user.is_staff) and not is_mfa_enabled(user)


def is_account_path(path: str) -> bool:
    """Return whether the path belongs to the account pages, health checks or files that stay reachable without MFA."""
    try:
        account_root = reverse("account_email").removesuffix("email/")
    except NoReverseMatch:
        return False
    return path.startswith((account_root, "/health/", settings.STATIC_URL))


class AccountAdapter(DefaultAccountAdapter):
    """Write to people in the language of their account."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send allauth's mail with the portal's address in it."""
        context.setdefault("portal_url", settings.SITE_URL)
        super().send_mail(template_prefix, email, context)
