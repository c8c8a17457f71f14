"""Fields of forms in all apps: they take what people type and say beside the field what is wrong."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from malangkraf.translated import translated

# They turn the direction of the text around them, so that one name could pass for another.
_DIRECTION_MARKS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_PAIR = re.compile(r"(-?\d{1,3}(?:\.\d+)?)\s*(?:,|;|/|\s)\s*(-?\d{1,3}(?:\.\d+)?)")
# Where addresses of maps hold the place: @lat,lon · !3dlat!4dlon · map=zoom/lat/lon · q=, ll=, query=lat,lon.
_IN_ADDRESS = (
    re.compile(r"!3d(-?\d{1,3}\.\d+)!4d(-?\d{1,3}\.\d+)"),
    re.compile(r"@(-?\d{1,3}\.\d+),(-?\d{1,3}\.\d+)"),
    re.compile(r"map=\d+(?:\.\d+)?/(-?\d{1,3}\.\d+)/(-?\d{1,3}\.\d+)"),
    re.compile(r"mlat=(-?\d{1,3}\.\d+)&mlon=(-?\d{1,3}\.\d+)"),
    re.compile(r"(?:q|ll|query|daddr)=(-?\d{1,3}\.\d+)(?:,|%2C)\s*(-?\d{1,3}\.\d+)", re.I),
)


def without_direction_marks(text: str) -> str:
    """Return the text without the invisible signs that turn the direction of what follows."""
    return text.translate(_DIRECTION_MARKS)


class LineField(forms.CharField):
    """One line of text; a longer one may be typed and is refused with a message, so nothing is cut off silently."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(**options)
        self.max_length = max_length
        self.validators.append(MaxLengthValidator(max_length))

    def to_python(self, value: Any) -> str:
        """Return the text with single spaces."""
        return " ".join(without_direction_marks(super().to_python(value) or "").split())


class ParagraphsField(LineField):
    """A text of several lines, counted beside the field."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        """Return the text with its line breaks, at most one empty line between two others."""
        text = without_direction_marks(forms.CharField.to_python(self, value) or "")
        lines = "\n".join(line.rstrip() for line in text.splitlines()).strip()
        return re.sub(r"\n{3,}", "\n\n", lines)


class PhoneField(LineField):
    """A phone number as people write it, stored in the international form; 08… becomes +628…"""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> str:
        """Return the number as +62812…, "" for none."""
        text = super().clean(value)
        if not text:
            return ""
        bare = re.sub(r"[\s().\-–/]", "", text)
        digits = bare.removeprefix("+")
        if digits.startswith("0"):
            digits = f"62{digits[1:]}"
        if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 15):
            raise ValidationError(
                _("This is no phone number. Type one such as 0812 3456 7890."), code="invalid"
            )
        return f"+{digits}"


class NamedChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row of a code list, by its name in the language of the page."""

    def label_from_instance(self, obj: models.Model) -> str:
        """Return the name in the active language."""
        return translated(obj, "name")


class PointField(LineField):
    """A place on the map: coordinates, or the address of a map that shows it."""

    def __init__(self, **options: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__(max_length=2_000, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> Any:
        """Return latitude and longitude with 5 decimals (about a metre), None for an empty field."""
        text = super().clean(value)
        if not text:
            return None
        found = next((match for pattern in _IN_ADDRESS if (match := pattern.search(text))), None)
        found = found or ("://" not in text and _PAIR.fullmatch(text)) or None
        if not found:
            raise ValidationError(
                _(
                    "No place was found in this text. Type coordinates such as -7.97712, 112.63405, or copy the long "
                    "address of a map page that shows the place (short links do not say where they lead)."
                ),
                code="invalid",
            )
        return tuple(Decimal(part).quantize(Decimal("0.00001")) for part in found.groups())

    def prepare_value(self, value: Any) -> Any:
        """Return a stored place as text; typed text stays as it was typed."""
        return f"{value[0]}, {value[1]}" if isinstance(value, tuple) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether another place was typed than the stored one."""
        return (data or "").strip() != (self.prepare_value(initial) or "")
