"""The open read API of the facilities. Nobody's name comes out of here: times are taken or free, nothing else."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.forms import Form
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from ecosystem import room_finder_page
from ecosystem.api import serializers
from ecosystem.api.questions import DAYS, FINDER, MONTH, WISHES, DaysForm
from ecosystem.event_filters import EventFilter
from ecosystem.facility_filters import PARAMETERS, SpaceWishForm
from ecosystem.facility_list_page import amenity_codes, cards_of, chosen, facilities_with_spaces
from ecosystem.models import AgendaEvent, Facility, Milestone, ProgressReport, Space
from ecosystem.services.availability import SpaceCalendar, calendars, facility_states
from malangkraf.api.fields import Problem
from malangkraf.api.problems import CONTENT_TYPE
from malangkraf.api.reading import PAGING, OpenData, OpenLists, StrictFilterBackend, described

ERRORS = {(status, CONTENT_TYPE): Problem for status in (400, 404, 429)}
NO_NAMES = _("Only times: who booked is nobody's business. The same parameters as on the pages.")
DAY = timedelta(days=1)
WAY = (
    Prefetch("milestones", Milestone.objects.order_by("happened_on", "pk")),
    Prefetch("progress_reports", ProgressReport.objects.order_by("as_of")),
)


def wrong(form: Form) -> ValidationError:
    """Return the error that names each wrong value."""
    return ValidationError({name: [str(text) for text in texts] for name, texts in form.errors.items()})


def wishes(request: Request) -> SpaceWishForm:
    """Return what the request says a space should be like; raise ValidationError with each wrong value."""
    form = SpaceWishForm(request.query_params)
    if not form.is_valid():
        raise wrong(form)
    return form


@extend_schema_view(
    list=extend_schema(
        summary=_("The facilities of the city for creative work"),
        description=_(
            "A wish for a space (kind, people, equipment, access) leaves the facilities that have one."
        ),
        parameters=WISHES,
        responses={200: serializers.FacilityRow(many=True), **ERRORS},
    ),
    retrieve=extend_schema(
        summary=_("One facility with its milestones and progress"),
        description=NO_NAMES,
        responses={200: serializers.FacilityRow, **ERRORS},
    ),
)
class FacilityViewSet(OpenLists, ReadOnlyModelViewSet[Facility]):
    permission_classes = [AllowAny]
    queryset = Facility.objects.select_related("kecamatan", "kelurahan", "operator")
    serializer_class = serializers.FacilityRow
    lookup_field = "slug"
    filter_backends = []  # noqa: RUF012 (as DRF has it)

    def known_parameters(self) -> set[str]:
        """Return the page's wishes."""
        return {*PARAMETERS, *PAGING} if self.action == "list" else set()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with the facilities that fit, in the portal's order."""
        form = wishes(request)
        rows = [card.facility for card in chosen(cards_of(form, now=timezone.now()), form)]
        page = list(self.paginate_queryset(rows) or [])
        return self.get_paginated_response(self._read(page))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with one facility."""
        return Response(self._read([self.get_object()])[0])

    def _read(self, rows: Sequence[Facility]) -> Any:
        """Return the rows as JSON, each with its way so far and how it stands."""
        prefetch_related_objects(rows, *WAY)
        context = {**self.get_serializer_context(), "states": facility_states(rows, timezone.now())}
        return serializers.FacilityRow(rows, context=context, many=True).data


@extend_schema_view(
    list=extend_schema(
        summary=_("The spaces of the facilities"),
        description=_(
            "Buildings, floors, rooms, halls, studios and desks that are in use, with their booking rules."
        ),
        parameters=[*WISHES, DAYS[0]],
        responses={200: serializers.SpaceRow(many=True), **ERRORS},
    ),
    retrieve=extend_schema(
        summary=_("One space"),
        description=NO_NAMES,
        parameters=[OpenApiParameter("facility", str, "path")],
        responses={200: serializers.SpaceRow, **ERRORS},
    ),
)
class SpaceViewSet(OpenLists, ReadOnlyModelViewSet[Space]):
    permission_classes = [AllowAny]
    queryset = (
        Space.objects.filter(is_active=True)
        .select_related("facility", "parent", "policy")
        .prefetch_related("amenity_rows__amenity")
    )
    serializer_class = serializers.SpaceRow
    lookup_field = "slug"
    filter_backends = []  # noqa: RUF012 (as DRF has it)

    def known_parameters(self) -> set[str]:
        """Return the wishes and the facility."""
        return {*PARAMETERS, *PAGING, "fasilitas"} if self.action == "list" else set()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with the spaces that fit, in the order of their buildings."""
        form = wishes(request)
        asked = DaysForm({"fasilitas": request.query_params.get("fasilitas", "")})
        if not asked.is_valid():
            raise wrong(asked)
        keys = fitting(form, asked.cleaned_data["fasilitas"])
        rows = self.get_queryset().filter(pk__in=keys).order_by("facility__order", "facility", "order", "pk")
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(rows), many=True).data)

    def find(self, key: str) -> Any:
        """Return the space of a facility and a slug; raise Http404."""
        facility = self.kwargs["facility"]
        found = self.get_queryset().filter(slug=key, facility__slug=facility).first()
        if found is None:
            raise Http404
        return found


def fitting(form: SpaceWishForm, facility: str) -> list[int]:
    """Return the keys of the spaces that are as wished; what stands at a whole facility counts for all its spaces."""
    districts = form.values["kecamatan"]
    rows = facilities_with_spaces()
    if facility:
        rows = rows.filter(slug=facility)
    found: list[int] = []
    for row in rows:
        spaces = list(row.spaces.all())
        codes = amenity_codes(spaces)
        if not districts or row.kecamatan.code in districts:
            found += [space.pk for space in spaces if form.suits(space, codes[space.pk])]
    return found


class DaysView(OpenData, APIView):
    """An endpoint that is asked about days."""

    permission_classes = [AllowAny]

    def known_parameters(self) -> set[str]:
        """Return the form's fields."""
        return set(DaysForm.base_fields)

    def asked(self, request: Request) -> dict[str, Any]:
        """Return what is asked for; raise ValidationError with each wrong value."""
        form = DaysForm(request.query_params)
        if not form.is_valid():
            raise wrong(form)
        return form.cleaned_data


class AvailabilityView(DaysView):
    def known_parameters(self) -> set[str]:
        """Return the form's fields and the wishes."""
        return {*super().known_parameters(), *PARAMETERS}

    @extend_schema(
        summary=_("When the spaces are free"),
        description=NO_NAMES,
        operation_id="availability_list",
        parameters=[*DAYS, *WISHES],
        responses={200: serializers.AvailabilityRow(many=True), **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """Answer with each space that is as wished, and its days."""
        asked = self.asked(request)
        rows = Space.objects.filter(is_active=True)
        if asked.get("space"):
            rows = rows.filter(pk=asked["space"].pk)
        elif asked["place"]:
            rows = rows.filter(facility=asked["place"])
        if not set(PARAMETERS).isdisjoint(request.query_params):
            rows = rows.filter(pk__in=fitting(wishes(request), asked["fasilitas"]))
        found = calendars(rows, asked["first"], asked["last"])
        answer = [
            {
                "facility": calendar.space.facility.slug,
                "space": calendar.space.slug,
                "is_sample": calendar.space.is_sample or any(one.is_sample for one in calendar.sets),
                "reason": calendar.reason,
                "days": [self._day(calendar, day) for day in days(asked["first"], asked["last"])],
            }
            for calendar in sorted(found.values(), key=_place)
        ]
        return Response(serializers.AvailabilityRow(answer, many=True).data)

    def _day(self, calendar: SpaceCalendar, day: date) -> dict[str, Any]:
        view = calendar.day(day)
        return {"date": day, "open": spans(view.hours), "busy": spans(view.busy), "free": spans(view.free)}


class FreeRoomsView(OpenData, APIView):
    permission_classes = [AllowAny]

    def known_parameters(self) -> set[str]:
        """Return those of the room finder."""
        return set(room_finder_page.PARAMETERS)

    @extend_schema(
        summary=_("Which spaces are free on a day"),
        description=_(
            "What the room finder answers: the first free time of each space that fits, the best first."
        ),
        operation_id="free_room_list",
        parameters=FINDER,
        responses={200: serializers.FreeRoomRow(many=True), **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """Answer with each space that is free for the wished length."""
        now = timezone.now()
        today = timezone.localdate(now)
        form = room_finder_page.form_of(request.query_params, today=today, day=today)
        if not form.is_valid():
            raise wrong(form)
        offers = form.rooms(form.cleaned_data["tanggal"], now=now)
        return Response(serializers.FreeRoomRow(offers, many=True).data)


class OpeningHoursView(DaysView):
    @extend_schema(
        summary=_("When the facilities are open"),
        description=_("Without a facility all of them; special days and closures come with their reason."),
        operation_id="opening_hours_list",
        parameters=DAYS,
        responses={200: serializers.HoursRow(many=True), **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """Answer with each facility, or the space asked for, and its days."""
        asked = self.asked(request)
        rows = Space.objects.filter(parent=None)
        if asked.get("space"):
            rows = Space.objects.filter(pk=asked["space"].pk)
        elif asked["place"]:
            rows = rows.filter(facility=asked["place"])
        found = calendars(rows, asked["first"], asked["last"])
        answer = [
            self._row(calendar, asked["first"], asked["last"])
            for calendar in sorted(found.values(), key=_place)
        ]
        return Response(serializers.HoursRow(answer, many=True).data)

    def _row(self, calendar: SpaceCalendar, first: date, last: date) -> dict[str, Any]:
        return {
            "facility": calendar.space.facility.slug,
            "space": calendar.space.slug,
            "is_known": bool(calendar.sets),
            "days": [self._day(calendar, day) for day in days(first, last)],
            "closures": [
                {
                    "starts_at": one.starts_at,
                    "ends_at": one.ends_at,
                    "reason": one.reason,
                    "reason_en": one.reason_en,
                }
                for one in calendar.closures
                if one.space is None or one.space in calendar.line
            ],
        }

    def _day(self, calendar: SpaceCalendar, day: date) -> dict[str, Any]:
        view = calendar.day(day)
        winner = view.hours_set
        return {
            "date": day,
            "is_sample": bool(winner and winner.is_sample),
            "open": spans(view.hours),
            "name": winner.name if winner else "",
            "name_en": winner.name_en if winner else "",
            "cause": winner.cause if winner else "",
        }


def _place(calendar: SpaceCalendar) -> tuple[int, str, int, int]:
    space = calendar.space
    return space.facility.order, space.facility.slug, space.order, space.pk


def days(first: date, last: date) -> list[date]:
    """Return the days from the first to the last."""
    return [first + number * DAY for number in range((last - first).days + 1)]


def spans(found: Any) -> list[dict[str, Any]]:
    """Return times as rows."""
    return [{"starts_at": starts_at, "ends_at": ends_at} for starts_at, ends_at in found]


@extend_schema_view(list=extend_schema(parameters=[MONTH]))
@described(
    list_summary=_("The agenda: public events in the facilities"), one_summary=_("One event by its address")
)
class EventViewSet(OpenLists, ReadOnlyModelViewSet[AgendaEvent]):
    permission_classes = [AllowAny]
    queryset = AgendaEvent.objects.public().select_related("facility", "space", "subsector")
    serializer_class = serializers.EventRow
    lookup_field = "slug"
    filter_backends = [StrictFilterBackend]
    filterset_class = EventFilter
