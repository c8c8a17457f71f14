"""Logos: what was uploaded becomes two square WebP pictures with a margin, and nothing else of it is kept."""

import io
import secrets
from functools import partial
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from ecosystem.models import User
from malangkraf.uploads import CheckedFile
from startups.models import ModerationItem, Startup
from startups.services import changes, values

SIDE = 192
SMALL_SIDE = 96
# Of each side, so that a round frame cuts nothing off.
MARGIN = 0.06


def square(content: bytes, side: int) -> bytes:
    """Return a checked picture as a square WebP: fitted in with a margin, on transparent ground, without metadata."""
    inner = round(side * (1 - 2 * MARGIN))
    with Image.open(io.BytesIO(content)) as picture:
        fitted = ImageOps.contain(picture.convert("RGBA"), (inner, inner), Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    canvas.alpha_composite(fitted, ((side - fitted.width) // 2, (side - fitted.height) // 2))
    target = io.BytesIO()
    canvas.save(target, "WEBP", quality=88, method=6)
    return target.getvalue()


def _folder(startup: Startup) -> str:
    return f"logos/{startup.uuid.hex}"


@transaction.atomic
def store_logo(
    startup_id: int, file: CheckedFile | None, *, user: User, alt: str, alt_en: str = ""
) -> Startup:
    """Give the entry a new logo, or (without a file) its logo another description, and return the entry.

    The logo before it is kept for as long as a coordinator may take the change back. Raise changes.Locked.
    """
    startup = changes.lock_for_change(startup_id)
    before = {"logo": values.public_value(startup, "logo")}
    if file is not None:
        # Both are drawn before either is stored: a picture that cannot be drawn leaves no half.
        drawn = {"logo": square(file.content, SIDE), "logo_small": square(file.content, SMALL_SIDE)}
        name = secrets.token_hex(8)
        for field, side in (("logo", SIDE), ("logo_small", SMALL_SIDE)):
            path = f"{_folder(startup)}/{name}-{side}.webp"
            setattr(startup, field, default_storage.save(path, ContentFile(drawn[field])))
    startup.logo_alt, startup.logo_alt_en = alt, alt_en
    changes.finish(startup, user=user, before=before, changed=["logo"])
    _sweep(startup)
    return startup


@transaction.atomic
def remove_logo(startup_id: int, *, user: User) -> Startup:
    """Take the logo off the entry and return the entry; raise changes.Locked."""
    startup = changes.lock_for_change(startup_id)
    changes.write_light(startup, {"logo": {}}, user=user)
    _sweep(startup)
    return startup


def _sweep(startup: Startup) -> None:
    """Delete this entry's pictures that neither it nor an open after-check names any more, once all is committed."""
    kept = {str(startup.logo), str(startup.logo_small)}
    open_checks = ModerationItem.objects.open().filter(startup=startup, kind=ModerationItem.Kind.AFTER_CHECK)
    for item in open_checks:
        for logo in item.change.get("logo", []):
            kept |= {logo[name] for name in ("logo", "logo_small")} if logo else set()
    for path in files_of(startup):
        if path not in kept:
            transaction.on_commit(partial(default_storage.delete, path), robust=True)


def files_of(startup: Startup) -> list[str]:
    """Return the names of all pictures of the entry: those it shows, and earlier ones that an after-check keeps."""
    folder = _folder(startup)
    names = default_storage.listdir(folder)[1] if default_storage.exists(folder) else []
    shown = {str(file) for file in (startup.logo, startup.logo_small) if file}
    return sorted(shown | {str(PurePosixPath(folder, name)) for name in names})
