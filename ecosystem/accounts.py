"""Accounts: the second factor of staff, and how allauth talks to people."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend as BaseBackend
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from ecosystem.models import User
from ecosystem.services import mail, mail_texts
from malangkraf.written_sql import Row, columns, fetch


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


def portal_address(url: str, *, language: str) -> str:
    """Return the page's address on the portal's own host, in that language.

    The host of a request is not trusted for mails: whoever may set it would choose where a reset link leads.
    """
    parts = urlsplit(url)
    path = translate_url(f"{parts.path}?{parts.query}" if parts.query else parts.path, language)
    return f"{settings.SITE_URL}{path}"


FIND = f"SELECT {columns(User)} FROM ecosystem_user WHERE id = %s"  # noqa: S608 (names of columns only)


class AuthenticationBackend(BaseBackend):
    """allauth's sign-in by mail address, with a short way to the account of each request."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account of a session if it may sign in; one query."""
        for row in fetch(FIND, [user_id]):
            user = Row(row).instance(User)
            return user if self.user_can_authenticate(user) else None
        return None


class AccountAdapter(DefaultAccountAdapter):
    """Write to people in the language of their account."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The e-mail address or the password is wrong. Check both and try again."
        ),
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes, then try again."),
        "incorrect_code": _("This code is wrong or has expired."),
        "incorrect_password": _("This password is wrong."),
        "rate_limited": _("Too many attempts in a short time. Wait a moment, then try again."),
    }

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Save a new account with the language of the page it signed up on."""
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Return where a new person starts."""
        return reverse("profile_edit")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address; with fewer proxies in the header than trusted, that of the nearest one."""
        try:
            address: str = super().get_client_ip(request)
        except ImproperlyConfigured:
            address = str(request.META["REMOTE_ADDR"])
        return address

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue allauth's mail in the language of its recipient, with links to the portal's own address."""
        language = self._language_of(email, context.get("user"))
        links = {
            key: portal_address(value, language=language)
            for key, value in context.items()
            if key.endswith("_url") and isinstance(value, str)
        }
        request = allauth_context.request
        words = {"request": request, "email": email, "portal_url": settings.SITE_URL, **context, **links}
        with translation.override(language):
            message = self.render_mail(template_prefix, email, words)
        text = mail_texts.lay_out(message.subject, str(message.body), language=language)
        # Most of these hold a code or a link that opens the account.
        mail.put(email, text, language=language, is_secret=True)

    def _language_of(self, email: str, user: object) -> str:
        if not isinstance(user, User):
            address = EmailAddress.objects.select_related("user").filter(email__iexact=email).first()
            user = address.user if address else None
        if isinstance(user, User):
            return user.language
        return translation.get_language() or settings.LANGUAGE_CODE
