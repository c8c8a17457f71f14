"""What every form of the work room shares: numbers as people write them, days, long texts, addresses."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from malangkraf.numbers import NumberError, format_number, parse_number
from roadmap.forms.seen import SeenForm
from roadmap.models import Period
from roadmap.periods import PeriodError
from roadmap.services.periods import find_period

LONGEST_TEXT = 5_000
# Words that stand in addresses at the place of a name.
RESERVED = {"baru", "metode"}


class NumberField(forms.CharField):
    """A number typed as people write it in the page's language, shown again in the same way."""

    def __init__(
        self, *, minimum: Decimal | None = None, maximum: Decimal | None = None, **options: Any
    ) -> None:
        self.minimum, self.maximum = minimum, maximum
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        """Return the Decimal, None for an empty field; raise ValidationError with a message that says what to do."""
        # A locked field gives the stored number itself.
        text = super().clean(self.prepare_value(value))
        if not text:
            return None
        try:
            number = parse_number(text, style="en" if _is_english() else "id")
        except NumberError as error:
            raise ValidationError(gettext(error.message), code=error.code) from error
        if self.minimum is not None and number < self.minimum:
            raise ValidationError(
                _("The number must be at least %(limit)s."), params={"limit": self.minimum}, code="too_small"
            )
        if self.maximum is not None and number > self.maximum:
            raise ValidationError(
                _("The number must be at most %(limit)s."), params={"limit": self.maximum}, code="too_big"
            )
        return number

    def prepare_value(self, value: Any) -> Any:
        """Return a stored number as text in the page's language; typed text stays as it was typed."""
        if isinstance(value, Decimal | int):
            return format_number(Decimal(value), get_language() or "id")
        return value


def _is_english() -> bool:
    return (get_language() or "id").startswith("en")


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


class DayInput(forms.DateInput):
    """The browser's own calendar, which reads and writes ISO days."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def portal_formfield(field: "models.Field[Any, Any]", **options: Any) -> forms.Field | None:
    """Return the form field of a model field, as the work room shows it."""
    if isinstance(field, models.URLField):
        options["assume_scheme"] = "https"
    if isinstance(field, models.DateField):
        options["widget"] = DayInput()
    if isinstance(field, models.TextField):
        options["widget"] = forms.Textarea(attrs={"rows": 4})
    form_field = field.formfield(**options)
    if isinstance(field, models.TextField) and isinstance(form_field, forms.CharField):
        limit_text(form_field)
    return form_field


def limit_text(field: forms.CharField, maximum: int = LONGEST_TEXT) -> None:
    """Refuse a longer text with a message; the browser lets it be typed, so that nothing is cut off silently."""
    field.max_length = maximum
    field.validators.append(MaxLengthValidator(maximum))


class LongTextField(forms.CharField):
    """A text of several lines, counted beside the field."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**options)
        limit_text(self)


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
