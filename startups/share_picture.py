"""The picture of an entry for shared links, from what the public sees of it."""

from django.conf import settings
from django.utils.translation import gettext as _

from malangkraf.drawing.share_card import Card, share_card
from malangkraf.drawing.tiles import look_of
from malangkraf.fonts import static_file
from startups.models import Startup


def share_picture(startup: Startup) -> bytes:
    """Return the PNG in the active language; a missing logo file gives way to the drawn sign."""
    areas = [area.name for area in (startup.kelurahan, startup.kecamatan) if area]
    place = ", ".join([*areas, "Malang"])
    card = Card(
        name=startup.name,
        lines=[str(startup.get_kind_display()), place],
        look=look_of(startup.name),
        logo=_logo(startup),
        mark=_("Sample") if startup.is_sample else "",
    )
    fonts = settings.BUILD_DIR
    return share_card(card, bold=static_file(fonts, 800), medium=static_file(fonts, 600))


def _logo(startup: Startup) -> bytes:
    if not startup.logo:
        return b""
    try:
        with startup.logo.open("rb") as file:
            content: bytes = file.read()
    except FileNotFoundError:
        return b""
    return content
