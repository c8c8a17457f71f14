"""What the directory is filtered and sorted by: the same parameters on page, exports and API."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from startups import code_lists, text_search
from startups.models import SearchEntry, Startup
from startups.rules.freshness import DORMANT_AFTER, DUE_AFTER, STALE_AFTER, Freshness
from startups.services.listing import CHECKED

LONGEST_SEARCH = 100
# Parameters whose values stand in SearchEntry.codes.
CODED = ("jenis", "subsektor", "layanan", "kecamatan", "kelurahan", "tahap", "tim", "terbuka")
FACETS = (*CODED, "terverifikasi", "kesegaran")
PARAMETERS = ("q", *FACETS, "urut")
FRESHNESS_LABELS = {
    Freshness.FRESH: _("Confirmed in the last 6 months"),
    Freshness.DUE: _("Confirmed in the last year"),
    Freshness.STALE: _("Not confirmed for more than a year"),
    Freshness.DORMANT: _("Dormant"),
}
YES = "ya"
# Days since the confirmation: (from, before).
_DAYS = {
    Freshness.FRESH: (None, DUE_AFTER),
    Freshness.DUE: (DUE_AFTER, STALE_AFTER),
    Freshness.STALE: (STALE_AFTER, DORMANT_AFTER),
    Freshness.DORMANT: (DORMANT_AFTER, None),
}
ORDERS = {
    "relevansi": _("Best match"),
    "tersegar": _("Confirmed most recently"),
    "nama": _("Name"),
    "terbaru": _("Newest entries"),
}
_COLUMNS = {
    "tersegar": ("-last_confirmed_on", "pk"),
    "nama": ("plain_name", "pk"),
    "terbaru": ("-published_at", "pk"),
}


class SeveralFilter(django_filters.MultipleChoiceFilter):
    """One of several codes; the parameter may be repeated."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(**kwargs)


@extend_schema_field(OpenApiTypes.STR)
class ListedFilter(SeveralFilter):
    """One of several codes of a list in the database, which StartupFilter reads."""


class StartupFilter(django_filters.FilterSet):
    """Which entries of the public directory, in which order; without "kesegaran" all but the dormant ones.

    `on` is the day for freshness, today in Asia/Jakarta unless given. Reads the code lists: one query, two more for
    words.
    """

    q = django_filters.CharFilter(label=_("Search"), max_length=LONGEST_SEARCH)
    jenis = SeveralFilter(label=_("Kind"), choices=Startup.Kind.choices)
    subsektor = ListedFilter(label=_("Subsector"))
    layanan = ListedFilter(label=_("Service"))
    kecamatan = ListedFilter(label=_("District"))
    kelurahan = ListedFilter(label=_("Kelurahan"))
    tahap = SeveralFilter(label=_("Stage"), choices=Startup.Stage.choices)
    tim = SeveralFilter(label=_("Team size"), choices=Startup.TeamBand.choices)
    terbuka = SeveralFilter(label=_("Open to"), choices=Startup.OpenTo.choices)
    terverifikasi = SeveralFilter(label=_("Verification"), choices=[(YES, _("Verified"))])
    kesegaran = SeveralFilter(
        label=_("Freshness"), choices=[(level.value, label) for level, label in FRESHNESS_LABELS.items()]
    )
    urut = django_filters.ChoiceFilter(label=_("Order"), choices=list(ORDERS.items()), empty_label=None)

    class Meta:
        model = SearchEntry
        fields: tuple[str, ...] = ()

    def __init__(
        self,
        data: Any = None,
        queryset: QuerySet[SearchEntry] | None = None,
        *,
        on: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            {} if data is None else data,
            SearchEntry.objects.all() if queryset is None else queryset,
            **kwargs,
        )
        self.on = on or timezone.localdate()
        self.now = timezone.now()
        self.lists = code_lists.load()
        for name in ("subsektor", "layanan", "kecamatan", "kelurahan"):
            choices = [(concept.code, concept.label) for concept in self.lists[name].values()]
            self.filters[name].extra["choices"] = choices

    @property
    def values(self) -> Mapping[str, Any]:
        """Return the values that can be understood: {parameter: code, list of codes or text}, "" and [] for none."""
        self.form.is_valid()
        understood: Mapping[str, Any] = self.form.cleaned_data
        return understood

    @cached_property
    def text(self) -> text_search.TextMatch | None:
        """Return how the typed words choose entries, None without any."""
        typed = self.values.get("q", "")
        return text_search.match(typed, self.lists) if typed else None

    @cached_property
    def conditions(self) -> dict[str, Q]:
        """Return one condition for each parameter in use; "kesegaran" always has one."""
        found = {}
        if self.text:
            found["q"] = self.text.condition
        for name in CODED:
            if codes := self.values.get(name):
                found[name] = Q(codes__overlap=[f"{name}:{code}" for code in codes])
        if self.values.get("terverifikasi"):
            # The code alone does not know of the end, and the end alone has no index.
            found["terverifikasi"] = Q(codes__contains=[CHECKED], verified_until__gt=self.now)
        found["kesegaran"] = self._freshness(self.values.get("kesegaran") or ())
        return found

    @property
    def order(self) -> str:
        """Return the order in use: as chosen, else the best match for words and the freshest without."""
        chosen = str(self.values.get("urut") or "")
        if chosen in _COLUMNS or (chosen and self.text):
            return chosen
        return "relevansi" if self.text else "tersegar"

    def filter_queryset(self, queryset: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
        """Return the chosen entries in the chosen order."""
        return self.ordered(queryset.filter(*self.conditions.values()))

    def ordered(self, queryset: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
        """Return the entries in the order in use; equal ones keep one order on all pages."""
        if self.order == "relevansi" and self.text:
            return self.text.ordered(queryset)
        return queryset.order_by(*_COLUMNS[self.order])

    def _freshness(self, levels: Any) -> Q:
        if not levels:
            return Q(last_confirmed_on__gt=self.on - timedelta(days=DORMANT_AFTER))
        return reduce(or_, (self._days(*_DAYS[Freshness(level)]) for level in levels))

    def _days(self, first: int | None, before: int | None) -> Q:
        condition = Q()
        if first is not None:
            condition &= Q(last_confirmed_on__lte=self.on - timedelta(days=first))
        if before is not None:
            condition &= Q(last_confirmed_on__gt=self.on - timedelta(days=before))
        return condition
