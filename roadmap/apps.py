"""App configuration."""

from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    """Register the app."""

    name = "roadmap"
