"""Public addresses of the roadmap, the KPIs and the reports."""

from django.urls import URLPattern, URLResolver, include, path

from roadmap.views import evidence, kpi, roadmap

app_name = "roadmap"

roadmap_patterns: list[URLPattern] = [
    path("", roadmap.roadmap_detail, name="roadmap_detail"),
    path("fase/<slug:slug>/", roadmap.phase_detail, name="phase_detail"),
    path("program/<slug:slug>/", roadmap.programme_detail, name="programme_detail"),
    path("aksi/<slug:slug>/", roadmap.action_detail, name="action_detail"),
]

# "metode" and "data.csv" come before the slug, so no indicator may be called so.
kpi_patterns: list[URLPattern] = [
    path("", kpi.indicator_list, name="indicator_list"),
    path("data.csv", kpi.indicator_list_csv, name="indicator_list_csv"),
    path("metode/", kpi.method_detail, name="method_detail"),
    path("<slug:slug>/", kpi.indicator_detail, name="indicator_detail"),
    path("<slug:slug>/data.csv", kpi.indicator_csv, name="indicator_csv"),
    path("<slug:slug>/<slug:period>/", kpi.achievement_explain, name="achievement_explain"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("peta-jalan/", include(roadmap_patterns)),
    path("kpi/", include(kpi_patterns)),
    path("laporan/", include("roadmap.report_urls")),
    path("bukti/<int:pk>/", evidence.evidence_download, name="evidence_download"),
    path("bukti/target/<int:pk>/", evidence.target_document_download, name="target_document_download"),
]
