"""App configuration."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class EcosystemConfig(AppConfig):
    """Register the app."""

    name = "ecosystem"
    default = True


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django's admin on the portal's own site object."""

    default = False
    default_site = "ecosystem.admin_site.PortalAdminSite"
