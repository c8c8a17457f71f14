"""Public addresses of the roadmap, the KPIs and the reports."""

from django.urls import URLPattern

app_name = "roadmap"
urlpatterns: list[URLPattern] = []
