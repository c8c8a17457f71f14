"""Forms for what belongs to an entry: a product, the logo, an invitation."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from malangkraf.form_fields import LineField, ParagraphsField
from malangkraf.uploads import PICTURES, CheckedFile, CheckedFileField
from startups.forms.fields import AddressField
from startups.models import Product, Role

OLDEST_PRODUCT = 1945


class ProductForm(forms.Form):
    """One thing that the entry has made."""

    title = LineField(
        label=_("Title"), max_length=120, error_messages={"required": _("Type the title of the product.")}
    )
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=Product.Kind.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": _("Choose what it is.")},
    )
    summary = LineField(label=_("In one sentence"), max_length=200, required=False)
    summary_en = LineField(label=_("In one sentence, in English"), max_length=200, required=False)
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        localize=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
        help_text=_("When it came out, or will come out."),
        error_messages={"invalid": _("Type the year with four digits, such as 2019.")},
    )
    url = AddressField(label=_("Address"), required=False, help_text=_("Where people find or get it."))
    seen = forms.CharField(widget=forms.HiddenInput(), required=False)

    def clean_year(self) -> int | None:
        """Refuse a year in which it cannot have come out."""
        year: int | None = self.cleaned_data["year"]
        last = timezone.localdate().year + 5
        if year is not None and not OLDEST_PRODUCT <= year <= last:
            raise ValidationError(
                _("Type a year from %(first)s to %(last)s."),
                params={"first": str(OLDEST_PRODUCT), "last": str(last)},
                code="range",
            )
        return year

    def wanted(self) -> dict[str, Any]:
        """Return the product's values."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class LogoForm(forms.Form):
    """A picture and what it shows; without a new picture only the description changes."""

    picture = CheckedFileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG or WebP, at most 10 MB. Square pictures look best; others get a margin."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp"}),
    )
    logo_alt = LineField(
        label=_("What does it show?"),
        max_length=160,
        help_text=_("Read out to people who cannot see it. For example: “A blue house with the letters SK”."),
        error_messages={"required": _("Say what the logo shows, for people who cannot see it.")},
    )
    logo_alt_en = LineField(label=_("What does it show, in English?"), max_length=160, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, has_logo: bool, **options: Any) -> None:
        super().__init__(data, files, **options)
        self.has_logo = has_logo

    def clean_picture(self) -> CheckedFile | None:
        """Refuse other files than pictures, and none at all while there is no logo."""
        file: CheckedFile | None = self.cleaned_data["picture"]
        if file is None and not self.has_logo:
            raise ValidationError(_("Choose a picture."), code="required")
        kinds = {content_type for content_type, _extension in PICTURES.values()}
        if file is not None and file.content_type not in kinds:
            raise ValidationError(_("Choose a picture: PNG, JPEG or WebP."), code="unknown_kind")
        return file


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the e-mail address of the person.")},
    )
    role = forms.ChoiceField(
        label=_("As"), choices=Role.choices, widget=forms.RadioSelect(), initial=Role.EDITOR
    )


class ReasonForm(forms.Form):
    """A sentence for Stasion about a proposal."""

    reason = ParagraphsField(label=_("A word to Stasion"), max_length=1000, required=False, rows=3)
