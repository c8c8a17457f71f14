"""The open read API of the roadmap: published and verified rows only, for anybody."""

from collections import defaultdict
from typing import Any

from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from ecosystem.models import Kecamatan, Organization, Subsector
from malangkraf.api.reading import OpenLists, StrictFilterBackend, StrictOrdering, described
from roadmap.api import figures, serializers
from roadmap.api.filters import OrganizationFilter, ProgrammeFilter, ReportFilter
from roadmap.filters import ActionFilter, IndicatorFilter
from roadmap.models import (
    Action,
    AutomaticSnapshot,
    Evidence,
    Indicator,
    IndicatorLink,
    MeasurementReopening,
    Phase,
    Programme,
    ProgressUpdate,
    RatingScale,
    Report,
    ReportFile,
    ReportRun,
)
from roadmap.presentation import Series, SeriesRow, facts_of, load_series

FILTERS = [StrictFilterBackend, StrictOrdering]
PUBLIC_LINKS = (
    Q(phase__is_published=True)
    | Q(programme__is_published=True)
    | Q(action__is_published=True, action__programme__is_published=True)
)


@described(list_summary=_("The phases of the roadmap"), one_summary=_("One phase"))
class PhaseViewSet(OpenLists, ReadOnlyModelViewSet[Phase]):
    permission_classes = [AllowAny]
    queryset = Phase.objects.published().select_related("lead_organization")
    serializer_class = serializers.PhaseRow
    lookup_field = "slug"
    filter_backends = FILTERS
    ordering_fields = ("start", "name", "updated_at")


@described(list_summary=_("The programmes of the roadmap"), one_summary=_("One programme"))
class ProgrammeViewSet(OpenLists, ReadOnlyModelViewSet[Programme]):
    permission_classes = [AllowAny]
    queryset = (
        Programme.objects.published()
        .select_related("lead_organization")
        .prefetch_related(
            "subsectors", Prefetch("phases", Phase.objects.published(), to_attr="public_phases")
        )
    )
    serializer_class = serializers.ProgrammeRow
    lookup_field = "slug"
    filter_backends = FILTERS
    filterset_class = ProgrammeFilter
    ordering_fields = ("title", "updated_at")


@described(list_summary=_("The actions, with their progress"), one_summary=_("One action"))
class ActionViewSet(OpenLists, ReadOnlyModelViewSet[Action]):
    permission_classes = [AllowAny]
    queryset = (
        Action.objects.published()
        .select_related("programme", "phase", "lead_organization")
        .prefetch_related(
            "partners",
            Prefetch(
                "updates",
                ProgressUpdate.objects.published()
                .select_related("organization")
                .prefetch_related(
                    Prefetch("evidence", Evidence.objects.filter(is_public=True), to_attr="public_evidence")
                ),
                to_attr="public_updates",
            ),
        )
    )
    serializer_class = serializers.ActionRow
    lookup_field = "slug"
    filter_backends = FILTERS
    filterset_class = ActionFilter
    ordering_fields = ("title", "planned_start", "planned_end", "updated_at")


@described(
    list_summary=_("The indicators, with their definitions"),
    one_summary=_("One indicator by its code or address, with its series and achievements"),
    one=figures.IndicatorDetail,
)
class IndicatorViewSet(OpenLists, ReadOnlyModelViewSet[Indicator]):
    permission_classes = [AllowAny]
    queryset = (
        Indicator.objects.public()
        .select_related("owner_organization", "baseline_period__phase", "supersedes", "superseded_by")
        .prefetch_related(
            "subsectors",
            Prefetch(
                "links",
                IndicatorLink.objects.filter(PUBLIC_LINKS)
                .select_related("phase", "programme", "action")
                .order_by("pk"),
                to_attr="public_links",
            ),
        )
        .order_by("-is_headline", "order", "name")
    )
    serializer_class = figures.IndicatorRow
    lookup_field = "code"
    filter_backends = FILTERS
    filterset_class = IndicatorFilter
    ordering_fields = ("code", "name", "order", "updated_at")

    def find(self, key: str) -> Indicator:
        """Return the indicator of this code or this address."""
        found: Indicator = get_object_or_404(self.get_queryset(), Q(code=key) | Q(slug=key))
        return found

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with the indicator and its series."""
        indicator = self.get_object()
        context = {**self.get_serializer_context(), **series_context(indicator)}
        return Response(figures.IndicatorDetail(indicator, context=context).data)


def series_context(indicator: Indicator) -> dict[str, Any]:
    """Return what the detail of an indicator shows beside its own row; at most seven queries."""
    series = load_series([indicator])[indicator.pk]
    verified = {row.measurement.pk for row in series.rows if row.measurement}
    return {
        "series": series,
        "messages": messages_of(series),
        "verified": verified,
        "evidence": evidence_of(verified),
        "counted_rows": counted_rows_of(indicator),
        "reviews": reviews_of(series.rows),
        "scales": dict(RatingScale.objects.values_list("pk", "code")),
    }


def messages_of(series: Series) -> dict[str, str]:
    """Return the sentence of the figures in both languages."""
    found = {}
    for language in ("id", "en"):
        with translation.override(language):
            # The series was loaded in the caller's language; its unit has to follow.
            own = Series(series.indicator, series.rows, facts_of(series.indicator, language))
            found[language] = own.message
    return found


def evidence_of(measurements: set[int]) -> dict[int | None, list[Evidence]]:
    """Return the public evidence by value; one query."""
    found: dict[int | None, list[Evidence]] = defaultdict(list)
    for evidence in Evidence.objects.filter(is_public=True, measurement__in=measurements):
        found[evidence.measurement_id].append(evidence)
    return found


def counted_rows_of(indicator: Indicator) -> dict[int, int]:
    """Return how many rows stand behind the last count of each period; no query for what people enter."""
    if not indicator.automatic_source:
        return {}
    counts = AutomaticSnapshot.objects.filter(indicator=indicator).order_by("number")
    return {count.period_id: len(count.rows) for count in counts}


def reviews_of(rows: list[SeriesRow]) -> dict[int, str]:
    """Return the last reason of each value that is being checked again; no query when none is."""
    reviewed = [row.reviewed.pk for row in rows if row.reviewed]
    if not reviewed:
        return {}
    reopenings = MeasurementReopening.objects.filter(measurement__in=reviewed)
    return {one.measurement_id: one.reason for one in reopenings.order_by("at")}


@described(list_summary=_("The published progress reports"), one_summary=_("One progress report"))
class ReportViewSet(OpenLists, ReadOnlyModelViewSet[Report]):
    permission_classes = [AllowAny]
    queryset = (
        Report.objects.published()
        .select_related("period__phase")
        .prefetch_related(
            Prefetch(
                "runs",
                ReportRun.objects.visible_to_public()
                .defer("snapshot")
                .prefetch_related(
                    Prefetch(
                        "files",
                        ReportFile.objects.filter(state=ReportFile.State.DONE),
                        to_attr="finished_files",
                    )
                )
                .order_by("-number"),
                to_attr="public_runs",
            )
        )
    )
    serializer_class = serializers.ReportRow
    lookup_field = "slug"
    filter_backends = FILTERS
    filterset_class = ReportFilter
    ordering_fields = ("slug", "period__end")


@described(list_summary=_("The subsectors of the creative economy"), one_summary=_("One subsector"))
class SubsectorViewSet(OpenLists, ReadOnlyModelViewSet[Subsector]):
    permission_classes = [AllowAny]
    queryset = Subsector.objects.all()
    serializer_class = serializers.SubsectorRow
    lookup_field = "code"
    filter_backends = FILTERS
    ordering_fields = ("code", "name")


@described(list_summary=_("The districts of Malang, with their wards"), one_summary=_("One district"))
class KecamatanViewSet(OpenLists, ReadOnlyModelViewSet[Kecamatan]):
    permission_classes = [AllowAny]
    queryset = Kecamatan.objects.prefetch_related("kelurahan")
    serializer_class = serializers.KecamatanRow
    lookup_field = "code"
    filter_backends = FILTERS
    ordering_fields = ("code", "name")


@described(list_summary=_("The organizations that take part"), one_summary=_("One organization"))
class OrganizationViewSet(OpenLists, ReadOnlyModelViewSet[Organization]):
    permission_classes = [AllowAny]
    queryset = Organization.objects.select_related("helix_actor")
    serializer_class = serializers.OrganizationRow
    lookup_field = "slug"
    filter_backends = FILTERS
    filterset_class = OrganizationFilter
    ordering_fields = ("name", "slug")


@described(list_summary=_("The rating scales and their bands"), one_summary=_("One rating scale"))
class RatingScaleViewSet(OpenLists, ReadOnlyModelViewSet[RatingScale]):
    permission_classes = [AllowAny]
    queryset = RatingScale.objects.prefetch_related("bands")
    serializer_class = serializers.RatingScaleRow
    lookup_field = "code"
    filter_backends = FILTERS
    ordering_fields = ("code", "valid_from")
