"""Forms of the coordinators: a decision, a look at private contacts, a pause, the queue's filter."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from startups.models import ContactAccess, ModerationItem, PauseNotice
from startups.reasons import reasons_for
from startups.rules.decisions import Decision, needs_note

LONGEST_NOTE = 2000
# Days.
LONGEST_PAUSE = 92


class DecisionForm(forms.Form):
    """Reason and texts of a decision; `sure` comes from the second question."""

    reason = forms.ChoiceField(label=_("Reason"), required=False)
    target = forms.IntegerField(label=_("The entry that stays"), required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Text for the applicant"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    internal_note = forms.CharField(
        label=_("Note for colleagues"),
        help_text=_("Stays in the work room. The applicant never reads it."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    item_version = forms.IntegerField(widget=forms.HiddenInput)
    startup_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, decision: Decision, item: ModerationItem, **kwargs: Any) -> None:
        """Offer the reasons of the decision, and ask for a text where the applicant needs one."""
        super().__init__(*args, **kwargs)
        self.decision = decision
        reasons = reasons_for(decision)
        if reasons:
            field = self.fields["reason"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("Choose a reason")), *reasons.items()]
            field.required = True
        else:
            del self.fields["reason"]
        note = self.fields["note"]
        note.required = needs_note(decision, is_dispute=item.is_dispute)
        is_report = item.kind == ModerationItem.Kind.REPORT
        if is_report and decision == Decision.HOLD:
            # Nobody waits for it by name: the colleagues' own note says why.
            del self.fields["note"]
        if is_report and decision == Decision.ANSWER:
            note.label = _("Answer to the visitor")
            note.help_text = _(
                "Thank them: they helped to keep the list true. Leave it empty to send no mail."
            )
        if decision != Decision.MERGE:
            del self.fields["target"]


class ContactAccessForm(forms.ModelForm):  # type: ignore[type-arg]
    """Why somebody looks at private contacts."""

    class Meta:
        model = ContactAccess
        fields = ("reason",)
        help_texts = {"reason": _("The owners can read when you looked and why.")}

    def clean_reason(self) -> str:
        """Refuse a reason that says nothing."""
        reason = str(self.cleaned_data["reason"]).strip()
        if len(reason) < 5:
            raise forms.ValidationError(_("Say in a few words what you need the contacts for."))
        return reason


class PauseForm(forms.ModelForm):  # type: ignore[type-arg]
    """A pause: its days and what the public reads."""

    class Meta:
        model = PauseNotice
        fields = ("start", "end", "text", "text_en")
        widgets = {
            "start": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "end": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "text": forms.Textarea(attrs={"rows": 3}),
            "text_en": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "text": _("In Indonesian: why you cannot answer, and from when on you can again."),
            "text_en": _(
                "Visitors of the English pages read this; without it they read the Indonesian text."
            ),
        }

    def clean(self) -> dict[str, Any] | None:
        """Refuse a pause that would rewrite the past, and one so long that it is no pause."""
        values = super().clean() or {}
        start, end = values.get("start"), values.get("end")
        if start and start < timezone.localdate():
            self.add_error("start", _("A pause cannot begin in the past: the clocks have run already."))
        if start and end and (end - start).days >= LONGEST_PAUSE:
            self.add_error("end", _("A pause lasts at most three months."))
        return values


class QueueFilter(forms.Form):
    """Which part of the queue is shown; nonsense in the address counts as no choice."""

    TURNS = (
        ("kami", _("Our turn")),
        ("pemohon", _("The applicant's turn")),
        ("tunda", _("On hold")),
        ("sesudah", _("To look at afterwards")),
        ("selesai", _("Settled")),
    )

    giliran = forms.ChoiceField(required=False, choices=TURNS)
    jenis = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[
            ("", _("All kinds")),
            *(choice for choice in ModerationItem.Kind.choices if choice[0] != "after_check"),
        ],
    )
    petugas = forms.ChoiceField(
        label=_("Taken by"),
        required=False,
        choices=[("", _("Anybody")), ("saya", _("Me")), ("belum", _("Nobody yet"))],
    )
    q = forms.CharField(label=_("Name or reference number"), required=False, max_length=120)
