"""The roadmap, its reports and the reference lists as JSON; the figures stand in roadmap.api.figures.

Only converts: which rows the public may see is decided by the querysets in roadmap.api.views.
"""

from typing import Any

from django.urls import reverse
from django.utils import translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ecosystem.models import Kecamatan, Kelurahan, Organization, Subsector
from malangkraf.api.fields import Code, ReadSerializer
from roadmap.models import (
    Action,
    Evidence,
    Period,
    Phase,
    Programme,
    ProgressUpdate,
    RatingBand,
    RatingScale,
    Report,
    ReportFile,
    ReportRun,
)
from roadmap.presentation import label_of
from roadmap.reporting.titles import title_of


def page_address(serializer: serializers.Serializer[Any], name: str, *arguments: Any) -> str:
    """Return the absolute address of an Indonesian page."""
    with translation.override("id"):
        return str(serializer.context["request"].build_absolute_uri(reverse(name, args=arguments)))


class PageMixin(serializers.Serializer[Any]):
    """Adds `page`, the address of the row's own page in the portal."""

    page_name = ""
    page = serializers.SerializerMethodField(help_text="Its page in the portal; English under /en/.")

    @extend_schema_field(OpenApiTypes.URI)
    def get_page(self, row: Any) -> str:
        """Return the page's address."""
        return page_address(self, self.page_name, row.slug)


class OrganizationName(ReadSerializer):
    """An organization where another row names it."""

    class Meta:
        model = Organization
        fields = ("slug", "name", "name_en", "short_name")


class OrganizationRow(ReadSerializer):
    """An organization that takes part."""

    helix_actor = serializers.SlugRelatedField[Any]("code", read_only=True, allow_null=True)

    class Meta:
        model = Organization
        fields = (
            *OrganizationName.Meta.fields,
            *("also_known_as", "kind", "helix_actor", "role", "role_en", "website", "source_url"),
        )


class SubsectorRow(ReadSerializer):
    """A subsector of the creative economy."""

    class Meta:
        model = Subsector
        fields = ("code", "name", "name_en", "valid_from", "valid_to")


class KelurahanRow(ReadSerializer):
    """A ward of Malang."""

    class Meta:
        model = Kelurahan
        fields = ("code", "name", "postal_code", "latitude", "longitude")


class KecamatanRow(ReadSerializer):
    """A district of Malang with its wards."""

    kelurahan = KelurahanRow(many=True, read_only=True)

    class Meta:
        model = Kecamatan
        fields = ("code", "name", "latitude", "longitude", "area_km2", "kelurahan")


class BandRow(ReadSerializer):
    """A band of a rating scale; it reaches from its lower bound to the next band's."""

    class Meta:
        model = RatingBand
        fields = ("code", "label", "label_en", "lower_bound")


class RatingScaleRow(ReadSerializer):
    """The bands that name an achievement, and the regulation they follow."""

    bands = BandRow(many=True, read_only=True)

    class Meta:
        model = RatingScale
        fields = ("code", "name", "name_en", "regulation", "regulation_en", "valid_from", "valid_to", "bands")


class PeriodRow(ReadSerializer):
    """A stretch of time; days are those of Malang."""

    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    label_en = serializers.SerializerMethodField()

    class Meta:
        model = Period
        fields = ("code", "kind", "start", "end", "label", "label_en")

    def get_label(self, period: Period) -> str:
        """Return its name in Indonesian."""
        return label_of(period, "id")

    def get_label_en(self, period: Period) -> str:
        """Return its name in English."""
        return label_of(period, "en")


class EvidenceRow(ReadSerializer):
    """What stands behind a value or an update: a page elsewhere, or a document that the portal keeps."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = Evidence
        fields = ("title", "title_en", "url", "sha256", "document_date")

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, evidence: Evidence) -> str:
        """Return where it can be read."""
        return evidence.url or page_address(self, "roadmap:evidence_download", evidence.pk)


class PhaseRow(PageMixin, ReadSerializer):
    """A phase of the roadmap."""

    page_name = "roadmap:phase_detail"
    lead_organization = OrganizationName(read_only=True, allow_null=True)

    class Meta:
        model = Phase
        fields = (
            *("slug", "name", "name_en", "promise", "promise_en", "outcome", "outcome_en", "start", "end"),
            *("colour", "lead_organization", "source_url", "updated_at", "page"),
        )


class ProgrammeRow(PageMixin, ReadSerializer):
    """A programme of the roadmap."""

    page_name = "roadmap:programme_detail"
    phases = serializers.SerializerMethodField(help_text="The slugs of its published phases.")
    subsectors = serializers.SlugRelatedField[Any]("code", many=True, read_only=True)
    lead_organization = OrganizationName(read_only=True)

    class Meta:
        model = Programme
        fields = (
            *("slug", "title", "title_en", "promise", "promise_en", "outcome", "outcome_en", "phases"),
            *("subsectors", "lead_organization", "source_url", "updated_at", "page"),
        )

    def get_phases(self, programme: Programme) -> list[str]:
        """Return the slugs of the phases that the view loaded."""
        return [phase.slug for phase in programme.public_phases]  # type: ignore[attr-defined]


class UpdateRow(ReadSerializer):
    """What had happened with an action by a day."""

    organization = OrganizationName(read_only=True, allow_null=True)
    evidence = EvidenceRow(many=True, read_only=True, source="public_evidence")

    class Meta:
        model = ProgressUpdate
        fields = (
            *("as_of", "text", "text_en", "percent", "planned_percent", "organization", "source_url"),
            "evidence",
        )


class ActionRow(PageMixin, ReadSerializer):
    """An action with its progress, oldest update first."""

    page_name = "roadmap:action_detail"
    programme = serializers.SlugRelatedField[Any]("slug", read_only=True)
    phase = serializers.SerializerMethodField(help_text="Null while the phase is not published.")
    lead_organization = OrganizationName(read_only=True)
    partners = OrganizationName(many=True, read_only=True)
    updates = UpdateRow(many=True, read_only=True, source="public_updates")

    class Meta:
        model = Action
        fields = (
            *("slug", "title", "title_en", "promise", "promise_en", "outcome", "outcome_en", "programme"),
            *("phase", "lead_organization", "partners", "state", "reason", "reason_en", "planned_start"),
            *("planned_end", "actual_start", "actual_end", "weight", "source_url", "updated_at", "page"),
            "updates",
        )

    def get_phase(self, action: Action) -> str | None:
        """Return the slug of the phase."""
        return action.phase.slug if action.phase.is_published else None


class FileRow(ReadSerializer):
    """A file of a report version."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = ReportFile
        fields = ("format", "language", "size", "sha256", "url")

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, file: ReportFile) -> str:
        """Return where the file is."""
        run = file.run
        wanted = f"{file.format}-{file.language}"
        return page_address(self, "roadmap:report_file", run.report.slug, run.number, wanted)


class VersionRow(ReadSerializer):
    """A published version of a report, or one that a correction replaced."""

    state = Code([("published", "published"), ("superseded", "superseded")], allow_null=False)
    files = FileRow(many=True, read_only=True, source="finished_files")
    snapshot = serializers.SerializerMethodField(
        help_text="The figures of this version as JSON: exactly the bytes that sha256 is over."
    )
    verify = serializers.SerializerMethodField(help_text="The page that confirms the hash.")
    page = serializers.SerializerMethodField()

    class Meta:
        model = ReportRun
        fields = (
            *("number", "state", "cut_off", "published_at", "sha256", "erratum", "erratum_en", "page"),
            *("snapshot", "verify", "files"),
        )

    @extend_schema_field(OpenApiTypes.URI)
    def get_page(self, run: ReportRun) -> str:
        """Return the version's page."""
        return page_address(self, "roadmap:report_version", run.report.slug, run.number)

    @extend_schema_field(OpenApiTypes.URI)
    def get_snapshot(self, run: ReportRun) -> str:
        """Return where the snapshot is."""
        return page_address(self, "roadmap:report_snapshot", run.report.slug, run.number)

    @extend_schema_field(OpenApiTypes.URI)
    def get_verify(self, run: ReportRun) -> str:
        """Return the page that confirms the hash."""
        return page_address(self, "roadmap:report_verify_hash", run.sha256)


class ReportRow(PageMixin, ReadSerializer):
    """A progress report with its public versions, newest first."""

    page_name = "roadmap:report_detail"
    period = PeriodRow(read_only=True)
    title = serializers.SerializerMethodField()
    title_en = serializers.SerializerMethodField()
    versions = VersionRow(many=True, read_only=True, source="public_runs")

    class Meta:
        model = Report
        fields = ("slug", "title", "title_en", "period", "page", "versions")

    def get_title(self, report: Report) -> str:
        """Return its title in Indonesian."""
        return title_of(report.period, "id")

    def get_title_en(self, report: Report) -> str:
        """Return its title in English."""
        return title_of(report.period, "en")
