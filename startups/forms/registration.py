"""The five steps of a registration, each a form of its own that knows how the draft stands."""

from decimal import Decimal
from math import cos, hypot, radians
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Kecamatan, Kelurahan
from malangkraf.form_fields import LineField, PointField
from startups.models import Startup

OUTSIDE = "luar"
# Kilometres from the nearest kelurahan's centre beyond which a place cannot be in the city.
FARTHEST = 4
# Nobody reads the first step, types a name and chooses a kind in so many seconds.
FASTEST = 2


class StepForm(forms.Form):
    """What the steps share: the draft they change and the version of it that the page shows."""

    step: ClassVar[int]
    version = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, startup: Startup | None, may_be_incomplete: bool = False) -> None:
        self.startup = startup
        values = self.values_of(startup) | {"version": startup.version} if startup else {}
        super().__init__(data, initial=values)
        if startup is None:
            del self.fields["version"]
        if may_be_incomplete:
            for name in self.may_be_missing():
                self.fields[name].required = False

    def may_be_missing(self) -> list[str]:
        """Return the fields that may stay empty when somebody leaves half-way."""
        return [name for name in self.fields if name != "version"]

    def values_of(self, startup: Startup) -> dict[str, Any]:
        """Return what the fields show of a draft."""
        return {name: getattr(startup, name) for name in self.base_fields if hasattr(startup, name)}

    @property
    def repeats(self) -> bool:
        """Return whether a sent form says only what stands in the draft already: the same form sent twice."""
        return not [name for name in self.changed_data if name != "version"]


class NameForm(StepForm):
    """Step 1: what it is called and what it is."""

    step = 1
    name = LineField(
        label=_("Name"),
        max_length=120,
        help_text=_("As you want people to find it."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Type the name.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Startup.Kind.choices,
        widget=forms.RadioSelect(),
        error_messages={"required": _("Choose what it is.")},
    )
    alternate_names = LineField(
        label=_("Other names"),
        max_length=200,
        required=False,
        help_text=_("An earlier or a short name, separated by commas. People find you by them too."),
    )
    legal_name = LineField(
        label=_("Legal name"),
        max_length=160,
        required=False,
        help_text=_("For example PT or CV. Stays private unless you show it in step 4."),
    )

    def may_be_missing(self) -> list[str]:
        """Return no field: a draft has a name and a kind at least."""
        return []

    def clean_name(self) -> str:
        """Return a name with at least one letter or digit."""
        name: str = self.cleaned_data["name"]
        if not any(sign.isalnum() for sign in name):
            raise ValidationError(_("Use letters or digits in the name."), code="no_letters")
        return name


class NewEntryForm(NameForm):
    """Step 1 of an entry that does not exist yet: its stamp makes a form sent twice the same entry.

    The stamp also says when the form was shown: programs that fill in forms do so faster than people. `fax` is a
    field that people do not see.
    """

    stamp = forms.CharField(widget=forms.HiddenInput())
    fax = forms.CharField(required=False, label=_("Leave this field empty"))

    def __init__(self, data: Any = None, *, user_id: int) -> None:
        super().__init__(data, startup=None)
        self._signer = TimestampSigner(salt=f"startups.registration:{user_id}")
        self.fields["stamp"].initial = self._signer.sign(uuid4().hex)

    def clean_stamp(self) -> UUID:
        """Return the entry's uuid that the portal gave this form."""
        stamp: str = self.cleaned_data["stamp"]
        try:
            number = self._signer.unsign(stamp)
        except BadSignature as error:
            raise ValidationError(
                _("Open this page again: it belongs to another account."), code="stamp"
            ) from error
        return UUID(hex=number)

    def clean(self) -> dict[str, Any]:
        """Refuse what no person sends."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("fax"):
            raise ValidationError(
                _("A field was filled in that people do not see. Empty it, then continue."), code="honeypot"
            )
        # Who has something else to correct takes long enough.
        if not self.errors and not self._is_old_enough():
            raise ValidationError(
                _("That was faster than anybody types. Check what you wrote, then press Continue once more."),
                code="too_fast",
            )
        return cleaned

    def _is_old_enough(self) -> bool:
        try:
            self._signer.unsign(self.data["stamp"], max_age=FASTEST)
        except SignatureExpired:
            return True
        return False


class PlaceForm(StepForm):
    """Step 2: where in Malang it works."""

    step = 2
    area = forms.ChoiceField(
        label=_("Kelurahan"),
        help_text=_("Where the team works most days. A home counts too. Everybody sees the kelurahan."),
        error_messages={"required": _("Choose the kelurahan, or the kecamatan if you do not know it.")},
    )
    street = LineField(
        label=_("Street and number"),
        max_length=200,
        required=False,
        help_text=_("Stays private unless you show it in step 4."),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    point = PointField(
        label=_("Place on the map"),
        required=False,
        help_text=_(
            "Coordinates, or the address of a map page. Without it the map shows the middle of the kelurahan."
        ),
    )
    point_precision = forms.ChoiceField(
        label=_("How exact is this place?"),
        choices=Startup.PointPrecision.choices,
        required=False,
        widget=forms.RadioSelect(),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.areas = list(Kelurahan.objects.select_related("kecamatan").order_by("kecamatan__name", "name"))
        area = self.fields["area"]
        assert isinstance(area, forms.ChoiceField)
        area.choices = area_choices(self.areas)

    def values_of(self, startup: Startup) -> dict[str, Any]:
        """Return the place as the fields show it."""
        area = startup.kelurahan or startup.kecamatan
        has_point = startup.latitude is not None and startup.longitude is not None
        return super().values_of(startup) | {
            "area": area.code if area else "",
            "point": (startup.latitude, startup.longitude) if has_point else None,
            "point_precision": startup.point_precision if has_point else "",
        }

    def clean_area(self) -> str:
        """Refuse a place outside the city, and say why."""
        area: str = self.cleaned_data["area"]
        if area == OUTSIDE:
            raise ValidationError(
                _(
                    "This directory counts the five kecamatan of Kota Malang, so an entry from elsewhere cannot be "
                    "published. Do you also work in the city, for example in a coworking space? Then choose that "
                    "kelurahan. Your draft stays saved."
                ),
                code="outside",
            )
        return area

    def clean_point(self) -> tuple[Decimal, Decimal] | None:
        """Refuse a place that cannot be in the city."""
        point: tuple[Decimal, Decimal] | None = self.cleaned_data["point"]
        if point is None:
            return None
        away = min((distance(point, kelurahan) for kelurahan in self.areas), default=0.0)
        if away > FARTHEST:
            raise ValidationError(
                _(
                    "This place is about %(kilometres)s km outside Malang. The latitude comes first, such as "
                    "-7.97712, 112.63405."
                ),
                params={"kilometres": f"{min(away, 20_000):.0f}"},
                code="outside",
            )
        return point

    def clean(self) -> dict[str, Any]:
        """Add the rows that the chosen area stands for."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        code = cleaned.get("area", "")
        kelurahan = next((one for one in self.areas if one.code == code), None)
        kecamatan = next((one.kecamatan for one in self.areas if one.kecamatan.code == code), None)
        cleaned["kelurahan"] = kelurahan
        cleaned["kecamatan"] = kelurahan.kecamatan if kelurahan else kecamatan
        # Who names a place and says no more means that place; step 4 still asks whether others may see it.
        assumed = Startup.PointPrecision.EXACT if cleaned.get("point") else Startup.PointPrecision.KELURAHAN
        cleaned["point_precision"] = cleaned.get("point_precision") or assumed
        return cleaned


def area_choices(areas: list[Kelurahan]) -> list[tuple[str, Any]]:
    """Return the kelurahan in groups of their kecamatan, each group ending with "I do not know"."""
    groups: dict[Kecamatan, list[tuple[str, str]]] = {}
    for kelurahan in areas:
        groups.setdefault(kelurahan.kecamatan, []).append((kelurahan.code, kelurahan.name))
    for kecamatan, choices in groups.items():
        unknown = gettext("%(kecamatan)s: I do not know the kelurahan") % {"kecamatan": kecamatan.name}
        choices.append((kecamatan.code, unknown))
    named = [(f"Kecamatan {kecamatan.name}", choices) for kecamatan, choices in groups.items()]
    return [("", gettext("Choose …")), *named, (OUTSIDE, gettext("Outside Kota Malang"))]


def distance(point: tuple[Decimal, Decimal], kelurahan: Kelurahan) -> float:
    """Return the kilometres from a place to the middle of a kelurahan (flat earth: right within a city)."""
    if kelurahan.latitude is None or kelurahan.longitude is None:
        return 0.0
    north = float(point[0] - kelurahan.latitude) * 110.6
    east = float(point[1] - kelurahan.longitude) * 111.3 * cos(radians(float(kelurahan.latitude)))
    return hypot(north, east)
