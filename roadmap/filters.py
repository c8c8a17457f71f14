"""What lists of indicators and actions can be narrowed by: the same on pages, exports and API."""

from typing import cast

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Organization, Subsector
from malangkraf.filters import TranslatedChoiceFilter
from roadmap import rules
from roadmap.models import Achievement, Action, Indicator, IndicatorLink, Phase, Programme
from roadmap.permissions import public_period

LONGEST_SEARCH = 100


def _phases(_request: object) -> QuerySet[Phase]:
    return cast("QuerySet[Phase]", Phase.objects.published())


def _programmes(_request: object) -> QuerySet[Programme]:
    return cast("QuerySet[Programme]", Programme.objects.published())


class IndicatorFilter(django_filters.FilterSet):
    """Which indicators; give it a queryset of what the reader may see."""

    q = django_filters.CharFilter(
        label=_("Search"), method="filter_text", max_length=LONGEST_SEARCH, widget=forms.TextInput
    )
    phase = TranslatedChoiceFilter(
        label=_("Phase"),
        queryset=_phases,
        to_field_name="slug",
        method="filter_phase",
        empty_label=_("All phases"),
    )
    programme = TranslatedChoiceFilter(
        label=_("Programme"),
        queryset=_programmes,
        to_field_name="slug",
        method="filter_programme",
        label_field="title",
        empty_label=_("All programmes"),
    )
    subsector = TranslatedChoiceFilter(
        label=_("Subsector"),
        queryset=lambda _request: Subsector.objects.all(),
        to_field_name="code",
        field_name="subsectors",
        empty_label=_("All subsectors"),
    )
    direction = django_filters.ChoiceFilter(
        label=_("Direction"), choices=Indicator.Direction.choices, empty_label=_("All directions")
    )
    band = django_filters.ChoiceFilter(
        label=_("Achievement"),
        choices=[(code, _(label)) for code, label in rules.BAND_LABELS.items()],
        method="filter_band",
        empty_label=_("All achievements"),
    )
    headline = django_filters.BooleanFilter(
        label=_("Importance"),
        field_name="is_headline",
        widget=forms.Select(
            choices=[
                ("", _("All indicators")),
                ("true", _("Headline indicators")),
                ("false", _("Other indicators")),
            ]
        ),
    )

    class Meta:
        model = Indicator
        fields: tuple[str, ...] = ()

    def filter_text(self, queryset: QuerySet[Indicator], _name: str, value: str) -> QuerySet[Indicator]:
        """Return the indicators with each of the words in their names, definition or code."""
        for word in value.split():
            queryset = queryset.filter(
                Q(name__icontains=word)
                | Q(name_en__icontains=word)
                | Q(definition__icontains=word)
                | Q(definition_en__icontains=word)
                | Q(code__iexact=word)
            )
        return queryset

    def filter_phase(self, queryset: QuerySet[Indicator], _name: str, value: Phase) -> QuerySet[Indicator]:
        """Return the indicators that count for the phase."""
        return queryset.filter(Exists(IndicatorLink.objects.filter(indicator=OuterRef("pk"), phase=value)))

    def filter_programme(
        self, queryset: QuerySet[Indicator], _name: str, value: Programme
    ) -> QuerySet[Indicator]:
        """Return the indicators that count for the programme or one of its actions."""
        links = IndicatorLink.objects.filter(
            Q(programme=value) | Q(action__programme=value), indicator=OuterRef("pk")
        )
        return queryset.filter(Exists(links))

    def filter_band(self, queryset: QuerySet[Indicator], _name: str, value: str) -> QuerySet[Indicator]:
        """Return the indicators whose newest percentage lies in the band."""
        newest = (
            Achievement.objects.filter(
                public_period(),
                indicator=OuterRef("pk"),
                basis=Achievement.Basis.CURRENT,
                percent__isnull=False,
            )
            .order_by("-period__end", "-period__start")
            .values("band")[:1]
        )
        return queryset.alias(newest_band=newest).filter(newest_band=value)


class ActionFilter(django_filters.FilterSet):
    """Which actions; give it a queryset of what the reader may see."""

    q = django_filters.CharFilter(label=_("Search"), method="filter_text", max_length=LONGEST_SEARCH)
    phase = TranslatedChoiceFilter(label=_("Phase"), queryset=_phases, to_field_name="slug")
    programme = TranslatedChoiceFilter(
        label=_("Programme"), queryset=_programmes, to_field_name="slug", label_field="title"
    )
    organization = TranslatedChoiceFilter(
        label=_("Organization"),
        queryset=lambda _request: Organization.objects.all(),
        to_field_name="slug",
        field_name="lead_organization",
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=Action.State.choices)

    class Meta:
        model = Action
        fields: tuple[str, ...] = ()

    def filter_text(self, queryset: QuerySet[Action], _name: str, value: str) -> QuerySet[Action]:
        """Return the actions with each of the words in their title, promise or outcome."""
        for word in value.split():
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(title_en__icontains=word)
                | Q(promise__icontains=word)
                | Q(outcome__icontains=word)
            )
        return queryset
