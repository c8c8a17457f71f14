"""What the facilities' bookings can tell; sample bookings, sample rooms and sample opening hours are never counted.

A date counts in the period in which it begins. It was used unless it was marked as missed (services.utilization says
it in full). Hours are space hours: a room counts once an hour, a desk its
share of the desk area, a floor once for each of its rooms.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ecosystem.models import Facility, Occurrence
from ecosystem.rules.hours import day_span
from ecosystem.services import utilization
from ecosystem.services.utilization import USED
from roadmap.automatic.registry import SOURCES, Counted, RowReference, Source, count_rows
from roadmap.automatic.sources import AT_THE_END, COUNT, WITHIN
from roadmap.models import Indicator
from roadmap.periods import PeriodSpan

RATIO = frozenset({Indicator.ValueType.RATIO.value})
REAL = Q(space__is_sample=False)
IN_USE = (Facility.Stage.TRIAL, Facility.Stage.OPEN)


def hours_booked(span: PeriodSpan) -> Counted:
    """Return the space hours of the dates that were granted."""
    return _hours(span, Q())


def hours_used(span: PeriodSpan) -> Counted:
    """Return the space hours of the dates that were used."""
    return _hours(span, USED)


def visitors(span: PeriodSpan) -> Counted:
    """Return the people whom the used dates announced; who came twice counts twice."""
    rows = utilization.dates_of(None, day_span(span.start, span.end)).filter(USED, REAL).order_by("pk")
    found = list(rows.values_list("pk", "booking__attendees"))
    return Counted(Decimal(sum(people for _pk, people in found)), _references(pk for pk, _people in found))


def facilities_open(span: PeriodSpan) -> Counted:
    """Return the facilities in use whose first day is known and lies before the period's end."""
    return count_rows(Facility.objects.filter(stage__in=IN_USE, opens_on__lte=span.end))


def utilization_rate(span: PeriodSpan) -> Counted:
    """Return the used hours in percent of the open ones, of the facilities whose opening hours are published.

    Without any open hours the ratio has no value, and the indicator says why.
    """
    facilities = list(Facility.objects.filter(stage__in=IN_USE))
    places = utilization.Places(facilities)
    times = utilization.OpenTime(places, facilities, span.start, span.end, real_only=True)
    open_by_facility = {facility.pk: Fraction(0) for facility in facilities}
    for leaf, unit in places.bookable.items():
        seconds = sum(int((end - start).total_seconds()) for start, end in times.of(leaf))
        hours = Fraction(seconds, 3600) / len(places.leaves[unit])
        open_by_facility[places.spaces[leaf].facility_id] += hours
    known = [facility for facility in facilities if open_by_facility[facility.pk]]
    used = _hours(span, USED & Q(space__facility__in=known))
    denominator = _decimal(sum(open_by_facility.values(), Fraction(0)))
    value = used.value * 100 / denominator if denominator else Decimal(0)
    return Counted(
        value.quantize(Decimal("0.000001")), used.rows, numerator=used.value, denominator=denominator
    )


def _hours(span: PeriodSpan, which: Q) -> Counted:
    rows = utilization.dates_of(None, day_span(span.start, span.end)).filter(which, REAL)
    found = rows.order_by("pk").values_list(
        "pk", "space", "space__facility", "booking__seats", "starts_at", "ends_at"
    )
    dates = list(found)
    places = utilization.Places(list(Facility.objects.filter(pk__in={row[2] for row in dates})))
    total = Fraction(0)
    for _pk, space, _facility, seats, starts_at, ends_at in dates:
        parts = places.weights(space, seats).items()
        weight = sum((part for unit, part in parts if not places.spaces[unit].is_sample), Fraction(0))
        total += Fraction(int((ends_at - starts_at).total_seconds()), 3600) * weight
    return Counted(_decimal(total), _references(row[0] for row in dates))


def _references(keys: Iterable[int]) -> tuple[RowReference, ...]:
    return tuple((Occurrence._meta.label_lower, key) for key in keys)


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"))


SOURCES.add(
    Source(
        name="facility-hours-booked",
        label=_("Hours booked in the city's creative facilities"),
        unit=_("hours"),
        value_types=COUNT,
        entry_meanings=WITHIN,
        count=hours_booked,
    )
)
SOURCES.add(
    Source(
        name="facility-hours-used",
        label=_("Hours used in the city's creative facilities"),
        unit=_("hours"),
        value_types=COUNT,
        entry_meanings=WITHIN,
        count=hours_used,
    )
)
SOURCES.add(
    Source(
        name="facility-visitors",
        label=_("People at used bookings of the city's creative facilities"),
        unit=_("people"),
        value_types=COUNT,
        entry_meanings=WITHIN,
        count=visitors,
    )
)
SOURCES.add(
    Source(
        name="facility-utilization",
        label=_("Used hours in percent of the published opening hours of the facilities"),
        unit=_("percent"),
        value_types=RATIO,
        entry_meanings=WITHIN,
        count=utilization_rate,
    )
)
SOURCES.add(
    Source(
        name="facilities-open",
        label=_("Creative facilities of the city in use, with a known first day"),
        unit=_("facilities"),
        value_types=COUNT,
        entry_meanings=AT_THE_END,
        count=facilities_open,
    )
)
