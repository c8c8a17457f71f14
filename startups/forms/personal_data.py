"""What a person asks about their own data, and how a coordinator answers."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from startups.models import DataRequest

LONGEST = 2000


def _long_text(label: Any, help_text: Any = "") -> forms.CharField:
    # No max_length: the browser would cut what was pasted, and say nothing.
    field = forms.CharField(label=label, help_text=help_text, widget=forms.Textarea(attrs={"rows": 6}))
    field.validators.append(MaxLengthValidator(LONGEST))
    return field


class RequestForm(forms.Form):
    """To have data corrected, or no longer used."""

    kind = forms.ChoiceField(
        label=_("What do you ask?"),
        choices=[
            (DataRequest.Kind.CORRECTION, _("Correct something that I cannot change myself")),
            (DataRequest.Kind.STOP, _("Stop using my data for something")),
        ],
        widget=forms.RadioSelect,
    )
    text = _long_text(_("Describe it"), _("What is wrong or should stop, and where you saw it."))


class ErasureForm(forms.Form):
    """That the person has understood; with entries of their own, that these go too."""

    understood = forms.BooleanField(label=_("I understand that this cannot be taken back after 24 hours."))

    def __init__(self, *args: Any, entry_names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if entry_names:
            self.fields["erase_entries"] = forms.BooleanField(
                label=_("Erase these entries too: %(names)s") % {"names": ", ".join(entry_names)},
                error_messages={
                    "required": _("You are their only owner: pass them on first, or agree that they go too.")
                },
            )


class AnswerForm(forms.Form):
    """What was done about the request, or why not."""

    state = forms.ChoiceField(
        label=_("Decision"),
        choices=[(DataRequest.State.DONE, _("Done")), (DataRequest.State.REFUSED, _("Refused"))],
        widget=forms.RadioSelect,
    )
    text = _long_text(_("Your answer"), _("The person reads it in a mail and on their page."))
