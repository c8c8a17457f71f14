"""Addresses of the directory in the API; roadmap.api.urls puts them beside its own."""

from typing import Any

from django.urls import URLPattern, path

from startups.api import views


def both(noun: str, name: str, key: str, view: Any) -> list[URLPattern]:
    """Return the addresses of a list and of its single rows."""
    return [
        path(f"v1/{noun}/", view.as_view({"get": "list"}), name=f"{name}_list"),
        path(f"v1/{noun}/<{key}>/", view.as_view({"get": "retrieve"}), name=f"{name}_detail"),
    ]


urlpatterns = [
    *both("startups", "startup", "str:slug", views.StartupViewSet),
    *both("services", "service", "slug:code", views.ServiceViewSet),
    *both("technologies", "technology", "slug:code", views.TechnologyViewSet),
    *both("kelurahan", "kelurahan", "str:code", views.KelurahanViewSet),
]
