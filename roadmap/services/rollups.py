"""Roll-ups of a phase, a programme or the whole roadmap, from the same figures that reports take."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from roadmap import rules
from roadmap.figures import Figure, figure_in, rollup_item
from roadmap.models import Achievement, Indicator, IndicatorLink, Phase, Programme, RatingScale
from roadmap.periods import wib_date
from roadmap.services.achievements import scale_of


@dataclass(frozen=True)
class ScopeRollup:
    """A roll-up with what stands behind it, by the code of the indicators that should have a figure there."""

    rollup: rules.Rollup
    figures: dict[str, Figure]
    weights: dict[str, Decimal]


def rollup_for(scope: Phase | Programme | None, *, on: date | None = None) -> rules.Rollup:
    """Return the roll-up of a phase, a programme or, for None, the whole roadmap; see `rollup_details`."""
    return rollup_details(scope, on=on).rollup


def rollup_details(scope: Phase | Programme | None, *, on: date | None = None) -> ScopeRollup:
    """Return the roll-up of a scope from the stored achievements against the current targets; four queries.

    The scope's days are the phase's, a programme's from its first to its last phase, the roadmap's from the first
    phase to the last. Each public indicator linked to the scope counts with its figure in these days (`figure_in`);
    one that is published now and then and has nothing there is not expected. Under 50 % of them: no number.
    """
    weighted = _weighted(scope)
    start, end = _days(scope)
    day = end or on or wib_date(timezone.now())
    _row, scale = scale_of(
        [(one, one.as_scale()) for one in RatingScale.objects.prefetch_related("bands")], day
    )
    figures: dict[str, Figure] = {}
    if start and end:
        rows: dict[int, list[Achievement]] = defaultdict(list)
        found = Achievement.objects.filter(
            indicator__in=[indicator for indicator, _weight in weighted],
            basis=Achievement.Basis.CURRENT,
            period__start__gte=start,
            period__end__lte=end,
        )
        for row in found.select_related("period__phase", "measurement", "target_revision"):
            rows[row.indicator_id].append(row)
        for indicator, _weight in weighted:
            figure = figure_in(indicator, rows[indicator.pk], start, end, scale=scale)
            if figure.expected:
                figures[indicator.code] = figure
    weights = {indicator.code: weight for indicator, weight in weighted}
    items = [rollup_item(code, weights[code], figure) for code, figure in figures.items()]
    return ScopeRollup(rules.roll_up(items, scale=scale), figures, weights)


def _weighted(scope: Phase | Programme | None) -> list[tuple[Indicator, Decimal]]:
    """Return each indicator of the scope once with its weight; in the whole roadmap all weigh the same."""
    links = IndicatorLink.objects.filter(indicator__is_public=True)
    if isinstance(scope, Phase):
        links = links.filter(phase=scope)
    elif isinstance(scope, Programme):
        links = links.filter(programme=scope)
    else:
        links = links.filter(Q(phase__isnull=False) | Q(programme__isnull=False))
    found = {
        link.indicator: link.weight for link in links.select_related("indicator").order_by("indicator__code")
    }
    return [(indicator, weight if scope else Decimal(1)) for indicator, weight in found.items()]


def _days(scope: Phase | Programme | None) -> tuple[date | None, date | None]:
    if isinstance(scope, Phase):
        return scope.start, scope.end
    phases = scope.phases.all() if scope else Phase.objects.published()
    days = [(phase.start, phase.end) for phase in phases]
    return (min(day[0] for day in days), max(day[1] for day in days)) if days else (None, None)
