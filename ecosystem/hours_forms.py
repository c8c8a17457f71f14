"""Forms for opening hours: weekly sets, special days, holidays to be ticked."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import lazystr
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Facility, OpeningHours, Space
from ecosystem.public_holidays import Holiday
from ecosystem.rules.hours import DaySpan
from ecosystem.rules.hours_text import MOST_SPANS, HoursTextError, Times, hours_text, parse_hours, times_on
from ecosystem.settings_forms import real_field
from malangkraf.form_fields import NamedChoiceField
from malangkraf.row_fields import portal_formfield
from malangkraf.seen import PortalModelForm

DAY_FIELDS = tuple(f"day_{number}" for number in range(7))
AS_ABOVE = "="
MESSAGES = {
    "unreadable": _("“%(text)s” cannot be read as hours. Type them like 08.00-21.00."),
    "no_time": _(
        "“%(text)s” holds a time that no clock shows. Hours go from 00 to 24, minutes from 00 to 59."
    ),
    "same": _("“%(text)s” opens and closes at the same time. For a whole day type 00.00-24.00."),
    "overlap": _("%(text)s begins before the opening before it has ended."),
    "too_many": _("At most %(most)s openings a day."),
}


def clock_sign() -> str:
    """Return the sign between hours and minutes in the language of the page."""
    return ":" if (get_language() or "id").startswith("en") else "."


def times_text(times: Sequence[Times]) -> str:
    """Return the openings of a day in the language of the page, "" for a closed day."""
    return hours_text(times, separator=clock_sign())


class SpansField(forms.CharField):
    """The openings of a day as people type them; clean, a tuple of (opens, closes, on the next day)."""

    def __init__(self, *, may_repeat: bool = False, **options: Any) -> None:
        self.may_repeat = may_repeat
        attrs = {"autocomplete": "off", "spellcheck": "false", "class": "hours-input"}
        super().__init__(max_length=200, widget=forms.TextInput(attrs=attrs), **options)
        # A longer text may be typed and is refused with a message.
        self.widget.attrs.pop("maxlength", None)

    def clean(self, value: Any) -> Any:
        """Return the openings, "=" for those of the day above; raise ValidationError saying what to type."""
        text = super().clean(self.prepare_value(value))
        if self.may_repeat and text == AS_ABOVE:
            return AS_ABOVE
        try:
            return parse_hours(text)
        except HoursTextError as error:
            params = {"text": error.text, "most": MOST_SPANS}
            raise ValidationError(MESSAGES[error.code] % params, code=error.code) from error

    def prepare_value(self, value: Any) -> Any:
        """Return stored openings as text; typed text stays as it was typed."""
        return times_text(value) if isinstance(value, tuple) else value


class HoursForm(PortalModelForm):
    """What weekly sets and special days share: name, cause, for what, from when to when."""

    space = NamedChoiceField(
        label=_("For"), queryset=Space.objects.none(), required=False, empty_label=_("The whole facility")
    )
    # What the preview showed, and the hours it was made of.
    previewed = forms.CharField(widget=forms.HiddenInput(), required=False)
    state = forms.CharField(widget=forms.HiddenInput(), required=False)

    class Meta:
        model = OpeningHours
        fields: tuple[str, ...] = (
            *("name", "name_en", "cause", "space", "valid_from", "valid_to"), "counts_for_all_spaces",
        )  # fmt: skip
        formfield_callback = portal_formfield

    def __init__(self, *args: Any, facility: Facility, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.facility = facility
        if self.instance.is_sample:
            self.fields["is_real"] = real_field()
        space: Any = self.fields["space"]
        space.queryset = facility.spaces.filter(
            Q(is_active=True) | Q(pk=self.instance.space_id), parent__isnull=False
        )
        self.fields["name"].help_text = _("What visitors read beside the hours, such as “Jam Ramadan 2027”.")

    def clean(self) -> dict[str, Any]:
        """Say beside the last day when it lies before the first one."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = found.get("valid_from"), found.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day is before the first one."))
        if first and not 2000 <= first.year <= 2100:
            self.add_error("valid_from", _("Type a year from 2000 to 2100."))
        if last and last.year > 2100:
            self.add_error("valid_to", _("Type a year from 2000 to 2100."))
        return found

    def filled(self) -> OpeningHours:
        """Return the set of a valid form, not saved; one that is real now loses its mark."""
        row: OpeningHours = self.instance
        if self.cleaned_data.get("is_real"):
            row.is_sample = False
        return row

    def spans(self) -> tuple[DaySpan, ...]:
        """Return the spans of a valid form."""
        raise NotImplementedError


def _spans_of(times: Iterable[tuple[int, Sequence[Times]]]) -> tuple[DaySpan, ...]:
    return tuple(
        DaySpan(weekday, opens, closes, next_day) for weekday, day in times for opens, closes, next_day in day
    )


class WeeklyForm(HoursForm):
    """Hours that return each week."""

    def __init__(self, *args: Any, spans: Sequence[DaySpan] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.kind = OpeningHours.Kind.WEEKLY
        self.fields["counts_for_all_spaces"].help_text = _(
            "For Ramadan, say: rooms with hours of their own follow these for the time."
        )
        self.fields["valid_to"].help_text = _("Empty: until other hours are set.")
        for number, name in enumerate(DAY_FIELDS):
            self.fields[name] = SpansField(
                label=lazystr(WEEKDAYS[number]), required=False, may_repeat=number > 0,
                initial=times_on(spans, number),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Give each "=" the openings of the day above; a facility's set alone counts before those of spaces."""
        found = super().clean()
        for above, name in zip(DAY_FIELDS, DAY_FIELDS[1:], strict=False):
            if found.get(name) == AS_ABOVE:
                found[name] = found.get(above, ())
        if found.get("space") and found.get("counts_for_all_spaces"):
            self.add_error(
                "counts_for_all_spaces",
                _("Only hours of the whole facility can count before those of spaces."),
            )
        return found

    def spans(self) -> tuple[DaySpan, ...]:
        """Return the spans of the seven days."""
        return _spans_of(enumerate(self.cleaned_data[name] for name in DAY_FIELDS))

    @property
    def day_fields(self) -> list[forms.BoundField]:
        """Return the seven days."""
        return [self[name] for name in DAY_FIELDS]


class SpecialForm(HoursForm):
    """Days on which other hours count, or none."""

    is_closed = forms.TypedChoiceField(
        label=_("On these days"),
        choices=[("1", _("closed all day")), ("0", _("open at other times"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect(),
        initial="1",
    )
    times = SpansField(
        label=_("Open"),
        required=False,
        help_text=_("Only if open at other times, such as 09.00-12.00, 13.00-17.00."),
    )

    class Meta(HoursForm.Meta):
        fields: tuple[str, ...] = ("name", "name_en", "cause", "space", "valid_from", "valid_to")

    def __init__(self, *args: Any, spans: Sequence[DaySpan] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.kind = OpeningHours.Kind.SPECIAL
        self.fields["name"].help_text = _("What visitors read as the reason, such as “HUT Kota Malang”.")
        self.fields["valid_to"].help_text = _("Empty: one day.")
        cause: Any = self.fields["cause"]
        cause.choices = [one for one in cause.choices if one[0] != OpeningHours.Cause.REGULAR]
        if spans:
            self.initial["is_closed"], self.initial["times"] = "0", times_on(spans, spans[0].weekday)

    def clean(self) -> dict[str, Any]:
        """One day when no last one is given; hours are needed if it is open, and none if it is closed."""
        found = super().clean()
        if not found.get("valid_to") and "valid_to" not in self.errors:
            found["valid_to"] = found.get("valid_from")
        if found.get("is_closed") and found.get("times"):
            self.add_error(
                "times", _("Closed days have no hours. Empty the field, or choose “open at other times”.")
            )
        elif found.get("is_closed") is False and "times" in found and not found["times"]:
            self.add_error("times", _("Say from when to when it is open."))
        first, last = found.get("valid_from"), found.get("valid_to")
        if first and last and (last - first).days > 366:
            self.add_error("valid_to", _("Special days last a year at most. Use weekly hours for longer."))
        return found

    def spans(self) -> tuple[DaySpan, ...]:
        """Return the same spans for each weekday."""
        return _spans_of((number, self.cleaned_data["times"]) for number in range(7))


class HolidayForm(forms.Form):
    """The holidays to come, to be ticked: the facility is closed on the chosen ones."""

    days = forms.MultipleChoiceField(
        label=_("Closed on these days"),
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": _("Tick at least one day.")},
    )
    previewed = forms.CharField(widget=forms.HiddenInput(), required=False)
    state = forms.CharField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, holidays: Sequence[Holiday], **options: Any) -> None:
        super().__init__(*args, **options)
        self.holidays = {one.day.isoformat(): one for one in holidays}
        days: Any = self.fields["days"]
        days.choices = [(key, holiday_text(one)) for key, one in self.holidays.items()]

    def chosen(self) -> list[Holiday]:
        """Return the ticked holidays of a valid form."""
        return [self.holidays[key] for key in sorted(set(self.cleaned_data["days"]))]


def holiday_text(holiday: Holiday) -> str:
    """Return day and name as the list shows them."""
    name = holiday.name_en if clock_sign() == ":" and holiday.name_en else holiday.name
    leave = gettext("collective leave")
    notes = [leave] * (holiday.is_collective_leave and not name.lower().startswith(leave))
    notes += [gettext("estimate")] * holiday.is_estimate
    text = f"{date_format(holiday.day, 'l, j F Y')} · {name}"
    return f"{text} ({', '.join(notes)})" if notes else text
