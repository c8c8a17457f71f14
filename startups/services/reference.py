"""Load the directory's code lists from the JSON files beside the app."""

import json
from pathlib import Path
from typing import Any

from django.db import models, transaction

from ecosystem.services.reference import Outcome, merge
from startups.models import ServiceType, SynonymGroup, Technology

FOLDER = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_directory_reference() -> list[Outcome]:
    """Bring services and technologies to what the files say, and add the synonyms that no group has yet.

    What the files do not name is left alone: staff may have added it, and entries may stand on it.
    """
    concepts: list[tuple[type[models.Model], str]] = [(ServiceType, "services"), (Technology, "technologies")]
    outcomes = [merge(model, _concepts(name), key="code") for model, name in concepts]
    known = {word for words in SynonymGroup.objects.values_list("words", flat=True) for word in words}
    groups = _read("synonyms")
    missing = [SynonymGroup(words=words) for words in groups if not known & set(words)]
    SynonymGroup.objects.bulk_create(missing)
    name = str(SynonymGroup._meta.verbose_name_plural)
    return [*outcomes, Outcome(name, len(missing), 0, len(groups) - len(missing))]


def _concepts(name: str) -> list[dict[str, Any]]:
    return [{"name_en": "", **row, "order": place} for place, row in enumerate(_read(name), start=1)]


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
