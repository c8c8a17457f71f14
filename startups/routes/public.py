"""The directory and its entries; the slug comes last."""

from django.urls import URLPattern, path

from startups.views import directory, exports, profile, visitors

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = [
    path("startup/", directory.startup_list, name="startup_list"),
    path("startup/data.csv", exports.startup_list_csv, name="startup_list_csv"),
    path("startup/data.xlsx", exports.startup_list_xlsx, name="startup_list_xlsx"),
    path("startup/data.geojson", exports.startup_list_geojson, name="startup_list_geojson"),
    path("startup/atom.xml", exports.startup_list_atom, name="startup_list_atom"),
    path("startup/<slug:slug>/", profile.startup_detail, name="startup_detail"),
    path("startup/<slug:slug>/gambar.png", profile.startup_picture, name="startup_picture"),
    path("startup/<slug:slug>/logo-<int:size>.webp", profile.startup_logo, name="startup_logo"),
    path("startup/<slug:slug>/kontak/", visitors.startup_contact, name="startup_contact"),
    path("startup/<slug:slug>/kontak/terkirim/", visitors.startup_contact_done, name="startup_contact_done"),
    path("startup/<slug:slug>/lapor/", visitors.startup_report, name="startup_report"),
    path("startup/<slug:slug>/lapor/terima-kasih/", visitors.startup_report_done, name="startup_report_done"),
]
