"""Steps 3 to 5 of a registration: what an entry does, how it is reached, and sending it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Subsector
from malangkraf.form_fields import LineField, NamedChoiceField, ParagraphsField, PhoneField
from startups.consents import ConsentText
from startups.forms.fields import AddressField, LinksField, NamedChoicesField
from startups.forms.registration import StepForm
from startups.models import ContactPoint, ServiceType, Startup, Technology
from startups.optional_fields import optional_text

OLDEST_YEAR = 1900
SUMMARY_EXAMPLES = {
    "startup": _("For example: “Cashier app for food stalls that works without a signal.”"),
    "app_studio": _("For example: “We build Android apps for schools and clinics.”"),
    "game_studio": _("For example: “We make short story games for phones, with tales from East Java.”"),
    "agency": _("For example: “Branding and websites for cafés and hotels.”"),
    "creative_studio": _("For example: “Animation and illustration for children's books.”"),
    "community": _("For example: “Monthly evenings for people who write code in Malang.”"),
    "incubator": _("For example: “Six-month training for first-time founders.”"),
    "media": _("For example: “Weekly news about games made in East Java.”"),
}


@dataclass(frozen=True, slots=True)
class Fold:
    """Fields that the page folds away until somebody wants them: what is inside, and how much was chosen."""

    title: str
    fields: list[forms.BoundField]
    is_open: bool
    chosen: int = 0


class WorkForm(StepForm):
    """Step 3: what it does."""

    step = 3
    summary = LineField(
        label=_("What you do, in one sentence"),
        max_length=200,
        error_messages={"required": _("Say in one sentence what you do.")},
    )
    description = ParagraphsField(
        label=_("More about it"),
        max_length=4000,
        required=False,
        rows=6,
        help_text=_("What you make, for whom, what you are proud of. Indonesian or English, as you like."),
    )
    summary_en = LineField(label=_("What you do, in English"), max_length=200, required=False)
    description_en = ParagraphsField(label=_("More about it, in English"), max_length=4000, required=False)
    subsector = NamedChoiceField(
        Subsector.objects.filter(valid_to=None),
        label=_("Main subsector"),
        empty_label=_("Choose …"),
        help_text=_("The field of the creative economy that you are counted in."),
        error_messages={"required": _("Choose the main subsector.")},
    )
    other_subsectors = NamedChoicesField(
        Subsector.objects.filter(valid_to=None),
        label=_("Further subsectors, at most two"),
        most=2,
        required=False,
    )
    services = NamedChoicesField(
        ServiceType.objects.all(), label=_("Services that others can order, at most 15"), required=False
    )
    technologies = NamedChoicesField(
        Technology.objects.all(), label=_("Technologies you work with, at most 15"), required=False
    )
    website = AddressField(label=_("Website"), required=False)
    links = LinksField(
        label=_("Other pages"),
        required=False,
        help_text=_("One address a line: Instagram, LinkedIn, itch.io, Google Play … At most 8."),
    )
    founded_year = forms.IntegerField(
        label=_("Founded in the year"),
        required=False,
        localize=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
        error_messages={"invalid": _("Type the year with four digits, such as 2019.")},
    )
    founded_month = forms.TypedChoiceField(
        label=_("Month"), required=False, coerce=int, empty_value=None, help_text=_("If you know it.")
    )
    founded_day = forms.TypedChoiceField(
        label=_("Day"), required=False, coerce=int, empty_value=None, help_text=_("If you know it.")
    )
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    team_band = forms.ChoiceField(label=_("Team size"), required=False)
    open_to = forms.MultipleChoiceField(
        label=_("What are you open to?"),
        choices=Startup.OpenTo.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("Visitors can look for it. Change it whenever it changes."),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        nothing = [("", _("I would rather not say"))]
        choices: dict[str, list[Any]] = {
            "founded_month": [("", "–"), *MONTHS.items()],
            "founded_day": [("", "–"), *((day, str(day)) for day in range(1, 32))],
            "stage": [*nothing, *Startup.Stage.choices],
            "team_band": [*nothing, *Startup.TeamBand.choices],
        }
        for name, known in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = known
        if self.startup:
            self.fields["summary"].help_text = SUMMARY_EXAMPLES.get(self.startup.kind, "")

    def values_of(self, startup: Startup) -> dict[str, Any]:
        """Return the draft's values; chosen rows by their keys, founded in its three parts."""
        values = super().values_of(startup)
        rows = list(startup.subsector_rows.values_list("subsector_id", flat=True))
        founded, precision = startup.founded, startup.founded_precision
        knows_month = founded and precision != Startup.Precision.YEAR
        return values | {
            "subsector": rows[0] if rows else None,
            "other_subsectors": rows[1:],
            "services": list(startup.services.values_list("pk", flat=True)),
            "technologies": list(startup.technologies.values_list("pk", flat=True)),
            "links": [(link.kind, link.url) for link in startup.links.all()],
            "founded_year": founded.year if founded else None,
            "founded_month": str(founded.month) if founded and knows_month else "",
            "founded_day": str(founded.day) if founded and precision == Startup.Precision.DAY else "",
        }

    def english_fold(self) -> Fold:
        """Return the English texts, folded away while they are empty."""
        fields = [self["summary_en"], self["description_en"]]
        return Fold(
            gettext("In English too"), fields, is_open=any(field.value() or field.errors for field in fields)
        )

    def choice_folds(self) -> list[Fold]:
        """Return the long lists to choose from; one that was refused is open."""
        names = ("other_subsectors", "services", "technologies")
        fields = [self[name] for name in names]
        return [
            Fold(str(field.label), [field], is_open=bool(field.errors), chosen=len(field.value() or []))
            for field in fields
        ]

    def clean_founded_year(self) -> int | None:
        """Refuse a year that nobody can have founded anything in."""
        year: int | None = self.cleaned_data["founded_year"]
        this_year = timezone.localdate().year
        if year is not None and not OLDEST_YEAR <= year <= this_year:
            raise ValidationError(
                _("Type a year from %(first)s to %(last)s."),
                params={"first": str(OLDEST_YEAR), "last": str(this_year)},
                code="range",
            )
        return year

    def clean(self) -> dict[str, Any]:
        """Add the day of founding and its precision; the main subsector is not repeated among the further ones."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        main = cleaned.get("subsector")
        cleaned["other_subsectors"] = [
            one for one in cleaned.get("other_subsectors", []) if main is None or one.pk != main.pk
        ]
        cleaned["founded"], cleaned["founded_precision"] = self._founded(cleaned)
        return cleaned

    def _founded(self, cleaned: dict[str, Any]) -> tuple[date | None, str]:
        year, month, day = (cleaned.get(f"founded_{part}") for part in ("year", "month", "day"))
        precision = Startup.Precision.DAY if day and month else Startup.Precision.MONTH
        if year is None:
            if (month or day) and "founded_year" not in self.errors:
                self.add_error("founded_year", _("Type the year too."))
            return None, Startup.Precision.YEAR
        if not month:
            if day:
                self.add_error("founded_month", _("Choose the month too."))
            return date(year, 1, 1), Startup.Precision.YEAR
        try:
            founded = date(year, month, day or 1)
        except ValueError:
            self.add_error("founded_day", _("This month has no such day."))
            return None, precision
        if founded > timezone.localdate():
            self.add_error("founded_year", _("This day has not come yet."))
        return founded, precision


class ContactForm(StepForm):
    """Step 4: how people reach it, and who may see each field."""

    step = 4
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    show_email = forms.BooleanField(label=_("Show the e-mail address to everybody"), required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    show_phone = forms.BooleanField(label=_("Show the phone number to everybody"), required=False)
    whatsapp = PhoneField(label=_("WhatsApp"), required=False)
    show_whatsapp = forms.BooleanField(label=_("Show a WhatsApp button to everybody"), required=False)
    takes_messages = forms.BooleanField(
        label=_("Take messages through the portal"),
        required=False,
    )
    public_fields = forms.MultipleChoiceField(
        label=_("What may everybody see?"), required=False, widget=forms.CheckboxSelectMultiple()
    )

    def __init__(self, data: Any = None, *, startup: Startup, **options: Any) -> None:
        super().__init__(data, startup=startup, **options)
        shown = self.fields["public_fields"]
        assert isinstance(shown, forms.MultipleChoiceField)
        shown.choices = [
            (field, f"{label}: {text}")
            for field, label in Startup.Optional.choices
            if (text := optional_text(startup, field))
        ]

    def values_of(self, startup: Startup) -> dict[str, Any]:
        """Return the draft's contacts; a draft that has seen no step 4 starts with its maker's own address."""
        values = super().values_of(startup)
        if startup.step < self.step and startup.created_by:
            values["email"] = startup.created_by.email
        for contact in startup.contacts.all():
            values[contact.kind] = contact.value
            values[f"show_{contact.kind}"] = contact.is_public
        return values

    def clean(self) -> dict[str, Any]:
        """Add the contacts by kind; a choice to show what is empty counts for nothing."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["contacts"] = {
            kind: (cleaned[kind], cleaned.get(f"show_{kind}", False))
            for kind in ContactPoint.Kind.values
            if cleaned.get(kind)
        }
        return cleaned


class SendForm(forms.Form):
    """Step 5: the consents that are still needed, and an answer when something was asked."""

    version = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(
        self, data: Any = None, *, startup: Startup, needed: list[ConsentText], is_asked: bool
    ) -> None:
        super().__init__(data, initial={"version": startup.version})
        self.needed = needed
        for text in needed:
            self.fields[f"agree_{text.purpose}"] = forms.BooleanField(
                label=text.agree,
                error_messages={
                    "required": _("Without this consent it cannot be sent. Tick it if you agree.")
                },
            )
        if is_asked:
            self.fields["answer"] = ParagraphsField(
                label=_("Your answer to Stasion"),
                max_length=2000,
                error_messages={"required": _("Write a short answer, even if you only changed the entry.")},
            )

    @property
    def consents(self) -> list[dict[str, Any]]:
        """Return each consent's text with the field that agrees to it."""
        return [{"text": text, "field": self[f"agree_{text.purpose}"]} for text in self.needed]

    def agreed(self) -> set[str]:
        """Return the purposes that were agreed to; of a valid form."""
        return {text.purpose for text in self.needed if self.cleaned_data.get(f"agree_{text.purpose}")}
