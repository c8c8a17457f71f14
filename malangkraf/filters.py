"""Filters that the lists of all apps share."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Model

from malangkraf.translated import translated


class TranslatedChoiceField(django_filters.fields.ModelChoiceField):
    """A choice among rows, named in the active language; `field` says by which of their fields."""

    def __init__(self, *args: Any, label_field: str = "name", **kwargs: Any) -> None:
        self.label_field = label_field
        super().__init__(*args, **kwargs)

    def label_from_instance(self, obj: Model) -> str:
        """Return the row's name in the active language."""
        return translated(obj, self.label_field)

    def to_python(self, value: Any) -> Any:
        """Return the row; what PostgreSQL cannot even compare is no valid choice."""
        if isinstance(value, str) and "\x00" in value:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class TranslatedChoiceFilter(django_filters.ModelChoiceFilter):
    """A filter by a row that the address names by its slug or code."""

    field_class = TranslatedChoiceField
