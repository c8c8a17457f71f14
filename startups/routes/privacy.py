"""The freshness question, and what concerns a person's own data."""

from django.urls import URLPattern, path

from startups.views import data_queue, freshness, freshness_list, personal_data

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = [
    path("startup/kabar/<str:token>/", freshness.freshness_ask, name="freshness_ask"),
    path("ruang-kerja/kesegaran/", freshness_list.freshness_list, name="freshness_list"),
    path(
        "ruang-kerja/kesegaran/<int:pk>/whatsapp/", freshness_list.freshness_by_hand, name="freshness_by_hand"
    ),
    path("akun/data-saya/", personal_data.data_overview, name="data_overview"),
    path("akun/data-saya/salinan/", personal_data.data_copy_request, name="data_copy_request"),
    path("akun/data-saya/salinan/kemajuan/", personal_data.data_copy_progress, name="data_copy_progress"),
    path("akun/data-saya/salinan/<int:pk>/", personal_data.data_copy_download, name="data_copy_download"),
    path(
        "akun/data-saya/persetujuan/<int:pk>/tarik/",
        personal_data.data_consent_withdraw,
        name="data_consent_withdraw",
    ),
    path("akun/data-saya/permintaan/", personal_data.data_request_create, name="data_request_create"),
    path("akun/data-saya/hapus/", personal_data.data_erasure, name="data_erasure"),
    path("akun/data-saya/hapus/batal/", personal_data.data_erasure_cancel, name="data_erasure_cancel"),
    path("ruang-kerja/permintaan-data/", data_queue.data_request_list, name="data_request_list"),
    path("ruang-kerja/permintaan-data/<int:pk>/", data_queue.data_request_detail, name="data_request_detail"),
]
