"""Addresses of the reports in the planners' work room."""

from django.urls import URLPattern, path

from roadmap.views import workroom_reports as views

urlpatterns: list[URLPattern] = [
    path("laporan/", views.report_run_list, name="report_run_list"),
    path("laporan/buat/", views.report_run_create, name="report_run_create"),
    path("laporan/<int:pk>/", views.report_run_detail, name="report_run_detail"),
    path("laporan/<int:pk>/kemajuan/", views.report_run_progress, name="report_run_progress"),
    path("laporan/<int:pk>/terbitkan/", views.report_run_publish, name="report_run_publish"),
    path("laporan/<int:pk>/buang/", views.report_run_discard, name="report_run_discard"),
    path("laporan/<int:pk>/ulangi/", views.report_run_retry, name="report_run_retry"),
    path("laporan/<int:pk>/koreksi/", views.report_run_correct, name="report_run_correct"),
]
