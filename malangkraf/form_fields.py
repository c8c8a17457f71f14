"""Fields of forms in all apps: they take what people type and say beside the field what is wrong."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from malangkraf.translated import translated

# They turn the direction of the text around them, so that one name could pass for another.
_DIRECTION_MARKS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


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
