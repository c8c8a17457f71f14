"""The form of a public event, as the managers of its facility fill it in."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecosystem.manager_forms import NearDayField, SpaceField, TimeInput
from ecosystem.models import AgendaEvent, Facility, Occurrence, Subsector
from ecosystem.rules.hours import JAKARTA
from malangkraf.form_fields import LineField, NamedChoiceField, ParagraphsField

WHEN = ("first_day", "opens", "last_day", "closes", "space")
TEXTS = (
    "title", "title_en", "kind", "organizer", "subsector", "summary", "summary_en", "registration_url",
    "source_url",
)  # fmt: skip
ENGLISH = ("title_en", "summary_en")
_FREE = [("", _("Not known")), ("1", _("Free of charge")), ("0", _("Not free"))]


class WebField(forms.URLField):
    """A web address, http and https only."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, assume_scheme="https", **options)
        # A longer one may be typed and is refused with a message, so nothing is cut off silently.
        self.widget.attrs.pop("maxlength", None)

    def clean(self, value: Any) -> str:
        """Return the address, "" for none."""
        address: str = super().clean(value)
        if address and not address.startswith(("http://", "https://")):
            raise ValidationError(_("Type an address that begins with https://."), code="invalid")
        return address


class EventForm(forms.Form):
    """An event of a facility; of a booked date the time and space are the date's own and are not asked for."""

    title = LineField(label=_("Title"), max_length=150)
    kind = forms.ChoiceField(label=_("Kind"), choices=AgendaEvent.Kind.choices)
    organizer = LineField(
        label=_("Organiser"),
        max_length=150,
        help_text=_("Everybody reads this name. Write no private person here without asking."),
    )
    first_day = NearDayField(label=_("First day"))
    opens = forms.TimeField(label=_("From"), widget=TimeInput())
    last_day = NearDayField(label=_("Last day"), required=False, help_text=_("Empty: the same day."))
    closes = forms.TimeField(label=_("Until"), widget=TimeInput())
    space = SpaceField(
        label=_("Space"), queryset=None, required=False, empty_label=_("The facility as a whole")
    )
    subsector = NamedChoiceField(
        label=_("Subsector"),
        queryset=Subsector.objects.all(),
        required=False,
        empty_label=_("None in particular"),
    )
    summary = ParagraphsField(label=_("What it is about"), max_length=2000, required=False)
    registration_url = WebField(
        label=_("Where to register"),
        max_length=300,
        required=False,
        help_text=_("The address of the organiser's own form."),
    )
    is_free = forms.ChoiceField(label=_("Price"), choices=_FREE, required=False)
    source_url = WebField(label=_("Where it was announced"), max_length=500, required=False)
    title_en = LineField(label=_("Title in English"), max_length=150, required=False)
    summary_en = ParagraphsField(label=_("What it is about, in English"), max_length=2000, required=False)
    seen = forms.CharField(widget=forms.HiddenInput(), required=False)

    def __init__(
        self,
        *args: Any,
        facility: Facility,
        event: AgendaEvent | None = None,
        date: Occurrence | None = None,
        **options: Any,
    ) -> None:
        self.event = event or AgendaEvent(facility=facility)
        self.date = date or self.event.occurrence
        options.setdefault("initial", initial_of(self.event, self.date))
        super().__init__(*args, **options)
        self.fields["space"].queryset = facility.spaces.filter(is_active=True, parent__isnull=False)  # type: ignore[attr-defined]
        if self.date is not None:
            for name in WHEN:
                del self.fields[name]

    @property
    def main_fields(self) -> list[Any]:
        """Return the fields before the English ones."""
        return [self[name] for name in self.fields if name not in (*ENGLISH, "seen")]

    @property
    def english_fields(self) -> list[Any]:
        """Return the English fields."""
        return [self[name] for name in ENGLISH]

    @property
    def read_at(self) -> datetime | None:
        """Return when the row was last changed as the form knew it, None for a new row or nonsense."""
        try:
            return datetime.fromisoformat(self.data.get("seen", ""))
        except (TypeError, ValueError):
            return None

    def clean(self) -> dict[str, Any]:
        """Put the times together; the end lies after the beginning."""
        found = super().clean() or {}
        if self.date is not None:
            found |= {
                "starts_at": self.date.starts_at,
                "ends_at": self.date.ends_at,
                "space": self.date.space,
            }
        elif all(found.get(name) is not None for name in ("first_day", "opens", "closes")):
            last = found.get("last_day") or found["first_day"]
            found["starts_at"] = datetime.combine(found["first_day"], found["opens"], tzinfo=JAKARTA)
            found["ends_at"] = datetime.combine(last, found["closes"], tzinfo=JAKARTA)
            if found["ends_at"] <= found["starts_at"]:
                self.add_error(
                    "closes",
                    _("The end is not after the beginning. An event past midnight ends on the next day."),
                )
        return found

    def filled(self) -> AgendaEvent:
        """Return the event with what was typed, not saved."""
        for name in (*TEXTS, "starts_at", "ends_at", "space"):
            setattr(self.event, name, self.cleaned_data[name])
        self.event.is_free = {"1": True, "0": False}.get(self.cleaned_data["is_free"])
        if self.date is not None:
            self.event.occurrence, self.event.booking = self.date, self.date.booking
        return self.event


def initial_of(event: AgendaEvent, date: Occurrence | None) -> dict[str, Any]:
    """Return what the form shows of an event, or of the booked date it is made from."""
    if event.pk is None:
        booking = date.booking if date else None
        return {
            "title": booking.title if booking else "",
            "organizer": booking.organization_name if booking else "",
            "subsector": booking.subsector if booking else None,
        }
    start, end = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    return {
        **{name: getattr(event, name) for name in (*TEXTS, "space")},
        "first_day": start.date(),
        "opens": start.time(),
        "last_day": end.date() if end.date() != start.date() else None,
        "closes": end.time(),
        "is_free": {True: "1", False: "0", None: ""}[event.is_free],
        "seen": event.updated_at.isoformat(),
    }
