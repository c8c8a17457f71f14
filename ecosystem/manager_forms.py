"""Forms of the facility managers: decide, move, cancel, book for somebody, close."""

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Booking, Closure, Facility, Kecamatan, Occurrence, Space, Subsector
from ecosystem.models.space import Purpose
from ecosystem.rules.hours import JAKARTA
from malangkraf.form_fields import LineField, NamedChoiceField, ParagraphsField, PhoneField
from malangkraf.row_fields import DayInput
from malangkraf.translated import translated

LONGEST_REASON = 500
MOST_PEOPLE = 20_000
# Years ahead; a typing mistake in the year is no wish.
FURTHEST = timedelta(days=366 * 3)


class TimeInput(forms.TimeInput):
    """The browser's own clock, which reads and writes 24 hours."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"step": 300})


class NearDayField(forms.DateField):
    """A day of these years."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DayInput(), **options)

    def clean(self, value: Any) -> Any:
        """Refuse a year that can only be a typing mistake."""
        day = super().clean(value)
        if day and abs(day - timezone.localdate()) > FURTHEST:
            raise ValidationError(_("This day is too far away. Check the year."), code="too_far")
        return day


class SpaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A space of a facility, named with its floor."""

    def label_from_instance(self, obj: Space) -> str:
        """Return the name, with the floor in front where the building has several."""
        name = translated(obj, "name")
        floor = gettext("Floor %(floor)s") % {"floor": obj.floor} if obj.floor else ""
        return f"{floor} · {name}" if floor and floor not in name else name


def bookable(facility: Facility) -> Any:
    """Return the facility's spaces that can be booked."""
    return facility.spaces.filter(is_active=True, policy__isnull=False).order_by("order", "pk")


class SlotForm(forms.Form):
    """A space and a time on one day; an end that is not after the beginning is on the next morning."""

    space = SpaceField(queryset=Space.objects.none(), label=_("Space"))
    day = NearDayField(label=_("Day"))
    starts = forms.TimeField(label=_("From"), widget=TimeInput())
    ends = forms.TimeField(label=_("Until"), widget=TimeInput())

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.facility = facility
        field = self.fields["space"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bookable(facility)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Return the instants; only of a valid form."""
        found = self.cleaned_data
        start = datetime.combine(found["day"], found["starts"], tzinfo=JAKARTA)
        end = datetime.combine(found["day"], found["ends"], tzinfo=JAKARTA)
        return start, end if end > start else end + timedelta(days=1)

    @classmethod
    def initial_of(cls, space: int | None, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
        """Return the values that show a slot."""
        start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
        return {"space": space, "day": start.date(), "starts": start.time(), "ends": end.time()}


class MoveForm(SlotForm):
    """Where a date of a booking goes, and what its booker is told."""

    reason = ParagraphsField(
        label=_("What the booker is told"), max_length=LONGEST_REASON, rows=3, required=False
    )

    @classmethod
    def showing(cls, occurrence: Occurrence) -> dict[str, Any]:
        """Return the values that show where the date is now."""
        return cls.initial_of(occurrence.space_id, occurrence.starts_at, occurrence.ends_at)


class ReasonForm(forms.Form):
    """Why a booking is cancelled; its booker reads it."""

    reason = ParagraphsField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        rows=3,
        help_text=_("The booker reads it, in the mail and on the page of the booking."),
    )


class ApproveForm(forms.Form):
    """Yes to a request: community or commercial use, and why."""

    prefix = "setuju"
    is_commercial = forms.ChoiceField(
        label=_("Kind of use"),
        choices=[("no", _("Community use: free of charge")), ("yes", _("Commercial use: charged"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of use.")},
    )
    reason = ParagraphsField(
        label=_("Reason for the kind of use"),
        max_length=LONGEST_REASON,
        rows=2,
        required=False,
        help_text=_("Needed when the use is commercial, or was declared as commercial."),
    )
    decline_rivals = forms.BooleanField(
        label=_("Decline the requests that compete with it"), required=False, initial=True
    )

    def __init__(self, *args: Any, has_rivals: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_rivals:
            del self.fields["decline_rivals"]


class DeclineForm(ReasonForm):
    """No to a request, with what is free instead."""

    prefix = "tolak"
    offers = forms.MultipleChoiceField(
        label=_("Offer instead"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if offers:
            self.fields["offers"].choices = offers  # type: ignore[attr-defined]
        else:
            del self.fields["offers"]


class DetailsForm(forms.Form):
    """What a manager writes down about a booking, beside when and who."""

    title = LineField(label=_("Title"), max_length=150, required=False)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    attendees = forms.IntegerField(label=_("People"), min_value=1, max_value=MOST_PEOPLE)
    subsector = NamedChoiceField(
        Subsector.objects.all(), label=_("Subsector"), required=False, empty_label=_("Not known")
    )
    origin = NamedChoiceField(
        Kecamatan.objects.all(), label=_("They come from"), required=False, empty_label=_("Not known")
    )
    note = ParagraphsField(label=_("Note"), max_length=1500, rows=3, required=False)


class EditForm(DetailsForm):
    """A booking's details put right; who has no account is reached by what stands here."""

    contact_name = LineField(label=_("Name"), max_length=150)
    contact_phone = PhoneField(label=_("New phone number"), required=False)
    contact_email = forms.EmailField(label=_("New e-mail address"), required=False)
    field_order = ("contact_name", "contact_phone", "contact_email")

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        kept = ("contact_phone", "contact_email")
        stands = {name: getattr(booking, name) for name in self.base_fields if name not in kept}
        kwargs.setdefault("initial", stands)
        super().__init__(*args, **kwargs)
        if booking.booker_id is not None:
            for name in ("contact_name", *kept):
                del self.fields[name]
            return
        for name in kept:
            # Not shown: a look at the contact is written down.
            self.fields[name].help_text = _("Empty: the old one stays.")

    @property
    def changes(self) -> dict[str, Any]:
        """Return what is to be written; only of a valid form."""
        kept = ("contact_phone", "contact_email")
        return {name: value for name, value in self.cleaned_data.items() if value or name not in kept}


class PhoneBookingForm(SlotForm, DetailsForm):
    """A booking that a manager writes down for somebody: no account needed, the rules of time do not count."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    contact_name = LineField(label=_("Name"), max_length=150, help_text=_("Who comes or is responsible."))
    contact_phone = PhoneField(label=_("Phone"), required=False)
    contact_email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("With an address, the confirmation goes there; a phone number is enough."),
    )
    seats = forms.IntegerField(
        label=_("Desks"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=_("Only for a desk area."),
    )
    declares_commercial = forms.BooleanField(label=_("Commercial use"), required=False)
    commercial_reason = ParagraphsField(
        label=_("Why it is commercial"),
        max_length=LONGEST_REASON,
        rows=2,
        required=False,
        help_text=_("Only for commercial use; it stands in the confirmation."),
    )
    is_here = forms.BooleanField(label=_("They are here already: check in at once"), required=False)
    repeats_until = NearDayField(label=_("Weekly until"), required=False, help_text=_("Empty: one date."))
    field_order = ("space", "day", "starts", "ends", "contact_name", "contact_phone", "contact_email")

    def __init__(self, *args: Any, source: Booking | None = None, **kwargs: Any) -> None:
        """`source`: the booking that is booked again, for the same person."""
        super().__init__(*args, **kwargs)
        self.is_known = source is not None and bool(source.contact_phone or source.contact_email)
        if self.is_known:
            for name in ("contact_phone", "contact_email"):
                self.fields[name].help_text = _("Empty: the old one stays.")

    def clean(self) -> dict[str, Any]:
        """Ask for a way to reach the person."""
        cleaned = super().clean() or {}
        reachable = self.is_known or cleaned.get("contact_phone") or cleaned.get("contact_email")
        if not reachable and not {"contact_phone", "contact_email"} & set(self.errors):
            self.add_error("contact_phone", _("Give a phone number or an e-mail address."))
        if cleaned.get("declares_commercial") and not cleaned.get("commercial_reason"):
            self.add_error("commercial_reason", _("Say why the use is commercial."))
        if (space := cleaned.get("space")) and not cleaned.get("seats"):
            # An empty field would take a whole desk area for one person.
            desks = space.parts.filter(is_active=True).count() if space.kind == Space.Kind.DESK_AREA else 0
            if desks:
                self.add_error(
                    "seats", _("Say how many desks; all of them are %(count)s.") % {"count": desks}
                )
        return cleaned


class ClosureForm(forms.Form):
    """What is closed, from when to when, and the reason that everybody sees."""

    space = SpaceField(
        queryset=Space.objects.none(),
        label=_("What"),
        required=False,
        empty_label=_("The whole facility"),
    )
    first_day = NearDayField(label=_("From"))
    starts = forms.TimeField(label=_("From, time"), widget=TimeInput(), initial=time(0), required=False)
    last_day = NearDayField(label=_("Until"))
    ends = forms.TimeField(
        label=_("Until, time"),
        widget=TimeInput(),
        required=False,
        help_text=_("Empty: until the end of the day."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Closure.Kind.choices)
    reason = LineField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Everybody sees it, and those whose bookings are cancelled or moved read it."),
    )
    reason_en = LineField(label=_("Reason in English"), max_length=300, required=False)

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["space"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = facility.spaces.filter(is_active=True, parent__isnull=False).exclude(
            kind=Space.Kind.DESK
        )

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning, and a closure of years."""
        cleaned = super().clean() or {}
        if {"first_day", "last_day"} <= set(cleaned) and not {"starts", "ends"} & set(self.errors):
            start, end = self.span
            if end <= start:
                self.add_error("last_day", _("The end is not after the beginning."))
            elif end - start > timedelta(days=366):
                self.add_error("last_day", _("A closure lasts at most a year. Change the stage instead."))
        return cleaned

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Return the instants; only when both days are given."""
        found = self.cleaned_data
        start = datetime.combine(found["first_day"], found.get("starts") or time(0), tzinfo=JAKARTA)
        last, ends = found["last_day"], found.get("ends")
        if ends is None:
            return start, datetime.combine(last + timedelta(days=1), time(0), tzinfo=JAKARTA)
        return start, datetime.combine(last, ends, tzinfo=JAKARTA)


class PeriodForm(forms.Form):
    """From which day to which the figures of use are shown."""

    dari = NearDayField(label=_("From"))
    sampai = NearDayField(label=_("Until"))

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        cleaned = super().clean() or {}
        if {"dari", "sampai"} <= set(cleaned) and cleaned["sampai"] < cleaned["dari"]:
            self.add_error("sampai", _("The end is not after the beginning."))
        return cleaned
