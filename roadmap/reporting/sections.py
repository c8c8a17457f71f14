"""The sections of a report after the main table, as text of one language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from malangkraf.drawing.svg import colour
from malangkraf.numbers import MISSING
from roadmap.lineage import break_sentence
from roadmap.reporting import texts
from roadmap.reporting.pictures import MOST_BARS, chart_alternative, chart_parts, charted_codes
from roadmap.reporting.wording import Part, Snapshot, Wording, urls_of

# A table of more rows than this beside a chart is no longer read; the XLSX file has the series.
LONGEST_FIGURES = 12


class Sections:
    """Writes the sections of one snapshot; sources are numbered once, in the order of the snapshot."""

    def __init__(self, snapshot: Snapshot, wording: Wording) -> None:
        self.snapshot = snapshot
        self.wording = wording
        self.by_code = {item["code"]: item for item in snapshot["indicators"]}
        self.charted = set(charted_codes(snapshot))
        self.sources: list[dict[str, Any]] = [
            {"number": number, "url": source["url"], "host": source["host"], "used_by": source["used_by"]}
            for number, source in enumerate(snapshot["sources"], 1)
        ]
        self._numbers = {source["url"]: source["number"] for source in self.sources}

    def number_of(self, url: str | None) -> list[int]:
        """Return the number of a source as a list of one, or an empty list."""
        return [self._numbers[url]] if url and url in self._numbers else []

    def numbers_of(self, indicator: Part) -> list[int]:
        """Return the numbers of the sources behind an indicator's figures, sorted."""
        parts = [indicator["actual"], indicator["target"], indicator["baseline"]]
        return sorted({number for part in parts for url in urls_of(part) for number in self.number_of(url)})

    def phases(self) -> list[dict[str, Any]]:
        """Return each phase with the codes of its indicators for the bars."""
        return [
            {
                "slug": phase["slug"],
                "name": self.wording.pick(phase["name"]),
                "colour": colour(phase["colour"]),
                "dates": self.wording.span([phase["start"], phase["end"]]),
                "rollup": self.wording.rollup(phase["rollup"]),
                "excluded": self.excluded(phase["rollup"]),
                "codes": self._known(phase["indicators"]),
                "bars_note": self._bars_note(phase["indicators"]),
            }
            for phase in self.snapshot["phases"]
        ]

    def programmes(self) -> list[dict[str, Any]]:
        """Return each programme with its charts and actions; an indicator is charted in its first programme."""
        shown: set[str] = set()
        result = []
        for programme in self.snapshot["programmes"]:
            codes = [code for code in self._known(programme["indicators"]) if code in self.charted - shown]
            shown.update(codes)
            result.append(
                {
                    "slug": programme["slug"],
                    "title": self.wording.pick(programme["title"]),
                    "lead": self.wording.pick(programme["lead"]),
                    "rollup": self.wording.rollup(programme["rollup"]),
                    "charts": [self._chart(self.by_code[code]) for code in codes],
                    "actions": [self._action(action) for action in programme["actions"]],
                    "no_actions": ""
                    if programme["actions"]
                    else _("No action is recorded for this programme."),
                }
            )
        return result

    def more_charts(self) -> list[dict[str, Any]]:
        """Return the charts of indicators that belong to no programme."""
        placed = {code for programme in self.snapshot["programmes"] for code in programme["indicators"]}
        return [
            self._chart(item)
            for item in self.snapshot["indicators"]
            if item["code"] in self.charted and item["code"] not in placed
        ]

    def excluded(self, rollup: Part) -> list[dict[str, str]]:
        """Return which indicators an average leaves out, and why."""
        return [
            {
                "name": self.wording.pick(item["name"]),
                "reason": texts.inside_a_sentence(texts.reason_text(item["reason"])),
            }
            for item in rollup["excluded"]
        ]

    def missing(self) -> list[dict[str, str]]:
        """Return the values that nobody has reported."""
        return [
            {
                "code": item["code"],
                "name": self.wording.pick(item["name"]),
                "period": self.wording.pick(item["period"]),
                "reason": self.wording.pick(item["reason"]) or _("no reason was given"),
            }
            for item in self.snapshot["missing"]
        ]

    def late(self) -> list[dict[str, str]]:
        """Return the actions that are delayed, with their required reason."""
        return [
            {
                "title": self.wording.pick(action["title"]),
                "programme": self.wording.pick(programme["title"]),
                "planned": self.wording.span(action["planned"]),
                "reason": self.wording.pick(action["reason"]) or _("no reason was given"),
            }
            for programme in self.snapshot["programmes"]
            for action in programme["actions"]
            if action["state"] == "delayed"
        ]

    def causes(self) -> list[dict[str, str]]:
        """Return the narratives of the indicators that have one."""
        parts = ("supporting", "obstacles", "follow_up")
        result = []
        for item in self.snapshot["indicators"]:
            narrative = item["narrative"] or {}
            written = {part: self.wording.pick(narrative.get(part)) for part in parts}
            if any(written.values()):
                result.append({"name": self.wording.pick(item["name"]), **written})
        return result

    def milestones(self) -> list[dict[str, Any]]:
        """Return the milestones of the MCC and the coworking spaces."""
        return [
            {
                "as_of": self.wording.date(item["as_of"]),
                "title": self.wording.pick(item["title"]),
                "target": self.wording.number(item["target"]),
                "actual": self.wording.number(item["actual"]),
                "sources": self.number_of(item["source_url"]),
            }
            for item in self.snapshot["milestones"]
        ]

    def directory(self) -> dict[str, Any]:
        """Return the figures of the directory in one sentence, or why there are none."""
        directory = self.snapshot["directory"]
        if directory["available"]:
            kinds = [f"{self.wording.pick(part['name'])} {part['count']}" for part in directory["kinds"]]
            text = _("%(count)s entries are published, as of %(day)s: %(kinds)s.") % {
                "count": self.wording.number(str(directory["count"])),
                "day": self.wording.date(directory["as_of"]),
                "kinds": ", ".join(kinds),
            }
        elif "reason" in directory:
            text = _(
                "The directory has no published entry yet, samples aside, so there are no figures from it."
            )
        else:
            # Reports from before the directory.
            text = _(
                "The portal has no directory of startups and studios yet, so there are no figures from it."
            )
        return {"available": directory["available"], "text": text}

    def changes(self) -> list[dict[str, str]]:
        """Return what changed since the last report."""
        return [
            {
                "code": item["code"],
                "name": self.wording.pick(self.by_code[item["code"]]["name"])
                if item["code"] in self.by_code
                else "",
                "kind": texts.change_name(item["kind"]),
                "text": self.wording.pick(item["text"]),
            }
            for item in self.snapshot["changes"]
        ]

    def comparisons(self) -> list[dict[str, str]]:
        """Return the four comparisons of the yearly performance report; empty for other reports."""
        if self.snapshot["report"]["kind"] != "year":
            return []
        return [self._comparison(item) for item in self.snapshot["indicators"]]

    def method(self) -> dict[str, Any]:
        """Return the scale, the regulation it follows, and the notes."""
        scale = self.snapshot["method"]["scale"]
        own = [self.wording.pick(note) for note in self.snapshot["method"]["notes"]]
        return {
            "scale": self.wording.pick(scale["name"]),
            "regulation": self.wording.pick(scale["regulation"]),
            "bands": self._bands(scale["bands"]),
            # A note that the snapshot brings along itself is not said twice.
            "notes": list(dict.fromkeys([*texts.method_notes(), *own])),
        }

    def _bands(self, bands: list[Part]) -> list[dict[str, str]]:
        """Return the bands with their reach; the lowest one has no lower bound, whatever the scale notes for it."""
        result = []
        for index, band in enumerate(bands):
            reach = _("from %(percent)s") % {"percent": self.wording.percent(band["lower"])}
            if index and index == len(bands) - 1:
                reach = _("below %(percent)s") % {"percent": self.wording.percent(bands[index - 1]["lower"])}
            sign = texts.BAND_MARKS.get(band["code"], ("•", ""))[0]
            result.append({"mark": sign, "label": self.wording.pick(band["label"]), "reach": reach})
        return result

    def _known(self, codes: list[str]) -> list[str]:
        return [code for code in codes if code in self.by_code]

    def _bars_note(self, codes: list[str]) -> str:
        total = len(self._known(codes))
        if total <= MOST_BARS:
            return ""
        sentence = _("The drawing shows %(shown)s of %(total)s indicators, the headline ones first.")
        return sentence % {"shown": MOST_BARS, "total": total}

    def _chart(self, item: Part) -> dict[str, Any]:
        figures = self._figures(item)
        message = self.wording.pick(item["message"])
        return {
            "code": item["code"],
            "name": self.wording.pick(item["name"]),
            "unit": self.wording.pick(item["unit"]),
            "message": f"{message} {break_sentence(chart_parts(item, self.wording))}".strip(),
            "alt": chart_alternative(item, self.wording),
            "sources": self.numbers_of(item),
            "figures": figures if len(figures) <= LONGEST_FIGURES else [],
        }

    def _figures(self, item: Part) -> list[dict[str, str]]:
        """Return the rows beside the chart, in order of the definitions; those of others are named so."""
        names = {
            "earlier": _("%(period)s (older definition)"),
            "later": _("%(period)s (newer definition)"),
        }
        earlier, later = (
            [(entry, name) for part in item.get(key, ()) for entry in part["series"]]
            for key, name in names.items()
        )
        own = [(entry, "%(period)s") for entry in item["series"]]
        return [
            {
                "label": written % {"period": self.wording.pick(entry["label"])},
                "target": self.wording.value(item, entry["target"]),
                "actual": self.wording.value(item, entry["actual"]),
                "percent": self.wording.percent(entry["percent"]),
            }
            for entry, written in [*earlier, *own, *later]
        ]

    def _action(self, action: Part) -> dict[str, Any]:
        return {
            "title": self.wording.pick(action["title"]),
            "state": texts.state_mark(action["state"])._asdict(),
            "planned": self.wording.span(action["planned"]),
            "actual": self.wording.span(action["actual"]),
            "reason": self.wording.pick(action["reason"]),
            "lead": self.wording.pick(action["lead"]),
            "updates": [
                {
                    "as_of": self.wording.date(update["as_of"]),
                    "text": self.wording.pick(update["text"]),
                    "percent": ""
                    if update["percent"] is None
                    else f"{self.wording.number(update['percent'])}%",
                    "sources": self.number_of(update["source_url"]),
                }
                for update in action["updates"]
            ],
        }

    def _comparison(self, item: Part) -> dict[str, str]:
        wording, comparison = self.wording, item["comparison"]
        actual = item["actual"]
        result = {
            "name": wording.pick(item["name"]),
            "target": wording.target(item),
            "actual": wording.value(item, actual["value"]) if actual else MISSING,
            "percent": wording.percent(item["achievement"]["percent"]),
            "previous": MISSING,
            "medium_term": MISSING,
            "standard": comparison["standard"] or texts.no_standard(),
        }
        if previous := comparison["previous"]:
            result["previous"] = (
                f"{wording.value(item, previous['actual'])} ({wording.pick(previous['label'])})"
            )
        if medium := comparison["medium_term"]:
            written = f"{wording.value(item, medium['target'])} ({wording.pick(medium['label'])})"
            result["medium_term"] = f"{written}: {wording.percent(medium['percent'])}"
        return result
