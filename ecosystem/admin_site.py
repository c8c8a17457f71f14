"""The site object of Django's admin: administrators only, and the portal's own sign-in."""

import re
from collections.abc import Sequence
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.forms import ModelChoiceField
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


class KnownKeySelect(AutocompleteSelect):
    """A field that looks its choices up. Django's crashes when it shows a form again whose key is no number."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        """Return the choices to show: those among the sent keys that may be keys."""
        return super().optgroups(name, [key for key in value if re.fullmatch(r"[0-9]{1,18}", key)], attr)


class KnownKeys:
    """An admin whose `autocomplete_fields` take any text without a crash; stands before ModelAdmin."""

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any]", request: HttpRequest, **options: Any
    ) -> "ModelChoiceField[Any] | None":
        """Return the form field of a link to another row."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            options["widget"] = KnownKeySelect(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc,no-any-return]
