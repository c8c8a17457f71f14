"""Claims and proofs."""

from django.urls import URLPattern

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = []
