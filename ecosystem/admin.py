"""Accounts, roles and reference data in Django's admin."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from pghistory.admin.core import EventsAdmin

from ecosystem import roles
from ecosystem.admin_site import KnownKeys
from ecosystem.models import (
    Amenity,
    FacilityManager,
    HelixActor,
    Kecamatan,
    Kelurahan,
    Organization,
    Subsector,
    User,
)

# allauth registers these itself: they hold the keys of second factors, which nobody needs to see.
for model in (EmailAddress, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

# The list of all events cannot count by filter: its own list class does not take Django's argument for that.
EventsAdmin.show_facets = admin.ShowFacets.NEVER


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """A new account, with or without a first password."""

    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class UserAdmin(KnownKeys, DjangoUserAdmin):  # type: ignore[type-arg]
    """Give roles, switch accounts off, and help people who lost their second factor."""

    add_form = NewUserForm
    list_display = ("email", "name", "organization", "is_active", "is_superuser", "last_login")
    list_filter = ("groups", "is_active", "is_superuser")
    list_select_related = ("organization",)
    search_fields = ("email", "name")
    ordering = ("email",)
    autocomplete_fields = ("organization",)
    filter_horizontal = ("groups",)
    readonly_fields = ("last_login", "date_joined")
    actions = ("remove_second_factor",)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("name", "language", "organization")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return False: who wrote a value or signed a report stays known; switch the account off instead."""
        return False

    @admin.action(description=_("Remove the second factor (the person sets up a new one)"))
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete the authenticators of the chosen accounts."""
        people = queryset.filter(authenticator__isnull=False).distinct().count()
        Authenticator.objects.filter(user__in=queryset).delete()
        text = ngettext(
            "Second factor of %(n)s account removed.", "Second factor of %(n)s accounts removed.", people
        )
        self.message_user(request, text % {"n": people}, messages.SUCCESS)


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Organisations that take part."""

    list_display = ("name", "short_name", "kind", "helix_actor")
    list_filter = ("kind", "helix_actor")
    list_select_related = ("helix_actor",)
    search_fields = ("name", "name_en", "short_name", "also_known_as")
    prepopulated_fields: ClassVar[dict[str, Any]] = {"slug": ("name",)}
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.URLField: {"widget": AdminURLFieldWidget, "assume_scheme": "https"}
    }


@admin.register(Subsector)
class SubsectorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Creative subsectors."""

    list_display = ("name", "name_en", "code", "order", "valid_from", "valid_to")
    search_fields = ("name", "name_en", "code")


@admin.register(Kecamatan, Kelurahan)
class AreaAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Districts and wards, with the codes of the ministry."""

    list_display = ("code", "name")
    search_fields = ("code", "name")


@admin.register(HelixActor)
class HelixActorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Kinds of actors."""

    list_display = ("name", "name_en", "code", "order")
    search_fields = ("name", "name_en", "code")


@admin.register(FacilityManager)
class FacilityManagerAdmin(KnownKeys, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who looks after which facility; the account needs the role of a facility manager as well."""

    list_display = ("facility", "user", "created_at")
    list_filter = ("facility",)
    list_select_related = ("facility", "user")
    search_fields = ("facility__name", "user__email", "user__name")
    autocomplete_fields = ("user",)

    def save_model(self, request: HttpRequest, obj: FacilityManager, form: Any, change: bool) -> None:
        """Save who looks after a facility, and say when the account still lacks the role."""
        super().save_model(request, obj, form, change)
        if not obj.user.has_role(roles.FACILITY_MANAGER):
            text = _("%(user)s has no role of a facility manager yet: add the account to that group.")
            self.message_user(request, text % {"user": obj.user}, messages.WARNING)


@admin.register(Amenity)
class AmenityAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What spaces can have."""

    list_display = ("name", "name_en", "code", "order")
    search_fields = ("name", "name_en", "code")
