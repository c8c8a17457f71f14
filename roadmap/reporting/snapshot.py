"""Freezes what a report says: one plain dict (schema malangkraf.report/1) that every format is made from.

Only verified values of public indicators and published rows go in. Decimals are text, days are ISO, texts come in
both languages, so that the same snapshot gives the same files years later.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Prefetch

from roadmap import rules
from roadmap.figures import Figure, Point, figure_in, rollup_item
from roadmap.lineage import linked_definitions, newer_definitions, older_definitions, share_an_axis
from roadmap.models import (
    Achievement,
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
from roadmap.periods import WIB, phase_span, previous_period, span_of
from roadmap.reporting import entries, totals
from roadmap.reporting.changes import earlier_report, series_changes, version_changes
from roadmap.reporting.directory import directory_entry
from roadmap.rules import TargetValue

SCHEMA = "malangkraf.report/1"
SERIES_FIELDS = (
    "indicator_id",
    "period_id",
    "percent",
    "measurement__state",
    "measurement__value",
    "measurement__numerator",
    "measurement__denominator",
    "target_revision__value",
    "target_revision__low",
    "target_revision__high",
)


def build_snapshot(run: ReportRun, *, cut_off: datetime) -> dict[str, Any]:
    """Return the frozen figures of a run; a constant number of queries, all of one moment (repeatable read)."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return _Builder(run, cut_off).build()


class _Builder:
    """Loads everything once and writes the parts of the snapshot."""

    def __init__(self, run: ReportRun, cut_off: datetime) -> None:
        self.run = run
        self.cut_off = cut_off
        self.period: Period = run.report.period
        self.phases = list(Phase.objects.published().select_related("period"))
        self.phase = next(
            (item for item in self.phases if item.start <= self.period.start and item.end >= self.period.end),
            None,
        )
        scale_row = RatingScale.objects.in_force(self.period.end).prefetch_related("bands").first()
        self.scale_row = scale_row
        self.scale = scale_row.as_scale() if scale_row else None
        self.indicators = self._load_indicators()
        # The target at the end of the phase lies beyond the period of most yearly reports.
        self.horizon = max(self.period.end, self.phase.end) if self.phase else self.period.end
        self.before = self._stretch_before()
        self.periods = Period.objects.filter(start__lte=self.horizon).select_related("phase").in_bulk()
        self.rows = self._load_rows()
        self.older, self.newer = self._load_definitions()
        self.points = self._load_points()
        figures = {
            item.pk: figure_in(item, self.rows[item.pk], self.period.start, self.period.end, scale=self.scale)
            for item in self.indicators
        }
        # What is published now and then has nothing to say about a period without a figure or target of it.
        self.indicators = [item for item in self.indicators if figures[item.pk].expected]
        self.figures = {item.pk: figures[item.pk] for item in self.indicators}

    def _load_indicators(self) -> list[Indicator]:
        """Return the public indicators that were alive in the period; in a phase, those that belong to it."""
        indicators = Indicator.objects.public().exclude(valid_to__lt=self.period.start)
        indicators = indicators.exclude(valid_from__gt=self.period.end)
        if self.phase:
            indicators = indicators.filter(links__phase=self.phase)
        return list(
            indicators.distinct()
            .select_related("owner_organization", "baseline_period", "baseline_period__phase")
            .prefetch_related("links__phase", "links__programme")
        )

    def _load_definitions(self) -> tuple[dict[int, list[Indicator]], dict[int, list[Indicator]]]:
        """Return the public definitions that each indicator replaced, and those that replaced it, oldest first."""
        linked = linked_definitions()
        chained = [item for item in self.indicators if item.pk in linked]
        return (
            {item.pk: older_definitions(item, linked) for item in chained},
            {item.pk: newer_definitions(item, linked) for item in chained},
        )

    def drawn_before(self, item: Indicator) -> list[Indicator]:
        """Return the older definitions whose figures stand on one axis with the indicator's, oldest first."""
        return self._on_one_axis(item, reversed(self.older.get(item.pk, [])))[::-1]

    def drawn_after(self, item: Indicator) -> list[Indicator]:
        """Return the newer definitions whose figures stand on one axis with the indicator's, oldest first."""
        return self._on_one_axis(item, self.newer.get(item.pk, []))

    def _on_one_axis(self, item: Indicator, others: Iterable[Indicator]) -> list[Indicator]:
        line = [item]
        for other in others:
            if not share_an_axis(
                line[-1], other, kinds=(self._newest_kind(line[-1]), self._newest_kind(other))
            ):
                break
            line.append(other)
        return line[1:]

    def _newest_kind(self, item: Indicator) -> str | None:
        known = (point.period.kind for point in reversed(self.points[item.pk]) if point.value is not None)
        return next(known, None)

    def _load_rows(self) -> dict[int, list[Achievement]]:
        """Return the achievements inside the report's period and the one before, with all that stands behind them."""
        rows: dict[int, list[Achievement]] = defaultdict(list)
        found = Achievement.objects.filter(
            indicator__in=self.indicators,
            period__start__gte=self.before.start if self.before else self.period.start,
            period__end__lte=self.period.end,
        )
        for row in found.select_related("measurement", "target_revision").order_by("pk"):
            row.period = self.periods[row.period_id]
            rows[row.indicator_id].append(row)
        return rows

    def _stretch_before(self) -> Period | None:
        """Return the period of the report's kind that ended just before it; it may have no row."""
        if self.period.kind == Period.Kind.PHASE:
            earlier = [item for item in self.phases if item.end < self.period.start]
            phase = max(earlier, key=lambda item: item.end, default=None)
            span = phase_span(phase.slug, phase.start, phase.end) if phase else None
        else:
            phase = None
            span = previous_period(span_of(self.period.start, self.period.end))
        if span is None:
            return None
        return Period(code=span.code, kind=span.kind, start=span.start, end=span.end, phase=phase)

    def combined_before(self, item: Indicator) -> Point | None:
        """Return the figure put together for the period before the report's, None when it is not whole."""
        before = self.before
        if before is None:
            return None
        found = figure_in(item, self.rows[item.pk], before.start, before.end, scale=self.scale)
        if found.actual is None or found.row or found.missing:
            return None
        return Point(before, found.actual, found.target, found.achievement.percent)

    def _load_points(self) -> dict[int, list[Point]]:
        """Return the series up to the report's period, in order of time; plain values, for there may be thousands.

        What lies beyond it, up to the end of the phase, leaves only its target, in `later_targets`.
        """
        points: dict[int, list[Point]] = defaultdict(list)
        self.later_targets: dict[int, Point] = {}
        lines = [*self.older.values(), *self.newer.values()]
        others = {definition.pk for line in lines for definition in line}
        found = (
            Achievement.objects.filter(
                indicator__in={item.pk for item in self.indicators} | others,
                basis=Achievement.Basis.CURRENT,
                period__start__lte=self.horizon,
            )
            .order_by("period__end", "-period__start", "pk")
            .values_list(*SERIES_FIELDS)
        )
        for (
            indicator_id,
            period_id,
            percent,
            state,
            value,
            numerator,
            denominator,
            target,
            low,
            high,
        ) in found:
            is_known = state == Measurement.State.VERIFIED
            if is_known and value is None:
                value = rules.ratio_value(numerator, denominator).value
            has_target = target is not None or low is not None
            aim = TargetValue(value=target, low=low, high=high) if has_target else None
            period = self.periods[period_id]
            if period.end <= self.period.end:
                known = value if is_known else None
                points[indicator_id].append(Point(period=period, value=known, target=aim, percent=percent))
            elif aim and period.end <= self.horizon:
                self.later_targets[indicator_id] = Point(period=period, value=None, target=aim, percent=None)
        return points

    def build(self) -> dict[str, Any]:
        """Return the whole snapshot."""
        pairs = [(item, self.figures[item.pk]) for item in self.indicators]
        previous = (
            self.run.report.runs.filter(state=ReportRun.State.PUBLISHED).exclude(pk=self.run.pk).first()
        )
        # A first version has no older self: what is new in it shows against the report of the period before.
        earlier = None if previous else earlier_report(self.run)
        parts = [entries.indicator_entry(item, figure, self) for item, figure in pairs]
        return {
            "schema": SCHEMA,
            "report": self._report(previous, earlier),
            "completeness": totals.completeness(figure for _item, figure in pairs),
            "rollup": self.rollup(pairs, phase=self.phase),
            "indicators": parts,
            "programmes": self._programmes(pairs),
            "phases": self._phases(pairs),
            # Every phase, for the strip above charts whose series reach beyond the report's own.
            "timeline": [entries.phase_span_entry(phase) for phase in self.phases],
            "milestones": self._milestones(),
            "directory": directory_entry(self.cut_off),
            "changes": self._changes(previous, earlier, parts),
            "missing": totals.missing(pairs, self.period),
            "method": totals.method(self.scale_row),
            "sources": totals.sources(parts),
        }

    @staticmethod
    def _changes(
        previous: ReportRun | None, earlier: ReportRun | None, parts: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        if previous:
            return version_changes(previous, parts)
        return series_changes(earlier, parts) if earlier else []

    def _report(self, previous: ReportRun | None, earlier: ReportRun | None) -> dict[str, Any]:
        run = self.run
        return {
            "kind": self.period.kind,
            "slug": run.report.slug,
            "number": run.number,
            "title": entries.titles(self.period),
            "period": entries.period_entry(self.period),
            "phase": entries.phase_entry(self.phase) if self.phase else None,
            "cut_off": self.cut_off.astimezone(WIB).isoformat(timespec="seconds"),
            "erratum": entries.pair(run, "erratum") if run.erratum else None,
            "previous": {"number": previous.number, "sha256": previous.sha256} if previous else None,
            "earlier": entries.report_reference(earlier) if earlier else None,
        }

    def rollup(
        self,
        pairs: list[tuple[Indicator, Figure]],
        *,
        phase: Phase | None = None,
        programme: Programme | None = None,
    ) -> dict[str, Any]:
        """Return the roll-up over the indicators, weighted by their links to the phase or programme."""
        items = [
            rollup_item(item.code, entries.weight_of(item, phase=phase, programme=programme), figure)
            for item, figure in pairs
        ]
        return totals.rollup_entry(rules.roll_up(items, scale=self.scale), self.indicators)

    def _programmes(self, pairs: list[tuple[Indicator, Figure]]) -> list[dict[str, Any]]:
        updates = (
            ProgressUpdate.objects.published().filter(as_of__lte=self.period.end).order_by("as_of", "pk")
        )
        actions = (
            Action.objects.published()
            .select_related("lead_organization")
            .prefetch_related(Prefetch("updates", queryset=updates))
        )
        programmes = Programme.objects.published().select_related("lead_organization")
        if self.phase:
            programmes = programmes.filter(phases=self.phase)
            actions = actions.filter(phase=self.phase)
        found = []
        for programme in programmes.prefetch_related("phases", Prefetch("actions", queryset=actions)):
            own = [(item, figure) for item, figure in pairs if entries.belongs(item, programme=programme)]
            found.append(
                {
                    "slug": programme.slug,
                    "title": entries.pair(programme, "title"),
                    "lead": entries.pair(programme.lead_organization, "name"),
                    "phases": [phase.slug for phase in programme.phases.all() if phase.is_published],
                    "rollup": self.rollup(own, programme=programme),
                    "indicators": [item.code for item, _figure in own],
                    "actions": [entries.action_entry(action) for action in programme.actions.all()],
                }
            )
        return found

    def _phases(self, pairs: list[tuple[Indicator, Figure]]) -> list[dict[str, Any]]:
        shown = [self.phase] if self.phase else [item for item in self.phases if self._overlaps(item)]
        found = []
        for phase in shown:
            own = [(item, figure) for item, figure in pairs if entries.belongs(item, phase=phase)]
            found.append(
                entries.phase_span_entry(phase)
                | {
                    "rollup": self.rollup(own, phase=phase),
                    "indicators": [item.code for item, _figure in own],
                }
            )
        return found

    def _overlaps(self, phase: Phase) -> bool:
        return phase.start <= self.period.end and phase.end >= self.period.start

    def _milestones(self) -> list[dict[str, Any]]:
        """Return the dated progress of the buildings in the period: updates that carry a percentage or a source."""
        updates = (
            ProgressUpdate.objects.published()
            .filter(
                as_of__range=(self.period.start, self.period.end),
                action__is_published=True,
                action__programme__is_published=True,
                action__programme__slug__in=entries.BUILDING_PROGRAMMES,
            )
            .select_related("action")
            .order_by("as_of", "pk")
        )
        return [entries.milestone_entry(update) for update in updates]
