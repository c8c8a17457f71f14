"""The agenda, the feeds, the letters and the check-in."""

from django.urls import URLPattern, path

from ecosystem.views import agenda, agenda_manager, feeds, letters

OWN = "ruang-kerja/fasilitas/<slug:slug>/agenda/"

# Under the root (with and without /en/); write whole paths: "fasilitas/…", "pesanan/…", "ruang-kerja/…".
urlpatterns: list[URLPattern] = [
    path("agenda/", agenda.event_list, name="event_list"),
    path("agenda/agenda.ics", agenda.agenda_ics, name="agenda_ics"),
    path("agenda/atom.xml", agenda.agenda_atom, name="agenda_atom"),
    path("agenda/<slug:slug>/", agenda.event_detail, name="event_detail"),
    path("agenda/<slug:slug>/acara.ics", agenda.event_ics, name="event_ics"),
    path("fasilitas/<slug:slug>/agenda.ics", agenda.facility_agenda_ics, name="facility_agenda_ics"),
    path("fasilitas/<slug:slug>/<slug:space>/kalender.ics", feeds.space_feed, name="space_feed"),
    path("pesanan/kalender/<slug:token>.ics", feeds.personal_feed, name="personal_feed"),
    path("pesanan/<slug:code>/kalender.ics", feeds.booking_ics, name="booking_ics"),
    path("pesanan/<slug:code>/surat.pdf", letters.booking_letter, name="booking_letter"),
    path("verifikasi/surat/", letters.letter_form, name="letter_form"),
    path("verifikasi/surat/<str:code>/", letters.letter_verify, name="letter_verify"),
    path(OWN, agenda_manager.manager_agenda, name="manager_agenda"),
    path(f"{OWN}baru/", agenda_manager.event_create, name="event_create"),
    path(f"{OWN}<int:pk>/", agenda_manager.event_edit, name="event_edit"),
    path(f"{OWN}<int:pk>/terbit/", agenda_manager.event_publish, name="event_publish"),
    path(f"{OWN}<int:pk>/batal/", agenda_manager.event_cancel, name="event_cancel"),
]
