"""Forms for values and the evidence behind them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from malangkraf.row_fields import NumberField, portal_formfield
from malangkraf.seen import PortalModelForm
from malangkraf.uploads import CheckedFileField
from roadmap.models import Evidence, Indicator, Measurement
from roadmap.services.measurements import TEXT_FIELDS


class MeasurementForm(PortalModelForm):
    """A value as a person types it; what is wrong with it the service says, for drafts and submissions alike."""

    value = NumberField(label=_("Value"), required=False)
    numerator = NumberField(label=_("Numerator"), required=False)
    denominator = NumberField(label=_("Denominator"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput(), min_value=0, max_value=2**31 - 1)

    class Meta:
        model = Measurement
        formfield_callback = portal_formfield
        fields = ["value", "numerator", "denominator", "missing_reason", *TEXT_FIELDS]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        indicator = self.instance.indicator
        self.fields["version"].initial = self.instance.version if self.instance.pk else 0
        if indicator.value_type == Indicator.ValueType.RATIO:
            del self.fields["value"]
            self._name_part("numerator", indicator.numerator_label)
            self._name_part("denominator", indicator.denominator_label)
        else:
            del self.fields["numerator"]
            del self.fields["denominator"]
        if indicator.value_type == Indicator.ValueType.YES_NO:
            self.fields["value"] = forms.TypedChoiceField(
                label=_("Value"),
                choices=[("", _("No answer yet")), ("1", _("Yes")), ("0", _("No"))],
                coerce=Decimal,
                empty_value=None,
                required=False,
            )
            if self.instance.value is not None:
                self.initial["value"] = f"{self.instance.value:.0f}"

    def _name_part(self, name: str, label: str) -> None:
        if label:
            self.fields[name].label = label

    def _post_clean(self) -> None:
        """Build no row here: the service does, under its lock and with the checks in one place."""

    def needed(self) -> set[str]:
        """Return the fields that a value cannot do without, though a draft may leave them open."""
        source = {"source_url"} if self.instance.period.is_historical else set()
        return {"value", "numerator", "denominator"} | source

    def numbers(self) -> list[forms.BoundField]:
        """Return the fields of the first part: the value, or why there is none."""
        names = ("value", "numerator", "denominator", "missing_reason", "is_provisional", "as_of")
        return [self[name] for name in names if name in self.fields]

    def sources(self) -> list[forms.BoundField]:
        """Return the fields that say where the value comes from."""
        return [self[name] for name in ("source_url", "is_disputed", "note")]

    def narrative(self) -> list[forms.BoundField]:
        """Return the three parts of the narrative, in Indonesian."""
        return [self[name] for name in ("supporting", "obstacles", "follow_up")]

    def narrative_in_english(self) -> list[forms.BoundField]:
        """Return the note and the three parts of the narrative, in English."""
        return [self[name] for name in ("note_en", "supporting_en", "obstacles_en", "follow_up_en")]


class EvidenceForm(PortalModelForm):
    """One piece of evidence: a file or an address."""

    upload = CheckedFileField(label=_("File"), required=False)

    class Meta:
        model = Evidence
        formfield_callback = portal_formfield
        fields = ["title", "title_en", "url", "document_date", "is_public"]

    field_order = ["title", "upload", "url", "document_date", "is_public", "title_en"]

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one of the two."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors.keys() & {"upload", "url"}:
            return cleaned
        if bool(cleaned.get("upload")) == bool(cleaned.get("url")):
            self.add_error("url", _("Give either a file or an address."))
        return cleaned

    def _post_clean(self) -> None:
        """Build no row here: the service does, under its lock."""
