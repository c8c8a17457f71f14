"""What residents do with their bookings."""

from django.urls import URLPattern, path

from ecosystem.views import booking, booking_changes, booking_door, booking_own, booking_waiting

# Under the root (with and without /en/); write whole paths: "fasilitas/…", "pesanan/…", "ruang-kerja/…".
urlpatterns: list[URLPattern] = [
    path("fasilitas/<slug:slug>/<slug:space>/pesan/", booking.booking_create, name="booking_create"),
    path(
        "fasilitas/<slug:slug>/<slug:space>/daftar-tunggu/", booking_waiting.waiting_join, name="waiting_join"
    ),
    path(
        "fasilitas/<slug:slug>/<slug:space>/hadir/<str:token>/",
        booking_door.door_check_in,
        name="door_check_in",
    ),
    path("pesanan/", booking_own.booking_list, name="my_bookings"),
    path("pesanan/kalender/", booking_own.personal_calendar, name="personal_calendar"),
    path("pesanan/tunggu/<int:pk>/keluar/", booking_waiting.waiting_leave, name="waiting_leave"),
    path("pesanan/tunggu/<int:pk>/ambil/", booking_waiting.waiting_take, name="waiting_take"),
    path("pesanan/<slug:code>/", booking_own.booking_detail, name="booking_detail"),
    path("pesanan/<slug:code>/ubah/", booking_changes.booking_edit, name="booking_edit"),
    path("pesanan/<slug:code>/batal/", booking_changes.booking_cancel, name="booking_cancel"),
    path(
        "pesanan/<slug:code>/tanggal/<int:pk>/batal/",
        booking_changes.occurrence_cancel,
        name="occurrence_cancel",
    ),
    path(
        "pesanan/<slug:code>/tanggal/<int:pk>/pindah/",
        booking_changes.occurrence_move,
        name="occurrence_move",
    ),
]
