"""What the managers of a facility do."""

from django.urls import URLPattern, path

from ecosystem.views import (
    manager_booking,
    manager_calendar,
    manager_closures,
    manager_dates,
    manager_home,
    manager_phone,
    utilization,
)

OWN = "ruang-kerja/fasilitas/<slug:slug>/"
BOOKING = f"{OWN}pesanan/<slug:code>/"
DATE = f"{OWN}tanggal/<int:pk>/"

# Under the root (with and without /en/); write whole paths: "fasilitas/…", "pesanan/…", "ruang-kerja/…".
urlpatterns: list[URLPattern] = [
    path("ruang-kerja/fasilitas/", manager_home.manager_home, name="manager_home"),
    path(OWN, manager_calendar.manager_calendar, name="manager_calendar"),
    path(f"{OWN}permintaan/", manager_calendar.manager_requests, name="manager_requests"),
    path(f"{OWN}cari/", manager_calendar.manager_search, name="manager_search"),
    path(f"{OWN}lembar-hari/", manager_calendar.day_sheet, name="day_sheet"),
    path(f"{OWN}pesan/", manager_phone.manager_book, name="manager_book"),
    path(BOOKING, manager_booking.manager_booking, name="manager_booking"),
    path(f"{BOOKING}kontak/", manager_booking.manager_contact, name="manager_contact"),
    path(f"{BOOKING}ubah/", manager_booking.manager_edit, name="manager_edit"),
    path(f"{BOOKING}setujui/", manager_booking.booking_approve, name="booking_approve"),
    path(f"{BOOKING}tolak/", manager_booking.booking_decline, name="booking_decline"),
    path(f"{BOOKING}batalkan/", manager_dates.booking_cancel, name="manager_cancel_all"),
    path(f"{DATE}pindah/", manager_dates.date_move, name="manager_move"),
    path(f"{DATE}batalkan/", manager_dates.date_cancel, name="manager_cancel"),
    path(f"{DATE}hadir/", manager_dates.date_check_in, name="manager_check_in"),
    path(f"{DATE}tidak-hadir/", manager_dates.date_no_show, name="manager_no_show"),
    path(f"{OWN}pemakaian/", utilization.manager_usage, name="manager_usage"),
    path(f"{OWN}pemakaian/data.csv", utilization.manager_usage_csv, name="manager_usage_csv"),
    path(f"{OWN}pemakaian/data.xlsx", utilization.manager_usage_xlsx, name="manager_usage_xlsx"),
    path("fasilitas/<slug:slug>/pemakaian/", utilization.utilization_detail, name="utilization_detail"),
    path("fasilitas/<slug:slug>/pemakaian/data.csv", utilization.utilization_csv, name="utilization_csv"),
    path(f"{OWN}penutupan/", manager_closures.closure_list, name="closure_list"),
    path(f"{OWN}penutupan/baru/", manager_closures.closure_create, name="closure_create"),
    path(f"{OWN}penutupan/<int:pk>/buka/", manager_closures.closure_lift, name="closure_lift"),
]
