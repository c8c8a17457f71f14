"""The Indonesian and English text of editor content."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _


def translated(obj: object, field: str, language: str | None = None) -> str:
    """Return `<field>_en` in English when it is filled in, else the Indonesian `<field>`; "" for an empty one.

    `language` defaults to the active one. Raise AttributeError when the object has no such field.
    """
    language = language or get_language() or "id"
    if language.startswith("en"):
        english = getattr(obj, f"{field}_en", "")
        if english:
            return str(english)
    value = getattr(obj, field)
    return "" if value is None else str(value)


def named(obj: Any, field: str) -> str:
    """Return the text like `translated`; where samples cannot wear a badge, that of a sample says that it is one."""
    text = translated(obj, field)
    if not obj.is_sample or f"({_('sample')})" in text:
        return text
    return _("%(name)s (sample)") % {"name": text}


def lacks_translation(obj: object, field: str, language: str | None = None) -> bool:
    """Return whether an English page shows this field in Indonesian (so that the page can say `lang="id"`)."""
    language = language or get_language() or "id"
    return language.startswith("en") and bool(getattr(obj, field)) and not getattr(obj, f"{field}_en", "")
