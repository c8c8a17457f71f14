"""Forms for indicators, what they count for, and their targets."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from malangkraf.row_fields import DayInput, LongTextField, NumberField, portal_formfield
from malangkraf.seen import PortalModelForm
from malangkraf.uploads import CheckedFileField
from roadmap.automatic import SOURCES
from roadmap.forms.fields import AddressedForm, PeriodField
from roadmap.models import Action, Indicator, IndicatorLink, Phase, Programme, TargetRevision
from roadmap.models.indicator import DEFINITIONAL_FIELDS
from roadmap.rules import PROBLEM_MESSAGES, definition_problem
from roadmap.services.indicators import has_values
from roadmap.services.periods import saved_period


class IndicatorForm(AddressedForm):
    """An indicator; once a value is verified, what defines it is shown but locked."""

    named_by = "name"
    baseline_value = NumberField(label=_("Baseline"), required=False)
    baseline_period = PeriodField(label=_("Period of the baseline"), required=False)
    automatic_source = forms.ChoiceField(
        label=_("Counted by the portal"),
        required=False,
        help_text=_("The portal counts the value itself when a period is over; nobody enters it."),
        error_messages={
            "invalid_choice": _("The portal knows no source of this name. Choose one of the list.")
        },
    )

    class Meta:
        model = Indicator
        formfield_callback = portal_formfield
        fields = [
            "name",
            "name_en",
            "code",
            "definition",
            "definition_en",
            "formula",
            "formula_en",
            "unit",
            "unit_en",
            "value_type",
            "numerator_label",
            "denominator_label",
            "is_share",
            "direction",
            "entry_meaning",
            "aggregation",
            "frequency",
            "automatic_source",
            "method",
            "allow_carry",
            "decimals",
            "baseline_value",
            "baseline_period",
            "baseline_source_url",
            "data_producer",
            "data_producer_en",
            "collection_method",
            "collection_method_en",
            "limitations",
            "limitations_en",
            "owner_organization",
            "subsectors",
            "valid_from",
            "valid_to",
            "is_headline",
            "order",
        ]
        widgets = {"subsectors": forms.CheckboxSelectMultiple()}

    def __init__(self, *args: Any, frozen: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self._offer_sources()
        if frozen:
            for name in DEFINITIONAL_FIELDS:
                self.fields[name].disabled = True

    def _offer_sources(self) -> None:
        """List the sources; once there is any value, who gives the values stays as it is."""
        field = self.fields["automatic_source"]
        choices = [(source.name, f"{source.label} ({source.unit})") for source in SOURCES]
        own = self.instance.automatic_source
        if own and SOURCES.find(own) is None:
            # A source that was removed from the portal: shown, so that saving does not take it away unseen.
            choices.append((own, own))
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("No, people enter the values")), *choices]
        if has_values(self.instance):
            field.disabled = True
            field.help_text = _(
                "Locked: the indicator has values already. Make a new version to change this."
            )

    def clean(self) -> dict[str, Any]:
        """Refuse definitions whose periods could not be combined, and what the database would refuse."""
        cleaned = super().clean()
        if all(cleaned.get(name) for name in ("value_type", "entry_meaning", "aggregation")):
            problem = definition_problem(
                value_type=cleaned["value_type"],
                meaning=cleaned["entry_meaning"],
                aggregation=cleaned["aggregation"],
            )
            if problem and not self.fields["aggregation"].disabled:
                self.add_error("aggregation", gettext(PROBLEM_MESSAGES[problem]))
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end < start:
            message = _("The end of the indicator's life must not come before its beginning.")
            self.add_error("valid_to", message)
        if cleaned.get("automatic_source") and not self.fields["automatic_source"].disabled:
            self._check_source(cleaned)
        if (cleaned.get("decimals") or 0) > 6:
            self.add_error("decimals", _("At most 6 decimals are kept."))
        if cleaned.get("value_type") == Indicator.ValueType.RATIO:
            for name in ("numerator_label", "denominator_label"):
                if not cleaned.get(name):
                    self.add_error(name, _("Name it, so that people know what to enter."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Return the indicator; a baseline's period that nobody used before gets its row."""
        if self.instance.baseline_period:
            self.instance.baseline_period = saved_period(self.instance.baseline_period)
        return super().save(commit)

    def _check_source(self, cleaned: dict[str, Any]) -> None:
        """Refuse a source that is gone, that cannot serve this definition, or that has no calendar to follow."""
        source = SOURCES.find(cleaned["automatic_source"])
        if source is None:
            self.add_error(
                "automatic_source", self.fields["automatic_source"].error_messages["invalid_choice"]
            )
            return
        definition = {name: cleaned.get(name, "") for name in ("value_type", "entry_meaning")}
        for name in source.misfits(**definition):
            self.add_error(name, _("What the portal counts here is of another kind. Choose another one."))
        if cleaned.get("frequency") == Indicator.Frequency.IRREGULAR:
            self.add_error("frequency", _("The portal counts at the end of regular periods. Choose one."))
        if not cleaned.get("valid_from") and "valid_from" not in self.errors:
            self.add_error("valid_from", _("Say from which day on the portal counts."))


class NewVersionForm(IndicatorForm):
    """An indicator that takes the place of an older one from a day on."""

    valid_from = forms.DateField(
        label=_("Measured from"),
        widget=DayInput(),
        help_text=_("The old version ends the day before."),
    )

    def clean_valid_from(self) -> date:
        """Return the first day, which must come after the old version's."""
        day: date = self.cleaned_data["valid_from"]
        old = self.instance.supersedes
        if old and old.valid_from and day <= old.valid_from:
            raise forms.ValidationError(_("The new version must begin after the old one began."))
        return day


class IndicatorLinkForm(forms.Form):
    """What an indicator counts for, at which level and with which weight."""

    parent = forms.ChoiceField(label=_("Counts for"))
    level = forms.ChoiceField(
        label=_("Level"), choices=IndicatorLink.Level.choices, initial=IndicatorLink.Level.OUTCOME
    )
    weight = NumberField(label=_("Weight"), initial=Decimal(1), maximum=Decimal(99_999))

    MODELS = {"phase": Phase, "programme": Programme, "action": Action}

    def __init__(self, *args: Any, indicator: Indicator, **options: Any) -> None:
        super().__init__(*args, **options)
        self.indicator = indicator
        groups = (("phase", _("Phases")), ("programme", _("Programmes")), ("action", _("Actions")))
        field = self.fields["parent"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose"))] + [
                (label, [(f"{kind}-{row.pk}", str(row)) for row in self.MODELS[kind]._default_manager.all()])
                for kind, label in groups
            ]

    def clean_weight(self) -> Decimal:
        """Return the weight, which must be above 0."""
        weight: Decimal = self.cleaned_data["weight"]
        if weight <= 0 or weight.as_tuple().exponent < -3:  # type: ignore[operator]
            raise forms.ValidationError(
                _("The weight must be greater than 0 and have at most three decimals.")
            )
        return weight

    def clean(self) -> dict[str, Any]:
        """Refuse a link that exists."""
        cleaned = super().clean() or {}
        if cleaned.get("parent") and self.indicator.links.filter(**self.parent_ids()).exists():
            self.add_error("parent", _("The indicator counts for this already. Remove that line first."))
        return cleaned

    def parent_ids(self) -> dict[str, int]:
        """Return the key of the one parent, as IndicatorLink takes it."""
        kind, _dash, pk = self.cleaned_data["parent"].partition("-")
        return {f"{kind}_id": int(pk)}


class TargetForm(PortalModelForm):
    """A target or its revision; the service says what may not be."""

    value = NumberField(label=_("Target"))
    low = NumberField(label=_("Lower bound"))
    high = NumberField(label=_("Upper bound"))
    reason = LongTextField(label=_("Reason for the change"))
    document_file = CheckedFileField(label=_("Document as a file"), required=False)
    number = forms.IntegerField(widget=forms.HiddenInput(), min_value=0, max_value=32_000)

    class Meta:
        model = TargetRevision
        formfield_callback = portal_formfield
        fields = [
            "value",
            "low",
            "high",
            "reason",
            "decree_number",
            "decree_date",
            "source_url",
            "note",
            "note_en",
        ]

    def __init__(
        self, *args: Any, indicator: Indicator, current: TargetRevision | None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["number"].initial = current.number if current else 0
        is_range = indicator.direction == Indicator.Direction.RANGE
        for name in ("value",) if is_range else ("low", "high"):
            del self.fields[name]
        if current is None:
            del self.fields["reason"]

    def _post_clean(self) -> None:
        """Build no row here: the service does, under its lock and with the checks in one place."""


class PeriodForm(forms.Form):
    """For which period a target is to be set or a value entered."""

    period = PeriodField(label=_("Period"))
