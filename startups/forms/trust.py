"""Forms of claims and badges: which proof, the code that was mailed, a reason."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from startups.models import Claim, Startup

LONGEST_STATEMENT = 1000
_SAY_WHY = _("Say in a sentence why it is yours: a coordinator reads it.")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


class WayForm(forms.Form):
    """Which proof, with what it needs: the mailbox's name, or the statement for a coordinator."""

    method = forms.ChoiceField(label=_("How do you want to show it?"), widget=forms.RadioSelect)
    mailbox = forms.CharField(
        label=_("Name of the mailbox"),
        help_text=_("For example: halo"),
        required=False,
        max_length=120,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    statement = forms.CharField(
        label=_("Why is it yours?"),
        help_text=_("Only Stasion's coordinators read this. Your role and since when is enough."),
        required=False,
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        *args: Any,
        startup: Startup,
        methods: Sequence[str],
        needs_statement: bool = False,
        **kwargs: Any,
    ) -> None:
        """Offer the methods; a coordinator who decides needs the statement."""
        super().__init__(*args, **kwargs)
        self.startup, self.needs_statement = startup, needs_statement
        field = self.fields["method"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(method, Claim.Method(method).label) for method in methods]
        if len(methods) == 1:
            self.initial.setdefault("method", methods[0])
        field.error_messages |= dict.fromkeys(("required", "invalid_choice"), _("Choose one of the ways."))
        if needs_statement:
            self.fields["statement"].required = True
            self.fields["statement"].error_messages["required"] = _SAY_WHY
        # Shown behind the field: only the name is typed.
        self.at_domain = f"@{startup.website_domain}"

    def clean_mailbox(self) -> str:
        """Return the whole address at the entry's own domain, "" when none was typed."""
        typed = str(self.cleaned_data["mailbox"]).strip()
        if not typed:
            return ""
        name, at, domain = typed.rpartition("@") if "@" in typed else (typed, "", "")
        if at and domain.lower() != self.startup.website_domain:
            raise forms.ValidationError(
                _("It must be a mailbox at %(domain)s, the domain of the entry."),
                params={"domain": self.startup.website_domain},
            )
        if not _LOCAL_PART.fullmatch(name) or len(name) > 64:
            raise forms.ValidationError(_("This is not the name of a mailbox."))
        return f"{name}@{self.startup.website_domain}"

    def clean(self) -> dict[str, Any] | None:
        """Ask for what the chosen way needs."""
        values = super().clean() or {}
        method = values.get("method")
        if method == Claim.Method.MAILBOX and not values.get("mailbox") and "mailbox" not in self.errors:
            self.add_error("mailbox", _("Type the name of the mailbox that should get the code."))
        needs = self.needs_statement or method == Claim.Method.IN_PERSON
        if needs and "statement" not in self.errors and len(str(values.get("statement", "")).strip()) < 10:
            self.add_error("statement", _SAY_WHY)
        return values


class CodeForm(forms.Form):
    """The six digits that were mailed."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class ReasonForm(forms.Form):
    """Why a badge is taken back; the owners read it."""

    note = forms.CharField(
        label=_("Reason"),
        help_text=_("The owners get it by mail, so write it to them."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class MetForm(forms.Form):
    """That a coordinator met the people behind an entry."""

    sure = forms.BooleanField(
        label=_("I met the people who keep this entry, and saw that they are who they say."),
        error_messages={"required": _("Tick this only if you met them.")},
    )
