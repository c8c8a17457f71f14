"""The directory and its entries; the slug comes last."""

from django.urls import URLPattern, path

from startups.views import exports

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = [
    path("startup/data.csv", exports.startup_list_csv, name="startup_list_csv"),
    path("startup/data.xlsx", exports.startup_list_xlsx, name="startup_list_xlsx"),
    path("startup/data.geojson", exports.startup_list_geojson, name="startup_list_geojson"),
    path("startup/atom.xml", exports.startup_list_atom, name="startup_list_atom"),
]
