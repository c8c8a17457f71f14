"""Addresses of the facilities in the API; roadmap.api.urls puts them beside its own."""

from typing import Any

from django.urls import URLPattern, path

from ecosystem.api import views

ROWS: Any = {"get": "list"}
ROW: Any = {"get": "retrieve"}

urlpatterns: list[URLPattern] = [
    path("v1/facilities/", views.FacilityViewSet.as_view(ROWS), name="facility_list"),
    path("v1/facilities/<slug:slug>/", views.FacilityViewSet.as_view(ROW), name="facility_detail"),
    path("v1/spaces/", views.SpaceViewSet.as_view(ROWS), name="space_list"),
    path("v1/spaces/<slug:facility>/<slug:slug>/", views.SpaceViewSet.as_view(ROW), name="space_detail"),
    path("v1/availability/", views.AvailabilityView.as_view(), name="availability_list"),
    path("v1/free-rooms/", views.FreeRoomsView.as_view(), name="free_room_list"),
    path("v1/opening-hours/", views.OpeningHoursView.as_view(), name="opening_hours_list"),
    path("v1/events/", views.EventViewSet.as_view(ROWS), name="event_list"),
    path("v1/events/<slug:slug>/", views.EventViewSet.as_view(ROW), name="event_detail"),
]
