"""The facilities, their spaces and when they are free."""

from django.urls import URLPattern

# Under the root (with and without /en/); write whole paths: "fasilitas/…", "pesanan/…", "ruang-kerja/…".
urlpatterns: list[URLPattern] = []
