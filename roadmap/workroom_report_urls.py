"""Addresses of the report screens in the work room (mounted inside `workroom`)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
