"""Two people who change the same row from the same page: the second one is told instead of winning."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models

from malangkraf.form_values import plain_text

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
        return {name: plain_text(self.initial.get(name)) for name in self._names()}

    def typed(self) -> dict[str, str]:
        """Return what a valid form would make of them."""
        return {name: plain_text(self.cleaned_data.get(name)) for name in self._names()}

    def _names(self) -> list[str]:
        return list(self._meta.fields or ())


class StaleRow(Exception):
    """The row is no longer what the form showed, nor what it would make of it; nothing was written."""

    def __init__(self, current: models.Model) -> None:
        super().__init__(f"{type(current).__name__} {current.pk}")
        self.current = current


def lock_row(form: Any) -> models.Model:
    """Return the row that a form changes, as it stands now and locked until the transaction ends."""
    row: models.Model = (
        type(form.instance)._default_manager.select_for_update(no_key=True).get(pk=form.instance.pk)
    )
    return row


def keep_others_changes(form: Any) -> None:
    """Lock the row of a valid form (a SeenForm) and take over what the form does not show.

    Nothing happens for a new row. Raise StaleRow when somebody saved since the form was opened. The same save
    twice (a button pressed twice) is one save.
    """
    mine = form.instance
    if not mine.pk:
        return
    current = lock_row(form)
    stands = type(form)(instance=current)
    if form.cleaned_data.get("seen") != stands.fingerprint() and form.typed() != stands.shown():
        raise StaleRow(current)
    for field in current._meta.concrete_fields:
        if field.name not in form.fields:
            setattr(mine, field.attname, getattr(current, field.attname))
