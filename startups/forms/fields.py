"""Fields of the entry's forms: they take what people type and say beside the field what is wrong."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from malangkraf.form_fields import LineField
from malangkraf.translated import translated
from startups.rules.domains import domain_of
from startups.rules.links import link_kind

LONGEST_ADDRESS = 300
MOST_LINKS = 8
MOST_CHOICES = 15


def checked_address(text: str) -> str:
    """Return a web address as it is stored, https:// put before one without; raise ValidationError for others."""
    address = text.strip()
    if "://" not in address and not re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", address, re.I):
        address = f"https://{address}"
    refusal = ValidationError(
        _("“%(address)s” is no web address. Type one such as https://studio.example."),
        params={"address": text.strip()[:60]},
        code="invalid",
    )
    try:
        URLValidator(schemes=["http", "https"])(address)
        parts = urlsplit(address)
        host = domain_of(address)
    except (ValidationError, ValueError) as error:
        raise refusal from error
    if "." not in host or host.replace(".", "").isdigit() or parts.username is not None:
        raise refusal
    if len(address) > LONGEST_ADDRESS:
        raise ValidationError(
            _("This address is too long: at most %(limit)s characters."), params={"limit": LONGEST_ADDRESS}
        )
    return address


class AddressField(LineField):
    """A web address; http and https only."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "url", "autocomplete": "url", "autocapitalize": "off", "spellcheck": "false"}
        options.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=LONGEST_ADDRESS, **options)

    def clean(self, value: Any) -> str:
        """Return the address, "" for none."""
        text = super().clean(value)
        return checked_address(text) if text else ""


class LinksField(forms.CharField):
    """Web addresses, one a line; what each is (Instagram, itch.io …) follows from the address."""

    def __init__(self, **options: Any) -> None:
        attrs = {"rows": 3, "inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__(widget=forms.Textarea(attrs=attrs), **options)

    def clean(self, value: Any) -> Any:
        """Return a list of kind and address, each address once, in the order typed."""
        lines = super().clean(value).split()
        if len(lines) > MOST_LINKS:
            raise ValidationError(
                _("At most %(most)s addresses. These are %(count)s: keep the most important ones."),
                params={"most": MOST_LINKS, "count": len(lines)},
                code="too_many",
            )
        addresses = dict.fromkeys(checked_address(line) for line in lines)
        return [(link_kind(address), address) for address in addresses]

    def prepare_value(self, value: Any) -> Any:
        """Return stored links as lines; typed text stays as it was typed."""
        return "\n".join(address for _kind, address in value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether other lines were typed than the stored ones."""
        return (data or "").split() != [address for _kind, address in initial or []]


class NamedChoicesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Some rows of a code list, at most `most`, to be ticked."""

    def __init__(self, queryset: Any, *, most: int = MOST_CHOICES, **options: Any) -> None:
        self.most = most
        options.setdefault("widget", forms.CheckboxSelectMultiple())
        super().__init__(queryset, **options)

    def label_from_instance(self, obj: models.Model) -> str:
        """Return the name in the active language."""
        return translated(obj, "name")

    def clean(self, value: Any) -> Any:
        """Return the chosen rows; more than allowed are refused with both numbers."""
        count = len(set(value or []))
        if count > self.most:
            raise ValidationError(
                _("Choose at most %(most)s. You chose %(count)s."),
                params={"most": self.most, "count": count},
                code="too_many",
            )
        return super().clean(value)
