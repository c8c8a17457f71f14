"""Member lists."""

from django.urls import URLPattern, path

from startups.views import importing as views

_LIST = "ruang-kerja/impor-startup/"

# Under the root (with and without /en/).
urlpatterns: list[URLPattern] = [
    path(_LIST, views.import_list, name="import_list"),
    path(f"{_LIST}contoh.csv", views.import_template, name="import_template"),
    path(f"{_LIST}<int:pk>/", views.import_detail, name="import_detail"),
    path(f"{_LIST}<int:pk>/pilihan/", views.import_decide, name="import_decide"),
    path(f"{_LIST}<int:pk>/terapkan/", views.import_apply, name="import_apply"),
    path(f"{_LIST}<int:pk>/hapus/", views.import_discard, name="import_discard"),
    path(f"{_LIST}<int:pk>/undang/", views.import_invite, name="import_invite"),
    path(f"{_LIST}<int:pk>/terbitkan/", views.import_publish, name="import_publish"),
]
