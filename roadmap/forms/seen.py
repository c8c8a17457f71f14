"""What a form showed of its row: two people who change the same row do not overwrite each other unseen."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.utils.translation import gettext

if TYPE_CHECKING:
    PortalModelForm = forms.ModelForm[Any]
else:
    # Django's class takes no type argument when the program runs.
    PortalModelForm = forms.ModelForm


class SeenForm(PortalModelForm):
    """A form that carries a fingerprint of the row as it was shown, when it changes an existing row.

    Only what the form shows counts: a value that the portal computed meanwhile, or a row taken off the public
    pages, stops nobody.
    """

    seen = forms.CharField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["seen"].initial = self.fingerprint()
        else:
            del self.fields["seen"]

    def fingerprint(self) -> str:
        """Return the sha256 of what the fields show of the row, "" for a new one."""
        if not self.instance.pk:
            return ""
        return hashlib.sha256(json.dumps(self.shown(), sort_keys=True).encode()).hexdigest()

    def shown(self) -> dict[str, str]:
        """Return what the row's fields show."""
        return {name: _text(self.initial.get(name)) for name in self._names()}

    def typed(self) -> dict[str, str]:
        """Return what a valid form would make of them."""
        return {name: _text(self.cleaned_data.get(name)) for name in self._names()}

    def _names(self) -> list[str]:
        return list(self._meta.fields or ())


def _text(value: Any) -> str:
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
        return ",".join(sorted(_text(one) for one in value))
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


def _readable(field: forms.BoundField) -> str:
    """Return a field's content as a person reads it: the words of a choice, not its key."""
    value = field.value()
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(field.field, forms.ChoiceField):
        choices: Any = field.field.choices
        words = {str(key): str(label) for key, label in choices}
        keys = value if isinstance(value, list | tuple) else [value]
        return ", ".join(words.get(str(key), str(key)) for key in keys if key not in (None, ""))
    return "\n".join(_text(value).splitlines())
