"""The agenda, the feeds, the letters and the check-in."""

from django.urls import URLPattern

# Under the root (with and without /en/); write whole paths: "fasilitas/…", "pesanan/…", "ruang-kerja/…".
urlpatterns: list[URLPattern] = []
