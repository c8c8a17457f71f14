"""The API's front door, its OpenAPI description and the page that shows it."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import activate, get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema, inline_serializer
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from malangkraf.api.fields import Problem
from malangkraf.api.problems import CONTENT_TYPE
from malangkraf.api.reading import OpenData
from roadmap.api.reference import endpoints_by_tag

LISTS = {
    "phases": "api:phase_list",
    "programmes": "api:programme_list",
    "actions": "api:action_list",
    "indicators": "api:indicator_list",
    "reports": "api:report_list",
    "subsectors": "api:subsector_list",
    "kecamatan": "api:kecamatan_list",
    "organizations": "api:organization_list",
    "rating_scales": "api:rating_scale_list",
    "startups": "api:startup_list",
    "services": "api:service_list",
    "technologies": "api:technology_list",
    "kelurahan": "api:kelurahan_list",
    "facilities": "api:facility_list",
    "spaces": "api:space_list",
    "availability": "api:availability_list",
    "free_rooms": "api:free_room_list",
    "opening_hours": "api:opening_hours_list",
    "events": "api:event_list",
    "schema": "api:schema_detail",
    "docs": "api:docs_detail",
}


class RootView(OpenData, APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        summary=_("Where everything is"),
        description=_("The addresses of all lists, of this description and of its page."),
        operation_id="root_retrieve",
        tags=["start"],
        responses={
            200: inline_serializer("Root", {name: serializers.URLField() for name in LISTS}),
            (400, CONTENT_TYPE): Problem,
            (429, CONTENT_TYPE): Problem,
        },
    )
    def get(self, request: Request) -> Response:
        """Answer with the addresses of the lists."""
        return Response({name: reverse(view, request=request) for name, view in LISTS.items()})


class SchemaView(SpectacularAPIView):
    """The OpenAPI description: YAML, or JSON when asked for by Accept or ?format=json."""

    permission_classes = [AllowAny]
    authentication_classes = ()

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an error as every endpoint does, not as YAML."""
        # Both: the negotiation may be what failed, and then neither is there.
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer in the caller's language; drf-spectacular's own parameters are left out."""
        suffix = self.perform_content_negotiation(request, force=True)[0].format
        headers = {"Content-Disposition": f'inline; filename="malangkraf-api.{suffix}"'}
        return Response(schema_in(get_language() or settings.LANGUAGE_CODE), headers=headers)


@lru_cache(maxsize=len(settings.LANGUAGES))
def schema_in(language: str) -> dict[str, Any]:
    """Return the description in the language; made once per process."""
    with override(language):
        schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schema["info"]["x-language"] = language
    return schema


@login_not_required
@require_safe
def docs_detail(request: HttpRequest) -> HttpResponse:
    """Show the description as a page, in the language of ?lang= or else of the reader's browser."""
    if (chosen := request.GET.get("lang")) in dict(settings.LANGUAGES):
        activate(chosen)
    language = get_language() or settings.LANGUAGE_CODE
    context = {
        "tags": endpoints_by_tag(schema_in(language)).items(),
        "others": [(code, name) for code, name in settings.LANGUAGES if code != language],
    }
    response = render(request, "roadmap/api_docs.html", context)
    response.headers["Content-Language"] = language
    return response
