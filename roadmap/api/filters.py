"""Filters that only the API has; those of indicators and actions are shared with the pages (roadmap.filters)."""

import django_filters
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Organization, Subsector
from malangkraf.filters import TranslatedChoiceFilter
from roadmap.models import Phase, Programme, Report
from roadmap.services.reports import REPORT_KINDS


class ProgrammeFilter(django_filters.FilterSet):
    """Which programmes."""

    phase = TranslatedChoiceFilter(
        label=_("Phase"),
        queryset=lambda _request: Phase.objects.published(),
        to_field_name="slug",
        field_name="phases",
    )
    subsector = TranslatedChoiceFilter(
        label=_("Subsector"),
        queryset=lambda _request: Subsector.objects.all(),
        to_field_name="code",
        field_name="subsectors",
    )

    class Meta:
        model = Programme
        fields: tuple[str, ...] = ()


class ReportFilter(django_filters.FilterSet):
    """Which reports."""

    kind = django_filters.ChoiceFilter(
        label=_("Kind of period"),
        field_name="period__kind",
        choices=[(kind.value, kind.label) for kind in REPORT_KINDS],
    )

    class Meta:
        model = Report
        fields: tuple[str, ...] = ()


class OrganizationFilter(django_filters.FilterSet):
    """Which organizations."""

    kind = django_filters.ChoiceFilter(label=_("Kind of organization"), choices=Organization.Kind.choices)

    class Meta:
        model = Organization
        fields: tuple[str, ...] = ()
