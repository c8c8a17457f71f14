"""The search for a free room across all facilities: "for 12 people next Thursday afternoon"."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ecosystem.calendar_views import DAY, FURTHEST, address
from ecosystem.facility_filters import PARAMETERS as WISHES
from ecosystem.facility_filters import DayField, SpaceWishForm
from ecosystem.facility_words import capacity_words, clock, clock_span, length_words, mode_words
from ecosystem.models import Space
from ecosystem.rules.hours import instant
from ecosystem.services.availability import Offer, find_rooms
from ecosystem.space_slots import booking_url

PARAMETERS = ("tanggal", "bagian", "mulai", "selesai", "menit", *WISHES)
# From when to when; the whole day has no bounds.
PARTS: dict[str, tuple[time | None, time | None]] = {
    "sehari": (None, None),
    "pagi": (time(6), time(12)),
    "siang-sore": (time(12), time(18)),
    "siang": (time(12), time(15)),
    "sore": (time(15), time(18)),
    "malam": (time(18), time(0)),
}
PART_LABELS = [
    ("sehari", gettext_lazy("The whole day")),
    ("pagi", gettext_lazy("Morning (until 12)")),
    ("siang-sore", gettext_lazy("Afternoon (12 to 18)")),
    ("siang", gettext_lazy("Early afternoon (12 to 15)")),
    ("sore", gettext_lazy("Late afternoon (15 to 18)")),
    ("malam", gettext_lazy("Evening (from 18)")),
]
LENGTHS = (30, 60, 90, 120, 180, 240, 360, 480)
USUAL_LENGTH = 60
# So many days after the one asked for are looked at when nothing is free.
NEXT_DAYS = 6


class RoomFinderForm(SpaceWishForm):
    """When, how long, and what the room should be like; times of day go before the part of the day."""

    tanggal = DayField(label=gettext_lazy("Day"))
    bagian = forms.ChoiceField(label=gettext_lazy("Part of the day"), choices=PART_LABELS, required=False)
    mulai = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    selesai = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    menit = forms.TypedChoiceField(label=gettext_lazy("Length"), coerce=int, empty_value=None, required=False)
    field_order = ["tanggal", "bagian", "mulai", "selesai", "menit", "orang"]

    def __init__(self, data: Any, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        self.fields["menit"].choices = [(one, length_words(one)) for one in LENGTHS]  # type: ignore[attr-defined]
        self.fields["tanggal"].widget.attrs["min"] = today.isoformat()

    def clean_tanggal(self) -> date:
        """Return a day that can still be booked."""
        day: date = self.cleaned_data["tanggal"]
        if day < self.today:
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        if day > self.today + FURTHEST:
            raise forms.ValidationError(_("This day is too far ahead. Choose one within the next 400 days."))
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse a use that is longer than the time between which it is to lie."""
        wish = super().clean() or self.cleaned_data
        if not self.errors:
            start, end = self.bounds
            if end and end - start < timedelta(minutes=self.minutes):
                self.add_error("menit", _("So long a use does not fit between these times."))
        return wish

    @property
    def minutes(self) -> int:
        """Return how long the use is to be."""
        return self.cleaned_data["menit"] or USUAL_LENGTH

    @property
    def bounds(self) -> tuple[datetime, datetime | None]:
        """Return from when to when on the day asked for, past midnight too; None for no end."""
        day, (earliest, latest) = self.cleaned_data["tanggal"], self.times
        start = instant(day, earliest or time(0))
        if latest is None:
            return start, None
        end = instant(day, latest)
        return start, end if end > start else instant(day + timedelta(days=1), latest)

    @property
    def times(self) -> tuple[time | None, time | None]:
        """Return the earliest begin and the latest end."""
        begin, end = PARTS[self.cleaned_data["bagian"] or "sehari"]
        return self.cleaned_data["mulai"] or begin, self.cleaned_data["selesai"] or end

    def rooms(self, day: date, *, now: datetime) -> list[Offer]:
        """Return what is free on a day; three queries."""
        earliest, latest = self.times
        wish = self.cleaned_data
        return find_rooms(
            day=day,
            earliest=earliest,
            latest=latest,
            minutes=self.minutes,
            attendees=wish["orang"],
            kind=wish["jenis"],
            kecamatan=wish["kecamatan"],
            amenities=wish["alat"],
            accessible=bool(wish["akses"]),
            now=now,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A free room as the page lists it."""

    space: Space
    url: str
    booking_url: str
    time: str
    capacity: str
    mode: str
    is_capacity_known: bool


def page_of(query: QueryDict, *, now: datetime) -> dict[str, Any]:
    """Return the context of the page; without a day it shows what is free for an hour tomorrow."""
    today = timezone.localtime(now).date()
    # The form sends its choices always; links into it name wishes only.
    is_asked = any(name in query for name in ("tanggal", "bagian", "menit"))
    form = form_of(query, today=today, day=None if is_asked else today + timedelta(days=1))
    context: dict[str, Any] = {"form": form, "is_asked": is_asked, "today": today}
    if not form.is_valid():
        return context
    day = form.cleaned_data["tanggal"]
    found = [_found(offer, form) for offer in form.rooms(day, now=now)]
    people = form.cleaned_data["orang"]
    fits = [room for room in found if room.is_capacity_known or not people]
    unsure = [room for room in found if room not in fits]
    return context | {
        "found": found,
        "fits": fits,
        "unsure": unsure,
        "sentence": _sentence(len(fits), form),
        "unsure_sentence": _unsure_sentence(len(unsure), fits),
        "as_of": clock(now),
        "other_day": None if found else _other_day(form, day, query, now=now),
    }


def form_of(query: QueryDict, *, today: date, day: date | None) -> RoomFinderForm:
    """Return the form of a query, with the usual answers where it gives none; `day` is the usual day, if any."""
    data = query.copy()
    if day:
        data.setdefault("tanggal", day.isoformat())
    data.setdefault("menit", str(USUAL_LENGTH))
    data.setdefault("bagian", "sehari")
    return RoomFinderForm(data, today=today)


def _found(offer: Offer, form: RoomFinderForm) -> Found:
    space, people = offer.space, form.cleaned_data["orang"]
    url = booking_url(space, offer.starts_at, offer.ends_at)
    page = reverse("ecosystem:space_detail", args=[space.facility.slug, space.slug])
    return Found(
        space=space,
        url=f"{page}{address(DAY, timezone.localtime(offer.starts_at).date(), {})}",
        booking_url=f"{url}&{urlencode({'orang': people})}" if people else url,
        time=clock_span((offer.starts_at, offer.ends_at)),
        capacity=capacity_words(space),
        mode=mode_words(space.policy) if space.policy else "",
        is_capacity_known=offer.is_capacity_known,
    )


def _sentence(count: int, form: RoomFinderForm) -> str:
    """Return what was found, in a sentence that repeats the wish."""
    wish = form.cleaned_data
    values = {
        "count": count,
        "day": _when(form),
        "length": length_words(form.minutes),
        "people": wish["orang"],
    }
    if not count:
        return _("Nothing is free for %(length)s on %(day)s with these wishes.") % values
    if wish["orang"]:
        text = ngettext(
            "%(count)s space for %(people)s people is free for %(length)s on %(day)s.",
            "%(count)s spaces for %(people)s people are free for %(length)s on %(day)s.",
            count,
        )
        return text % values
    text = ngettext(
        "%(count)s space is free for %(length)s on %(day)s.",
        "%(count)s spaces are free for %(length)s on %(day)s.",
        count,
    )
    return text % values


def _when(form: RoomFinderForm) -> str:
    """Return the day, with the times between which the use is to lie."""
    day = date_format(form.cleaned_data["tanggal"], "l, j F Y")
    if form.times == (None, None):
        return day
    start, end = form.bounds
    if end is None:
        return _("%(day)s, from %(time)s WIB on") % {"day": day, "time": clock(start)}
    return _("%(day)s, %(time)s WIB") % {"day": day, "time": clock_span((start, end))}


def _unsure_sentence(count: int, fits: list[Found]) -> str:
    if fits:
        text = ngettext(
            "%(count)s more is free; how many people fit there has not been published.",
            "%(count)s more are free; how many people fit there has not been published.",
            count,
        )
    else:
        text = ngettext(
            "%(count)s space is free; how many people fit there has not been published.",
            "%(count)s spaces are free; how many people fit there has not been published.",
            count,
        )
    return text % {"count": count}


def _other_day(form: RoomFinderForm, day: date, query: QueryDict, *, now: datetime) -> tuple[str, str] | None:
    """Return the next day on which something is free, in words, and its address; None without one soon."""
    for number in range(1, NEXT_DAYS + 1):
        other = day + timedelta(days=number)
        if form.rooms(other, now=now):
            changed = query.copy()
            changed["tanggal"] = other.isoformat()
            return date_format(other, "l, j F"), f"?{changed.urlencode()}"
    return None
