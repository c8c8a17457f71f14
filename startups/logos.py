"""Where the logo of a public entry can be fetched."""

from pathlib import PurePath

from django.urls import reverse

from startups.models import Startup

SIZES = (96, 192)


def logo_url(startup: Startup, size: int = 192) -> str:
    """Return the path of the logo in 96 or 192 px, "" for none; it changes with the file."""
    file = startup.logo_small if size == 96 and startup.logo_small else startup.logo
    if not file:
        return ""
    version = PurePath(str(file.name)).stem[-8:]
    return f"{reverse('startups:startup_logo', args=[startup.slug, size])}?v={version}"
