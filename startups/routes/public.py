"""The directory and its entries; the slug comes last."""

from django.urls import URLPattern

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = []
