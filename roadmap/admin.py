"""Task Force seats, who enters which values, and what the roadmap says of facilities, in Django's admin.

The roadmap itself is edited in the work room.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ecosystem.admin_site import KnownKeys
from malangkraf import page_cache
from roadmap.models import FacilityLink, IndicatorAssignment, TaskForceMembership


@admin.register(TaskForceMembership)
class TaskForceMembershipAdmin(KnownKeys, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who sits in the Task Force, by which decree and for how long."""

    list_display = ("user", "helix_actor", "role", "organization", "valid_from", "valid_to")
    list_filter = ("helix_actor", "role")
    list_select_related = ("user", "helix_actor", "organization")
    autocomplete_fields = ("user", "organization", "helix_actor")
    search_fields = ("user__email", "user__name", "decree_number")


@admin.register(IndicatorAssignment)
class IndicatorAssignmentAdmin(KnownKeys, admin.ModelAdmin):  # type: ignore[type-arg]
    """Whose values of which indicator a person enters."""

    list_display = ("user", "indicator", "duty")
    list_filter = ("duty",)
    list_select_related = ("user", "indicator")
    autocomplete_fields = ("user",)
    search_fields = ("user__email", "user__name", "indicator__code", "indicator__name")

    def formfield_for_choice_field(self, db_field, request, **options):  # type: ignore[no-untyped-def]
        """Offer what an assignment does today: whoever verifies does so as a planner, for every indicator."""
        duty = IndicatorAssignment.Duty.ENTER
        return super().formfield_for_choice_field(
            db_field, request, **options, choices=[(duty.value, duty.label)]
        )


class FacilityLinkForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a facility is linked to: an action that builds it, or an indicator that its use moves."""

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(found.get("action")) == bool(found.get("indicator")):
            self.add_error("action", _("Choose an action or an indicator, one of the two."))
        return found


@admin.register(FacilityLink)
class FacilityLinkAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Which action builds a facility, and which indicators its use moves; both pages name each other."""

    form = FacilityLinkForm
    list_display = ("facility", "action", "indicator")
    list_filter = ("facility",)
    list_select_related = ("facility", "action", "indicator")

    def save_model(self, request: HttpRequest, obj: FacilityLink, form: Any, change: bool) -> None:
        """Save a link; the public pages show it at once."""
        super().save_model(request, obj, form, change)
        page_cache.bump()

    def delete_model(self, request: HttpRequest, obj: FacilityLink) -> None:
        """Delete a link; the public pages forget it at once."""
        super().delete_model(request, obj)
        page_cache.bump()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[FacilityLink]) -> None:
        """Delete several links."""
        super().delete_queryset(request, queryset)
        page_cache.bump()
