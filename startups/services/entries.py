"""The life of an entry: its address, its reference number, its state."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from ecosystem.models import Subsector
from malangkraf import page_cache
from startups.models import ReferenceCounter, Startup, StartupAlias, StartupSubsector, Tombstone
from startups.rules.lifecycle import Actor, may_follow
from startups.services import listing

# What stands at /startup/<word>/ itself.
RESERVED_SLUGS = frozenset(
    {"daftar", "statistik", "moderasi", "kabar", "undangan", "peta", "data", "atom", "baru", "cari", "tabel"}
)
LONGEST_SLUG = 70
_REFERENCE_LOCK = 7_302_118
_ADDRESS_LOCK = 7_302_119


class StateConflict(ValueError):
    """The entry is no longer in the state from which the wanted one may follow."""


def lock(startup_id: int) -> Startup:
    """Return the entry, locked until the transaction ends; every service that writes about an entry starts here."""
    return Startup.objects.select_for_update().get(pk=startup_id)


def _hold(key: int) -> None:
    """Let no other transaction that wants the same go on before this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def free_slug(name: str, *, startup_id: int | None = None) -> str:
    """Return an address for the name that no entry has or ever had (its own earlier ones are free again).

    Held until the transaction ends, so that no address is given twice.
    """
    _hold(_ADDRESS_LOCK)
    base = slugify(name)[:LONGEST_SLUG].strip("-") or "startup"
    if base in RESERVED_SLUGS:
        base = f"{base}-malang"
    taken = set(
        Startup.objects.filter(slug__startswith=base)
        .exclude(pk=startup_id or 0)
        .values_list("slug", flat=True)
    )
    taken |= set(
        StartupAlias.objects.filter(slug__startswith=base)
        .exclude(startup_id=startup_id or 0)
        .values_list("slug", flat=True)
    )
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def rename_address(startup: Startup) -> None:
    """Give a renamed entry its new address and let the old one redirect. Does not save the entry."""
    slug = free_slug(startup.name, startup_id=startup.pk)
    if slug == startup.slug:
        return
    StartupAlias.objects.filter(slug=slug, startup=startup).delete()
    if startup.published_at:
        StartupAlias.objects.get_or_create(
            slug=startup.slug, defaults={"startup": startup, "reason": "renamed"}
        )
    startup.slug = slug


def next_reference(at: datetime) -> str:
    """Return the next reference number of the year (Asia/Jakarta), for example MLG-2026-0042.

    Held until the transaction ends, so that no number is given twice, not even that of an erased entry.
    """
    _hold(_REFERENCE_LOCK)
    year = timezone.localtime(at).year
    prefix = f"MLG-{year}-"
    numbers = Startup.objects.filter(reference__startswith=prefix).values_list("reference", flat=True)
    highest = max((int(number.removeprefix(prefix)) for number in numbers), default=0)
    counter, _is_new = ReferenceCounter.objects.get_or_create(year=year)
    counter.last = max(counter.last, highest) + 1
    counter.save()
    return f"{prefix}{counter.last:04d}"


def set_subsectors(startup: Startup, primary: Subsector | None, others: Iterable[Subsector] = ()) -> None:
    """Store the primary subsector and at most two more (the first two that differ from it)."""
    chosen = [] if primary is None else [primary]
    chosen += [subsector for subsector in others if subsector not in chosen]
    StartupSubsector.objects.filter(startup=startup).delete()
    StartupSubsector.objects.bulk_create(
        StartupSubsector(startup=startup, subsector=subsector, position=position)
        for position, subsector in enumerate(chosen[:3], 1)
    )


@transaction.atomic
def transition(
    startup_id: int, after: str, *, by: Actor, note: str = "", into: Startup | None = None
) -> Startup:
    """Bring an entry into another state and return it, with everything that follows from it.

    `into` is the entry it is merged with. Raise StateConflict when the state may not follow.
    """
    startup = lock(startup_id)
    before = startup.lifecycle
    if not may_follow(before, after, by=by) or (after == "merged" and into is None):
        raise StateConflict(f"{before} → {after}")
    now = timezone.now()
    startup.lifecycle, startup.lifecycle_note, startup.merged_into = after, note, into
    startup.version += 1
    if not startup.reference and after in ("submitted", "published"):
        startup.reference = next_reference(now)
    if after == "submitted":
        startup.submitted_at = now
    if after == "published":
        startup.published_at = startup.published_at or now
        startup.last_confirmed_on = startup.last_confirmed_on or timezone.localdate(now)
        startup.closed_on = None
        Tombstone.objects.filter(uuid=startup.uuid).delete()
    if after == "closed" and startup.closed_on is None:
        startup.closed_on = timezone.localdate(now)
    startup.save()
    if after in Tombstone.Reason.values and startup.published_at:
        Tombstone.objects.update_or_create(
            uuid=startup.uuid,
            defaults={"reason": after, "merged_into": into.uuid if into else None, "at": now},
        )
    changed(startup)
    return startup


def changed(startup: Startup) -> None:
    """Refresh what is derived from the entry and drop cached pages; every service that wrote about it ends here."""
    listing.refresh([startup.pk])
    page_cache.bump()
