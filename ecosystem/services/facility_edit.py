"""What a manager changes of a facility: its spaces, its photos. Bookings wait meanwhile and are never deleted."""

import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from PIL import Image

from ecosystem import codes
from ecosystem.models import Facility, FacilityPhoto, Occurrence, Space, SpaceAmenity, SpaceLeaf, User
from ecosystem.services import spaces
from ecosystem.services.outside_hours import flag_outside_hours
from malangkraf import page_cache
from malangkraf.uploads import CheckedFile

WIDTHS = (480, 1280)


@transaction.atomic
def save_space(
    space: Space, amenities: Iterable[SpaceAmenity], *, now: datetime, desks_are_real: bool = False
) -> Space:
    """Save a new, changed or moved space with what stands in it; raise spaces.SpaceInUse where it cannot lie.

    `desks_are_real`: the sample desks in it lose their mark.
    """
    spaces.lock_for_change(space.facility_id)
    if space.pk is None:
        spaces.add_space(space, now=now)
    else:
        before = Space.objects.get(pk=space.pk).parent_id
        if space.parent is not None and space.parent_id != before:
            spaces.move_space(space, space.parent, now=now)
        space.save()
        if desks_are_real:
            space.parts.filter(kind=Space.Kind.DESK, is_sample=True).update(is_sample=False)
    notes = dict(space.amenity_rows.values_list("amenity", "note"))
    space.amenity_rows.all().delete()
    rows = list(amenities)
    for row in rows:
        row.space, row.note = space, notes.get(row.amenity_id, "")
    SpaceAmenity.objects.bulk_create(rows)
    page_cache.bump()
    return space


def bookings_to_come(space: Space, *, now: datetime) -> list[Occurrence]:
    """Return the dates to come in a space or in what lies in it; one query."""
    leaves = SpaceLeaf.objects.filter(space=space.pk).values("leaf")
    inner = SpaceLeaf.objects.filter(leaf__in=leaves).values("space")
    above = [row.pk for row in spaces.line_above(space)]
    return list(
        Occurrence.objects.live()
        .filter(space__in=inner, ends_at__gt=now)
        .exclude(space__in=above)
        .select_related("space", "booking")
        .order_by("starts_at", "pk")
    )


@transaction.atomic
def set_in_use(space: Space, in_use: bool, *, now: datetime) -> list[Occurrence]:
    """Take a space out of use, or back; return the bookings that a manager has to look at now."""
    facility = spaces.lock_for_change(space.facility_id)
    Space.objects.filter(pk=space.pk).exclude(is_active=in_use).update(is_active=in_use)
    page_cache.bump()
    return flag_outside_hours(facility, now)


@transaction.atomic
def renew_door_token(space: Space) -> None:
    """Give the door a new code; the printed poster with the old one no longer works."""
    Space.objects.filter(pk=space.pk).update(door_token=codes.token())


@transaction.atomic
def add_photo(photo: FacilityPhoto, file: CheckedFile, *, by: User) -> FacilityPhoto:
    """Store a picture in two widths as WebP without metadata; the same picture twice is one photo."""
    facility = Facility.objects.select_for_update(no_key=True).get(pk=photo.facility_id)
    digest = hashlib.sha256(file.content).hexdigest()[:20]
    name = f"facilities/{facility.slug}/{digest}-1280.webp"
    known = facility.photos.filter(image=name, space=photo.space).first()
    if known is not None:
        return known
    drawn = {width: narrowed(file.content, width) for width in WIDTHS}
    for width, content in drawn.items():
        path = sized(name, width)
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(content))
    photo.image.name = name
    with Image.open(io.BytesIO(drawn[1280])) as picture:
        photo.width, photo.height = picture.size
    photo.order = (facility.photos.aggregate(last=Max("order"))["last"] or 0) + 1
    photo.uploaded_by = by
    photo.save()
    page_cache.bump()
    return photo


def narrowed(content: bytes, width: int) -> bytes:
    """Return a checked picture as WebP, at most so wide and one and a half times as high."""
    with Image.open(io.BytesIO(content)) as picture:
        drawn = picture.convert("RGB")
        drawn.thumbnail((width, width * 3 // 2), Image.Resampling.LANCZOS)
        target = io.BytesIO()
        drawn.save(target, "WEBP", quality=80, method=4)
    return target.getvalue()


def sized(name: str, width: int) -> str:
    """Return the name of a photo's file in a width."""
    path = PurePosixPath(name)
    return str(path.with_name(path.name.replace("-1280", f"-{width}")))


def stored_name(photo: FacilityPhoto, *, narrow: bool) -> str:
    """Return the name of a photo's file, of its narrow copy if that is wanted and there is one."""
    name = str(photo.image)
    small = sized(name, WIDTHS[0])
    return small if narrow and default_storage.exists(small) else name


@transaction.atomic
def remove_photo(facility: Facility, pk: int) -> None:
    """Take a photo and its files away; removed twice, it is removed once."""
    photo = facility.photos.filter(pk=pk).first()
    if photo is None:
        return
    name = str(photo.image)
    photo.delete()
    if not FacilityPhoto.objects.filter(image=name).exists():
        for width in WIDTHS:
            transaction.on_commit(partial(default_storage.delete, sized(name, width)), robust=True)
    page_cache.bump()


@transaction.atomic
def move_photo_up(facility: Facility, pk: int) -> None:
    """Put a photo before the one that stands before it."""
    Facility.objects.select_for_update(no_key=True).get(pk=facility.pk)
    rows = list(facility.photos.all())
    places = [row.pk for row in rows]
    if pk in places and (at := places.index(pk)) > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
        for place, row in enumerate(rows, start=1):
            FacilityPhoto.objects.filter(pk=row.pk).exclude(order=place).update(order=place)
    page_cache.bump()
