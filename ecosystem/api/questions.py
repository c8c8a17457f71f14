"""What the API's endpoints without a table behind them are asked: facility, space and days."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter

from ecosystem.facility_filters import KINDS, MOST_PEOPLE, YES, DayField
from ecosystem.models import Facility, Space
from ecosystem.room_finder_page import LENGTHS, PARTS

MOST_DAYS = 31
# Of all facilities at once.
MOST_DAYS_OF_ALL = 7
FURTHEST = timedelta(days=800)


class SlugField(forms.CharField):
    """A part of an address; what PostgreSQL cannot compare is refused before."""

    def to_python(self, value: Any) -> str:
        """Return the text."""
        text = super().to_python(value) or ""
        if "\x00" in text:
            raise ValidationError(_("There is no such place."), code="invalid")
        return text


class DaysForm(forms.Form):
    """Which facility or space, and which days: at most 31 (of all facilities 7); without any it is today."""

    fasilitas = SlugField(max_length=80, required=False)
    ruang = SlugField(max_length=80, required=False)
    tanggal = DayField(required=False)
    sampai = DayField(required=False)

    def clean(self) -> dict[str, Any]:
        """Find the facility and the space, and check the days."""
        found = super().clean() or {}
        self._places(found)
        first = found.get("tanggal") or timezone.localdate()
        last = found.get("sampai") or first
        if "tanggal" not in self.errors and "sampai" not in self.errors:
            self._days(first, last, most=MOST_DAYS if found.get("place") else MOST_DAYS_OF_ALL)
        return found | {"first": first, "last": last}

    def _places(self, found: dict[str, Any]) -> None:
        facility = found.get("fasilitas")
        found["place"] = Facility.objects.filter(slug=facility).first() if facility else None
        if facility and found["place"] is None:
            self.add_error("fasilitas", _("There is no such facility."))
        elif not facility and found.get("ruang") and "fasilitas" not in self.errors:
            self.add_error("fasilitas", _("Name the facility."))
        if found.get("ruang") and found["place"]:
            found["space"] = Space.objects.filter(
                facility=found["place"], slug=found["ruang"], is_active=True
            ).first()
            if found["space"] is None:
                self.add_error("ruang", _("There is no such space in this facility."))

    def _days(self, first: date, last: date, *, most: int) -> None:
        if last < first:
            self.add_error("sampai", _("The last day is before the first one."))
        elif (last - first).days >= most:
            text = _("Ask for %(most)s days at most.") % {"most": most}
            self.add_error("sampai", text)
        if abs(first - timezone.localdate()) > FURTHEST:
            self.add_error("tanggal", _("This day is too far away. Check the year."))


DAYS = [
    OpenApiParameter("fasilitas", str, description=_("The facility's slug; without it all facilities.")),
    OpenApiParameter("ruang", str, description=_("A space's slug; without it all spaces of the facility.")),
    OpenApiParameter("tanggal", str, description=_("The first day, 2026-12-31; without it today in Malang.")),
    OpenApiParameter(
        "sampai",
        str,
        description=_("The last day: at most 31 days in all, 7 without a facility."),
    ),
]
MONTH = OpenApiParameter(
    "bulan", str, description=_("All events of a month, 2026-12, those that are over too.")
)
# The same as on the page of the facilities.
WISHES = [
    OpenApiParameter(
        "kecamatan",
        str,
        many=True,
        description=_("The ministry's code of a district; repeat it for several."),
    ),
    OpenApiParameter(
        "jenis", str, many=True, enum=[code for code, _label in KINDS], description=_("Kind of space.")
    ),
    OpenApiParameter(
        "orang",
        {"type": "integer", "minimum": 1, "maximum": MOST_PEOPLE},
        description=_("So many people have to fit; a space of unknown size counts."),
    ),
    OpenApiParameter("alat", str, many=True, description=_("Code of an amenity that has to be there.")),
    OpenApiParameter("akses", str, many=True, enum=[YES], description=_("Step-free.")),
]
# The same as on the page of the room finder.
FINDER = [
    OpenApiParameter("tanggal", str, description=_("The day, 2026-12-31; without it today in Malang.")),
    OpenApiParameter("bagian", str, enum=list(PARTS), description=_("Part of the day.")),
    OpenApiParameter("mulai", str, description=_("Not before, 13:00; goes before the part of the day.")),
    OpenApiParameter("selesai", str, description=_("Over by, 17:00; goes before the part of the day.")),
    OpenApiParameter("menit", int, enum=list(LENGTHS), description=_("For how long; without it an hour.")),
    *WISHES,
]
