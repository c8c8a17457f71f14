"""Addresses of the planners' work room."""

from django.urls import URLPattern, URLResolver, include, path

from roadmap.views import workroom_indicators as indicators
from roadmap.views import workroom_review as review
from roadmap.views import workroom_roadmap as roadmap
from roadmap.views import workroom_targets as targets
from roadmap.views import workroom_values as values

app_name = "workroom"

entry_patterns: list[URLPattern] = [
    pattern
    for noun, folder in (("phase", "fase"), ("programme", "program"), ("action", "aksi"))
    for pattern in (
        path(f"{folder}/", roadmap.entry_list, {"noun": noun}, name=f"{noun}_list"),
        path(f"{folder}/baru/", roadmap.entry_create, {"noun": noun}, name=f"{noun}_create"),
        path(f"{folder}/<slug:slug>/", roadmap.entry_edit, {"noun": noun}, name=f"{noun}_edit"),
        path(f"{folder}/<slug:slug>/terbit/", roadmap.entry_publish, {"noun": noun}, name=f"{noun}_publish"),
    )
]

update_patterns: list[URLPattern] = [
    path("aksi/<slug:slug>/perkembangan/", roadmap.update_create, name="update_create"),
    path("perkembangan/<int:pk>/", roadmap.update_edit, name="update_edit"),
    path("perkembangan/<int:pk>/terbit/", roadmap.update_publish, name="update_publish"),
]

indicator_patterns: list[URLPattern] = [
    path("", indicators.indicator_list, name="indicator_list"),
    path("baru/", indicators.indicator_create, name="indicator_create"),
    path("<slug:slug>/", indicators.indicator_detail, name="indicator_detail"),
    path("<slug:slug>/ubah/", indicators.indicator_edit, name="indicator_edit"),
    path("<slug:slug>/versi-baru/", indicators.indicator_supersede, name="indicator_supersede"),
    path("<slug:slug>/terbit/", indicators.indicator_publish, name="indicator_publish"),
    path("<slug:slug>/riwayat/", indicators.indicator_history, name="indicator_history"),
    path("<slug:slug>/tautan/", indicators.link_create, name="link_create"),
    path("<slug:slug>/tautan/<int:pk>/hapus/", indicators.link_remove, name="link_remove"),
    path("<slug:slug>/target/", targets.target_create, name="target_create"),
    path("<slug:slug>/target/<slug:period>/", targets.target_edit, name="target_edit"),
    path("<slug:slug>/nilai/", values.value_create, name="value_create"),
    path("<slug:slug>/nilai/<slug:period>/", values.value_edit, name="value_edit"),
    path("<slug:slug>/nilai/<slug:period>/riwayat/", values.value_history, name="value_history"),
    path("<slug:slug>/nilai/<slug:period>/bukti/", values.evidence_create, name="evidence_create"),
    path("<slug:slug>/nilai/<slug:period>/periksa/", review.value_review, name="value_review"),
    path("<slug:slug>/nilai/<slug:period>/verifikasi/", review.value_verify, name="value_verify"),
    path("<slug:slug>/nilai/<slug:period>/kembalikan/", review.value_return, name="value_return"),
    path("<slug:slug>/nilai/<slug:period>/buka/", review.value_reopen, name="value_reopen"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *entry_patterns,
    *update_patterns,
    path("indikator/", include(indicator_patterns)),
    path("nilai/", values.value_list, name="value_list"),
    path("nilai/antrean/", review.value_queue, name="value_queue"),
    path("bukti/<int:pk>/hapus/", values.evidence_remove, name="evidence_remove"),
    path("", include("roadmap.workroom_report_urls")),
]
