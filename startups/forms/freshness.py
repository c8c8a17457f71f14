"""When an entry closed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ClosedForm(forms.Form):
    """The day on which the activity ended: today or earlier."""

    closed_on = forms.DateField(
        label=_("Closed on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
        error_messages={"invalid": _("Write the day like 2026-03-31 or 31/03/2026.")},
    )

    def clean_closed_on(self) -> Any:
        """Return the day; refuse one that has not come yet (Asia/Jakarta)."""
        day = self.cleaned_data["closed_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        if day.year < 1945:
            raise ValidationError(_("Check the year."))
        return day
