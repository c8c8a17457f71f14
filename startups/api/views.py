"""The open read API of the directory: published entries, for anybody."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from ecosystem.models import Kelurahan
from malangkraf.api.fields import Problem
from malangkraf.api.paging import PortalPagination
from malangkraf.api.problems import CONTENT_TYPE
from malangkraf.api.reading import OpenLists, StrictFilterBackend, StrictOrdering, described
from startups.api import serializers
from startups.api.filters import ChangedFilter
from startups.models import SearchEntry, ServiceType, Startup, StartupAlias, Technology, Tombstone
from startups.public import public_record, with_public_parts

FILTERS = [StrictFilterBackend, StrictOrdering]
ERRORS = {(status, CONTENT_TYPE): Problem for status in (400, 404, 429)}
REMOVED = {
    "type": "object",
    "description": "An entry that copies elsewhere must forget, or must show as closed.",
    "required": ["id", "reason", "merged_into", "at"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "reason": {"type": "string", "enum": [*Tombstone.Reason.values, "closed"]},
        "merged_into": {"type": ["string", "null"], "format": "uuid"},
        "at": {"type": "string", "format": "date-time"},
    },
}
NOTE = _(
    "The same parameters as the page of the directory; each may be repeated. Dormant entries come only with"
    " kesegaran=dormant. No contacts, no persons. Licence: CC BY 4.0. As points of a map: /startup/data.geojson."
)


class ChangedPagination(PortalPagination):
    """Pages that say what left the directory too, once changes are asked for."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return DRF's description of a page, with `removed`."""
        described: dict[str, Any] = super().get_paginated_response_schema(schema)
        described["properties"]["removed"] = {
            "type": "array",
            "items": REMOVED,
            "description": "Only with updated_since: what left after that instant, the same on every page.",
        }
        return described


@extend_schema_view(
    list=extend_schema(
        summary=_("The entries of the directory"),
        description=NOTE,
        responses={200: serializers.StartupRow(many=True), **ERRORS},
    ),
    retrieve=extend_schema(
        summary=_("One entry by its address or id; an earlier address answers with the entry of today"),
        description=NOTE,
        responses={200: serializers.StartupRow, **ERRORS},
    ),
)
class StartupViewSet(OpenLists, ReadOnlyModelViewSet[SearchEntry]):
    permission_classes = [AllowAny]
    queryset = SearchEntry.objects.all()
    serializer_class = serializers.StartupRow
    lookup_field = "slug"
    filter_backends = [StrictFilterBackend]
    filterset_class = ChangedFilter
    pagination_class = ChangedPagination

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of entries, and with what left when changes are asked for."""
        keys = (
            self.paginate_queryset(self.filter_queryset(self.get_queryset()).values_list("pk", flat=True))
            or []
        )
        loaded = {row.pk: row for row in with_public_parts(Startup.objects.filter(pk__in=keys))}
        records = [public_record(loaded[key]) for key in keys if key in loaded]
        answer = self.get_paginated_response(self.get_serializer(records, many=True).data)
        asked = request.query_params.get("updated_since")
        if asked:
            since = ChangedFilter(request.query_params).values["updated_since"]
            answer.data["removed"] = removed_since(since)
        return answer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with one entry."""
        return Response(self.get_serializer(public_record(self.get_object())).data)

    def find(self, key: str) -> Any:
        """Return the published or closed entry of an address, an earlier address or an id; raise Http404."""
        found = Startup.objects.public().filter(Q(slug=key) | Q(uuid=_uuid(key))).first()
        if found is None and (alias := StartupAlias.objects.filter(slug=key).first()):
            found = Startup.objects.public().filter(pk=alias.startup_id).first()
        while found is not None and found.merged_into_id:
            found = Startup.objects.public().filter(pk=found.merged_into_id).first()
        if found is None:
            raise Http404
        return with_public_parts(Startup.objects.filter(pk=found.pk)).get()


def removed_since(since: datetime) -> list[dict[str, Any]]:
    """Return what left the directory after an instant, the oldest first: tombstones, and entries that closed."""
    gone = Tombstone.objects.filter(at__gt=since).order_by("at", "pk")
    closed = Startup.objects.filter(lifecycle=Startup.Lifecycle.CLOSED, updated_at__gt=since)
    rows = [
        {"id": row.uuid, "reason": row.reason, "merged_into": row.merged_into, "at": row.at} for row in gone
    ]
    rows += [
        {"id": row.uuid, "reason": "closed", "merged_into": None, "at": row.updated_at}
        for row in closed.filter(published_at__isnull=False)
    ]
    return sorted(rows, key=lambda row: row["at"])


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


@described(list_summary=_("The services that buyers look for"), one_summary=_("One service"))
class ServiceViewSet(OpenLists, ReadOnlyModelViewSet[ServiceType]):
    permission_classes = [AllowAny]
    queryset = ServiceType.objects.all()
    serializer_class = serializers.ConceptRow
    lookup_field = "code"
    filter_backends = FILTERS
    ordering_fields = ("code", "name")


@described(list_summary=_("The technologies that studios work with"), one_summary=_("One technology"))
class TechnologyViewSet(OpenLists, ReadOnlyModelViewSet[Technology]):
    permission_classes = [AllowAny]
    queryset = Technology.objects.all()
    serializer_class = serializers.TechnologyRow
    lookup_field = "code"
    filter_backends = FILTERS
    ordering_fields = ("code", "name")


@described(list_summary=_("The wards of Malang, with the middle of each"), one_summary=_("One ward"))
class KelurahanViewSet(OpenLists, ReadOnlyModelViewSet[Kelurahan]):
    permission_classes = [AllowAny]
    queryset = Kelurahan.objects.select_related("kecamatan")
    serializer_class = serializers.WardRow
    lookup_field = "code"
    filter_backends = FILTERS
    ordering_fields = ("code", "name")
