"""The search table: the public side of the published entries."""

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import chain, islice
from operator import add
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value
from django.utils import timezone, translation

from malangkraf.folding import fold, words_of
from startups.models import SearchEntry, Startup
from startups.public import current_verification, public_point, with_public_parts

# Each weight's texts are read by three dictionaries.
CONFIGS = ("simple", "indonesian", "english")
BATCH = 500
# Among the codes of an entry that had a verification in force when its row was written.
CHECKED = "diperiksa:ya"
COLUMNS = [field.name for field in SearchEntry._meta.fields if not field.primary_key]


def refresh(startup_ids: Iterable[int]) -> None:
    """Bring the search rows of some entries that were changed up to date: made, changed or removed.

    The number of queries does not depend on how many entries there are.
    """
    _write(startup_ids, COLUMNS)


def rebuild_all() -> int:
    """Bring every search row up to date, a batch at a time, and return how many entries were looked at."""
    # Rows of entries that are no longer published are looked at too, and go.
    ids: Iterator[int] = chain(
        Startup.objects.filter(lifecycle=Startup.Lifecycle.PUBLISHED).values_list("pk", flat=True).iterator(),
        SearchEntry.objects.exclude(startup__lifecycle=Startup.Lifecycle.PUBLISHED)
        .values_list("pk", flat=True)
        .iterator(),
    )
    done = 0
    while batch := list(islice(ids, BATCH)):
        # Nobody changed the entries: who copies changes by their time need not fetch them all again.
        _write(batch, [name for name in COLUMNS if name != "updated_at"])
        done += len(batch)
    return done


def _write(startup_ids: Iterable[int], columns: list[str]) -> None:
    wanted = set(startup_ids)
    published = Startup.objects.filter(pk__in=wanted, lifecycle=Startup.Lifecycle.PUBLISHED)
    rows = [search_row(startup) for startup in with_public_parts(published)]
    with transaction.atomic():
        SearchEntry.objects.filter(pk__in=wanted - {row.pk for row in rows}).delete()
        SearchEntry.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["startup"],
            update_fields=columns,
        )


def search_row(startup: Startup) -> SearchEntry:
    """Return the unsaved search row of a published entry that was loaded `with_public_parts`."""
    verification = current_verification(startup, timezone.now())
    point = public_point(startup)
    # The database lets no entry be published without its days (startup_published_is_complete).
    assert startup.last_confirmed_on and startup.published_at
    return SearchEntry(
        startup=startup,
        name=startup.name,
        plain_name=fold(f"{startup.name} {startup.alternate_names}"),
        vector=_vector(startup),
        codes=[*codes_of(startup), *([CHECKED] if verification else [])],
        verification=verification.level if verification else "",
        verified_until=verification.expires_at if verification else None,
        last_confirmed_on=startup.last_confirmed_on,
        published_at=startup.published_at,
        updated_at=timezone.now(),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        is_sample=startup.is_sample,
    )


def codes_of(startup: Startup) -> list[str]:
    """Return what the entry is filtered and counted by, each as "parameter:code"; hidden fields are left out."""
    codes = {
        "jenis": [startup.kind],
        "subsektor": [row.subsector.code for row in startup.subsector_rows.all()],
        "layanan": [service.code for service in startup.services.all()],
        "kecamatan": [startup.kecamatan.code] if startup.kecamatan else [],
        "kelurahan": [startup.kelurahan.code] if startup.kelurahan else [],
        "tahap": [startup.stage] if startup.stage and startup.shows("stage") else [],
        "tim": [startup.team_band] if startup.team_band and startup.shows("team_band") else [],
        "terbuka": startup.open_to,
    }
    return [f"{name}:{code}" for name, values in codes.items() for code in dict.fromkeys(values)]


def _vector(startup: Startup) -> Any:
    """Return the text vector: names, what it makes and offers, its texts, its place; the first weigh most."""
    texts = {
        "A": [
            startup.name,
            startup.alternate_names,
            startup.legal_name if startup.shows("legal_name") else "",
        ],
        "B": [*_offers(startup)],
        "C": [startup.summary, startup.summary_en, startup.description, startup.description_en],
        "D": [area.name for area in (startup.kelurahan, startup.kecamatan) if area],
    }
    return reduce(
        add,
        (
            SearchVector(Value(" ".join(words_of("\n".join(texts[weight])))), weight=weight, config=config)
            for weight in texts
            for config in CONFIGS
        ),
    )


def _offers(startup: Startup) -> Iterator[str]:
    """Yield products, services, technologies, subsectors and kind, in both languages."""
    for product in startup.products.all():
        yield from (product.title, product.summary, product.summary_en)
    concepts: list[Any] = [*startup.services.all(), *startup.technologies.all()]
    concepts += [row.subsector for row in startup.subsector_rows.all()]
    for concept in concepts:
        yield from (concept.name, concept.name_en)
    for language in ("id", "en"):
        with translation.override(language):
            yield str(startup.get_kind_display())
