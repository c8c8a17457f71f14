"""App configuration."""

from django.apps import AppConfig


class RoadmapConfig(AppConfig):
    """Register the app and its part of the work room's entry page."""

    name = "roadmap"

    def ready(self) -> None:
        """Say what waits in the roadmap; imported here because models must be loaded first."""
        from ecosystem import facility_parts, waiting
        from roadmap.facility_links import roadmap_parts
        from roadmap.waiting import roadmap_tasks

        facility_parts.register(roadmap_parts)
        waiting.register(roadmap_tasks)
