"""What visitors write: a message to the people behind an entry, or what is wrong with it."""

import time
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from malangkraf.form_fields import LineField, ParagraphsField
from startups.models import ProblemReport

# Nobody fills in a form faster than this.
FASTEST = 3
# An open tab may wait as long.
SLOWEST = 24 * 60 * 60
SALT = "startups.visitor-form"


class VisitorForm(forms.Form):
    """A form that programs give themselves away with: a field that nobody sees, and the time it took.

    `is_caught` says that the hidden field was filled in.
    """

    # Out of sight and out of the tab order; its name invites programs.
    homepage = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened"].initial = signing.dumps(int(time.time()), salt=SALT)

    @property
    def is_caught(self) -> bool:
        """Return whether something was written where people write nothing."""
        return bool(self.data.get("homepage"))

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """Return the fields for people."""
        return [field for field in self if field.name not in ("homepage", "opened")]

    def clean(self) -> dict[str, Any]:
        """Refuse what came too fast or from a form of another day; both say that sending again helps."""
        cleaned = super().clean() or {}
        try:
            opened = int(signing.loads(self.data.get("opened", ""), salt=SALT, max_age=SLOWEST))
        except (signing.BadSignature, ValueError, TypeError):
            self._start_again()
            raise forms.ValidationError(
                _("This form was open for a long time. Check it and send it again."), code="old"
            ) from None
        if time.time() - opened < FASTEST:
            raise forms.ValidationError(
                _("That was very fast. Check what you wrote and send it again."), code="fast"
            )
        return cleaned

    def _start_again(self) -> None:
        again = QueryDict(mutable=True)
        again.update(
            {**{name: self.data[name] for name in self.data}, "opened": self.fields["opened"].initial}
        )
        self.data = again


class MessageForm(VisitorForm):
    """A message that the portal passes on."""

    name = LineField(
        label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("The answer comes to it, straight from them."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    message = ParagraphsField(
        label=_("Message"),
        min_length=10,
        max_length=3000,
        rows=8,
        help_text=_("What do you need, until when, and how can they judge it?"),
    )
    field_order = ["name", "email", "message", "homepage", "opened"]


class ReportForm(VisitorForm):
    """What a visitor says is wrong."""

    kind = forms.ChoiceField(
        label=_("What is wrong?"), choices=ProblemReport.Kind.choices, widget=forms.RadioSelect
    )
    text = ParagraphsField(
        label=_("Details"),
        min_length=10,
        max_length=2000,
        rows=5,
        help_text=_("What should it say instead, and how do you know?"),
    )
    reply_to = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        max_length=254,
        help_text=_("Only Stasion sees it, and only to answer you. It is erased once the report is settled."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ["kind", "text", "reply_to", "homepage", "opened"]
