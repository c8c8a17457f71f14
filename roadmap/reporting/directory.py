"""What a report says of the startup directory: how many entries stood on its list at the cut-off, by kind."""

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import override

from roadmap.periods import wib_date
from startups.models import Startup


def directory_entry(cut_off: datetime) -> dict[str, Any]:
    """Return the directory's part of the snapshot, never counting samples; one query."""
    day = wib_date(cut_off)
    entries = Startup.objects.filter(is_sample=False).listed_when_ended(day)
    kinds = entries.order_by().values_list("kind").annotate(number=Count("pk")).order_by("-number", "kind")
    parts = [{"code": kind, "name": _names(kind), "count": number} for kind, number in kinds]
    if not parts:
        return {"available": False, "reason": "no_entries"}
    return {
        "available": True,
        "as_of": day.isoformat(),
        "count": sum(part["count"] for part in parts),
        "kinds": parts,
    }


def _names(kind: str) -> dict[str, str]:
    names = {}
    for language in ("id", "en"):
        with override(language):
            names[language] = str(Startup.Kind(kind).label)
    return names
