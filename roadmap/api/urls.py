"""Addresses of the read API."""

from typing import Any

from django.urls import URLPattern, path

from ecosystem.api.urls import urlpatterns as facility_urls
from roadmap.api import docs, views
from startups.api.urls import urlpatterns as startup_urls

app_name = "api"


def both(noun: str, name: str, view: Any) -> list[URLPattern]:
    """Return the addresses of a list and of its single rows."""
    converter = "str" if noun in ("indicators", "kecamatan") else "slug"
    key = view.lookup_field
    return [
        path(f"v1/{noun}/", view.as_view({"get": "list"}), name=f"{name}_list"),
        path(f"v1/{noun}/<{converter}:{key}>/", view.as_view({"get": "retrieve"}), name=f"{name}_detail"),
    ]


urlpatterns: list[URLPattern] = [
    path("v1/", docs.RootView.as_view(), name="root_detail"),
    *both("phases", "phase", views.PhaseViewSet),
    *both("programmes", "programme", views.ProgrammeViewSet),
    *both("actions", "action", views.ActionViewSet),
    *both("indicators", "indicator", views.IndicatorViewSet),
    *both("reports", "report", views.ReportViewSet),
    *both("subsectors", "subsector", views.SubsectorViewSet),
    *both("kecamatan", "kecamatan", views.KecamatanViewSet),
    *both("organizations", "organization", views.OrganizationViewSet),
    *both("rating-scales", "rating_scale", views.RatingScaleViewSet),
    *startup_urls,
    *facility_urls,
    path("schema/", docs.SchemaView.as_view(), name="schema_detail"),
    path("docs/", docs.docs_detail, name="docs_detail"),
]
