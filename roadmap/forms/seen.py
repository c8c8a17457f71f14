"""What a form showed of its row: two people who change the same row do not overwrite each other unseen."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django import forms

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
