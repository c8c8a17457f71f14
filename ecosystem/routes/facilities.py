"""The facilities, their spaces and when they are free."""

from django.urls import URLPattern, path

from ecosystem.views import facilities, spaces

# Under the root (with and without /en/); write whole paths: "fasilitas/…", "pesanan/…", "ruang-kerja/…".
urlpatterns: list[URLPattern] = [
    path("fasilitas/", facilities.facility_list, name="facility_list"),
    path("fasilitas/peta.geojson", facilities.facility_list_geojson, name="facility_list_geojson"),
    path("fasilitas/foto/<int:pk>/", facilities.facility_photo, name="facility_photo"),
    path("fasilitas/cari-ruang/", spaces.room_finder, name="room_finder"),
    path("fasilitas/<slug:slug>/", facilities.facility_detail, name="facility_detail"),
    path("fasilitas/<slug:slug>/kalender/", spaces.facility_calendar, name="facility_calendar"),
    path("fasilitas/<slug:slug>/<slug:space>/", spaces.space_detail, name="space_detail"),
]
