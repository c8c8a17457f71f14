"""The parts of a snapshot: one plain dict per indicator, action, milestone, roll-up."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from malangkraf.translated import translated
from roadmap import rules
from roadmap.figures import Figure, Point
from roadmap.messages import IndicatorFacts, MessagePoint, indicator_message, is_growth
from roadmap.models import (
    Action,
    Indicator,
    Measurement,
    Period,
    Phase,
    Programme,
    ProgressUpdate,
    RatingScale,
    ReportRun,
)
from roadmap.periods import period_label
from roadmap.reporting.titles import title_of

if TYPE_CHECKING:
    from roadmap.reporting.snapshot import _Builder

Text = dict[str, str]
LANGUAGES = ("id", "en")
BUILDING_PROGRAMMES = ("malang-creative-center", "coworking-lima-kecamatan")


def pair(row: Model, field: str) -> Text:
    """Return a field in both languages; English falls back to Indonesian."""
    return {language: translated(row, field, language) for language in LANGUAGES}


def period_pair(period: Period) -> Text:
    """Return the period's label in both languages; no query when its phase is loaded."""
    return {
        language: period_label(
            period.kind,
            period.start,
            period.end,
            language,
            name=translated(period.phase, "name", language) if period.phase else None,
        )
        for language in LANGUAGES
    }


def titles(period: Period) -> Text:
    """Return the report's title in both languages."""
    return {language: title_of(period, language) for language in LANGUAGES}


def period_entry(period: Period) -> dict[str, Any]:
    """Return a period."""
    return {
        "code": period.code,
        "kind": period.kind,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "label": period_pair(period),
    }


def report_reference(run: ReportRun) -> dict[str, Any]:
    """Return what names another report."""
    return {
        "slug": run.report.slug,
        "title": titles(run.report.period),
        "number": run.number,
        "sha256": run.sha256,
    }


def phase_entry(phase: Phase) -> dict[str, Any]:
    """Return a phase's name and colour."""
    return {"slug": phase.slug, "name": pair(phase, "name"), "colour": phase.colour}


def phase_span_entry(phase: Phase) -> dict[str, Any]:
    """Return a phase with its first and last day."""
    return phase_entry(phase) | {"start": phase.start.isoformat(), "end": phase.end.isoformat()}


def number(value: Decimal | None) -> str | None:
    """Return a number as plain text without needless zeros; None stays None and 0 stays "0"."""
    if value is None:
        return None
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


def belongs(item: Indicator, *, phase: Phase | None = None, programme: Programme | None = None) -> bool:
    """Return whether an indicator counts for a phase or programme; no query when `links` is prefetched."""
    return weight_of(item, phase=phase, programme=programme) is not None and (phase or programme) is not None


def weight_of(item: Indicator, *, phase: Phase | None, programme: Programme | None) -> Decimal | None:
    """Return the weight in a phase or programme, 1 where neither is asked for, None without a link."""
    if phase is None and programme is None:
        return Decimal(1)
    for link in item.links.all():
        if (phase and link.phase_id == phase.pk) or (programme and link.programme_id == programme.pk):
            return link.weight
    return None


def indicator_entry(item: Indicator, figure: Figure, builder: "_Builder") -> dict[str, Any]:
    """Return all that the report says of one indicator."""
    points = builder.points[item.pk]
    before = _before(item, figure, builder)
    links = list(item.links.all())
    return {
        "code": item.code,
        "slug": item.slug,
        "name": pair(item, "name"),
        "unit": pair(item, "unit"),
        "decimals": item.decimals,
        "direction": item.direction,
        "headline": item.is_headline,
        "value_type": item.value_type,
        "phases": sorted({link.phase.slug for link in links if link.phase and link.phase.is_published}),
        "programmes": sorted({link.programme.slug for link in links if link.programme}),
        "baseline": _baseline(item),
        "target": _target(figure),
        "actual": _actual(figure, builder.period),
        "missing_reason": missing_reason(figure),
        "achievement": _achievement(figure, builder.scale_row),
        "trend": _trend(item, before, figure),
        "series": _series(item, points),
        "earlier": [_other_definition(one, builder) for one in builder.drawn_before(item)],
        "later": [_other_definition(one, builder) for one in builder.drawn_after(item)],
        "message": _message(item, points),
        "narrative": _narrative(figure.measurement),
        "comparison": _comparison(item, before, figure, builder),
    }


def _baseline(item: Indicator) -> dict[str, Any] | None:
    if item.baseline_value is None:
        return None
    label = period_pair(item.baseline_period) if item.baseline_period else {"id": "", "en": ""}
    return {"value": number(item.baseline_value), "label": label, "source_url": item.baseline_source_url}


def _target(figure: Figure) -> dict[str, Any] | None:
    target, original = figure.target, figure.original_target or figure.target
    if target is None or original is None:
        return None
    row, full = figure.target_row, figure.full_target
    revision = row.target_revision if row else None
    return {
        "value": number(target.value),
        "low": number(target.low),
        "high": number(target.high),
        "original": number(original.value),
        # A target put together from those of shorter periods has no version of its own.
        "version": revision.number if revision else None,
        "full": number(full.value) if full else None,
        "label": period_pair(row.period) if row else None,
        "source_url": revision.source_url if revision else "",
    }


def _actual(figure: Figure, period: Period) -> dict[str, Any] | None:
    if figure.actual is None:
        return None
    measurement = figure.measurement
    if measurement is None or figure.row is None:
        return _actual_of_parts(figure, period)
    return {
        "value": number(figure.actual),
        "label": period_pair(figure.row.period),
        "as_of": measurement.as_of.isoformat() if measurement.as_of else None,
        "provisional": measurement.is_provisional,
        "historical": measurement.provenance == Measurement.Provenance.HISTORICAL,
        "counted": measurement.provenance == Measurement.Provenance.AUTOMATIC,
        "carried": measurement.period_id != figure.row.period_id,
        "source_url": measurement.source_url,
        "note": pair(measurement, "note") if measurement.note else None,
        "disputed": measurement.is_disputed,
    }


def _actual_of_parts(figure: Figure, period: Period) -> dict[str, Any]:
    """Return a figure put together from shorter periods, with the sources of all of them."""
    parts = figure.parts
    urls = list(dict.fromkeys(part.source_url for part in parts if part.source_url))
    return {
        "value": number(figure.actual), "label": period_pair(period), "as_of": None, "carried": False, "note": None,
        "provisional": any(part.is_provisional for part in parts),
        "historical": all(part.provenance == Measurement.Provenance.HISTORICAL for part in parts),
        "counted": all(part.provenance == Measurement.Provenance.AUTOMATIC for part in parts),
        "disputed": any(part.is_disputed for part in parts),
        "source_url": urls[0] if urls else "",
        "more_sources": urls[1:],
    }  # fmt: skip


def missing_reason(figure: Figure) -> Text | None:
    """Return the reason given for a missing value, None when there is a value or no reason."""
    measurement = figure.measurement
    if figure.actual is not None or measurement is None or not measurement.missing_reason:
        return None
    return {language: measurement.missing_reason for language in LANGUAGES}


def _achievement(figure: Figure, scale: RatingScale | None) -> dict[str, Any]:
    result = figure.achievement
    return {
        "raw": number(result.raw),
        "percent": percent_text(result.percent),
        "capped": percent_text(result.capped),
        "original_percent": percent_text(figure.original.percent) if figure.original else None,
        "band": _band(result.band, scale),
        "reason": str(result.reason) if result.reason else None,
    }


def percent_text(value: Decimal | None) -> str | None:
    """Return a percentage with its two decimals as plain text."""
    return None if value is None else format(value, ".2f")


def _band(code: str | None, scale: RatingScale | None) -> dict[str, Any] | None:
    if not code:
        return None
    band = next((band for band in scale.bands.all() if band.code == code), None) if scale else None
    return {"code": code, "label": pair(band, "label") if band else {"id": code, "en": code}}


def _other_definition(definition: Indicator, builder: "_Builder") -> dict[str, Any]:
    """Return the series of an older or newer definition, for the chart."""
    points = builder.points[definition.pk]
    return {
        "code": definition.code,
        "name": pair(definition, "name"),
        "series": _series(definition, points),
    }


def drawn_points(item: Indicator, points: Sequence[Point]) -> list[Point]:
    """Return the points that one line may join: 2,000 in eight months and 770 in one are no fall."""
    newest = next((point for point in reversed(points) if point.value is not None), None)
    if newest is None or item.entry_meaning == Indicator.EntryMeaning.SNAPSHOT:
        return list(points)
    return [point for point in points if point.period.kind == newest.period.kind]


def _series(item: Indicator, points: Sequence[Point]) -> list[dict[str, Any]]:
    """Return every point of a series, and whether it belongs to the line of the chart."""
    drawn = {point.period.pk for point in drawn_points(item, points)}
    return [_point(point) | {"drawn": point.period.pk in drawn} for point in points]


def _point(point: Point) -> dict[str, Any]:
    period = point.period
    return {
        "code": period.code,
        "label": period_pair(period),
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "target": number(point.target.value) if point.target else None,
        "actual": number(point.value),
        "percent": percent_text(point.percent),
    }


def _message(item: Indicator, points: Sequence[Point]) -> Text:
    told = [
        MessagePoint(
            kind=point.period.kind,
            start=point.period.start,
            end=point.period.end,
            actual=point.value,
            target=point.target,
        )
        for point in drawn_points(item, points)
    ]
    return {language: indicator_message(told, _facts(item, language), language) for language in LANGUAGES}


def _facts(item: Indicator, language: str) -> IndicatorFacts:
    return IndicatorFacts(
        unit=translated(item, "unit", language),
        value_type=item.value_type,
        direction=item.direction,
        decimals=item.decimals,
        is_growth=is_growth(item.name, item.value_type),
    )


def _before(item: Indicator, figure: Figure, builder: "_Builder") -> Point | None:
    """Return the figure before this one, for the trend and the comparison with earlier years.

    Only like is compared with like: periods of one kind, unless the values are states on a day; a figure put
    together from shorter periods with one stated for, or put together from, the stretch before. Never a partial one.
    """
    if figure.actual is None or figure.missing:
        return None
    period = figure.row.period if figure.row else builder.period
    is_state = bool(figure.row) and item.entry_meaning == Indicator.EntryMeaning.SNAPSHOT
    is_span = period.kind == Period.Kind.SPAN
    known = [
        point
        for point in builder.points[item.pk]
        if point.value is not None
        and point.period.end < period.end
        and (is_state or point.period.kind == period.kind and not is_span)
    ]
    found = known[-1] if known else None
    return found or (None if figure.row else builder.combined_before(item))


def _trend(item: Indicator, before: Point | None, figure: Figure) -> str:
    if before is None or figure.actual is None:
        return "none"
    return str(rules.trend(before.value, figure.actual, item.direction).movement)


def _narrative(measurement: Measurement | None) -> dict[str, Text] | None:
    if measurement is None:
        return None
    fields = ("supporting", "obstacles", "follow_up")
    if not any(getattr(measurement, field) for field in fields):
        return None
    return {field: pair(measurement, field) for field in fields}


def _comparison(item: Indicator, before: Point | None, figure: Figure, builder: "_Builder") -> dict[str, Any]:
    """Return the LKjIP comparisons: the value before, and the target at the end of the phase."""
    points = builder.points[item.pk]
    last = builder.later_targets.get(item.pk) or next(
        (point for point in reversed(points) if point.target and point.period.end <= builder.horizon), None
    )
    medium_term = None
    if last and last.target:
        against = rules.achieve(
            figure.actual,
            last.target,
            direction=item.direction,
            method=item.method,
            baseline=item.baseline_value,
            scale=builder.scale,
        )
        medium_term = {
            "label": period_pair(last.period),
            "target": number(last.target.value),
            "percent": percent_text(against.percent),
        }
    previous = None
    if before:
        previous = {
            "label": period_pair(before.period),
            "actual": number(before.value),
            "percent": percent_text(before.percent),
        }
    return {"previous": previous, "medium_term": medium_term, "standard": None}


def action_entry(action: Action) -> dict[str, Any]:
    """Return an action with its published updates up to the period's end."""
    return {
        "title": pair(action, "title"),
        "state": action.state,
        "planned": [_day(action.planned_start), _day(action.planned_end)],
        "actual": [_day(action.actual_start), _day(action.actual_end)],
        "reason": pair(action, "reason") if action.reason else None,
        "lead": pair(action.lead_organization, "name"),
        "updates": [
            {
                "as_of": update.as_of.isoformat(),
                "text": pair(update, "text"),
                "percent": number(update.percent),
                "source_url": update.source_url,
            }
            for update in action.updates.all()
        ],
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def milestone_entry(update: ProgressUpdate) -> dict[str, Any]:
    """Return a dated step of a building."""
    return {
        "as_of": update.as_of.isoformat(),
        "title": pair(update, "text"),
        "target": number(update.planned_percent),
        "actual": number(update.percent),
        "source_url": update.source_url,
    }
