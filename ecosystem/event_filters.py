"""What the agenda is narrowed by: the same parameters on page, feeds and API."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecosystem.models import AgendaEvent, Facility, Subsector
from malangkraf.filters import TranslatedChoiceFilter

PARAMETERS = ("fasilitas", "subsektor", "jenis", "bulan", "waktu")
PAST = "lalu"
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


class MonthField(forms.CharField):
    """A month as 2026-12."""

    def clean(self, value: Any) -> Any:
        """Return the first day of the month, None for none."""
        typed = super().clean(value)
        if not typed:
            return None
        if not (found := _MONTH.fullmatch(typed)):
            raise ValidationError(_("Type a month as 2026-12."), code="invalid")
        return date(int(found[1]), int(found[2]), 1)


class MonthFilter(django_filters.CharFilter):
    """Filter by a month."""

    field_class = MonthField


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


class EventFilter(django_filters.FilterSet):
    """Which public events: those not over yet, those that are (`waktu=lalu`), or all of a month (`bulan`).

    `now` is the clock unless given.
    """

    fasilitas = TranslatedChoiceFilter(
        label=_("Facility"),
        queryset=lambda _request: Facility.objects.all(),
        to_field_name="slug",
        field_name="facility",
        empty_label=_("All facilities"),
    )
    subsektor = TranslatedChoiceFilter(
        label=_("Subsector"),
        queryset=lambda _request: Subsector.objects.all(),
        to_field_name="code",
        field_name="subsector",
        empty_label=_("All subsectors"),
    )
    jenis = django_filters.ChoiceFilter(
        label=_("Kind"), field_name="kind", choices=AgendaEvent.Kind.choices, empty_label=_("All kinds")
    )
    bulan = MonthFilter(
        label=_("Month"),
        method="filter_month",
        widget=forms.TextInput(attrs={"type": "month", "pattern": r"20\d\d-(0[1-9]|1[0-2])"}),
    )
    waktu = django_filters.ChoiceFilter(
        label=_("Time"),
        method="filter_time",
        choices=[(PAST, _("Past events"))],
        empty_label=_("Events to come"),
    )

    class Meta:
        model = AgendaEvent
        fields: tuple[str, ...] = ()

    def __init__(
        self,
        data: Any = None,
        queryset: QuerySet[AgendaEvent] | None = None,
        *,
        now: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        rows = AgendaEvent.objects.public() if queryset is None else queryset
        super().__init__({} if data is None else data, rows, **kwargs)
        self.now = now or timezone.now()

    @property
    def values(self) -> Mapping[str, Any]:
        """Return the values that can be understood."""
        self.form.is_valid()
        understood: Mapping[str, Any] = self.form.cleaned_data
        return understood

    @property
    def is_past(self) -> bool:
        """Return whether what is over is asked for."""
        return bool(self.values.get("waktu") == PAST)

    def filter_month(self, rows: QuerySet[AgendaEvent], _name: str, first: date) -> QuerySet[AgendaEvent]:
        """Keep what takes place in the month, if only a part of it."""
        zone = timezone.get_default_timezone()
        start = datetime.combine(first, time(0), tzinfo=zone)
        end = datetime.combine(next_month(first), time(0), tzinfo=zone)
        return rows.filter(starts_at__lt=end, ends_at__gt=start)

    def filter_time(self, rows: QuerySet[AgendaEvent], _name: str, _value: str) -> QuerySet[AgendaEvent]:
        """Leave all to filter_queryset: what is not over is the rule, not a choice."""
        return rows

    def filter_queryset(self, queryset: QuerySet[AgendaEvent]) -> QuerySet[AgendaEvent]:
        """Return the chosen events, the nearest first."""
        rows: QuerySet[AgendaEvent] = super().filter_queryset(queryset)
        if self.is_past:
            rows = rows.filter(ends_at__lte=self.now).order_by("-starts_at", "-pk")
        elif not self.values.get("bulan"):
            rows = rows.filter(ends_at__gt=self.now)
        return rows.select_related("facility__kecamatan", "space", "subsector")
