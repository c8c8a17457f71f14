"""Addresses of the work room's entry, the facilities, the bookings and the agenda."""

from django.urls import URLPattern, path

from ecosystem.routes import agenda, booking, facilities, manager, settings
from ecosystem.views import mail, workroom

app_name = "ecosystem"
urlpatterns: list[URLPattern] = [
    path("ruang-kerja/", workroom.workroom_home, name="workroom_home"),
    path("ruang-kerja/surat/", mail.mail_list, name="mail_list"),
    path("ruang-kerja/surat/<int:pk>/coba-lagi/", mail.mail_retry, name="mail_retry"),
    *agenda.urlpatterns,
    *manager.urlpatterns,
    *settings.urlpatterns,
    # Fixed words come before the slug of a facility.
    *booking.urlpatterns,
    *facilities.urlpatterns,
]
