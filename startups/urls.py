"""Addresses of the directory; fixed words come before the slug of an entry."""

from django.urls import URLPattern, URLResolver

from startups.routes import importing, moderation, owners, privacy, public, registration, statistics, trust

app_name = "startups"

urlpatterns: list[URLPattern | URLResolver] = [
    *registration.urlpatterns,
    *statistics.urlpatterns,
    *moderation.urlpatterns,
    *trust.urlpatterns,
    *owners.urlpatterns,
    *importing.urlpatterns,
    *privacy.urlpatterns,
    *public.urlpatterns,
]
