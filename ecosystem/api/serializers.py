"""Facilities, spaces and events as JSON. What is not named here cannot come out: nothing of a booking is."""

from typing import Any

from django.urls import reverse
from django.utils import translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ecosystem.models import (
    AgendaEvent,
    BookingPolicy,
    Facility,
    Milestone,
    OpeningHours,
    ProgressReport,
    Space,
    SpaceAmenity,
)
from malangkraf.api.fields import Code, ReadSerializer

STATES = ["open", "closed", "not_yet", "unknown", "planned", "construction", "ended"]
REASONS = ["planned", "construction", "ended", "inactive", "not_bookable"]


class Paged(serializers.Serializer[Any]):
    """Adds `page`, the address of the row's own page in the portal."""

    page = serializers.SerializerMethodField(help_text="Its page in the portal; English under /en/.")

    def arguments(self, row: Any) -> tuple[str, list[str]]:
        """Return the name and the arguments of the page's route."""
        raise NotImplementedError

    @extend_schema_field(OpenApiTypes.URI)
    def get_page(self, row: Any) -> str:
        """Return the page's address."""
        name, arguments = self.arguments(row)
        with translation.override("id"):
            return str(self.context["request"].build_absolute_uri(reverse(name, args=arguments)))


class StateRow(serializers.Serializer[Any]):
    """How a facility stands now; `reason` names the closure or special day behind it."""

    is_sample = serializers.BooleanField(help_text="Its opening hours are invented.")

    kind = serializers.ChoiceField(STATES)
    until = serializers.DateTimeField(allow_null=True)
    next_open = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    reason_en = serializers.CharField()


class MilestoneRow(ReadSerializer):
    """Something that happened on a facility's way, with its source; `precision` says how much of the day is known."""

    class Meta:
        model = Milestone
        fields = (
            *("happened_on", "precision", "kind", "title", "title_en", "detail", "detail_en", "source_url"),
        )


class ProgressRow(ReadSerializer):
    """How much of the building stood on a day, in percent, against the plan if one was published."""

    class Meta:
        model = ProgressReport
        fields = ("as_of", "planned_percent", "actual_percent", "note", "note_en", "source_url")


class FacilityRow(ReadSerializer, Paged):
    """A building or site of the city for creative work; "" or null stands for what nobody has published."""

    kecamatan = serializers.SlugRelatedField[Any]("code", read_only=True)
    kelurahan = serializers.SlugRelatedField[Any]("code", read_only=True, allow_null=True)
    operator = serializers.SlugRelatedField[Any]("slug", read_only=True, allow_null=True)
    state = serializers.SerializerMethodField(help_text="Whether it is open now.")
    milestones = MilestoneRow(many=True, read_only=True)
    progress = serializers.SerializerMethodField(help_text="Published reports, the oldest first.")

    class Meta:
        model = Facility
        fields = (
            *("slug", "page", "name", "name_en", "kind", "stage", "opens_on", "state"),
            *("kecamatan", "kelurahan", "operator", "address", "latitude", "longitude", "is_position_rough"),
            *("directions", "directions_en", "description", "description_en", "rules", "rules_en"),
            *("price_note", "price_note_en", "phone", "email", "website", "source_url", "updated_at"),
            *("milestones", "progress"),
        )

    def arguments(self, row: Facility) -> tuple[str, list[str]]:
        """Return the page of the facility."""
        return "ecosystem:facility_detail", [row.slug]

    @extend_schema_field(StateRow)
    def get_state(self, row: Facility) -> dict[str, Any]:
        """Return how it stands at the moment of the request."""
        return dict(StateRow(self.context["states"][row.pk]).data)

    @extend_schema_field(ProgressRow(many=True))
    def get_progress(self, row: Facility) -> list[Any]:
        """Return the published progress reports, the oldest first."""
        reports = [report for report in row.progress_reports.all() if report.is_published]
        return list(ProgressRow(reports, many=True).data)


class AmenityRow(ReadSerializer):
    """Something that stands in a space."""

    code = serializers.CharField(source="amenity.code")
    name = serializers.CharField(source="amenity.name")
    name_en = serializers.CharField(source="amenity.name_en")

    class Meta:
        model = SpaceAmenity
        fields = ("code", "name", "name_en", "count", "note")


class PolicyRow(ReadSerializer):
    """The rules of booking."""

    class Meta:
        model = BookingPolicy
        fields = (
            *(
                "mode",
                "who",
                "min_minutes",
                "max_minutes",
                "grid_minutes",
                "setup_minutes",
                "teardown_minutes",
            ),
            *("notice_hours", "horizon_days", "change_limit_hours", "answer_days", "max_occurrences"),
            *("is_commercial_allowed", "needs_check_in", "purposes", "is_sample"),
        )


class SpaceRow(ReadSerializer, Paged):
    """A part of a facility. Without `policy` it cannot be booked."""

    facility = serializers.SlugRelatedField[Any]("slug", read_only=True)
    # A field of that name, not what the serializer itself lies in.
    parent = serializers.SlugRelatedField[Any](  # type: ignore[assignment]
        "slug", read_only=True, allow_null=True, help_text="What it lies in; null for the whole facility."
    )
    amenities = AmenityRow(source="amenity_rows", many=True, read_only=True)
    policy = PolicyRow(read_only=True, allow_null=True)

    class Meta:
        model = Space
        fields = (
            *("facility", "slug", "page", "parent", "kind", "name", "name_en", "floor"),
            *("description", "description_en", "capacity", "area_m2", "is_accessible"),
            *("amenities", "policy", "is_sample", "source_url"),
        )

    def arguments(self, row: Space) -> tuple[str, list[str]]:
        """Return the page of the space."""
        return "ecosystem:space_detail", [row.facility.slug, row.slug]


class SpanRow(serializers.Serializer[Any]):
    """From when to when, half-open."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class FreeDayRow(serializers.Serializer[Any]):
    """A day of a space, midnight to midnight in Malang."""

    date = serializers.DateField()
    open = SpanRow(many=True)
    busy = SpanRow(many=True, help_text="Taken, set-up and clearing up included; by whom is not said.")
    free = SpanRow(many=True, help_text="Open and not taken.")


class AvailabilityRow(serializers.Serializer[Any]):
    """A space with its days."""

    facility = serializers.CharField()
    space = serializers.CharField()
    is_sample = serializers.BooleanField(help_text="The space or its opening hours are invented.")
    reason = Code(
        [(reason, reason) for reason in REASONS], help_text="Why it cannot be booked; null if it can."
    )
    days = FreeDayRow(many=True)


class FreeRoomRow(SpanRow):
    """A space that is free, and from when to when it can be had first."""

    facility = serializers.CharField(source="space.facility.slug")
    space = serializers.CharField(source="space.slug")
    name = serializers.CharField(source="space.name")
    name_en = serializers.CharField(source="space.name_en")
    capacity = serializers.IntegerField(
        source="space.capacity", allow_null=True, help_text="null: nobody has published it."
    )
    mode = Code(BookingPolicy.Mode.choices, source="space.policy.mode")
    is_sample = serializers.BooleanField(help_text="The space or its opening hours are invented.")


class OpenDayRow(serializers.Serializer[Any]):
    """A day with its hours; `name` is that of the set of hours that counts ("Ramadan")."""

    date = serializers.DateField()
    is_sample = serializers.BooleanField(help_text="These hours are invented.")
    open = SpanRow(many=True)
    name = serializers.CharField()
    name_en = serializers.CharField()
    cause = Code(OpeningHours.Cause.choices)


class ClosedRow(SpanRow):
    """A closure of the facility, or of the space or what it lies in if a space is asked for."""

    reason = serializers.CharField()
    reason_en = serializers.CharField()


class HoursRow(serializers.Serializer[Any]):
    """A facility or a space with its hours."""

    facility = serializers.CharField()
    space = serializers.CharField()
    is_known = serializers.BooleanField(help_text="False: nobody has published its hours.")
    days = OpenDayRow(many=True)
    closures = ClosedRow(many=True)


class EventRow(ReadSerializer, Paged):
    """A public event."""

    facility = serializers.SlugRelatedField[Any]("slug", read_only=True)
    space = serializers.SlugRelatedField[Any]("slug", read_only=True, allow_null=True)
    subsector = serializers.SlugRelatedField[Any]("code", read_only=True, allow_null=True)
    is_cancelled = serializers.SerializerMethodField()

    class Meta:
        model = AgendaEvent
        fields = (
            *("slug", "page", "facility", "space", "kind", "title", "title_en", "organizer", "subsector"),
            *("summary", "summary_en", "registration_url", "is_free", "starts_at", "ends_at", "is_cancelled"),
            *("is_sample", "source_url", "updated_at"),
        )

    def arguments(self, row: AgendaEvent) -> tuple[str, list[str]]:
        """Return the page of the event."""
        return "ecosystem:event_detail", [row.slug]

    def get_is_cancelled(self, row: AgendaEvent) -> bool:
        """Return whether it will not take place."""
        return row.cancelled_at is not None
