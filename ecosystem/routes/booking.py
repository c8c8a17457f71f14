"""What residents do with their bookings."""

from django.urls import URLPattern

# Under the root (with and without /en/); write whole paths: "fasilitas/…", "pesanan/…", "ruang-kerja/…".
urlpatterns: list[URLPattern] = []
