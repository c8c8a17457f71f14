"""What the public pages draw: charts, small charts and rows of houses, from the same rows as the numbers."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from malangkraf.drawing.charts import PhaseBand, line_chart, responsive_chart
from malangkraf.drawing.houses import PALETTE, House, row_of_houses
from malangkraf.numbers import format_number, format_percent
from malangkraf.translated import translated
from roadmap import messages
from roadmap.lineage import Lineage
from roadmap.models import Achievement, Indicator, Phase
from roadmap.permissions import public_period
from roadmap.presentation import Series, SeriesRow

# Too few points make no line worth drawing.
FEWEST_POINTS = 2


def indicator_chart(lineage: Lineage, phases: Iterable[Phase], *, on: date) -> SafeString:
    """Return the chart of target and actual under all definitions, "" when there are too few points for a line."""
    series, parts = lineage.own, lineage.chart_parts(on)
    points = [point for part in parts for point in part]
    if len(points) < FEWEST_POINTS or not any(point.actual is not None for point in points):
        return SafeString("")
    first, last = points[0].on, points[-1].on
    bands = [
        PhaseBand(translated(phase, "name"), max(phase.start, first), min(phase.end, last), phase.colour)
        for phase in phases
        if phase.start < last and phase.end > first
    ]
    drawing = responsive_chart(
        parts[-1],
        title=translated(series.indicator, "name"),
        description=f"{series.message} {lineage.sentence(on)}".strip(),
        format_value=_plain_writer(series),
        format_tick=_tick_writer(series),
        phases=bands,
        earlier=parts[:-1],
        break_label=_("Definition changed"),
    )
    return mark_safe(drawing)


def _plain_writer(series: Series) -> Any:
    """Return the formatter of the chart's values: with %, else without the unit, which the caption gives."""
    language, facts = get_language() or "id", series.facts

    def write(value: Decimal) -> str:
        decimals = messages.decimals_of(value, facts.decimals)
        text = format_number(value, language, decimals=decimals)
        return f"{text}%" if facts.is_percent else text

    return write


def _tick_writer(series: Series) -> Any:
    language, sign = get_language() or "id", "%" if series.facts.is_percent else ""
    return lambda value: f"{format_number(value, language)}{sign}"


def sparkline(series: Series, *, on: date) -> SafeString:
    """Return the small chart of a card, "" when there are too few points for a line."""
    points = series.chart_points(on)
    if len([point for point in points if point.actual is not None]) < FEWEST_POINTS:
        return SafeString("")
    drawing = line_chart(
        points,
        title=translated(series.indicator, "name"),
        description=series.message,
        format_value=_plain_writer(series),
        format_tick=_tick_writer(series),
        compact=True,
        identifier=f"k{series.indicator.pk}",
    )
    return mark_safe(drawing)


def kpi_card(series: Series) -> dict[str, Any]:
    """Return what the card of an indicator shows."""
    row = series.latest
    return {
        "name": translated(series.indicator, "name"),
        "url": series.url,
        **_number(row, series),
        **_band(row, series),
        "spark": sparkline(series, on=timezone.localdate()),
        "sentence": series.message,
        "explain_url": row.explain_url if row else "",
    }


def _number(row: SeriesRow | None, series: Series) -> dict[str, str]:
    """Return the big number and the note with unit, period and target."""
    if row is None or row.actual is None:
        return {"value": "", "note": ""}
    value = _plain_writer(series)(row.actual)
    if series.facts.value_type == "yes_no":
        value = row.actual_text
    words = {"period": row.label, "target": row.target_text, "unit": series.facts.unit}
    if series.facts.is_percent or series.facts.value_type == "yes_no":
        note = _("%(period)s, target %(target)s") if row.current else _("%(period)s, no target")
    else:
        note = (
            _("%(unit)s, %(period)s, target %(target)s")
            if row.current
            else _("%(unit)s, %(period)s, no target")
        )
    return {"value": value, "note": note % words}


def _band(row: SeriesRow | None, series: Series) -> dict[str, str]:
    """Return the badge: the band, that sources disagree, or why there is no percentage."""
    if row is None:
        return {"band_code": "", "band_text": "", "tone": ""}
    if row.band:
        return {"band_code": row.band, "band_text": f"{row.verdict} · {row.percent_text}", "tone": ""}
    if row.percent is not None:
        return {"band_code": "", "band_text": f"{row.percent_text} · {row.verdict}", "tone": ""}
    if series.is_disputed:
        return {"band_code": "", "band_text": _("Sources disagree"), "tone": "warn"}
    # The note says already that there is no target.
    return {"band_code": "", "band_text": row.verdict if row.current else "", "tone": ""}


def houses_of_indicators(
    indicators: Sequence[Indicator], *, width: int = 680, height: int = 250
) -> SafeString:
    """Return one house per indicator by its newest capped achievement, an empty plot without one; one query."""
    if not indicators:
        return SafeString("")
    newest = (
        Achievement.objects.filter(
            public_period(),
            indicator__in=indicators,
            basis=Achievement.Basis.CURRENT,
            percent__isnull=False,
        )
        .order_by("indicator_id", "-period__end", "-period__start")
        .distinct("indicator_id")
    )
    achievements = {row.indicator_id: row for row in newest}
    return houses(achievements, indicators, width=width, height=height)


def houses(
    achievements: dict[int, Achievement],
    indicators: Sequence[Indicator],
    *,
    width: int = 680,
    height: int = 330,
) -> SafeString:
    """Return one linked house per indicator, its height the capped achievement, an empty plot where it has none."""
    language = get_language() or "id"
    drawn = []
    for place, indicator in enumerate(indicators):
        row = achievements.get(indicator.pk)
        capped = row.capped if row else None
        drawn.append(
            House(
                label=translated(indicator, "name"),
                height=None if capped is None else float(capped) / 100,
                colour=PALETTE[place % len(PALETTE)],
                href=reverse("roadmap:indicator_detail", args=[indicator.slug]),
                value=format_percent(row.percent, language) if row else "",
            )
        )
    title = _(
        "One house per indicator: the taller, the nearer to its target; an empty plot has no percentage yet"
    )
    missing = _("no percentage yet")
    drawing = row_of_houses(drawn, title=title, width=width, height=height, missing=missing, scenery=False)
    return mark_safe(drawing)
