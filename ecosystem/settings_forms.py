"""Forms with which a manager sets a facility up: spaces, booking rules, quotas, texts, progress, photos."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from ecosystem.models import (
    Amenity,
    BookingPolicy,
    Facility,
    FacilityPhoto,
    Milestone,
    ProgressReport,
    Purpose,
    Quota,
    Space,
    SpaceAmenity,
)
from malangkraf.form_fields import LineField, NamedChoiceField, PhoneField, PointField
from malangkraf.row_fields import NumberField, portal_formfield
from malangkraf.seen import SeenForm
from malangkraf.translated import translated
from malangkraf.uploads import PICTURES, CheckedFile, CheckedFileField

# Words that stand in addresses at the place of a space's name.
RESERVED = {"kalender", "foto", "baru", "jam", "pesan", "agenda"}
MOST_PEOPLE = 20_000
DESK = Space.Kind.DESK
PERCENT = {"minimum": Decimal(0), "maximum": Decimal(100)}


def real_field() -> forms.BooleanField:
    """Return the tick with which a manager says that a sample is real by now."""
    return forms.BooleanField(
        label=_("This is real now"),
        required=False,
        help_text=_("The mark “sample” goes. Until then it disappears when the samples are removed."),
    )


class FacilityRowForm(SeenForm):
    """A row that belongs to a facility; what its constraints say stands beside the field `beside`."""

    beside: ClassVar[str] = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.prepare()
        if self.has_samples():
            self.fields["is_real"] = real_field()
        # Made anew: it counts what the form shows in the end.
        if "seen" in self.fields:
            self.fields["seen"].initial = self.fingerprint()

    def prepare(self) -> None:
        """Fit the fields to the facility."""

    def has_samples(self) -> bool:
        """Return whether the row is a sample, so that a manager may say that it is real now."""
        return bool(getattr(self.instance, "is_sample", False))

    def save(self, commit: bool = True) -> Any:
        """Save the row; one that is real now loses its mark."""
        if self.cleaned_data.get("is_real"):
            self.instance.is_sample = False
        return super().save(commit)

    def _get_validation_exclusions(self) -> set[str]:
        # The facility is known, so rules that name it are checked too.
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return found - {"facility"}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.beside in self.fields and NON_FIELD_ERRORS in self.errors:
            found: Any = self.errors.pop(NON_FIELD_ERRORS)
            self.add_error(self.beside, found.as_data())

    def _names(self) -> list[str]:
        return [name for name in self.fields if name != "seen"]


class SpaceForm(FacilityRowForm):
    """A part of a facility and what stands in it."""

    beside = "name"
    parent = NamedChoiceField(
        label=_("Lies in"),
        queryset=Space.objects.none(),
        error_messages={"required": _("Choose what it lies in.")},
    )
    capacity = NumberField(
        label=_("People at most"), required=False, minimum=Decimal(1), maximum=Decimal(MOST_PEOPLE)
    )
    area_m2 = NumberField(label=_("Area in m²"), required=False, minimum=Decimal(0), maximum=Decimal(900_000))
    is_accessible = forms.NullBooleanField(
        label=_("Step-free"),
        required=False,
        widget=forms.Select(choices=[("", _("not known")), ("True", _("yes")), ("False", _("no"))]),
    )

    class Meta:
        model = Space
        fields = ("parent", "kind", "name", "name_en", "floor", "description", "description_en", "capacity",
                  "area_m2", "is_accessible", "policy", "order")  # fmt: skip
        formfield_callback = portal_formfield

    def prepare(self) -> None:
        """Offer what belongs to the facility; amenities are two fields each."""
        facility = self.instance.facility
        if self._is_whole():
            del self.fields["parent"]
        else:
            parent: Any = self.fields["parent"]
            own = Q(pk=self.instance.pk) | Q(parent=self.instance.pk) if self.instance.pk else Q(pk=None)
            may_hold = Q(is_active=True) | Q(pk=self.instance.parent_id)
            parent.queryset = facility.spaces.filter(may_hold).exclude(own | Q(kind=DESK))
        policy: Any = self.fields["policy"]
        policy.queryset, policy.empty_label = facility.policies.all(), _("cannot be booked")
        self.fields["floor"].help_text = _("As the building says it: 2, B, 2-3.")
        self.fields["order"].help_text = _("Smaller numbers stand first in lists.")
        self._add_amenities()

    def has_samples(self) -> bool:
        """Return whether the space or a desk in it is a sample."""
        space = self.instance
        return bool(space.pk) and (space.is_sample or space.parts.filter(kind=DESK, is_sample=True).exists())

    def _add_amenities(self) -> None:
        rows = {row.amenity_id: row for row in self.instance.amenity_rows.all()} if self.instance.pk else {}
        self.amenities = list(Amenity.objects.all())
        for one in self.amenities:
            row = rows.get(one.pk)
            self.fields[f"has_{one.pk}"] = forms.BooleanField(label=translated(one, "name"), required=False)
            self.fields[f"count_{one.pk}"] = NumberField(
                label=_("How many"), required=False, minimum=Decimal(1), maximum=Decimal(30_000)
            )
            self.initial[f"has_{one.pk}"] = row is not None
            self.initial[f"count_{one.pk}"] = row.count if row else None

    def amenity_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return for each amenity whether it is there, and how many."""
        return [(self[f"has_{one.pk}"], self[f"count_{one.pk}"]) for one in self.amenities]

    def main_fields(self) -> list[forms.BoundField]:
        """Return the other fields."""
        return [one for one in self.visible_fields() if not one.name.startswith(("has_", "count_"))]

    def _whole(self, name: str) -> int | None:
        number = self.cleaned_data[name]
        if number is not None and number != number.to_integral_value():
            raise ValidationError(_("Type a whole number."), code="whole")
        return None if number is None else int(number)

    def clean_capacity(self) -> int | None:
        """Return a whole number of people."""
        return self._whole("capacity")

    def clean(self) -> dict[str, Any]:
        """Give a new space its address; a count makes the tick, and is whole."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for one in self.amenities:
            name = f"count_{one.pk}"
            try:
                found[name] = self._whole(name) if name in found else None
            except ValidationError as error:
                self.add_error(name, error)
            if found.get(name):
                found[f"has_{one.pk}"] = True
        if found.get("kind") == Space.Kind.BUILDING and not self._is_whole():
            self.add_error("kind", _("Only the whole facility is a building."))
        if found.get("name") and not self.instance.pk:
            self._give_address(found["name"])
        return found

    def _is_whole(self) -> bool:
        return bool(self.instance.pk) and self.instance.parent_id is None

    def _give_address(self, name: str) -> None:
        slug = slugify(name)[:76].strip("-")
        if not slug or slug.isdecimal():
            self.add_error("name", _("Use letters in the name."))
        elif slug in RESERVED:
            self.add_error("name", _("This word has another use in the portal. Choose another name."))
        elif self.instance.facility.spaces.filter(slug=slug).exists():
            self.add_error("name", _("This facility has a space of this name already. Choose another name."))
        else:
            self.instance.slug = slug

    def amenity_rows(self) -> list[SpaceAmenity]:
        """Return the rows of what a valid form ticks, unsaved."""
        found = self.cleaned_data
        return [
            SpaceAmenity(space=self.instance, amenity=one, count=found[f"count_{one.pk}"])
            for one in self.amenities
            if found[f"has_{one.pk}"]
        ]


class PolicyForm(FacilityRowForm):
    """The rules of booking that several spaces share."""

    beside = "name"
    purposes = forms.MultipleChoiceField(
        label=_("Only for"), choices=Purpose.choices, required=False, widget=forms.CheckboxSelectMultiple(),
        help_text=_("None ticked: for every purpose."),
    )  # fmt: skip

    class Meta:
        model = BookingPolicy
        fields = ("name", "mode", "who", "min_minutes", "max_minutes", "grid_minutes", "setup_minutes",
                  "teardown_minutes", "notice_hours", "horizon_days", "change_limit_hours", "answer_days",
                  "max_occurrences", "is_commercial_allowed", "needs_check_in", "purposes")  # fmt: skip
        formfield_callback = portal_formfield
        widgets = {"mode": forms.RadioSelect(), "who": forms.RadioSelect()}

    #: What the database refuses, said beside each field.
    LIMITS: ClassVar[dict[str, tuple[int, int]]] = {
        "min_minutes": (15, 1440), "max_minutes": (15, 1440), "grid_minutes": (5, 240), "setup_minutes": (0, 480),
        "teardown_minutes": (0, 480), "notice_hours": (0, 2000), "horizon_days": (1, 400),
        "change_limit_hours": (0, 2000), "answer_days": (1, 30), "max_occurrences": (1, 60),
    }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Say beside each number what it may be."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for name, (least, most) in self.LIMITS.items():
            number = found.get(name)
            if number is not None and not least <= number <= most:
                text = _("Type a number from %(least)s to %(most)s.") % {"least": least, "most": most}
                self.add_error(name, text)
        shortest, longest = found.get("min_minutes"), found.get("max_minutes")
        if shortest and longest and longest < shortest:
            self.add_error("max_minutes", _("The longest booking is shorter than the shortest one."))
        return found


class QuotaForm(FacilityRowForm):
    """How much one person or organisation may book."""

    beside = "period"

    class Meta:
        model = Quota
        fields = ("space_kind", "holder", "period", "max_count", "max_minutes")
        formfield_callback = portal_formfield

    def prepare(self) -> None:
        """Name the choice of every kind."""
        kind: Any = self.fields["space_kind"]
        kind.choices = [("", _("spaces of every kind together")), *Space.Kind.choices]

    def clean(self) -> dict[str, Any]:
        """Say beside the first limit when none is given."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and found.get("max_count") is None and found.get("max_minutes") is None:
            self.add_error("max_count", _("Say how many dates or how many minutes."))
        return found


class FacilityForm(FacilityRowForm):
    """What visitors read about a facility."""

    point = PointField(
        label=_("Place on the map"), required=False,
        help_text=_("Coordinates such as -7.97712, 112.63405, or the long address of a map page."),
    )  # fmt: skip
    phone = PhoneField(label=_("Phone"), required=False)

    class Meta:
        model = Facility
        fields = ("stage", "opens_on", "description", "description_en", "rules", "rules_en", "price_note",
                  "price_note_en", "address", "directions", "directions_en", "is_position_rough", "phone",
                  "email", "website")  # fmt: skip
        formfield_callback = portal_formfield

    def prepare(self) -> None:
        """Show the position as one field, before what is said about it."""
        if self.instance.latitude is not None:
            self.initial["point"] = (self.instance.latitude, self.instance.longitude)
        names = list(self.Meta.fields)
        names.insert(names.index("is_position_rough"), "point")
        self.order_fields(names)
        self.fields["opens_on"].help_text = _("Before this day nothing can be booked.")

    def save(self, commit: bool = True) -> Any:
        """Save the row with the position as the model keeps it."""
        self.instance.latitude, self.instance.longitude = self.cleaned_data["point"] or (None, None)
        return super().save(commit)


def _not_in_the_future(form: forms.BaseForm, name: str) -> None:
    day = form.cleaned_data.get(name)
    if day and day > timezone.localdate():
        form.add_error(name, _("This day lies ahead. Enter what has happened."))


class MilestoneForm(FacilityRowForm):
    """Something that happened to a facility, with its source."""

    beside = "title"

    class Meta:
        model = Milestone
        fields = (
            "happened_on",
            "precision",
            "kind",
            "title",
            "title_en",
            "detail",
            "detail_en",
            "source_url",
        )
        formfield_callback = portal_formfield

    def clean(self) -> dict[str, Any]:
        """Take what has happened, not what is planned."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        _not_in_the_future(self, "happened_on")
        return found


class ProgressForm(FacilityRowForm):
    """How much of a building stood on a day."""

    beside = "as_of"
    planned_percent = NumberField(label=_("Planned, %"), required=False, **PERCENT)
    actual_percent = NumberField(label=_("Actual, %"), **PERCENT)

    class Meta:
        model = ProgressReport
        fields = (
            "as_of",
            "actual_percent",
            "planned_percent",
            "note",
            "note_en",
            "source_url",
            "is_published",
        )
        formfield_callback = portal_formfield

    def clean(self) -> dict[str, Any]:
        """Take what has been measured; two decimals are enough."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        _not_in_the_future(self, "as_of")
        return found


class PhotoForm(FacilityRowForm):
    """A picture, what it shows, and whose it is."""

    picture = CheckedFileField(
        label=_("Picture"),
        help_text=_("PNG, JPEG or WebP, at most 10 MB. What the camera wrote into the file is not kept."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp"}),
        error_messages={"required": _("Choose a picture.")},
    )
    caption = LineField(
        label=_("What does it show?"), max_length=200,
        help_text=_("Shown below the picture and read out to people who cannot see it."),
    )  # fmt: skip
    caption_en = LineField(label=_("What does it show, in English?"), max_length=200, required=False)
    credit = LineField(label=_("Photographer or owner"), max_length=120)
    space = NamedChoiceField(
        label=_("Of"), queryset=Space.objects.none(), required=False, empty_label=_("The whole facility")
    )

    class Meta:
        model = FacilityPhoto
        fields = ("caption", "caption_en", "credit", "space")

    def prepare(self) -> None:
        """Take a picture for a new photo only, before what is said about it."""
        self.order_fields(["picture"])
        if self.instance.pk:
            del self.fields["picture"]
        space: Any = self.fields["space"]
        space.queryset = self.instance.facility.spaces.filter(parent__isnull=False)

    def clean_picture(self) -> CheckedFile:
        """Refuse other files than pictures."""
        file: CheckedFile = self.cleaned_data["picture"]
        if file.content_type not in {content_type for content_type, _extension in PICTURES.values()}:
            raise ValidationError(_("Choose a picture: PNG, JPEG or WebP."), code="unknown_kind")
        return file
