"""Addresses of the work room's entry."""

from django.urls import URLPattern, path

from ecosystem.views import workroom

app_name = "ecosystem"
urlpatterns: list[URLPattern] = [
    path("", workroom.workroom_home, name="workroom_home"),
]
