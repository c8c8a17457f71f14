"""Addresses of the planners' work room."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "workroom"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("roadmap.workroom_report_urls")),
]
