"""The freshness question, and what concerns a person's own data."""

from django.urls import URLPattern, path

from startups.views import freshness, freshness_list

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = [
    path("startup/kabar/<str:token>/", freshness.freshness_ask, name="freshness_ask"),
    path("ruang-kerja/kesegaran/", freshness_list.freshness_list, name="freshness_list"),
    path("ruang-kerja/kesegaran/<int:pk>/whatsapp/", freshness_list.freshness_by_hand, name="freshness_by_hand"),
]
