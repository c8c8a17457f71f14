"""App configuration."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class EcosystemConfig(AppConfig):
    """Register the app and its part of the work room's entry page."""

    name = "ecosystem"
    default = True

    def ready(self) -> None:
        """Say what waits for administrators; imported here because models must be loaded first."""
        from ecosystem import waiting

        waiting.register(waiting.requests_to_decide)
        waiting.register(waiting.own_bookings)
        waiting.register(waiting.parked_mail)


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django's admin on the portal's own site object."""

    default = False
    default_site = "ecosystem.admin_site.PortalAdminSite"
