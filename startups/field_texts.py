"""Fields of an entry as people read them: the name of a field, and its plain JSON value (services.values) as a text."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecosystem.models import Kecamatan, Kelurahan, Subsector
from malangkraf.translated import translated
from startups.models import ContactPoint, ServiceType, Startup, Technology

_NAMES: dict[str, str | Promise] = {
    "area": gettext_lazy("Place"),
    "lifecycle": gettext_lazy("State"),
    "point": Startup.Optional.POINT.label,
    "subsectors": gettext_lazy("Subsectors"),
    "links": gettext_lazy("Links"),
    "products": gettext_lazy("Products"),
    "kbli": Startup.Optional.KBLI.label,
    "public_fields": gettext_lazy("What the public sees"),
    **{kind.value: kind.label for kind in ContactPoint.Kind},
}
# Lists of codes → the table that knows their names.
_CODE_LISTS: dict[str, Any] = {"subsectors": Subsector, "services": ServiceType, "technologies": Technology}


def field_label(name: str) -> str:
    """Return the name of a field in the active language; an unknown one stays as it is."""
    label = str(_NAMES.get(name, ""))
    if not label:
        try:
            label = str(getattr(Startup._meta.get_field(name), "verbose_name", name))
        except FieldDoesNotExist:
            label = name.replace("_", " ")
    return label[:1].upper() + label[1:]


def value_text(name: str, value: Any) -> str:
    """Return a stored value as people read it; "" for nothing. Codes of lists and places cost a query or two."""
    if value in (None, "", [], {}):
        return ""
    if name == "area":
        return _area(str(value))
    if name in _CODE_LISTS:
        rows = {row.code: translated(row, "name") for row in _CODE_LISTS[name].objects.filter(code__in=value)}
        return ", ".join(rows.get(code, code) for code in value)
    if name == "products":
        return "\n".join(_product(row) for row in value)
    if name == "logo":
        return str(value.get("logo_alt") or _("a picture without description"))
    if name == "point":
        return ", ".join(str(part) for part in value[:2])
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ("\n" if name == "links" else ", ").join(_choice(name, one) for one in value)
    return _choice(name, value)


def _area(code: str) -> str:
    kelurahan = Kelurahan.objects.select_related("kecamatan").filter(code=code).first()
    if kelurahan:
        return f"{kelurahan}, {kelurahan.kecamatan}"
    return str(Kecamatan.objects.filter(code=code).first() or code)


def _product(row: dict[str, Any]) -> str:
    year = f" ({row['year']})" if row.get("year") else ""
    parts = [f"{row.get('title', '')}{year}", row.get("summary", ""), row.get("url", "")]
    return " · ".join(part for part in parts if part)


def _choice(name: str, value: Any) -> str:
    """Return the label of a choice, other values as they are."""
    try:
        field = Startup._meta.get_field(name)
    except FieldDoesNotExist:
        return str(value)
    choices = getattr(field, "choices", None) or getattr(getattr(field, "base_field", None), "choices", None)
    return str(dict(choices).get(value, value)) if choices else str(value)
