"""Task Force seats and who enters which values, in Django's admin; the roadmap itself is edited in the work room."""

from django.contrib import admin

from ecosystem.admin_site import KnownKeys
from roadmap.models import IndicatorAssignment, TaskForceMembership


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
