"""Forms about the person's own account."""

from typing import ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ecosystem.models import User


class SignupExtras(forms.Form):
    """What the sign-up form asks beside address and password (allauth builds its form on this one)."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As others should see it. You can add it later."),
    )
    field_order = ("email", "name", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Store the name on the new account."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person may change about the own account."""

    class Meta:
        model = User
        fields = ("name", "language")
        labels: ClassVar[dict[str, object]] = {
            "name": _("Your name"),
            "language": _("Language of our e-mails"),
        }
        widgets: ClassVar[dict[str, object]] = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
