"""The directory as JSON. Every row is a `public_record`: what is not in there cannot come out."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ecosystem.models import Kelurahan
from malangkraf.api.fields import Code, ReadSerializer
from startups.exporting import PRECISIONS
from startups.models import Product, ServiceType, Startup, StartupLink, Technology, Verification
from startups.public import path_of
from startups.rules.freshness import Freshness


class ProductRow(serializers.Serializer[Any]):
    """Something that the entry has made."""

    kind = serializers.ChoiceField(Product.Kind.choices)
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    summary = serializers.CharField()
    summary_en = serializers.CharField()
    url = serializers.CharField()


class EntryLinkRow(serializers.Serializer[Any]):
    """A page of the entry elsewhere."""

    kind = serializers.ChoiceField(StartupLink.Kind.choices)
    url = serializers.CharField()


class KbliRow(serializers.Serializer[Any]):
    """A business classification."""

    scheme = serializers.ChoiceField(["2020", "2025"])
    code = serializers.CharField()


class StartupRow(serializers.Serializer[Any]):
    """An entry of the directory; "" or null stands for what is unknown or not shown by its owner."""

    id = serializers.UUIDField(help_text="Stays the same for ever.")
    slug = serializers.CharField()
    page = serializers.SerializerMethodField(help_text="Its page in the portal.")
    name = serializers.CharField()
    alternate_names = serializers.CharField()
    legal_name = serializers.CharField()
    kind = serializers.ChoiceField(Startup.Kind.choices)
    lifecycle = serializers.ChoiceField(["published", "closed"])
    summary = serializers.CharField()
    summary_en = serializers.CharField()
    description = serializers.CharField()
    description_en = serializers.CharField()
    website = serializers.CharField()
    logo = serializers.CharField(help_text='Path of a WebP picture, "" without one.')
    logo_alt = serializers.CharField()
    logo_alt_en = serializers.CharField()
    founded = serializers.CharField(help_text="As exactly as it is known: 2019, 2019-05 or 2019-05-20.")
    closed_on = serializers.DateField(allow_null=True)
    stage = Code(Startup.Stage.choices)
    team_band = Code(Startup.TeamBand.choices)
    kecamatan = serializers.CharField(help_text="The ministry's code.")
    kecamatan_name = serializers.CharField()
    kelurahan = serializers.CharField(help_text="The ministry's code.")
    kelurahan_name = serializers.CharField()
    street = serializers.CharField()
    latitude = serializers.CharField(allow_null=True)
    longitude = serializers.CharField(allow_null=True)
    point_precision = Code([(code, code) for code in PRECISIONS], help_text="Else the middle of the area.")
    subsectors = serializers.ListField(
        child=serializers.CharField(), help_text="Codes, the primary one first."
    )
    services = serializers.ListField(child=serializers.CharField(), help_text="Codes.")
    technologies = serializers.ListField(child=serializers.CharField(), help_text="Codes.")
    products = ProductRow(many=True)
    links = EntryLinkRow(many=True)
    kbli = KbliRow(many=True)
    open_to = serializers.ListField(child=serializers.ChoiceField(Startup.OpenTo.choices))
    is_claimed = serializers.BooleanField(help_text="Its owners keep it themselves.")
    verification = Code(Verification.Level.choices)
    verified_until = serializers.DateTimeField(allow_null=True)
    last_confirmed_on = serializers.DateField(allow_null=True)
    freshness = serializers.ChoiceField([level.value for level in Freshness])
    published_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
    is_sample = serializers.BooleanField(help_text="Invented for demonstration; no real business.")

    @extend_schema_field(OpenApiTypes.URI)
    def get_page(self, record: dict[str, Any]) -> str:
        """Return the page's address."""
        return str(self.context["request"].build_absolute_uri(path_of(record["slug"])))


class ConceptRow(ReadSerializer):
    """A row of a code list."""

    class Meta:
        model: Any = ServiceType
        fields = ("code", "name", "name_en")


class TechnologyRow(ConceptRow):
    """A technology."""

    class Meta(ConceptRow.Meta):
        model = Technology


class WardRow(ReadSerializer):
    """A ward with its centroid."""

    kecamatan = serializers.SlugRelatedField[Any]("code", read_only=True)

    class Meta:
        model = Kelurahan
        fields = ("code", "name", "kecamatan", "latitude", "longitude", "postal_code")
