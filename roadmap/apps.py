"""App configuration."""

from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    """Register the app and its part of the work room's entry page."""

    name = "roadmap"

    def ready(self) -> None:
        """Say what waits in the roadmap; imported here because models must be loaded first."""
        from ecosystem import waiting
        from roadmap.waiting import roadmap_tasks

        waiting.register(roadmap_tasks)
