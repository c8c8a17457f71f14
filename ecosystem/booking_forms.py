"""Forms of a resident: what a booking is for, what can be edited later, the code at the door."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ecosystem.affiliations import Affiliation
from ecosystem.agenda_forms import WebField
from ecosystem.models import AgendaEvent, Booking, BookingPolicy, Kecamatan, Space, Subsector
from ecosystem.models.space import Purpose
from ecosystem.services.booking_drafts import EventDraft
from malangkraf.form_fields import LineField, NamedChoiceField, ParagraphsField, PhoneField

MOST_PEOPLE = 20_000
COMMERCIAL = [
    ("0", _("No: community, learning or social use")),
    ("1", _("Yes: commercial use")),
]
EVENT_FIELDS = ("event_kind", "event_title", "event_organizer", "event_summary", "event_registration_url")


def _number(label: Any, *, most: int = MOST_PEOPLE, **options: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": most})
    return forms.IntegerField(label=label, min_value=1, max_value=most, widget=widget, **options)


def _purposes(policy: BookingPolicy | None) -> list[tuple[str, Any]]:
    """Return the purposes that a space is meant for."""
    allowed = policy.purposes if policy else []
    return [(key, label) for key, label in Purpose.choices if not allowed or key in allowed]


class AboutForm(forms.Form):
    """What a booking says, and what its booker may edit later."""

    title = LineField(
        label=_("What is it about?"),
        max_length=150,
        help_text=_("Only you and the managers read this, for example “Recording of episode 12”."),
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    attendees = _number(_("How many people come?"))
    subsector = NamedChoiceField(
        Subsector.objects.all(),
        label=_("Subsector of the creative economy"),
        required=False,
        empty_label=_("None of them"),
        help_text=_("It counts in the public figures of use, without your name."),
    )
    origin = NamedChoiceField(
        Kecamatan.objects.all(),
        label=_("Where do most of you come from?"),
        required=False,
        empty_label=_("Outside Kota Malang, or unknown"),
    )
    note = ParagraphsField(
        label=_("Note to the manager"),
        max_length=1500,
        rows=3,
        required=False,
        help_text=_("Equipment you need, people with a disability, an early delivery."),
    )
    contact_name = LineField(
        label=_("Who is the contact?"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_phone = PhoneField(
        label=_("Phone of the contact"),
        required=False,
        help_text=_("For questions on the day. Each look of a manager is written down."),
    )

    def __init__(self, *args: Any, policy: BookingPolicy | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = _purposes(policy)  # type: ignore[attr-defined]


class EventForm(forms.Form):
    """What the agenda says of a booking, if its booker wants it there."""

    is_event = forms.BooleanField(label=_("Show it in the public agenda"), required=False)
    event_kind = forms.ChoiceField(
        label=_("Kind of event"), required=False, choices=[("", "…"), *AgendaEvent.Kind.choices]
    )
    event_title = LineField(
        label=_("Title in the agenda"),
        max_length=150,
        required=False,
        help_text=_("Empty: what you wrote above."),
    )
    event_organizer = LineField(label=_("Organiser, as everybody reads it"), max_length=150, required=False)
    event_summary = ParagraphsField(label=_("What visitors find"), max_length=2000, rows=4, required=False)
    event_registration_url = WebField(
        label=_("Where to register"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for what the agenda shows, if it is to show anything."""
        cleaned = super().clean() or {}
        if cleaned.get("is_event"):
            for name in ("event_kind", "event_organizer"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(_("The agenda needs this."), code="required"))
        return cleaned

    @property
    def event(self) -> EventDraft | None:
        """Return what the agenda says, None if nothing."""
        found = self.cleaned_data
        if not found.get("is_event"):
            return None
        return EventDraft(
            kind=found["event_kind"],
            title=found["event_title"] or found["title"],
            organizer=found["event_organizer"],
            summary=found["event_summary"],
            registration_url=found["event_registration_url"],
        )

    @property
    def is_event_open(self) -> bool:
        """Return whether the part about the agenda stands open: it was filled in, or something is wrong there."""
        typed = any(self[name].value() for name in ("is_event", *EVENT_FIELDS))
        return bool(
            typed or any(name in self.errors for name in ("is_event", *EVENT_FIELDS))
            if self.is_bound
            else typed
        )

    def parts(self) -> list[forms.BoundField]:
        """Return the fields before the fold."""
        return [field for field in self if field.name not in ("is_event", *EVENT_FIELDS)]

    def event_parts(self) -> list[forms.BoundField]:
        """Return the fields about the agenda."""
        return [self[name] for name in ("is_event", *EVENT_FIELDS)]


class BookingForm(EventForm, AboutForm):
    """What is asked when a space is booked, beside when."""

    affiliation = forms.ChoiceField(label=_("For whom do you book?"), required=False)
    seats = _number(_("How many desks?"), most=500)
    declares_commercial = forms.ChoiceField(
        label=_("Is it commercial?"),
        choices=COMMERCIAL,
        widget=forms.RadioSelect,
        help_text=_(
            "Community, learning and social use is free of charge. For commercial use (entry fees, sales, a paid "
            "class, production for a client) a manager decides, with a reason, and tells you what it costs."
        ),
    )
    repeats_until = forms.DateField(
        label=_("Every week until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order = (
        "affiliation", "title", "purpose", "attendees", "seats", "declares_commercial", "subsector", "origin",
        "contact_name", "contact_phone", "note", "repeats_until", "is_event", *EVENT_FIELDS,
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        space: Space,
        desks: int | None,
        affiliations: list[Affiliation],
        is_alone: bool = False,
        **kwargs: Any,
    ) -> None:
        """`desks`: how many of them the space has, None if it is booked as a whole; `is_alone`: one date only."""
        super().__init__(*args, policy=space.policy, **kwargs)
        self.affiliations = {one.key: one for one in affiliations}
        policy = space.policy
        self._offer_organizations(policy)
        if desks is None:
            del self.fields["seats"]
            if space.capacity:
                self.fields["attendees"].help_text = gettext("At most %(count)d.") % {"count": space.capacity}
        else:
            # One desk for each person: the number of desks says how many come.
            del self.fields["attendees"]
            self.fields["seats"].help_text = gettext("One for each person; there are %(count)d.") % {
                "count": desks
            }
        if policy is None or not policy.is_commercial_allowed:
            del self.fields["declares_commercial"]
        if is_alone or policy is None or policy.max_occurrences < 2:
            del self.fields["repeats_until"]
        else:
            self.fields["repeats_until"].help_text = gettext(
                "Empty for one date. Otherwise the same weekday and time each week, at most %(count)d dates; "
                "you see every date before you confirm."
            ) % {"count": policy.max_occurrences}

    def clean(self) -> dict[str, Any]:
        """Ask what is meant by a text for the agenda that is not to stand there."""
        cleaned = super().clean()
        if not cleaned.get("is_event") and any(cleaned.get(name) for name in EVENT_FIELDS):
            text = _("Tick this to show the event, or empty what you wrote about it below.")
            self.add_error("is_event", ValidationError(text, code="unclear"))
        return cleaned

    def _offer_organizations(self, policy: BookingPolicy | None) -> None:
        needs_one = policy is not None and policy.who == BookingPolicy.Who.STARTUP
        names = [(one.key, one.name) for one in self.affiliations.values()]
        if not names and not needs_one:
            del self.fields["affiliation"]
            return
        field = self.fields["affiliation"]
        field.required = needs_one
        mine = [] if needs_one and names else [("", gettext("For myself"))]
        field.choices = [*mine, *names]  # type: ignore[attr-defined]


class EditForm(EventForm, AboutForm):
    """What a booker changes about a booking that lives."""

    def __init__(self, *args: Any, booking: Booking, event: AgendaEvent | None, **kwargs: Any) -> None:
        """`event`: how the agenda shows it, None if it does not."""
        stands = {name: getattr(booking, name) for name in AboutForm.base_fields}
        if event:
            stands["is_event"] = True
            stands |= {name: getattr(event, name.removeprefix("event_")) for name in EVENT_FIELDS}
        initial: Mapping[str, Any] = kwargs.pop("initial", None) or {}
        super().__init__(*args, policy=booking.space.policy, initial={**stands, **initial}, **kwargs)
        if booking.seats is not None:
            self.fields["attendees"].help_text = gettext("At most one for each desk.")

    @property
    def changes_event(self) -> bool:
        """Return whether something else is to stand in the agenda than what the page showed."""
        return not {"is_event", *EVENT_FIELDS}.isdisjoint(self.changed_data)

    @property
    def about(self) -> dict[str, Any]:
        """Return what the booking says, without the agenda."""
        return {name: self.cleaned_data[name] for name in AboutForm.base_fields}


class CodeForm(forms.Form):
    """The code of a booking, typed at the door."""

    code = LineField(
        label=_("Booking code"),
        max_length=40,
        help_text=_("Eight letters and digits; they stand in the mail and on the page of your booking."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "short",
            }
        ),
    )

    def clean_code(self) -> str:
        """Return the code as it is stored; people write it with gaps, dashes and small letters."""
        return "".join(sign for sign in self.cleaned_data["code"].upper() if sign.isalnum())
