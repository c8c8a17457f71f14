"""The site object of Django's admin: administrators only, and the portal's own sign-in."""

from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(AdminSite):
    """Accounts, roles and reference data, for administrators; everything else has its place in the work room."""

    site_title = "MalangKraf"
    site_header = _("MalangKraf administration")
    index_title = _("Accounts and reference data")

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the person is an active administrator."""
        return request.user.is_active and request.user.is_superuser

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Return the guarded view, which does not know of addresses with a NUL: PostgreSQL compares none."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def without_nul(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
                raise Http404
            return guarded(request, *args, **kwargs)

        return without_nul

    # Django's own form knows no rate limit and no second factor.
    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send strangers to the portal's sign-in."""
        return super().login(request, extra_context)

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send the person to the portal's sign-out."""
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send the person to the portal's own form, which asks for the password again and writes a mail."""
        return redirect("account_change_password")
