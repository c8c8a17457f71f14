"""Addresses of the work room's entry."""

from django.urls import URLPattern, path

from ecosystem.views import mail, workroom

app_name = "ecosystem"
urlpatterns: list[URLPattern] = [
    path("", workroom.workroom_home, name="workroom_home"),
    path("surat/", mail.mail_list, name="mail_list"),
    path("surat/<int:pk>/coba-lagi/", mail.mail_retry, name="mail_retry"),
]
