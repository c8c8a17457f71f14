"""The code lists that entries are filtered by, loaded in one query, with their names in both languages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, Model, Value

from ecosystem.models import Kecamatan, Kelurahan, Subsector
from malangkraf.translated import translated
from startups.models import ServiceType, Technology


@dataclass(frozen=True, slots=True)
class Concept:
    """One row of a code list; `parent` is the code of a kelurahan's kecamatan, else ""."""

    code: str
    name: str
    name_en: str
    parent: str

    @property
    def label(self) -> str:
        """Return the name in the active language."""
        return translated(self, "name")


CodeLists = Mapping[str, Mapping[str, Concept]]


def load() -> CodeLists:
    """Return the rows of each list by their codes, in the order of the list: {"subsektor": {code: Concept}}.

    The lists are called like the parameters that filter by them, technologies "teknologi".
    """
    lists: dict[str, dict[str, Concept]] = {
        name: {} for name in ("subsektor", "layanan", "teknologi", "kecamatan", "kelurahan")
    }
    first, *others = _queries()
    for name, code, label, label_en, parent, _order in first.union(*others, all=True).order_by(
        "place", "label"
    ):
        lists[name][code] = Concept(code, label, label_en, parent)
    return lists


def _queries() -> Iterator[Any]:
    concepts: list[tuple[str, type[Model]]] = [
        ("subsektor", Subsector),
        ("layanan", ServiceType),
        ("teknologi", Technology),
    ]
    for name, model in concepts:
        yield _rows(name, model, label_en=F("name_en"), parent=Value(""), place=F("order"))
    nothing = {"label_en": Value(""), "place": Value(0, IntegerField())}
    yield _rows("kecamatan", Kecamatan, parent=Value(""), **nothing)
    yield _rows("kelurahan", Kelurahan, parent=F("kecamatan__code"), **nothing)


def _rows(name: str, model: type[Model], **columns: Any) -> Any:
    return (
        model._default_manager.order_by()
        .annotate(list=Value(name, CharField()), label=F("name"), **columns)
        .values_list("list", "code", "label", "label_en", "parent", "place")
    )
