"""What a manager sets up: hours, spaces, rules, texts, photos, progress."""

from django.urls import URLPattern, path

from ecosystem.views import (
    settings_facility,
    settings_hours,
    settings_progress,
    settings_rules,
    settings_spaces,
)

OWN = "ruang-kerja/fasilitas/<slug:slug>"
urlpatterns: list[URLPattern] = [
    path(f"{OWN}/jam/", settings_hours.hours_list, name="hours_list"),
    path(f"{OWN}/jam/baru/", settings_hours.hours_create, name="hours_create"),
    path(f"{OWN}/jam/hari-libur/", settings_hours.holiday_apply, name="holiday_apply"),
    path(f"{OWN}/jam/<int:pk>/", settings_hours.hours_edit, name="hours_edit"),
    path(f"{OWN}/jam/<int:pk>/hapus/", settings_hours.hours_remove, name="hours_remove"),
    path(f"{OWN}/ruang/", settings_spaces.space_list, name="space_list"),
    path(f"{OWN}/ruang/baru/", settings_spaces.space_create, name="space_create"),
    path(f"{OWN}/ruang/<slug:space>/", settings_spaces.space_edit, name="space_edit"),
    path(f"{OWN}/ruang/<slug:space>/pakai/", settings_spaces.space_retire, name="space_retire"),
    path(f"{OWN}/ruang/<slug:space>/poster/", settings_spaces.door_poster, name="door_poster"),
    path(f"{OWN}/ruang/<slug:space>/poster/baru/", settings_spaces.door_token_renew, name="door_token_renew"),
    path(f"{OWN}/aturan/", settings_rules.policy_list, name="policy_list"),
    path(f"{OWN}/aturan/baru/", settings_rules.policy_create, name="policy_create"),
    path(f"{OWN}/aturan/<int:pk>/", settings_rules.policy_edit, name="policy_edit"),
    path(f"{OWN}/aturan/<int:pk>/hapus/", settings_rules.policy_remove, name="policy_remove"),
    path(f"{OWN}/aturan/kuota/baru/", settings_rules.quota_create, name="quota_create"),
    path(f"{OWN}/aturan/kuota/<int:pk>/", settings_rules.quota_edit, name="quota_edit"),
    path(f"{OWN}/aturan/kuota/<int:pk>/hapus/", settings_rules.quota_remove, name="quota_remove"),
    path(f"{OWN}/profil/", settings_facility.facility_edit_page, name="facility_edit"),
    path(f"{OWN}/foto/", settings_facility.photo_list, name="photo_list"),
    path(f"{OWN}/foto/baru/", settings_facility.photo_create, name="photo_create"),
    path(f"{OWN}/foto/<int:pk>/", settings_facility.photo_edit, name="photo_edit"),
    path(f"{OWN}/foto/<int:pk>/naik/", settings_facility.photo_up, name="photo_up"),
    path(f"{OWN}/foto/<int:pk>/hapus/", settings_facility.photo_remove, name="photo_remove"),
    path("ruang-kerja/kemajuan/", settings_progress.progress_home, name="progress_home"),
    path(f"{OWN}/kemajuan/", settings_progress.progress_list, name="progress_list"),
    path(f"{OWN}/kemajuan/baru/", settings_progress.progress_create, name="progress_create"),
    path(f"{OWN}/kemajuan/<int:pk>/", settings_progress.progress_edit, name="progress_edit"),
    path(f"{OWN}/kemajuan/<int:pk>/hapus/", settings_progress.progress_remove, name="progress_remove"),
    path(f"{OWN}/kemajuan/tonggak/baru/", settings_progress.milestone_create, name="milestone_create"),
    path(f"{OWN}/kemajuan/tonggak/<int:pk>/", settings_progress.milestone_edit, name="milestone_edit"),
    path(
        f"{OWN}/kemajuan/tonggak/<int:pk>/hapus/", settings_progress.milestone_remove, name="milestone_remove"
    ),
]
