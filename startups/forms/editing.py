"""The parts of an entry as its members edit them: the fields of the registration, with what the page showed of each."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from malangkraf.form_fields import LineField, ParagraphsField
from startups.consents import ConsentText
from startups.forms.registration import NameForm, PlaceForm, StepForm
from startups.forms.registration_work import ContactForm, WorkForm
from startups.models import ContactPoint, Startup
from startups.services.values import founded_text

PRIVATE_UNTIL_SHOWN = _("Private until you show it under “Contact and visibility”.")
MOST_CODES = 5
# What a person sees as one field and the form as several.
FORM_FIELDS = {
    "founded": ("founded_year", "founded_month", "founded_day"),
    "point": ("point", "point_precision"),
    "subsectors": ("subsector", "other_subsectors"),
    "kbli": ("kbli_2020", "kbli_2025"),
    **{kind: (kind, f"show_{kind}") for kind in ContactPoint.Kind.values},
}


class PartForm(StepForm):
    """What the parts share: which fields they hold, and the marks of what the page showed of them."""

    holds: ClassVar[tuple[str, ...]]
    seen = forms.CharField(widget=forms.HiddenInput(), required=False)

    def __init__(self, data: Any = None, *, startup: Startup, marks: Mapping[str, str]) -> None:
        super().__init__(data, startup=startup)
        # The marks of each field do what the version of the whole entry does in the registration.
        del self.fields["version"]
        self.fields["seen"].initial = json.dumps(marks)

    def clean_seen(self) -> dict[str, str]:
        """Return the marks; without readable ones every change is a conflict, so nothing is overwritten unseen."""
        try:
            marks = json.loads(self.cleaned_data["seen"])
        except ValueError:
            return {}
        return marks if isinstance(marks, dict) else {}

    def wanted(self) -> dict[str, Any]:
        """Return what a valid form wants each field to be, as services.values keeps it."""
        return {name: self.cleaned_data[name] for name in self.holds if name in self.fields}


class NamePart(PartForm, NameForm):
    """Name and kind: identity, so owners propose them; editors change the other names only."""

    holds = ("name", "kind", "alternate_names", "legal_name")
    reason = ParagraphsField(
        label=_("Why does it change?"),
        max_length=1000,
        required=False,
        rows=3,
        help_text=_("A sentence for Stasion, for example “we were renamed in March”."),
    )

    def __init__(
        self, data: Any = None, *, startup: Startup, marks: Mapping[str, str], may_propose: bool
    ) -> None:
        super().__init__(data, startup=startup, marks=marks)
        self.fields["legal_name"].help_text = PRIVATE_UNTIL_SHOWN
        if not may_propose:
            for name in ("name", "kind", "legal_name", "reason"):
                del self.fields[name]


class PlacePart(PartForm, PlaceForm):
    """Where in Malang it works."""

    holds = ("area", "street", "point")

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["street"].help_text = PRIVATE_UNTIL_SHOWN

    def wanted(self) -> dict[str, Any]:
        """Return the place; the point in text with its precision, [] for none."""
        point, precision = self.cleaned_data["point"], self.cleaned_data["point_precision"]
        return {
            "area": self.cleaned_data["area"],
            "street": self.cleaned_data["street"],
            "point": [f"{point[0]:.5f}", f"{point[1]:.5f}", precision] if point else [],
        }


class WorkPart(PartForm, WorkForm):
    """What it does."""

    holds = (
        "summary", "summary_en", "description", "description_en", "stage", "team_band", "founded", "subsectors",
        "services", "technologies", "open_to",
    )  # fmt: skip

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("website", "links"):
            del self.fields[name]

    def wanted(self) -> dict[str, Any]:
        """Return the texts and choices; chosen rows by their codes, the main subsector first."""
        cleaned = self.cleaned_data
        subsectors = [cleaned["subsector"], *cleaned["other_subsectors"]]
        return {name: cleaned[name] for name in self.holds if name in self.fields} | {
            "founded": founded_text(cleaned["founded"], cleaned["founded_precision"]),
            "subsectors": [row.code for row in subsectors],
            "services": sorted(row.code for row in cleaned["services"]),
            "technologies": sorted(row.code for row in cleaned["technologies"]),
            "open_to": sorted(cleaned["open_to"]),
        }


class LinksPart(PartForm, WorkForm):
    """Website and other pages; another domain is identity."""

    holds = ("website", "links")

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for name in [name for name in self.fields if name not in (*self.holds, "seen")]:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Add nothing: what WorkForm computes stands on another page."""
        return self.cleaned_data

    def wanted(self) -> dict[str, Any]:
        """Return the website and the other addresses."""
        links = sorted(address for _kind, address in self.cleaned_data["links"])
        return {"website": self.cleaned_data["website"], "links": links}


class ContactPart(PartForm, ContactForm):
    """How people reach it and what they may see; showing a contact needs a consent (UU 27/2022)."""

    holds = ("takes_messages", "public_fields", *ContactPoint.Kind.values)

    def __init__(
        self, data: Any = None, *, startup: Startup, marks: Mapping[str, str], consent: ConsentText | None
    ) -> None:
        super().__init__(data, startup=startup, marks=marks)
        self.consent = consent
        if not any(contact.kind == ContactPoint.Kind.EMAIL for contact in startup.contacts.all()):
            # The registration proposes its maker's own address; here only what is stored is shown.
            self.initial["email"] = ""
        if consent:
            self.fields["agree"] = forms.BooleanField(label=consent.agree, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse to show a contact without the consent."""
        cleaned = super().clean()
        shows = any(is_public for _value, is_public in cleaned["contacts"].values())
        if self.consent and shows and not cleaned.get("agree"):
            self.add_error(
                "agree", ValidationError(_("Tick this too, or leave the contacts private."), code="consent")
            )
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """Return the contacts by kind and what is shown; what was not offered stays as it is."""
        cleaned = self.cleaned_data
        offered = cast(forms.MultipleChoiceField, self.fields["public_fields"])
        choices = {str(code) for code, _label in cast(Any, offered.choices)}
        shown = cast(Startup, self.startup).public_fields
        kept = [name for name in shown if name not in choices]
        contacts = {kind: list(cleaned["contacts"].get(kind, ())) for kind in ContactPoint.Kind.values}
        return contacts | {
            "takes_messages": cleaned["takes_messages"],
            "public_fields": sorted({*kept, *cleaned["public_fields"]}),
        }


class CodesField(LineField):
    """KBLI codes of one scheme: five digits each, in one line."""

    def __init__(self, *, scheme: str, **options: Any) -> None:
        self.scheme = scheme
        super().__init__(max_length=60, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **options)

    def clean(self, value: Any) -> Any:
        """Return the codes as scheme:code, each once."""
        codes = list(dict.fromkeys(super().clean(value).replace(",", " ").replace(";", " ").split()))
        wrong = [code for code in codes if not (code.isascii() and code.isdigit() and len(code) == 5)]
        if wrong:
            raise ValidationError(
                _("“%(code)s” is no KBLI code: it has five digits, such as 62011."),
                params={"code": wrong[0][:20]},
                code="invalid",
            )
        if len(codes) > MOST_CODES:
            raise ValidationError(
                _("At most %(most)s codes. Keep those of your main work."), params={"most": MOST_CODES}
            )
        return [f"{self.scheme}:{code}" for code in codes]


class LegalPart(PartForm):
    """Numbers of the business: KBLI as scheme and code, and the NIB, which stays private."""

    holds = ("nib", "kbli")
    kbli_2020 = CodesField(
        scheme="2020",
        label=_("KBLI 2020 codes"),
        required=False,
        help_text=_("Five digits each, separated by spaces. They stand on your NIB document."),
    )
    kbli_2025 = CodesField(
        scheme="2025",
        label=_("KBLI 2025 codes"),
        required=False,
        help_text=_("If your document has the newer list already."),
    )
    nib = LineField(
        label=_("NIB"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("13 digits, without dots or spaces."),
    )

    def values_of(self, startup: Startup) -> dict[str, Any]:
        """Return the numbers as the fields show them."""
        codes = list(startup.kbli_codes.all())
        return {"nib": startup.nib} | {
            f"kbli_{scheme}": " ".join(row.code for row in codes if row.scheme == scheme)
            for scheme in ("2020", "2025")
        }

    def clean_nib(self) -> str:
        """Return 13 digits, "" for none; spaces, dots and dashes are forgiven."""
        text: str = self.cleaned_data["nib"]
        digits = text.translate(dict.fromkeys(map(ord, " .-–")))
        if digits and not (digits.isascii() and digits.isdigit() and len(digits) == 13):
            raise ValidationError(
                _("A NIB has 13 digits; this has %(count)s signs."),
                params={"count": len(digits)},
                code="invalid",
            )
        return digits

    def wanted(self) -> dict[str, Any]:
        """Return both numbers."""
        codes = [*self.cleaned_data["kbli_2020"], *self.cleaned_data["kbli_2025"]]
        return {"nib": self.cleaned_data["nib"], "kbli": sorted(codes)}
