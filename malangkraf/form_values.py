"""What a form's fields say, in plain words: for conflict pages that show what was typed beside what stands."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext


def plain_text(value: Any) -> str:
    """Return one spelling for what is the same in a row and in a cleaned form."""
    if value is None:
        return ""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return "\n".join(value.splitlines()).strip()
    if isinstance(value, Iterable):
        return ",".join(sorted(plain_text(one) for one in value))
    return str(value)


def compared(typed: forms.BaseForm, stands: forms.BaseForm) -> list[dict[str, str]]:
    """Return label, typed and stands of each field in which a sent form differs from one that shows the row."""
    pairs = []
    for field in typed.visible_fields():
        if field.name not in stands.fields or isinstance(field.field, forms.FileField):
            continue
        mine, theirs = _readable(field), _readable(stands[field.name])
        if mine != theirs:
            pairs.append({"label": str(field.label), "typed": mine, "stands": theirs})
    return pairs


def stale(typed: forms.BaseForm, stands: forms.BaseForm, row: Any) -> dict[str, Any]:
    """Return the context of a form whose row somebody else changed: what differs, and the fingerprint of now."""
    return {"conflict": compared(typed, stands), "seen": row.fingerprint}


def _readable(field: forms.BoundField) -> str:
    """Return a field's content as a person reads it: the words of a choice, not its key."""
    value = field.value()
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(field.field, forms.ChoiceField):
        choices: Any = field.field.choices
        words = {str(key): str(label) for key, label in _flat(choices)}
        keys = value if isinstance(value, list | tuple) else [value]
        return ", ".join(words.get(str(key), str(key)) for key in keys if key not in (None, ""))
    return "\n".join(plain_text(value).splitlines())


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Give every choice, those in named groups too."""
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield key, label
