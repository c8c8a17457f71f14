"""Forms for phases, programmes, actions and their progress."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from malangkraf.row_fields import DayInput, LongTextField, NumberField, portal_formfield
from malangkraf.seen import SeenForm
from malangkraf.uploads import CheckedFileField
from roadmap.forms.fields import AddressedForm
from roadmap.models import Action, Phase, Programme, ProgressUpdate
from roadmap.periods import wib_date


class PhaseForm(AddressedForm):
    """A phase; dates that another phase covers are refused beside the field."""

    named_by = "name"

    class Meta:
        model = Phase
        formfield_callback = portal_formfield
        fields = [
            "name",
            "name_en",
            "start",
            "end",
            "colour",
            "promise",
            "promise_en",
            "outcome",
            "outcome_en",
            "lead_organization",
            "source_url",
        ]

    def clean(self) -> dict[str, Any]:
        """Check the days here, so that the message stands beside the field and names the other phase."""
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if not start or not end:
            return cleaned
        if end <= start:
            self.add_error("end", _("The last day must come after the first day."))
            return cleaned
        other = Phase.objects.exclude(pk=self.instance.pk).filter(start__lte=end, end__gte=start).first()
        if other:
            field = "start" if other.start <= start else "end"
            message = _("The phase %(name)s already covers %(start)s to %(end)s. Choose other days.")
            days = {"start": other.start.isoformat(), "end": other.end.isoformat()}
            self.add_error(field, forms.ValidationError(message, params={"name": other.name, **days}))
        return cleaned


class ProgrammeForm(AddressedForm):
    """A programme."""

    class Meta:
        model = Programme
        formfield_callback = portal_formfield
        fields = [
            "title",
            "title_en",
            "promise",
            "promise_en",
            "outcome",
            "outcome_en",
            "phases",
            "subsectors",
            "lead_organization",
            "source_url",
            "order",
        ]
        widgets = {
            "phases": forms.CheckboxSelectMultiple(),
            "subsectors": forms.CheckboxSelectMultiple(),
        }


class ActionForm(AddressedForm):
    """An action; a delay or cancellation needs its reason."""

    weight = NumberField(label=_("Weight"), initial=Decimal(1), minimum=Decimal(0), maximum=Decimal(9999))

    class Meta:
        model = Action
        formfield_callback = portal_formfield
        fields = [
            "programme",
            "phase",
            "title",
            "title_en",
            "promise",
            "promise_en",
            "state",
            "reason",
            "reason_en",
            "planned_start",
            "planned_end",
            "actual_start",
            "actual_end",
            "outcome",
            "outcome_en",
            "lead_organization",
            "partners",
            "weight",
            "source_url",
            "order",
        ]
        widgets = {"partners": forms.CheckboxSelectMultiple()}

    def clean(self) -> dict[str, Any]:
        """Say beside the field what the database would refuse."""
        cleaned = super().clean()
        if cleaned.get("state") in (Action.State.DELAYED, Action.State.CANCELLED) and not cleaned.get(
            "reason"
        ):
            self.add_error("reason", _("Say why the action is delayed or cancelled."))
        for kind, message in (
            ("planned", _("The planned end must not come before the planned start.")),
            ("actual", _("The actual end must not come before the actual start.")),
        ):
            start, end = cleaned.get(f"{kind}_start"), cleaned.get(f"{kind}_end")
            if start and end and end < start:
                self.add_error(f"{kind}_end", message)
        if cleaned.get("weight") == 0:
            self.add_error("weight", _("The weight must be greater than 0."))
        return cleaned


class ProgressUpdateForm(SeenForm):
    """A progress update, with one piece of evidence if there is one."""

    percent = NumberField(
        label=_("Progress in percent"), required=False, minimum=Decimal(0), maximum=Decimal(100)
    )
    planned_percent = NumberField(
        label=_("Planned progress in percent"), required=False, minimum=Decimal(0), maximum=Decimal(100)
    )
    evidence_file = CheckedFileField(label=_("Evidence as a file"), required=False)

    class Meta:
        model = ProgressUpdate
        formfield_callback = portal_formfield
        fields = ["as_of", "text", "text_en", "percent", "planned_percent", "organization", "source_url"]


class ReopenForm(forms.Form):
    """Why a value is opened again, and until when."""

    reason = LongTextField(label=_("Reason"))
    until = forms.DateField(
        label=_("Open until"),
        required=False,
        widget=DayInput(),
        help_text=_("After this day it closes by itself. Without a day it stays open until it is sent."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput(), min_value=0, max_value=2**31 - 1)

    def clean_until(self) -> date | None:
        """Refuse a day that is over."""
        until: date | None = self.cleaned_data["until"]
        if until and until < wib_date(timezone.now()):
            raise forms.ValidationError(_("This day is over. Choose a later one."), code="over")
        return until


class CommentForm(forms.Form):
    """What the person who entered a value should change."""

    comment = LongTextField(label=_("What has to change"))
    version = forms.IntegerField(widget=forms.HiddenInput(), min_value=0, max_value=2**31 - 1)
