"""Indicators and their series as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from malangkraf.api.fields import Code, ExactDecimal, ReadSerializer
from roadmap import rules
from roadmap.api.serializers import EvidenceRow, OrganizationName, PageMixin, PeriodRow
from roadmap.models import Achievement, Indicator, IndicatorLink, Measurement, TargetRevision
from roadmap.presentation import Series, SeriesRow

BANDS = [(code, label) for code, label in rules.BAND_LABELS.items()]
REASONS = [(reason.value, label) for reason, label in rules.REASON_LABELS.items()]


class LinkRow(serializers.Serializer[Any]):
    """What an indicator counts for."""

    kind = serializers.SerializerMethodField()
    slug = serializers.SerializerMethodField()
    level = Code(IndicatorLink.Level.choices, allow_null=False)
    weight = ExactDecimal(max_digits=8, decimal_places=3)

    @extend_schema_field(serializers.ChoiceField(["phase", "programme", "action"]))
    def get_kind(self, link: IndicatorLink) -> str:
        """Return the kind of row."""
        return "phase" if link.phase else "programme" if link.programme else "action"

    def get_slug(self, link: IndicatorLink) -> str:
        """Return the address of the row."""
        parent = link.phase or link.programme or link.action
        return parent.slug if parent else ""


class BaselineRow(serializers.Serializer[Any]):
    """Where an indicator started."""

    value = ExactDecimal(max_digits=24, decimal_places=6, source="baseline_value")
    period = PeriodRow(allow_null=True, source="baseline_period")
    source_url = serializers.CharField(source="baseline_source_url")


class IndicatorRow(PageMixin, ReadSerializer):
    """The definition sheet of an indicator."""

    page_name = "roadmap:indicator_detail"
    owner_organization = OrganizationName(read_only=True)
    subsectors = serializers.SlugRelatedField[Any]("code", many=True, read_only=True)
    baseline = serializers.SerializerMethodField()
    links = LinkRow(many=True, read_only=True, source="public_links")
    supersedes = serializers.SerializerMethodField(
        help_text="The code of the indicator that this one replaced."
    )
    superseded_by = serializers.SerializerMethodField(
        help_text="The code of the indicator that replaced this one."
    )

    class Meta:
        model = Indicator
        fields: tuple[str, ...] = (
            *("code", "slug", "name", "name_en", "definition", "definition_en", "formula", "formula_en"),
            *("unit", "unit_en", "value_type", "numerator_label", "denominator_label", "is_share"),
            *("direction", "entry_meaning", "aggregation", "frequency", "method", "allow_carry", "decimals"),
            *(
                "baseline",
                "data_producer",
                "data_producer_en",
                "collection_method",
                "collection_method_en",
                "limitations",
            ),
            *("limitations_en", "owner_organization", "subsectors", "valid_from", "valid_to", "supersedes"),
            *("superseded_by", "is_headline", "links", "updated_at", "page"),
        )

    @extend_schema_field(BaselineRow(allow_null=True))
    def get_baseline(self, indicator: Indicator) -> Any:
        """Return the starting value, None without one."""
        if indicator.baseline_value is None:
            return None
        return BaselineRow(indicator, context=self.context).data

    def get_supersedes(self, indicator: Indicator) -> str | None:
        """Return the code of the public predecessor."""
        return _public_code(indicator.supersedes)

    def get_superseded_by(self, indicator: Indicator) -> str | None:
        """Return the code of the public successor."""
        return _public_code(getattr(indicator, "superseded_by", None))


def _public_code(indicator: Indicator | None) -> str | None:
    return indicator.code if indicator is not None and indicator.is_public else None


class TargetRow(ReadSerializer):
    """One version of a target: a value, or the two bounds of a range."""

    version = serializers.IntegerField(source="number")

    class Meta:
        model = TargetRevision
        fields = (
            *("version", "value", "low", "high", "reason", "decree_number", "decree_date", "source_url"),
            *("note", "note_en", "created_at"),
        )


class ActualRow(ReadSerializer):
    """A verified value, or the reason why there is none. 0 is a value."""

    counted_rows = serializers.SerializerMethodField(
        help_text="How many rows of the portal a counted value stands on; null for a value that people gave."
    )
    evidence = serializers.SerializerMethodField()

    class Meta:
        model = Measurement
        fields = (
            *("value", "numerator", "denominator", "missing_reason", "is_provisional", "is_disputed"),
            *("as_of", "provenance", "source_url", "note", "note_en", "supporting", "supporting_en"),
            *("obstacles", "obstacles_en", "follow_up", "follow_up_en", "verified_at", "counted_rows"),
            "evidence",
        )

    def get_counted_rows(self, measurement: Measurement) -> int | None:
        """Return the number of rows."""
        if measurement.provenance != Measurement.Provenance.AUTOMATIC:
            return None
        counts: dict[int, int] = self.context["counted_rows"]
        return counts.get(measurement.period_id)

    @extend_schema_field(EvidenceRow(many=True))
    def get_evidence(self, measurement: Measurement) -> Any:
        """Return the public evidence."""
        found = self.context["evidence"].get(measurement.pk, ())
        return EvidenceRow(found, many=True, context=self.context).data


class AchievementRow(ReadSerializer):
    """The computed achievement: `percent` is `raw` rounded half up, `capped` is `percent` between 0 and 100."""

    band = Code(BANDS)
    reason = Code(REASONS, help_text="Why there is no percentage.")
    note = serializers.SerializerMethodField(help_text="A word beside the percentage, such as carried.")
    scale = serializers.SerializerMethodField(help_text="The code of the rating scale.")

    class Meta:
        model = Achievement
        fields = ("raw", "percent", "capped", "band", "reason", "note", "scale", "computed_at")

    def get_note(self, achievement: Achievement) -> str | None:
        """Return the word, None without one."""
        return achievement.note or None

    def get_scale(self, achievement: Achievement) -> str | None:
        """Return the code of the scale."""
        scales: dict[int | None, str] = self.context["scales"]
        return scales.get(achievement.scale_id)


class SeriesPoint(serializers.Serializer[Any]):
    """One period of an indicator: what was aimed at, what was reached, and how much that is."""

    period = PeriodRow()
    target = TargetRow(source="current", allow_null=True, help_text="The version in force.")
    target_original = serializers.SerializerMethodField(help_text="The first version.")
    actual = ActualRow(source="measurement", allow_null=True)
    under_review = serializers.SerializerMethodField(help_text="The value is being checked again.")
    review_reason = serializers.SerializerMethodField()
    achievement = serializers.SerializerMethodField(help_text="Against the target in force.")
    achievement_original = serializers.SerializerMethodField(help_text="Against the first target.")

    @extend_schema_field(TargetRow(allow_null=True))
    def get_target_original(self, row: SeriesRow) -> Any:
        """Return the first version of the target."""
        return TargetRow(row.revisions[0]).data if row.revisions else None

    def get_under_review(self, row: SeriesRow) -> bool:
        """Return whether the value was opened again."""
        return row.reviewed is not None

    def get_review_reason(self, row: SeriesRow) -> str | None:
        """Return why the value was opened again."""
        return self.context["reviews"].get(row.reviewed.pk) if row.reviewed else None

    @extend_schema_field(AchievementRow(allow_null=True))
    def get_achievement(self, row: SeriesRow) -> Any:
        """Return the achievement against the current target."""
        return self._achievement(row, Achievement.Basis.CURRENT)

    @extend_schema_field(AchievementRow(allow_null=True))
    def get_achievement_original(self, row: SeriesRow) -> Any:
        """Return the achievement against the original target."""
        return self._achievement(row, Achievement.Basis.ORIGINAL)

    def _achievement(self, row: SeriesRow, basis: str) -> Any:
        found = row.achievements.get(basis)
        # Between the re-opening of a value and the new sum, the old sum would give the value away.
        if found is None or found.measurement_id and found.measurement_id not in self.context["verified"]:
            return None
        return AchievementRow(found, context=self.context).data


class IndicatorDetail(IndicatorRow):
    """An indicator with its series, oldest period first."""

    message = serializers.SerializerMethodField(help_text="What the newest figures say, in Indonesian.")
    message_en = serializers.SerializerMethodField(help_text="The same in English.")
    series = serializers.SerializerMethodField()

    class Meta(IndicatorRow.Meta):
        fields = (*IndicatorRow.Meta.fields, "message", "message_en", "series")

    def get_message(self, _indicator: Indicator) -> str:
        """Return the sentence."""
        return str(self.context["messages"]["id"])

    def get_message_en(self, _indicator: Indicator) -> str:
        """Return the sentence."""
        return str(self.context["messages"]["en"])

    @extend_schema_field(SeriesPoint(many=True))
    def get_series(self, _indicator: Indicator) -> Any:
        """Return the points."""
        series: Series = self.context["series"]
        return SeriesPoint(series.rows, many=True, context=self.context).data
