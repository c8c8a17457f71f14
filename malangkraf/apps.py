"""The project package as an app: it owns templates tags and pages, no models."""

from django.apps import AppConfig


class MalangkrafConfig(AppConfig):
    """Register the project package."""

    name = "malangkraf"

    def ready(self) -> None:
        """Connect the signs of life of worker and beat."""
        from malangkraf import heartbeats  # noqa: F401
