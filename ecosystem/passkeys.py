"""allauth's passkey forms, made to answer a malformed credential with an error of the form.

allauth 65.21 lets KeyError and its kin through when a browser (or an attacker) sends JSON of another shape.
"""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms

MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError)


class _CheckedAnswer:
    def clean_credential(self) -> Any:
        """Return the authenticator that answered; raise a form error for anything else."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class LoginForm(_CheckedAnswer, forms.LoginWebAuthnForm):
    """Sign in with a passkey."""


class AuthenticateForm(_CheckedAnswer, forms.AuthenticateWebAuthnForm):
    """A passkey as second factor."""


class ReauthenticateForm(_CheckedAnswer, forms.ReauthenticateWebAuthnForm):
    """A passkey as the answer to "is it still you?"."""


class AddForm(forms.AddWebAuthnForm):
    """A new passkey."""

    def clean(self) -> dict[str, Any]:
        """Return the cleaned values; raise a form error for a credential of another shape."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned
