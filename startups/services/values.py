"""What can be changed of an entry, each field as one plain JSON value: to compare, propose, apply and take back.

A field here is what a person calls one: "founded" is date and precision, "point" both coordinates with their precision,
"links" all addresses. `public_value` says what of it everybody sees; only that is shown to coordinators after an edit.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ecosystem.models import Kecamatan, Kelurahan, Subsector
from startups.models import (
    ContactPoint,
    Product,
    ServiceType,
    Startup,
    StartupKbli,
    StartupLink,
    Technology,
)
from startups.rules.domains import domain_of
from startups.rules.links import link_kind
from startups.services import entries

Value = Any
PRODUCT_FIELDS = ("kind", "title", "year", "summary", "summary_en", "url")
LOGO_FIELDS = ("logo", "logo_small", "logo_alt", "logo_alt_en")


@dataclass(frozen=True, slots=True)
class Field:
    """How a field is read from an entry and written to it; the writer leaves the entry's own row unsaved."""

    read: Callable[[Startup], Value]
    write: Callable[[Startup, Value], None]


def _plain(name: str) -> Field:
    return Field(lambda startup: getattr(startup, name), lambda startup, value: setattr(startup, name, value))


def _choices(name: str) -> Field:
    """A list whose order says nothing."""
    return Field(
        lambda startup: sorted(getattr(startup, name)),
        lambda startup, value: setattr(startup, name, sorted(value)),
    )


def _codes(name: str, model: type[ServiceType] | type[Technology]) -> Field:
    return Field(
        lambda startup: sorted(getattr(startup, name).values_list("code", flat=True)),
        lambda startup, value: getattr(startup, name).set(model.objects.filter(code__in=value)),
    )


def founded_text(day: date | None, precision: str) -> str:
    """Return a day of founding as 2019, 2019-05 or 2019-05-17, as exactly as it is known."""
    lengths = {Startup.Precision.YEAR: 4, Startup.Precision.MONTH: 7}
    return day.isoformat()[: lengths.get(Startup.Precision(precision), 10)] if day else ""


def _write_founded(startup: Startup, value: str) -> None:
    parts = [int(part) for part in value.split("-")] if value else []
    startup.founded = date(*[*parts, 1, 1][:3]) if parts else None
    startup.founded_precision = list(Startup.Precision)[max(len(parts) - 1, 0)]


def _read_area(startup: Startup) -> str:
    area = startup.kelurahan or startup.kecamatan
    return area.code if area else ""


def _write_area(startup: Startup, code: str) -> None:
    startup.kelurahan = Kelurahan.objects.select_related("kecamatan").filter(code=code).first()
    if startup.kelurahan:
        startup.kecamatan = startup.kelurahan.kecamatan
    else:
        startup.kecamatan = Kecamatan.objects.filter(code=code).first()


def _read_point(startup: Startup) -> list[str]:
    if startup.latitude is None or startup.longitude is None:
        return []
    return [f"{startup.latitude:.5f}", f"{startup.longitude:.5f}", startup.point_precision]


def _write_point(startup: Startup, value: list[str]) -> None:
    latitude, longitude, precision = value or (None, None, Startup.PointPrecision.KELURAHAN)
    startup.latitude, startup.longitude = (
        Decimal(part) if part is not None else None for part in (latitude, longitude)
    )
    startup.point_precision = str(precision)


def _write_website(startup: Startup, value: str) -> None:
    startup.website, startup.website_domain = value, domain_of(value)


def _read_subsectors(startup: Startup) -> list[str]:
    return list(startup.subsector_rows.values_list("subsector__code", flat=True))


def _write_subsectors(startup: Startup, codes: list[str]) -> None:
    found = {row.code: row for row in Subsector.objects.filter(code__in=codes)}
    rows = [found[code] for code in codes if code in found]
    entries.set_subsectors(startup, rows[0] if rows else None, rows[1:])


def _read_links(startup: Startup) -> list[str]:
    return sorted(startup.links.values_list("url", flat=True))


def _write_links(startup: Startup, addresses: Iterable[str]) -> None:
    startup.links.all().delete()
    StartupLink.objects.bulk_create(
        StartupLink(startup=startup, kind=link_kind(url), url=url) for url in addresses
    )


def _contact(kind: str) -> Field:
    """One contact as [value, is it public], [] for none."""

    def read(startup: Startup) -> list[Any]:
        found = startup.contacts.filter(kind=kind).first()
        return [found.value, found.is_public] if found else []

    def write(startup: Startup, value: list[Any]) -> None:
        if not value:
            startup.contacts.filter(kind=kind).delete()
            return
        text, is_public = value
        ContactPoint.objects.update_or_create(
            startup=startup, kind=kind, defaults={"value": text, "is_public": is_public}
        )

    return Field(read, write)


def _read_kbli(startup: Startup) -> list[str]:
    return sorted(f"{row.scheme}:{row.code}" for row in startup.kbli_codes.all())


def _write_kbli(startup: Startup, values: Iterable[str]) -> None:
    startup.kbli_codes.all().delete()
    pairs = [value.split(":") for value in values]
    StartupKbli.objects.bulk_create(
        StartupKbli(startup=startup, scheme=scheme, code=code) for scheme, code in pairs
    )


def product_value(product: Product) -> dict[str, Any]:
    """Return a product as it is kept in a change; `pk` lets it be found again."""
    return {"pk": product.pk} | {name: getattr(product, name) for name in PRODUCT_FIELDS}


def _read_products(startup: Startup) -> list[dict[str, Any]]:
    return [product_value(product) for product in startup.products.order_by("pk")]


def _write_products(startup: Startup, rows: list[dict[str, Any]]) -> None:
    startup.products.exclude(pk__in=[row["pk"] for row in rows]).delete()
    for row in rows:
        values = {name: row[name] for name in PRODUCT_FIELDS}
        # A removed product that comes back gets another number.
        product = startup.products.filter(pk=row["pk"]).first() or Product(startup=startup)
        for name, value in values.items():
            setattr(product, name, value)
        product.save()


def _read_logo(startup: Startup) -> dict[str, str]:
    return {name: str(getattr(startup, name)) for name in LOGO_FIELDS} if startup.logo else {}


def _write_logo(startup: Startup, value: dict[str, str]) -> None:
    for name in LOGO_FIELDS:
        setattr(startup, name, value.get(name, ""))


_PLAIN = (
    "name", "legal_name", "alternate_names", "kind", "summary", "summary_en", "description", "description_en",
    "stage", "team_band", "street", "takes_messages", "nib",
)  # fmt: skip
FIELDS: dict[str, Field] = {
    **{name: _plain(name) for name in _PLAIN},
    "website": Field(lambda startup: startup.website, _write_website),
    "founded": Field(
        lambda startup: founded_text(startup.founded, startup.founded_precision), _write_founded
    ),
    "area": Field(_read_area, _write_area),
    "point": Field(_read_point, _write_point),
    "subsectors": Field(_read_subsectors, _write_subsectors),
    "services": _codes("services", ServiceType),
    "technologies": _codes("technologies", Technology),
    "links": Field(_read_links, _write_links),
    "open_to": _choices("open_to"),
    "public_fields": _choices("public_fields"),
    "kbli": Field(_read_kbli, _write_kbli),
    "products": Field(_read_products, _write_products),
    "logo": Field(_read_logo, _write_logo),
    **{kind: _contact(kind) for kind in ContactPoint.Kind.values},
}
# Nobody but members reads them, so they are no matter for a check.
NEVER_PUBLIC = frozenset({"nib", "public_fields"})


def read(startup: Startup, name: str) -> Value:
    """Return a field as a plain JSON value; at most one query."""
    return FIELDS[name].read(startup)


def write(startup: Startup, name: str, value: Value) -> None:
    """Set a field from such a value; what stands in the entry's own row is not saved yet."""
    FIELDS[name].write(startup, value)


def public_value(startup: Startup, name: str) -> Value:
    """Return what everybody sees of a field, "" for nothing."""
    if name in NEVER_PUBLIC or (name in Startup.Optional.values and not startup.shows(name)):
        return ""
    value = read(startup, name)
    if name in ContactPoint.Kind.values:
        return value[0] if value and value[1] else ""
    if name == Startup.Optional.POINT and value and value[2] != Startup.PointPrecision.EXACT:
        return ""
    return value or ""


def write_public(startup: Startup, name: str, value: Value) -> None:
    """Let everybody see this of a field again; what they did not see before is hidden, not erased."""
    if name in ContactPoint.Kind.values:
        if value:
            write(startup, name, [value, True])
        else:
            startup.contacts.filter(kind=name).update(is_public=False)
        return
    if name in Startup.Optional.values:
        others = [shown for shown in startup.public_fields if shown != name]
        startup.public_fields = sorted([*others, name] if value else others)
        if not value:
            return
    write(startup, name, value or _empty(name))


def _empty(name: str) -> Value:
    if name == "logo":
        return {}
    lists = ("subsectors", "services", "technologies", "links", "open_to", "kbli", "products", "point")
    if name in lists:
        return []
    return False if name == "takes_messages" else ""


def mark_of(value: Value) -> str:
    """Return some signs that stand for a value: a page carries them, to see later whether it is still the same."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
