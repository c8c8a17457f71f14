"""The directory's code lists in Django's admin; entries have their place in the work room."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from startups import text_search
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

    def save_model(self, request: HttpRequest, obj: SynonymGroup, form: Any, change: bool) -> None:
        """Save, and let the next search know."""
        super().save_model(request, obj, form, change)
        text_search.forget_synonyms()

    def delete_model(self, request: HttpRequest, obj: SynonymGroup) -> None:
        """Delete, and let the next search know."""
        super().delete_model(request, obj)
        text_search.forget_synonyms()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SynonymGroup]) -> None:
        """Delete the chosen groups, and let the next search know."""
        super().delete_queryset(request, queryset)
        text_search.forget_synonyms()
