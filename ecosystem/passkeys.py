"""allauth's passkey forms, made to answer a malformed credential with an error of the form.

allauth 65.21 lets KeyError and its kin through when a browser (or an attacker) sends JSON of another shape.
"""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from django.forms import HiddenInput, JSONField

MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError)
LONGEST_CREDENTIAL = 64 * 1024


class CredentialField(JSONField):
    """A browser's answer. Django's field takes only one kind of broken JSON for an error of the form."""

    widget = HiddenInput

    def to_python(self, value: Any) -> Any:
        """Return the answer; refuse what is too long, too deep or too large a number, and text no database keeps."""
        text = str(value or "")
        if len(text) > LONGEST_CREDENTIAL or "\\u0000" in text:
            raise get_adapter().validation_error("incorrect_code")
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise get_adapter().validation_error("incorrect_code") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return nothing to show again: an answer counts once."""
        return initial


class _CheckedAnswer:
    def clean_credential(self) -> Any:
        """Return the authenticator that answered; raise a form error for anything else."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class LoginForm(_CheckedAnswer, forms.LoginWebAuthnForm):
    """Sign in with a passkey."""

    credential = CredentialField()


class AuthenticateForm(_CheckedAnswer, forms.AuthenticateWebAuthnForm):
    """A passkey as second factor."""

    credential = CredentialField()


class ReauthenticateForm(_CheckedAnswer, forms.ReauthenticateWebAuthnForm):
    """A passkey as the answer to "is it still you?"."""

    credential = CredentialField()


class AddForm(forms.AddWebAuthnForm):
    """A new passkey."""

    credential = CredentialField()

    def clean(self) -> dict[str, Any]:
        """Return the cleaned values; raise a form error for a credential of another shape."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned
