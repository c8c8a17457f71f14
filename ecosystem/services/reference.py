"""Load the reference data and the organisations that take part, from the JSON files beside the app."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models, transaction

from ecosystem.models import HelixActor, Kecamatan, Kelurahan, Organization, Subsector

FOLDER = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Outcome:
    """How many rows of a kind were made, changed, and found as they should be."""

    kind: str
    created: int
    updated: int
    unchanged: int


def load_reference(*, write: bool) -> list[Outcome]:
    """Bring the reference tables to what the files say and return what that changed; nothing stays if not `write`.

    Rows that the files no longer name are left alone: other rows may stand on them.
    """
    reference = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
    organizations = json.loads((FOLDER / "organizations.json").read_text(encoding="utf-8"))
    with transaction.atomic():
        outcomes = [
            merge(Subsector, _numbered(reference["subsectors"]), key="code"),
            merge(HelixActor, _numbered(reference["helix_actors"]), key="code"),
            merge(Kecamatan, map(_area, reference["kecamatan"]), key="code"),
            merge(Kelurahan, _kelurahan(reference["kecamatan"]), key="code"),
            merge(Organization, _organizations(organizations), key="slug"),
        ]
        if not write:
            transaction.set_rollback(True)
    return outcomes


def merge(model: type[models.Model], rows: Iterable[Mapping[str, Any]], *, key: str) -> Outcome:
    """Create or update one row per mapping, found by `key`; a row that is right already is not touched."""
    existing = {getattr(row, key): row for row in model._default_manager.all()}
    created = updated = unchanged = 0
    for values in rows:
        row = existing.get(values[key])
        if row is None:
            model._default_manager.create(**values)
            created += 1
            continue
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        if changed:
            row.save()
        updated += bool(changed)
        unchanged += not changed
    return Outcome(str(model._meta.verbose_name_plural), created, updated, unchanged)


def _numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with their place in the file as `order`."""
    return [{**row, "order": place} for place, row in enumerate(rows, start=1)]


def _area(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an area; a number that nobody vouches for is empty."""
    values = {name: value for name, value in row.items() if name != "kelurahan"}
    for name in ("latitude", "longitude", "area_km2"):
        if name in values:
            values[name] = Decimal(values[name]) if values[name] else None
    return values


def _kelurahan(rows: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield the kelurahan with the key of their kecamatan, which must be in the database already."""
    keys = dict(Kecamatan.objects.values_list("code", "pk"))
    for row in rows:
        for ward in row["kelurahan"]:
            yield {**_area(ward), "kecamatan_id": keys[row["code"]]}


def _organizations(rows: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    actors = dict(HelixActor.objects.values_list("code", "pk"))
    for row in rows:
        values = {name: value for name, value in row.items() if name != "helix_actor"}
        yield {**values, "helix_actor_id": actors[row["helix_actor"]]}
