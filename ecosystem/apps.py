"""App configuration."""

from django.apps import AppConfig


class EcosystemConfig(AppConfig):
    """Register the app."""

    name = "ecosystem"
