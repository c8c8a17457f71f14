"""Registration of a new entry, and the entries that a person keeps."""

from django.urls import URLPattern, path

from startups.views import registration, registration_send

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = [
    path("startup/daftar/", registration.registration_start, name="registration_start"),
    path("startup/daftar/baru/", registration.registration_new, name="registration_new"),
    path("startup/daftar/mirip/", registration.registration_similar, name="registration_similar"),
    path("startup/daftar/<int:pk>/", registration.registration_resume, name="registration_resume"),
    path("startup/daftar/<int:pk>/periksa/", registration_send.registration_send, name="registration_send"),
    path("startup/daftar/<int:pk>/terkirim/", registration_send.registration_done, name="registration_done"),
    path("startup/daftar/<int:pk>/tersimpan/", registration.registration_left, name="registration_left"),
    path("startup/daftar/<int:pk>/hapus/", registration.registration_delete, name="registration_delete"),
    path(
        "startup/daftar/<int:pk>/tarik/",
        registration_send.registration_withdraw,
        name="registration_withdraw",
    ),
    path("startup/daftar/<int:pk>/<slug:step>/", registration.registration_step, name="registration_step"),
    path("ruang-kerja/startup/", registration_send.my_startups, name="my_startups"),
    path("ruang-kerja/startup/<int:pk>/status/", registration_send.startup_status, name="startup_status"),
]
