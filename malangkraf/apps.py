"""The project package as an app: it owns templates tags and pages, no models."""

from django.apps import AppConfig


class MalangkrafConfig(AppConfig):
    """Register the project package."""

    name = "malangkraf"
