"""Fields that the serializers of all apps share."""

from typing import Any

from django.db import models
from rest_framework import serializers


class ExactDecimal(serializers.DecimalField):
    """A decimal as a string without trailing zeros ("8.2"): exact, where a JSON number would pass through a float."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("normalize_output", True)
        super().__init__(**kwargs)


class Code(serializers.ChoiceField):
    """A word of a closed list; null where the row has none."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_null", True)
        super().__init__(choices, **kwargs)

    def to_representation(self, value: Any) -> Any:
        """Return the word, None for an empty one."""
        return super().to_representation(value) or None


class ReadSerializer(serializers.ModelSerializer[Any]):
    """A row for reading: exact decimals."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DecimalField: ExactDecimal,
    }


class Problem(serializers.Serializer[Any]):
    """An error as problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="The wrong parameters by name, each with its messages.",
    )
    request_id = serializers.CharField()
