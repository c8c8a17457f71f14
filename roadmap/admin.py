"""Task Force seats in Django's admin; the roadmap itself is edited in the work room."""

from django.contrib import admin

from ecosystem.admin_site import KnownKeys
from roadmap.models import TaskForceMembership


@admin.register(TaskForceMembership)
class TaskForceMembershipAdmin(KnownKeys, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who sits in the Task Force, by which decree and for how long."""

    list_display = ("user", "helix_actor", "role", "organization", "valid_from", "valid_to")
    list_filter = ("helix_actor", "role")
    list_select_related = ("user", "helix_actor", "organization")
    autocomplete_fields = ("user", "organization", "helix_actor")
    search_fields = ("user__email", "user__name", "decree_number")
