"""What every form of the work room shares: periods, addresses."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from malangkraf.seen import SeenForm
from roadmap.models import Period
from roadmap.periods import PeriodError
from roadmap.services.periods import find_period

# Words that stand in addresses at the place of a name.
RESERVED = {"baru", "metode"}


class PeriodField(forms.CharField):
    """A period as people write it; clean, it is the Period, unsaved when it has no row yet, None for an empty field."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "help_text", _("For example 2024, 2024-Q2, 2024-S1, 2024-05, or the address of a phase.")
        )
        super().__init__(max_length=80, **options)

    def clean(self, value: Any) -> Any:
        """Return the Period or None; raise ValidationError with a message that says what to do."""
        text = super().clean(self.prepare_value(value))
        try:
            return find_period(text) if text else None
        except PeriodError as error:
            raise ValidationError(gettext(error.message), code=error.code) from error

    def prepare_value(self, value: Any) -> Any:
        """Return a stored period, or its key, as it is written; typed text stays as it was typed."""
        period = Period.objects.filter(pk=value).first() if isinstance(value, int) else value
        return period.address if isinstance(period, Period) else value


class AddressedForm(SeenForm):
    """A form whose new row gets its address from its name; the address of an existing row never changes."""

    named_by = "title"
    taken_message = _("This name is taken already. Open the existing entry, or choose another name.")

    def clean(self) -> dict[str, Any]:
        """Give a new row its address and say beside the name when it is taken."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        name = cleaned.get(self.named_by)
        if self.instance.pk or not name:
            return cleaned
        slug = slugify(name)[: self._meta.model._meta.get_field("slug").max_length or 80].strip("-")
        if not slug:
            self.add_error(self.named_by, _("Use letters or digits in the name."))
        elif slug in RESERVED:
            self.add_error(self.named_by, _("This word has another use in the portal. Choose another name."))
        elif self._meta.model._default_manager.filter(slug=slug).exists():
            self.add_error(self.named_by, self.taken_message)
        else:
            self.instance.slug = slug
        return cleaned
