"""The coordinators work room and the public ledger."""

from django.urls import URLPattern, path

from startups.views import moderation_decision as decision
from startups.views import moderation_item as item
from startups.views import moderation_ledger as ledger
from startups.views import moderation_pause as pause
from startups.views import moderation_queue as queue

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = [
    path("startup/moderasi/", ledger.moderation_ledger, name="moderation_ledger"),
    path("startup/moderasi/data.csv", ledger.moderation_ledger_csv, name="moderation_ledger_csv"),
    path("ruang-kerja/moderasi/", queue.moderation_queue, name="moderation_queue"),
    path("ruang-kerja/moderasi/jeda/", pause.pause_list, name="pause_list"),
    path("ruang-kerja/moderasi/jeda/<int:pk>/akhiri/", pause.pause_end, name="pause_end"),
    path("ruang-kerja/moderasi/entri/", queue.moderation_entries, name="moderation_entries"),
    path("ruang-kerja/moderasi/entri/<int:pk>/", queue.moderation_check, name="moderation_check"),
    path("ruang-kerja/moderasi/<int:pk>/", item.moderation_detail, name="moderation_detail"),
    path("ruang-kerja/moderasi/<int:pk>/ambil/", queue.moderation_take, name="moderation_take"),
    path("ruang-kerja/moderasi/<int:pk>/kontak/", item.moderation_contacts, name="moderation_contacts"),
    path("ruang-kerja/moderasi/<int:pk>/usulan/", decision.moderation_proposal, name="moderation_proposal"),
    path(
        "ruang-kerja/moderasi/<int:pk>/<slug:decision>/", decision.moderation_decide, name="moderation_decide"
    ),
]
