"""Load the facilities that the city has published, from the JSON file beside the app.

A facility that is there already is left as it is, with everything in it: its managers keep it from then on.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from ecosystem.models import (
    Amenity,
    Facility,
    Kecamatan,
    Kelurahan,
    Milestone,
    Organization,
    ProgressReport,
    Space,
    SpaceAmenity,
)
from ecosystem.services import spaces
from malangkraf import page_cache

FILE = Path(__file__).resolve().parent.parent / "data" / "facilities.json"
# Fields that stand in the file as in the model.
PLAIN = (
    *("slug", "name", "name_en", "kind", "stage", "address", "website"),
    *("directions", "directions_en", "description", "description_en", "rules", "rules_en"),
    *("price_note", "price_note_en"),
)
TEXTS = ("slug", "kind", "name", "name_en", "floor", "description", "description_en")

Row = dict[str, Any]


@transaction.atomic
def load_facilities() -> int:
    """Create the amenities and facilities that are missing and return how many facilities were."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    for place, row in enumerate(content["amenities"], start=1):
        Amenity.objects.get_or_create(code=row["code"], defaults={**row, "order": place})
    known = set(Facility.objects.values_list("slug", flat=True))
    made = 0
    for place, row in enumerate(content["facilities"], start=1):
        if row["slug"] in known:
            continue
        values = row if row.get("kind") else {**content["coworking_defaults"], **row}
        _create(values, place, content["sources"])
        made += 1
    if made:
        page_cache.bump()
    return made


def _create(row: Row, place: int, sources: dict[str, str]) -> None:
    kelurahan = row.get("kelurahan")
    facility = Facility.objects.create(
        **{name: row[name] for name in PLAIN if name in row},
        opens_on=date.fromisoformat(row["opens_on"]) if "opens_on" in row else None,
        kecamatan=Kecamatan.objects.get(code=row["kecamatan"]),
        kelurahan=Kelurahan.objects.get(code=kelurahan) if kelurahan else None,
        operator=Organization.objects.filter(slug=row["operator"]).first(),
        source_url=sources[row["source"]],
        order=place,
    )
    whole = Space.objects.create(
        facility=facility, kind=Space.Kind.BUILDING, source_url=facility.source_url, **row["whole"]
    )
    _add_spaces(whole, row.get("floors", []), sources)
    amenities = {amenity.code: amenity for amenity in Amenity.objects.all()}
    SpaceAmenity.objects.bulk_create(
        SpaceAmenity(
            space=whole,
            amenity=amenities[found["code"]],
            count=found.get("count"),
            note=found.get("note", ""),
        )
        for found in row["amenities"]
    )
    _add_history(facility, row, sources)
    spaces.rebuild_leaves(facility.pk)


def _add_spaces(whole: Space, floors: list[Row], sources: dict[str, str]) -> None:
    """Write the floors and what lies on them; what nobody has published (capacity, rules) stays empty."""
    number = 0
    for found in floors:
        number += 1
        source_url = sources[found["source"]]
        floor = Space.objects.create(
            facility_id=whole.facility_id,
            parent=whole,
            area_m2=Decimal(found["area_m2"]) if "area_m2" in found else None,
            source_url=source_url,
            order=number,
            **_texts({"kind": Space.Kind.FLOOR, **found}),
        )
        for room in found["rooms"]:
            number += 1
            Space.objects.create(
                facility_id=whole.facility_id,
                parent=floor,
                source_url=source_url,
                order=number,
                **_texts({"floor": floor.floor, **room}),
            )


def _add_history(facility: Facility, row: Row, sources: dict[str, str]) -> None:
    for step in row["milestones"]:
        Milestone.objects.create(
            facility=facility,
            happened_on=date.fromisoformat(step["on"]),
            precision=step.get("precision", Milestone.Precision.DAY),
            kind=step["kind"],
            source_url=sources[step["source"]],
            **{name: step.get(name, "") for name in ("title", "title_en", "detail", "detail_en")},
        )
    for report in row.get("progress", []):
        ProgressReport.objects.create(
            facility=facility,
            as_of=date.fromisoformat(report["on"]),
            planned_percent=Decimal(report["planned"]) if "planned" in report else None,
            actual_percent=Decimal(report["actual"]),
            note=report["note"],
            note_en=report["note_en"],
            source_url=sources[report["source"]],
        )


def _texts(row: Row) -> Row:
    return {name: row[name] for name in TEXTS if name in row}
