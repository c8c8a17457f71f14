"""App configuration."""

from django.apps import AppConfig


class StartupsConfig(AppConfig):
    """Register the app."""

    name = "startups"
