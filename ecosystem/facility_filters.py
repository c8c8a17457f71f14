"""What the list of facilities and the search for a free room are narrowed by: the same parameters on page and API."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Amenity, Kecamatan, Space
from malangkraf.translated import translated

YES = "ya"
MOST_PEOPLE = 5000
# The kinds of space that somebody looks for; buildings, floors and single desks are found through them.
KINDS = [
    (kind.value, kind.label)
    for kind in (Space.Kind.ROOM, Space.Kind.HALL, Space.Kind.STUDIO, Space.Kind.DESK_AREA)
]
PARAMETERS = ("kecamatan", "jenis", "orang", "alat", "akses")


class SpaceWishForm(forms.Form):
    """What a space should be like; two queries for the districts and the equipment."""

    kecamatan = forms.MultipleChoiceField(
        label=_("District"), required=False, widget=forms.CheckboxSelectMultiple
    )
    jenis = forms.MultipleChoiceField(
        label=_("Kind of space"), choices=KINDS, required=False, widget=forms.CheckboxSelectMultiple
    )
    orang = forms.IntegerField(
        label=_("People"),
        min_value=1,
        max_value=MOST_PEOPLE,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    alat = forms.MultipleChoiceField(
        label=_("Equipment"), required=False, widget=forms.CheckboxSelectMultiple
    )
    akses = forms.MultipleChoiceField(
        label=_("Access"),
        choices=[(YES, _("Step-free"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__({} if data is None else data, **kwargs)
        self._choices("kecamatan", Kecamatan.objects.order_by("name"))
        self._choices("alat", Amenity.objects.all())

    def _choices(self, name: str, rows: Any) -> None:
        field = cast(forms.MultipleChoiceField, self.fields[name])
        field.choices = [(row.code, translated(row, "name")) for row in rows]

    @property
    def values(self) -> Mapping[str, Any]:
        """Return the values that can be understood, [] and None for none."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}

    @property
    def wants_a_space(self) -> bool:
        """Return whether anything is asked of a space, besides where it is."""
        values = self.values
        return any(values[name] for name in ("jenis", "orang", "alat", "akses"))

    def suits(self, space: Space, amenities: set[str]) -> bool:
        """Return whether a space is as wished; `amenities` are the codes of what stands in it or in the whole.

        One whose capacity nobody has published counts as large enough, and says so where it is shown.
        """
        values = self.values
        people = values["orang"]
        return (
            (not values["jenis"] or space.kind in values["jenis"])
            and (not people or space.capacity is None or space.capacity >= people)
            and amenities.issuperset(values["alat"] or ())
            and (not values["akses"] or space.is_accessible is True)
        )


class DayField(forms.DateField):
    """A day as browsers send it, 2026-12-31."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ["%Y-%m-%d"]

    def to_python(self, value: Any) -> date | None:
        """Return the day; years that the calendar of a portal never reaches are refused."""
        day = super().to_python(value)
        if day is not None and not 2000 <= day.year <= 2100:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day
