"""The drawings of a report: the houses on the cover, a chart per indicator, bars per phase, the QR code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from malangkraf.drawing.charts import Bar, ChartPoint, PhaseBand, bar_row, line_chart
from malangkraf.drawing.definitions import parts_without_overlap
from malangkraf.drawing.houses import PALETTE, House, row_of_houses
from malangkraf.numbers import format_number
from roadmap.lineage import break_sentence
from roadmap.reporting.wording import Part, Snapshot, Wording, decimal_of

# A report is read by people: beyond these numbers the tables say it better.
MOST_CHARTS = 30
MOST_BARS = 20
MOST_HOUSES = 40


def charted_codes(snapshot: Snapshot) -> list[str]:
    """Return the codes of the indicators that get a chart, the headline ones first, at most MOST_CHARTS.

    A single figure is no course of events: it stands in the table only.
    """
    drawable = [
        indicator
        for indicator in snapshot["indicators"]
        if sum(entry["actual"] is not None or entry["target"] is not None for entry in drawn_of(indicator))
        > 1
    ]
    ordered = sorted(drawable, key=lambda indicator: not indicator["headline"])
    return [indicator["code"] for indicator in ordered[:MOST_CHARTS]]


def drawn_of(definition: Part) -> list[Part]:
    """Return the figures of a series that one line joins; a snapshot from before that rule joins all of them."""
    return [entry for entry in definition["series"] if entry.get("drawn", True)]


def chart_of(
    indicator: Part, snapshot: Snapshot, wording: Wording, *, width: int = 720, height: int = 330
) -> str:
    """Return the line chart of an indicator's series as SVG."""
    suffix = wording.suffix(indicator) if wording.suffix(indicator) == "%" else ""

    def write_value(value: Decimal) -> str:
        return wording.value(indicator, str(value)) + suffix

    def write_tick(value: Decimal) -> str:
        return format_number(value, wording.language) + suffix

    parts = chart_parts(indicator, wording)
    return line_chart(
        parts[-1],
        title=wording.pick(indicator["name"]),
        description=chart_alternative(indicator, wording),
        format_value=write_value,
        format_tick=write_tick,
        phases=[
            PhaseBand(
                wording.pick(phase["name"]),
                date.fromisoformat(phase["start"]),
                date.fromisoformat(phase["end"]),
                phase["colour"],
            )
            for phase in snapshot.get("timeline", snapshot["phases"])
        ],
        earlier=parts[:-1],
        break_label=_("Definition changed"),
        width=width,
        height=height,
        identifier=f"{indicator['code']}-{width}",
    )


def chart_parts(indicator: Part, wording: Wording) -> list[list[ChartPoint]]:
    """Return the points of an indicator's chart per definition, oldest first."""
    # A snapshot from before the charts showed breaks has neither.
    definitions = [*indicator.get("earlier", ()), indicator, *indicator.get("later", ())]
    return parts_without_overlap(
        [
            [
                ChartPoint(
                    wording.pick(entry["label"]),
                    date.fromisoformat(entry["end"]),
                    decimal_of(entry["actual"]),
                    decimal_of(entry["target"]),
                )
                for entry in drawn_of(definition)
            ]
            for definition in definitions
        ]
    )


def chart_alternative(indicator: Part, wording: Wording) -> str:
    """Return the same figures as the chart in words, for people who do not see it."""
    parts = chart_parts(indicator, wording)
    sentence = _("%(period)s: actual %(actual)s, target %(target)s")
    told = [
        sentence
        % {
            "period": point.label,
            "actual": wording.value_with_unit(indicator, _text_of(point.actual)),
            "target": wording.value_with_unit(indicator, _text_of(point.target)),
        }
        for part in parts
        for point in part
    ]
    return f"{'; '.join(told)}. {break_sentence(parts)}".strip()


def _text_of(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def bars_of(indicators: Sequence[Part], wording: Wording, *, title: str, width: int = 720) -> str:
    """Return the achievements of the indicators as bars, at most MOST_BARS; empty when there are none."""
    if not indicators:
        return ""
    return bar_row(
        _bars(indicators, wording),
        title=title,
        description=bars_alternative(indicators, wording),
        width=width,
        identifier=f"{title}-{width}",
    )


def bars_alternative(indicators: Sequence[Part], wording: Wording) -> str:
    """Return the same as the bars in words."""
    return "; ".join(f"{bar.label}: {bar.text}" for bar in _bars(indicators, wording)) + "."


def _bars(indicators: Sequence[Part], wording: Wording) -> list[Bar]:
    """Return the bars, the headline indicators first."""
    bars = []
    for indicator in sorted(indicators, key=lambda item: not item["headline"])[:MOST_BARS]:
        achievement = indicator["achievement"]
        mark = wording.band(achievement)
        percent = decimal_of(achievement["percent"])
        text = f"{mark.sign} {mark.word}"
        if percent is not None:
            text = f"{wording.percent(achievement['percent'])} {text}"
        code = (achievement["band"] or {}).get("code")
        bars.append(Bar(wording.pick(indicator["name"]), percent, text, code))
    return bars


def houses_of(
    snapshot: Snapshot, wording: Wording, *, title: str, width: int = 680, height: int = 330
) -> str:
    """Return the cover's houses: one per indicator, as tall as its achievement, an empty plot without one."""
    indicators = sorted(snapshot["indicators"], key=lambda item: not item["headline"])[:MOST_HOUSES]
    houses = []
    for index, indicator in enumerate(indicators):
        capped = decimal_of(indicator["achievement"]["capped"])
        houses.append(
            House(
                wording.pick(indicator["name"]),
                None if capped is None else float(capped) / 100,
                PALETTE[index % len(PALETTE)],
                value=wording.percent(indicator["achievement"]["percent"]),
            )
        )
    return row_of_houses(houses, title=title, width=width, height=height, missing=_("no data"))


def houses_alternative(snapshot: Snapshot) -> str:
    """Return what the cover's picture says, in one sentence."""
    sentence = _(
        "A row of houses, one for each indicator: the taller, the closer to the target. An empty plot has no "
        "achievement yet. %(computable)s of %(expected)s indicators have a house."
    )
    return sentence % {**snapshot["completeness"]}
