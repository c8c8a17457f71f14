"""What the roadmap's own rows can tell."""

from datetime import datetime, time

from django.utils.translation import gettext_lazy as _

from roadmap.automatic.registry import SOURCES, Counted, Source, count_rows
from roadmap.models import Action, Indicator, Measurement, ProgressUpdate
from roadmap.periods import WIB, PeriodSpan, ends_at

COUNT = frozenset({Indicator.ValueType.COUNT.value})
AT_THE_END = frozenset({Indicator.EntryMeaning.SNAPSHOT.value})
WITHIN = frozenset({Indicator.EntryMeaning.INCREMENT.value})


def actions_done(span: PeriodSpan) -> Counted:
    """Return the published actions that were done by the period's last day; one without an end day is left out."""
    return count_rows(Action.objects.published().filter(state=Action.State.DONE, actual_end__lte=span.end))


def progress_reported(span: PeriodSpan) -> Counted:
    """Return the published progress updates of published actions whose day lies in the period."""
    updates = ProgressUpdate.objects.published().filter(as_of__gte=span.start, as_of__lte=span.end)
    return count_rows(updates.filter(action__in=Action.objects.published()))


def values_verified(span: PeriodSpan) -> Counted:
    """Return the values of public indicators that a second person verified in the period, by the clock of Malang."""
    begins_at = datetime.combine(span.start, time.min, tzinfo=WIB)
    checked = Measurement.objects.public().exclude(
        # Nobody checked these: the first were published elsewhere, the second counted.
        provenance__in=[Measurement.Provenance.HISTORICAL, Measurement.Provenance.AUTOMATIC]
    )
    return count_rows(checked.filter(verified_at__gte=begins_at, verified_at__lt=ends_at(span)))


SOURCES.add(
    Source(
        name="actions-done",
        label=_("Actions of the roadmap that are done, with a known end day"),
        unit=_("actions"),
        value_types=COUNT,
        entry_meanings=AT_THE_END,
        count=actions_done,
    )
)
SOURCES.add(
    Source(
        name="progress-updates",
        label=_("Progress updates on actions of the roadmap"),
        unit=_("progress updates"),
        value_types=COUNT,
        entry_meanings=WITHIN,
        count=progress_reported,
    )
)
SOURCES.add(
    Source(
        name="values-verified",
        label=_("KPI values verified by a second person"),
        unit=_("values"),
        value_types=COUNT,
        entry_meanings=WITHIN,
        count=values_verified,
    )
)
