"""App configuration."""

from django.apps import AppConfig


class StartupsConfig(AppConfig):
    """Register the app and its parts of the work room's entry page."""

    name = "startups"

    def ready(self) -> None:
        """Say what waits in the directory; imported here because models must be loaded first."""
        from ecosystem import affiliations, waiting
        from startups.affiliations import entries_of
        from startups.my_startups import founder_tasks
        from startups.waiting import claim_tasks, data_request_tasks, moderation_tasks

        affiliations.register(entries_of)
        waiting.register(founder_tasks)
        waiting.register(claim_tasks)
        waiting.register(moderation_tasks)
        waiting.register(data_request_tasks)
