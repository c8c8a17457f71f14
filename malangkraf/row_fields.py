"""Fields of forms that change rows: numbers as people write them, days, long texts."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from malangkraf.numbers import NumberError, format_number, parse_number

LONGEST_TEXT = 5_000


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
        options |= {"widget": forms.Textarea(attrs={"rows": 4}), "max_length": None}
    form_field = field.formfield(**options)
    if isinstance(field, models.TextField) and isinstance(form_field, forms.CharField):
        limit_text(form_field, field.max_length or LONGEST_TEXT)
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
