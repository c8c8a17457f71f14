"""Forms of the report pages."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from malangkraf.translated import translated
from roadmap.models import Phase
from roadmap.periods import PeriodSpan, period_label
from roadmap.services import schedule


class VerifyForm(forms.Form):
    """Ask for a sha256 as it stands on a report; spaces and capitals do not matter."""

    sidik = forms.CharField(
        label=_("Fingerprint of the report"),
        max_length=200,
        help_text=_("The 64 signs on the last page of the report, or the sha256 of a downloaded file."),
    )

    def clean_sidik(self) -> str:
        """Return the 64 digits in lower case."""
        digits = re.sub(r"[\s:-]", "", self.cleaned_data["sidik"]).lower()
        if not re.fullmatch(r"[0-9a-f]{64}", digits):
            raise forms.ValidationError(
                _("A fingerprint has 64 signs, 0-9 and a-f. Copy the whole line from the report's last page.")
            )
        return digits


class GenerateForm(forms.Form):
    """Choose the ended period to report on: a phase, or a year, quarter or month since the first phase began."""

    period = forms.ChoiceField(label=_("Period"))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spans = {span.code: (span, phase) for span, phase in schedule.reportable_spans(now)}
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = self._grouped()

    def _grouped(self) -> list[tuple[Any, list[tuple[str, str]]]]:
        """Return the choices under one heading per kind, newest first."""
        language = get_language() or "id"
        headings = {"phase": _("Phases"), "year": _("Years"), "quarter": _("Quarters"), "month": _("Months")}
        groups: dict[str, list[tuple[str, str]]] = {kind: [] for kind in headings}
        for code, (span, phase) in self.spans.items():
            name = translated(phase, "name", language) if phase else None
            label = period_label(span.kind, span.start, span.end, language, name=name)
            groups[span.kind].append((code, label))
        return [(headings[kind], choices) for kind, choices in groups.items() if choices]

    @property
    def chosen(self) -> tuple[PeriodSpan, Phase | None]:
        """Return the span and, for a phase report, the phase."""
        return self.spans[self.cleaned_data["period"]]


class ErratumForm(forms.Form):
    """Say what a correction corrects, in the two languages of the report."""

    erratum = forms.CharField(
        label=_("What was wrong, and what is right now"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In Indonesian. It stands on the new version's cover and beside the old version."),
    )
    erratum_en = forms.CharField(
        label=_("The same in English"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
