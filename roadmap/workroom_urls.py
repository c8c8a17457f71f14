"""Addresses of the planners' work room."""

from django.urls import URLPattern

app_name = "workroom"
urlpatterns: list[URLPattern] = []
