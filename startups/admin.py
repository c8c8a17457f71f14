"""The directory's code lists in Django's admin; entries have their place in the work room."""

from django.contrib import admin

from startups.models import ServiceType, SynonymGroup, Technology


@admin.register(ServiceType, Technology)
class ConceptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Services that buyers look for, and technologies; an entry keeps the row, so the code should not change."""

    list_display = ("name", "name_en", "code", "order")
    search_fields = ("name", "name_en", "code")


@admin.register(SynonymGroup)
class SynonymGroupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Words that mean the same to searchers."""

    list_display = ("__str__",)
    search_fields = ("words",)
