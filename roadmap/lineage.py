"""The definitions an indicator had in turn, as its page shows them: one chart with breaks, one table in parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from django.db.models import Q
from django.utils.translation import gettext as _

from malangkraf.drawing.charts import ChartPoint
from malangkraf.drawing.definitions import parts_without_overlap
from roadmap.models import Indicator
from roadmap.presentation import Series, load_series


@dataclass(frozen=True)
class Lineage:
    """An indicator among its public predecessors and successors; `definitions` are oldest first, its own among them."""

    own: Series
    definitions: list[Series]

    @property
    def predecessor(self) -> Series | None:
        """Return the definition that this one replaced."""
        return self.definitions[self._place - 1] if self._place else None

    @property
    def successor(self) -> Series | None:
        """Return the definition that replaced this one."""
        following = self.definitions[self._place + 1 :]
        return following[0] if following else None

    @property
    def _place(self) -> int:
        return self.definitions.index(self.own)

    @cached_property
    def drawn(self) -> list[Series]:
        """Return the neighbours in a row whose figures stand on one axis with this one's, itself included."""
        first = last = self._place
        line = self.definitions
        while first > 0 and _are_drawn_together(line[first - 1], line[first]):
            first -= 1
        while last + 1 < len(line) and _are_drawn_together(line[last], line[last + 1]):
            last += 1
        return line[first : last + 1]

    @property
    def table_parts(self) -> list[tuple[str, Series]]:
        """Return (what it is, the series) of each definition in the table, oldest first."""
        place = self.drawn.index(self.own)
        names = [_("Older definition")] * place + [_("This definition")]
        names += [_("Newer definition")] * (len(self.drawn) - len(names))
        return list(zip(names, self.drawn, strict=True))

    def chart_parts(self, on: date) -> list[list[ChartPoint]]:
        """Return the points of the chart per definition, oldest first."""
        return parts_without_overlap([series.chart_points(on) for series in self.drawn])

    def sentence(self, on: date) -> str:
        """Return where the definition changes within the chart, "" when it does not."""
        return break_sentence(self.chart_parts(on))

    @property
    def unit_change(self) -> str:
        """Return that a neighbour counts in another unit and thus has a chart of its own, "" when none does."""
        pairs = [(self.predecessor, self.own), (self.own, self.successor)]
        sentence = _(
            "The unit changed too, from %(before)s to %(after)s, so the two series are not drawn in one chart."
        )
        told = [
            sentence % {"before": older.facts.unit, "after": newer.facts.unit}
            for older, newer in pairs
            if older and newer and not _same_unit(older.indicator, newer.indicator)
        ]
        return " ".join(told)


def share_an_axis(older: Indicator, newer: Indicator, *, kinds: tuple[str | None, str | None]) -> bool:
    """Return whether both count in one unit and, unless they are states on a day, in one kind of period.

    `kinds` are the kinds of their newest periods with a figure; without a figure there is nothing to draw.
    """
    if None in kinds or not _same_unit(older, newer):
        return False
    snapshot = Indicator.EntryMeaning.SNAPSHOT
    return older.entry_meaning == newer.entry_meaning == snapshot or kinds[0] == kinds[1]


def _are_drawn_together(older: Series, newer: Series) -> bool:
    kinds = [series.latest.period.kind if series.latest else None for series in (older, newer)]
    return share_an_axis(older.indicator, newer.indicator, kinds=(kinds[0], kinds[1]))


def _same_unit(older: Indicator, newer: Indicator) -> bool:
    return older.unit.strip().casefold() == newer.unit.strip().casefold()


def load_lineage(indicator: Indicator) -> Lineage:
    """Return the indicator with its other definitions; three queries, four when the definition ever changed.

    A definition that is not public ends the line: what lies beyond it is not this indicator's to tell.
    """
    line = [indicator]
    if indicator.supersedes_id or getattr(indicator, "superseded_by", None):
        linked = linked_definitions()
        line = [*older_definitions(indicator, linked), indicator, *newer_definitions(indicator, linked)]
    series = load_series(line)
    return Lineage(series[indicator.pk], [series[definition.pk] for definition in line])


def linked_definitions() -> dict[int, Indicator]:
    """Return, by key, all public indicators that replaced another or were replaced; one query for any line."""
    linked = Q(supersedes__isnull=False) | Q(superseded_by__isnull=False)
    return {definition.pk: definition for definition in Indicator.objects.public().filter(linked)}


def older_definitions(indicator: Indicator, linked: dict[int, Indicator]) -> list[Indicator]:
    """Return the definitions before this one, oldest first, from those of `linked_definitions`."""
    line = [indicator]
    while (older := linked.get(line[0].supersedes_id or 0)) and older not in line:
        line.insert(0, older)
    return line[:-1]


def newer_definitions(indicator: Indicator, linked: dict[int, Indicator]) -> list[Indicator]:
    """Return the definitions after this one, oldest first, from those of `linked_definitions`."""
    newer = {one.supersedes_id: one for one in linked.values() if one.supersedes_id}
    line = [indicator]
    while (following := newer.get(line[-1].pk)) and following not in line:
        line.append(following)
    return line[1:]


def break_sentence(parts: Sequence[Sequence[ChartPoint]]) -> str:
    """Return where the definition changes between the parts of a chart, "" when it does not."""
    told = [
        _("The definition changed between %(before)s and %(after)s.")
        % {"before": older[-1].label, "after": newer[0].label}
        for older, newer in pairwise(parts)
    ]
    if told:
        told.append(_("Figures from before and after cannot be compared directly."))
    return " ".join(told)
